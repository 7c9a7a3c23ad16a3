"""Commands that run one point of a launch again."""

from __future__ import annotations

import math
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars

from laue_report.launches import Launch
from laue_report.measured_points import MeasuredLaunch, MeasuredPoint

#: Options of laue-bench run that say which points there are and where, or that have no meaning for a single point.
_TAKEN_WORDS = {"--only", "--staging-dir", "--results", "--trace"}
_TAKEN_SWITCHES = {"--resume", "--dry-run"}

#: What the job scripts of slurm/ set themselves.
_SCRIPT_WORDS = {
    "--mode",
    "--cpu-parallel",
    "--cpu-threads",
    "--gpu-parallel",
    "--runs",
    "--target-ci",
    "--max-runs",
    "--sustain",
}
_SCRIPT_SWITCHES = {"--skip-oversized"}


@dataclass(frozen=True)
class Reproduction:
    command: str
    sbatch: str


def _without(arguments: Sequence[str], words: Collection[str], switches: Collection[str]) -> list[str]:
    """`words` are options that have a value."""
    kept = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, _ = argument.partition("=")
        if name in words:
            if not equals:
                next(rest, None)
        elif name not in switches:
            kept.append(argument)
    return kept


def _recorded(launch: Launch) -> list[str]:
    """The launch's own options; none where it does not tell them."""
    command_line = (launch.params.get("environment") or {}).get("command_line") or []
    arguments = [str(argument) for argument in command_line[1:]]
    return arguments[1:] if arguments[:1] == ["run"] else arguments


def _grid_options(point: MeasuredPoint) -> list[str]:
    parallel = str(point.parallel)
    if point.mode == "gpu":
        return ["--mode", "gpu", "--gpu-parallel", parallel]
    threads = [] if point.threads is None else ["--cpu-threads", str(point.threads)]
    return ["--mode", "cpu", "--cpu-parallel", parallel, *threads]


def _settings(point: MeasuredPoint) -> list[str]:
    """Of a job script."""
    values = {
        "LAUE_STAGING_DIR": point.target or None,
        "LAUE_GPU_PARALLEL" if point.mode == "gpu" else "LAUE_PARALLEL": point.parallel,
        "LAUE_THREADS": point.threads,
        "LAUE_RUNS": len(point.wall_s),
    }
    return [f"{name}={shlex.quote(str(value))}" for name, value in values.items() if value is not None]


def _most_per_node(measured: MeasuredLaunch, point: MeasuredPoint, nodes: int) -> tuple[int, int | None]:
    """Ranks on a node, and GPUs that they used there, where most were; None on a CPU and where nothing tells."""
    ranks = measured.ranks.filter(polars.col("name") == point.name)
    if ranks["host"].drop_nulls().n_unique() != nodes:  # names of hosts do not tell nodes apart
        return math.ceil(point.parallel / nodes), None
    on_nodes = ranks.group_by("run", "host")
    most = (
        on_nodes.agg(ranks=polars.len(), gpus=polars.col("gpu_uuid").drop_nulls().n_unique())
        .select("ranks", "gpus")
        .max()
    )
    most_ranks, most_gpus = most.row(0)
    return int(most_ranks), int(most_gpus) or None


def reproduction_of(measured: MeasuredLaunch, point: MeasuredPoint, nodes: int) -> Reproduction:
    """With the options that the launch was given, from the folder where it was started."""
    per_node, gpus = _most_per_node(measured, point, nodes)
    own = _without(_recorded(measured.launch), _TAKEN_WORDS, _TAKEN_SWITCHES)
    only = ["--only", point.point_id] if own else _grid_options(point)
    staging = ["--staging-dir", point.target] if point.target else []
    ranks = ["mpirun", "-n", str(point.parallel)] + (["--map-by", f"ppr:{per_node}:node"] if nodes > 1 else [])
    of_nodes = [f"--nodes={nodes}", f"--ntasks-per-node={per_node}"] + ([f"--gpus-per-node={gpus}"] if gpus else [])
    script = _without(own, _SCRIPT_WORDS, _SCRIPT_SWITCHES) + (["--only", point.point_id] if own else [])
    return Reproduction(
        shlex.join([*ranks, "laue-bench", "run", *own, *staging, *only]),
        " ".join([*_settings(point), shlex.join(["sbatch", *of_nodes, f"slurm/{point.mode}_grid.sbatch", *script])]),
    )
