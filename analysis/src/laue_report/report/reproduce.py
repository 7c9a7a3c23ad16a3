"""The commands that make the launch, or its best point, again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

from laue_report.report.subject import Subject
from laue_report.reproduction import reproduction_of
from laue_report.tables import shown

#: What a job asks for beyond what the launch took, so that a slower day does not end it.
TIME_FACTOR, LEAST_MINUTES = 2.0, 10


@dataclass(frozen=True)
class Commands:
    whole: str = ""
    """The launch as it was; empty where the records do not tell."""
    best: str = ""
    """Its best point alone."""
    best_job: str = ""
    """The same with the job scripts of slurm/."""
    script: str = ""
    """Of a job that makes the whole launch again, for sbatch."""
    notes: list[str] = field(default_factory=list)


def commands_of(subject: Subject) -> Commands:
    words = _command_line(subject)
    found = subject.measured_best()
    again = None
    if found is not None:
        whole, point = found
        nodes = point.runs["nodes"].drop_nulls()
        again = reproduction_of(whole, point, int(nodes[-1]) if nodes.len() else 1)
    return Commands(
        whole=_in_lines(_launcher(subject) + words),
        best=_in_lines(shlex.split(again.command)) if again else "",
        best_job=shown(again.sbatch) if again else "",
        script=_script(subject, words) if words else "",
        notes=_notes(subject) if words else ["the records do not tell how the launch was started"],
    )


def _command_line(subject: Subject) -> list[str]:
    words = (subject.params.get("environment") or {}).get("command_line") or []
    return [str(word) for word in words]


def _in_lines(words: list[str]) -> str:
    """A line for each option, as a shell joins them again."""
    lines: list[list[str]] = [[]]
    for word in words:
        if word.startswith("--"):
            lines.append([])
        lines[-1].append(word)
    return " \\\n    ".join(shown(shlex.join(line)) for line in lines if line)


def _nodes(subject: Subject) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (subject.params.get("environment") or {}).get("nodes") or []
    return nodes


def _ranks_on_nodes(subject: Subject) -> list[int]:
    return [int(node.get("ranks_per_node") or len(node.get("ranks") or []) or 1) for node in _nodes(subject)]


def _launcher(subject: Subject) -> list[str]:
    ranks = sum(_ranks_on_nodes(subject))
    return ["mpirun", "-n", str(ranks)] if ranks > 1 else []


def _script(subject: Subject, words: list[str]) -> str:
    ranks = _ranks_on_nodes(subject) or [1]
    gpus = max((len(node.get("gpus") or []) for node in _nodes(subject)), default=0)
    took_s = float((subject.launch.end if subject.launch else {}).get("elapsed_s") or 0.0)
    minutes = max(LEAST_MINUTES, int(TIME_FACTOR * took_s / 60.0) + 1)
    asked = [
        "--job-name=laue-again",
        f"--nodes={len(ranks)}",
        f"--ntasks-per-node={max(ranks)}",
        *([f"--gpus-per-node={gpus}"] if gpus else []),
        "--exclusive",
        f"--time={minutes}",
    ]
    lines = ["#!/bin/bash", *(f"#SBATCH {option}" for option in asked), "set -euo pipefail"]
    lines.append(f"srun --mpi=pmix --cpu-bind=none {_in_lines(words)}")
    return "\n".join(lines) + "\n"


def _notes(subject: Subject) -> list[str]:
    notes = ["the records do not tell the launcher: mpirun stands for it, with as many ranks"]
    sha = (subject.params.get("git") or {}).get("sha")
    dirty = ((subject.params.get("environment") or {}).get("program") or {}).get("git_dirty")
    if sha:
        notes.append(f"the program was built from revision {shown(str(sha))}{', changed since' if dirty else ''}")
    notes.append("paths that do not begin with / are from the folder where it was started, which they do not tell")
    notes.append("results are appended to the file that --results names, as a launch of its own")
    return notes
