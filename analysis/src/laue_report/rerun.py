"""The command that repeats points of a launch."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from laue_report.members import Record

#: Options that say what is repeated and how often; another answer takes their place.
_WITH_VALUE = frozenset(("--runs", "--target-ci", "--max-runs", "--sustain", "--only"))
_WITHOUT_VALUE = frozenset(("--resume", "--dry-run"))


def _kept(words: Sequence[str]) -> list[str]:
    """Words of a command line without these options and their values, of which --only may have several."""
    kept: list[str] = []
    is_value = False
    for word in words:
        if word.startswith("--"):
            name, equals, _ = word.partition("=")
            is_value = name in _WITH_VALUE and not equals
            if name not in _WITH_VALUE | _WITHOUT_VALUE:
                kept.append(word)
        elif not is_value:
            kept.append(word)
    return kept


def _launcher(environment: Record) -> list[str]:
    ranks = sum(int(node.get("ranks_per_node") or 0) for node in environment.get("nodes") or [])
    if ranks < 2:
        return []
    return ["srun" if environment.get("slurm") else "mpirun", "-n", str(ranks)]


def _contradicts_runs(params: Record, words: Sequence[str]) -> bool:
    """Whether a configuration file says in another way how often points are repeated."""
    ways = {"target_ci": "--target-ci", "sustain": "--sustain"}
    return any(
        params.get(name) is not None and not any(word.partition("=")[0] == option for word in words)
        for name, option in ways.items()
    )


def rerun_command(params: Record, points: str, runs: int) -> str | None:
    """As the launch of `params`, but `runs` repetitions of `points` (joined by commas); None where its command line is
    not recorded, or would not take that."""
    environment: Record = params.get("environment") or {}
    words = environment.get("command_line")
    if not words or _contradicts_runs(params, words):
        return None
    return shlex.join([*_launcher(environment), *_kept(words), "--only", points, "--runs", str(runs)])
