"""What a launch ran in and with, sorted by topics that two launches may differ in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from laue_report.members import Record

#: By name of the member what it holds, as text.
Facts = dict[str, str]

#: Facts by topic.
Topics = dict[str, Facts]

#: Where launches differ in these, their times are of different things.
WORK, HARDWARE = "work", "hardware"
DECISIVE = (WORK, HARDWARE)

NOT_RECORDED = "not recorded"

#: Of `params`: what names a launch, or says how its records are kept and shown.
_OF_ONE_LAUNCH = frozenset(
    (
        *("type", "ts", "unix_time_s", "session_id", "schema_version", "plan_id", "resumes", "resume", "seed", "tag"),
        *("results", "trace", "telemetry", "dry_run", "progress", "verbose", "points", "staging_dir", "h5"),
        *("host", "git", "scan", "environment"),  # these have topics of their own
    )
)

#: Of `environment.slurm`: what a job has to itself.
_OF_ONE_JOB = frozenset(("job_id", "array_job_id", "array_task_id", "step_id", "node_list", "time_limit_s"))

#: Of a node: what changes by the minute, or has a topic of its own.
_OF_ONE_MOMENT = frozenset(("load_average", "ranks", "hostname", "platform", "kernel", "gpus", "allowed_cpus"))

_NODE_HARDWARE = ("cpu_model", "sockets", "cores", "logical_cpus", "numa_nodes", "caches", "cgroup_cpus")
_GPU_HARDWARE = ("name", "memory_bytes", "power_limit_w")
_TARGET_HARDWARE = ("type", "reach")

_GIB = 2**30


@dataclass(frozen=True)
class LaunchFacts:
    """Of one launch."""

    title: str
    """What tells people one launch from another."""
    general: Topics
    targets: list[Topics] = field(default_factory=list)
    """What holds for one target each, in their order."""

    def target(self, place: int) -> Topics:
        return self.targets[place] if place < len(self.targets) else {}


@dataclass(frozen=True)
class Difference:
    topic: str
    name: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.name} was {self.old}, is {self.new}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """All members below `path` by their paths; lists of values are one, and reasons why there is none are left out."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name != "unavailable":
                yield from _leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        for place, entry in enumerate(value):
            name = entry.get("name", place) if isinstance(entry, dict) else place
            yield from _leaves(entry, f"{path}[{name}]")
    else:
        yield path, value


def _facts(value: object, path: str = "", leave_out: Iterable[str] = ()) -> Facts:
    """`leave_out` are members of `value` itself."""
    if value is None:
        return {}
    if isinstance(value, dict):
        value = {name: member for name, member in value.items() if name not in leave_out}
    return {name: _text(leaf) for name, leaf in _leaves(value, path)}


def _of_nodes(nodes: Sequence[Record], fact: Callable[[Record], object]) -> str:
    """What nodes have, each once, with how many have it."""
    counts = Counter(_text(fact(node)) for node in nodes)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{count} x {text}" for text, count in sorted(counts.items()))


def _gpus_text(node: Record, names: Sequence[str]) -> str:
    gpus = [", ".join(f"{name} {_text(gpu.get(name))}" for name in names) for gpu in node.get("gpus") or []]
    return "; ".join(f"{count} x {gpu}" for gpu, count in sorted(Counter(gpus).items())) or "none"


def _memory_text(node: Record) -> str:
    """Kernels keep another few MB for themselves."""
    memory_bytes = node.get("memory_bytes")
    return NOT_RECORDED if memory_bytes is None else f"{memory_bytes / _GIB:.0f} GiB"


def _usable_cpus(node: Record) -> object:
    cpus = node.get("allowed_cpus")
    return None if cpus is None else len(cpus)


def _hardware(nodes: Sequence[Record]) -> Facts:
    if not nodes:
        return {}
    facts = {name: _of_nodes(nodes, lambda node, name=name: node.get(name)) for name in _NODE_HARDWARE}  # type: ignore[misc]
    return {
        "nodes": str(len(nodes)),
        **facts,
        "memory": _of_nodes(nodes, _memory_text),
        "usable CPUs": _of_nodes(nodes, _usable_cpus),
        "GPUs": _of_nodes(nodes, lambda node: _gpus_text(node, _GPU_HARDWARE)),
    }


def _machine(nodes: Sequence[Record]) -> Facts:
    """What somebody can set on the same hardware."""
    hardware = {*_NODE_HARDWARE, "memory_bytes"}
    names = {name: None for node in nodes for name in node if name not in _OF_ONE_MOMENT | hardware | {"unavailable"}}
    facts = {name: _of_nodes(nodes, lambda node, name=name: node.get(name)) for name in names}  # type: ignore[misc]
    return facts | ({"GPU settings": _of_nodes(nodes, lambda node: _gpus_text(node, ("ecc", "mig")))} if nodes else {})


def _host(params: Record, nodes: Sequence[Record]) -> Facts:
    names = sorted(str(node.get("hostname")) for node in nodes)
    hostname = (params.get("host") or {}).get("hostname")
    return {"name": ", ".join(names) or _text(hostname)} if names or hostname else {}


def _binary(params: Record, environment: Record) -> Facts:
    backends = [
        {name: member for name, member in backend.items() if name not in ("devices", "reason")}
        for backend in environment.get("backends") or []
    ]
    return (
        _facts(environment.get("program"), "program") | _facts(params.get("git"), "git") | _facts(backends, "backend")
    )


def _named(record: Record, *names: str) -> Facts:
    """Those of them that there are."""
    return {name: _text(record[name]) for name in names if name in record}


def _job(environment: Record) -> Facts:
    return _facts(environment.get("slurm"), "slurm", _OF_ONE_JOB)


def _work(params: Record) -> Facts:
    """Sizes of files tell of storage, not of what is computed."""
    return _named(params.get("scan") or {}, "images", "rows", "columns", "depths")


def _general(params: Record) -> Topics:
    environment: Record = params.get("environment") or {}
    nodes: list[Record] = environment.get("nodes") or []
    kernel = {"kernel": _of_nodes(nodes, lambda node: node.get("kernel"))} if nodes else {}
    topics = {
        WORK: _work(params),
        HARDWARE: _hardware(nodes),
        "host": _host(params, nodes),
        "driver": _named(environment, "cuda_driver", "cuda_runtime"),
        "kernel": kernel,
        "MPI": _named(environment, "mpi_library", "mpi_io"),
        "HDF5": _facts(environment.get("hdf5")),
        "binary": _binary(params, environment),
        "machine": _machine(nodes) | _job(environment) | _named(environment, "omp_proc_bind"),
        "options": _facts({name: member for name, member in params.items() if name not in _OF_ONE_LAUNCH}),
    }
    return {topic: facts for topic, facts in topics.items() if facts}


def _target(staging: Record) -> Topics:
    filesystem: Record = staging.get("filesystem") or {}
    changing = ("free_bytes", "free_files", *_TARGET_HARDWARE)
    mount = _facts(filesystem, "", changing) | _named(staging, "scope", "replica_stripe")
    hardware = _named(filesystem, *_TARGET_HARDWARE)
    return {HARDWARE: {f"filesystem {name}": text for name, text in hardware.items()}, "mount": mount}


def facts_of(title: str, params: Record, stagings: Iterable[Record]) -> LaunchFacts:
    """`stagings` are the records of this launch."""
    by_folder = {str(staging.get("staging_dir")): staging for staging in stagings}
    folders: list[Any] = params.get("staging_dirs") or list(by_folder)
    targets = [_target(by_folder[folder]) if folder in by_folder else {} for folder in map(str, folders)]
    return LaunchFacts(title, _general(params), targets)


def _values(sides: Iterable[Topics]) -> dict[tuple[str, str], list[str]]:
    """By topic and name, what the launches of a side have, each value once."""
    sides = list(sides)
    names = {(topic, name): None for topics in sides for topic, facts in topics.items() for name in facts}
    return {
        (topic, name): sorted({topics.get(topic, {}).get(name, NOT_RECORDED) for topics in sides})
        for topic, name in names
    }


def differences(old: Iterable[Topics], new: Iterable[Topics]) -> list[Difference]:
    """Between the launches of two sides."""
    olds, news = _values(old), _values(new)
    pairs = {key: (olds.get(key, [NOT_RECORDED]), news.get(key, [NOT_RECORDED])) for key in olds | news}
    return [Difference(*key, *map(" | ".join, pair)) for key, pair in pairs.items() if pair[0] != pair[1]]


def decisive(found: Iterable[Difference]) -> list[Difference]:
    """Those that make times ones of different things."""
    return [difference for difference in found if difference.topic in DECISIVE]


def mixed(sides: Iterable[Topics]) -> list[str]:
    """In what decisive facts the launches of one side differ among themselves."""
    return [
        f"{name} {' | '.join(values)}"
        for (topic, name), values in _values(sides).items()
        if topic in DECISIVE and len(values) > 1
    ]
