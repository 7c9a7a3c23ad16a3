"""What the reports need of a record's members, so that a wrong one is told instead of ending them.

This is less than configs/schema/results.schema.json asks: members may be missing or unknown, since the predecessor and
newer minor versions write others. A record that the schema accepts is accepted here too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, cast

import jsonschema_rs
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from laue_report.columns import BUSY_PHASES as BUSY_PHASES
from laue_report.columns import PIPELINE_PHASES as PIPELINE_PHASES
from laue_report.columns import RANK_COLUMNS, RUN_COLUMNS, wanted_properties
from laue_report.columns import Record as Record

#: A problem names the value; one of megabytes would hide the rest.
LONGEST_PROBLEM = 200


def _is_number(_: object, value: object) -> bool:
    """JSON knows no infinity, but Python reads 1e999 and Infinity as one, and whole numbers no float can hold."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _is_integer(_: object, value: object) -> bool:
    return _is_number(_, value) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


_FINITE_TYPES = Draft202012Validator.TYPE_CHECKER.redefine_many({"number": _is_number, "integer": _is_integer})

#: Draft 2020-12 with finite numbers.
RecordValidator: type[Draft202012Validator] = cast(Any, extend)(Draft202012Validator, type_checker=_FINITE_TYPES)

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_COUNT_OR_NULL = {"type": ["integer", "null"], "minimum": 0}
_SECONDS = {"type": "number", "minimum": 0}
_NUMBER = {"type": "number"}
_NUMBER_OR_NULL = {"type": ["number", "null"]}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _object_or_null(**properties: Any) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties}


def _amount_or_null(name: str) -> dict[str, Any]:
    return {"type": ["object", "null"], "required": [name], "properties": {name: {"type": "number", "minimum": 1}}}


_LAUNCH = {"session_id": _TEXT}
_POINT = _LAUNCH | {
    "staging_dir": _TEXT,
    "point_id": _TEXT,
    "mode": _TEXT,
    "parallel": _COUNT,
    "threads": _COUNT,
    "precision": _TEXT,
}
_RANK = wanted_properties(RANK_COLUMNS) | {
    "phases": _object_or_null(**dict.fromkeys(PIPELINE_PHASES + BUSY_PHASES, _NUMBER_OR_NULL)),
    "accuracy": _object_or_null(
        **dict.fromkeys(("depth_error_um_rms", "depth_error_um_max", "intensity_recovered"), _NUMBER_OR_NULL),
        **dict.fromkeys(("grains_judged", "grains_left_out"), _COUNT),
    ),
}
_RUN = (
    wanted_properties(RUN_COLUMNS)
    | _POINT
    | {"success": {"type": "boolean"}, "flags": _TEXTS, "per_proc": {"type": "array", "items": _object(**_RANK)}}
)
_CACHE = _object("level", "bytes", "shared_by_cpus", level=_COUNT, bytes=_COUNT, shared_by_cpus=_COUNT)
_GPU = _object(name=_TEXT_OR_NULL, memory_bytes=_COUNT_OR_NULL)
_NODE = _object(
    hostname=_TEXT,
    kernel=_TEXT_OR_NULL,
    cpu_model=_TEXT_OR_NULL,
    sockets=_COUNT_OR_NULL,
    cores=_COUNT_OR_NULL,
    logical_cpus=_COUNT,
    cgroup_cpus=_NUMBER_OR_NULL,
    governor=_TEXT_OR_NULL,
    memory_bytes=_COUNT_OR_NULL,
    cgroup_memory_bytes=_COUNT_OR_NULL,
    load_average={"type": ["array", "null"], "items": _NUMBER},
    caches={"type": ["array", "null"], "items": _CACHE},
    gpus={"type": ["array", "null"], "items": _GPU},
    ranks={"type": "array", "items": _object(cpus={"type": "array", "items": _COUNT})},
)
_ENVIRONMENT = _object_or_null(
    command_line=_TEXTS,
    program=_object_or_null(version=_TEXT, build_type=_TEXT, compiler=_TEXT),
    mpi_library=_TEXT_OR_NULL,
    mpi_io=_TEXT_OR_NULL,
    hdf5=_object_or_null(version=_TEXT),
    backends={"type": "array", "items": _object(name=_TEXT, reason=_TEXT, kokkos_version=_TEXT, architecture=_TEXT)},
    nodes={"type": "array", "items": _NODE},
)
_FILESYSTEM = _object_or_null(type=_TEXT, reach=_TEXT, device=_TEXT, free_bytes=_COUNT, total_bytes=_COUNT)
_REPLICA = _object("action", "seconds", action=_TEXT, seconds=_SECONDS, bytes=_COUNT, node=_COUNT)
_SUSTAINED = _object_or_null(
    change=_NUMBER, first_tenth_s=_SECONDS, last_tenth_s=_SECONDS, throughput_fell={"type": "boolean"}
) | {"required": ["change", "first_tenth_s", "last_tenth_s"]}
_SUCCESSFUL = {"properties": {"success": {"const": True}}}
# a failed run's time is not read
_RUN_RECORD = _object("mode", "parallel", "success", **_RUN) | {
    "if": _SUCCESSFUL,
    "then": _object("total_wall_s", total_wall_s=_SECONDS),
}

_NEEDED: dict[str, dict[str, Any]] = {
    "params": _object(
        **_LAUNCH,
        ts=_TEXT,
        tag=_TEXT_OR_NULL,
        sync=_TEXT,
        input_layout=_TEXT,
        scan=_object_or_null(output_files=_COUNT, output_bytes=_COUNT),
        staging_dirs=_TEXTS,
        points=_TEXTS,
        runs=_COUNT_OR_NULL,
        target_ci=_NUMBER_OR_NULL,
        sustain=_NUMBER_OR_NULL,
        host=_object_or_null(hostname=_TEXT_OR_NULL),
        git=_object_or_null(sha=_TEXT_OR_NULL),
        environment=_ENVIRONMENT,
        trace=_TEXT_OR_NULL,
        unix_time_s=_NUMBER,
    ),
    "staging": _object(
        **_LAUNCH,
        staging_dir=_TEXT,
        scope=_TEXT,
        filesystem=_FILESYSTEM,
        copy_wall_s={"type": ["number", "null"], "minimum": 0},
        replicas={"type": "array", "items": _REPLICA},
    ),
    "run": _RUN_RECORD,
    "warmup": _RUN_RECORD,
    "skip": _object("mode", "parallel", "reason", **_POINT, reason=_TEXT),
    "ceiling": _object(
        "mode",
        "parallel",
        **_POINT | {"parallel": {"type": "integer", "minimum": 1}},
        moment=_TEXT,
        read=_amount_or_null("bytes"),
        write=_amount_or_null("bytes"),
        create_files=_amount_or_null("files"),
    ),
    "summary": _object(
        "mode",
        "parallel",
        **_POINT,
        ceilings=_object_or_null(whole_fraction=_NUMBER_OR_NULL, bottleneck=_TEXT_OR_NULL),
        energy=_object_or_null(unavailable=_object_or_null()),
        n=_COUNT,
        failed=_COUNT,
        outliers={"type": ["array", "null"], "items": _COUNT},
        slow_first={"type": ["boolean", "null"]},
        noise_floor=_NUMBER_OR_NULL,
        sustained=_SUSTAINED,
        sustained_s=_NUMBER_OR_NULL,
        stopped=_TEXT,
    ),
    "end": _object(**_LAUNCH, status=_TEXT, signal=_TEXT_OR_NULL, error=_TEXT_OR_NULL, stopped=_TEXT_OR_NULL),
}

_VALIDATORS = {name: RecordValidator(schema) for name, schema in _NEEDED.items()}
_QUICK_VALIDATORS = {
    name: jsonschema_rs.Draft202012Validator(schema)  # forty times as fast, with messages of its own
    for name, schema in _NEEDED.items()
}


def _problem_text(error: ValidationError) -> tuple[str, str]:
    """Member and problem, for people."""
    message = error.message
    if len(message) > LONGEST_PROBLEM:
        # the value stands in front, what is wrong with it behind
        half = LONGEST_PROBLEM // 2
        message = f"{message[:half]} ... {message[-half:]}"
    return error.json_path.removeprefix("$.") or "$", message


def problems_of(validator: Any, record: Record) -> Iterator[tuple[str, str]]:
    """Pairs of member and problem."""
    try:
        for error in validator.iter_errors(record):
            yield _problem_text(error)
    except RecursionError:  # where Python could just read the line, but not walk through it
        yield "$", "is nested too deep"


def is_surely_usable(record: Record) -> bool:
    """Quicker than `first_problem`, which tells of the others. The record's numbers must be finite: it takes whole ones
    that no float can hold for numbers."""
    validator = _QUICK_VALIDATORS.get(record["type"])
    return validator is None or validator.is_valid(record)


def first_problem(record: Record) -> tuple[str, str] | None:
    """The first member that no report could use, and why; None where all are fine."""
    validator = _VALIDATORS.get(record["type"])
    return next(problems_of(validator, record), None) if validator else None
