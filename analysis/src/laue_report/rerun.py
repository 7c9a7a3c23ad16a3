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


def rerun_command(params: Record, point: str, runs: int) -> str | None:
    """As the launch of `params`, but `runs` repetitions of one point; None where its command line is not recorded."""
    environment: Record = params.get("environment") or {}
    words = environment.get("command_line")
    if not words:
        return None
    return shlex.join([*_launcher(environment), *_kept(words), "--only", point, "--runs", str(runs)])
