"""The performance card: what a reader wants to know first, on one printed page."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any

from laue_report.ceilings import ceiling_cells
from laue_report.finding import Severity
from laue_report.launches import counted
from laue_report.plots import accuracy, energy, memory
from laue_report.plots.filesystems import filesystem_types
from laue_report.report.subject import Subject
from laue_report.report.tables import Facts
from laue_report.run_reasons import failure_reasons, reason_in, setting, skip_reasons, why_no_run_succeeded
from laue_report.selection import TARGET, narrowed, of_point
from laue_report.tables import number, shown

#: So many fit on the page; the rest stands below in the report.
MOST_CAVEATS = 8

#: Characters of a caveat on the card.
LONGEST_CAVEAT = 260


@dataclass(frozen=True)
class Headline:
    """One of the large figures."""

    name: str
    value: str
    unit: str


@dataclass(frozen=True)
class Card:
    title: str
    headlines: list[Headline] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    caveats: list[str] = field(default_factory=list)


def card_of(subject: Subject) -> Card:
    facts = Facts()
    _add_launch(facts, subject)
    best = subject.best
    if best is None:
        facts.add("best point", f"none: {why_no_run_succeeded(subject.measurements)}")
    else:
        _add_best(facts, subject, best)
    return Card(_title(subject), _headlines(best), facts, _caveats(subject))


def _title(subject: Subject) -> str:
    if subject.launch is None:
        return "No launch"
    return shown(str(subject.params.get("tag") or "")) or "Performance card"


def _headlines(best: dict[str, Any] | None) -> list[Headline]:
    if best is None:
        return []
    return [
        Headline("throughput", number(best["throughput_per_min"]), "reconstructions per minute"),
        Headline("p50", number(best["p50_s"]), "s"),
        Headline("p95", number(best["p95_s"]), "s"),
        Headline("p99", number(best["p99_s"]), "s"),
    ]


def _add_launch(facts: Facts, subject: Subject) -> None:
    if subject.launch is None:
        return
    facts.add("launch", subject.launch.title())
    facts.add("machine", machine_text(subject))
    facts.add("storage", _storage_text(subject))
    facts.add("work", subject.launch.work())


def machine_text(subject: Subject) -> str | None:
    """Of the nodes of one kind the first one's facts, with their number."""
    nodes = (subject.params.get("environment") or {}).get("nodes") or []
    if not nodes:
        return None
    kinds: dict[str, int] = {}
    for node in nodes:
        memory_bytes = node.get("memory_bytes")
        gpus = node.get("gpus") or []
        names = sorted({str(gpu.get("name")) for gpu in gpus})
        parts = [
            str(node.get("cpu_model") or "processor not recorded"),
            counted(int(node["cores"]), "core") if node.get("cores") else "",
            f"{number(memory_bytes / 2**30)} GiB" if memory_bytes else "",
            f"{counted(len(gpus), 'GPU')} ({', '.join(names)})" if gpus else "",
        ]
        kind = ", ".join(part for part in parts if part)
        kinds[kind] = kinds.get(kind, 0) + 1
    return "; ".join(f"{counted(count, 'node')}: {kind}" for kind, count in kinds.items())


def _storage_text(subject: Subject) -> str | None:
    types = filesystem_types(subject.measurements)
    folders = subject.params.get("staging_dirs") or []
    return ", ".join(f"{folder} ({types[folder]})" if folder in types else str(folder) for folder in folders)


def _add_best(facts: Facts, subject: Subject, best: dict[str, Any]) -> None:
    runs = counted(int(best["runs"]), "successful run")
    facts.add("best point", f"{subject.name_of(best)}: the most reconstructions per minute at the median, {runs}")
    if best["pixel_steps_per_s"] is not None:
        facts.add("rate", f"{number(1e-6 * best['pixel_steps_per_s'])} million pixel-steps per second")
    facts.add("memory", _memory_text(subject, best))
    facts.add("energy", _energy_text(subject, best))
    facts.add("accuracy", _accuracy_text(subject, best))
    facts.add("bottleneck", bottleneck_text(subject))


def _own_row(frame_of: Any, subject: Subject, best: dict[str, Any]) -> dict[str, Any] | None:
    """Of the best point in what a plot is made of."""
    of_target = narrowed(subject.measurements, {TARGET.option: str(best["staging_dir"])})
    frame = frame_of(of_point(of_target, str(best["point_id"])))
    return dict(frame.row(0, named=True)) if frame.height else None


def _memory_text(subject: Subject, best: dict[str, Any]) -> str:
    row = _own_row(memory.data, subject, best)
    if row is None:
        return "not recorded"
    text = f"{number(row['peak_rss_bytes'] / 2**20)} MiB resident at most, of a rank"
    used = row["gpu_peak_memory_bytes"]
    return text if used is None else f"{text}; {number(used / 2**20)} MiB in use on a GPU"


def _energy_text(subject: Subject, best: dict[str, Any]) -> str:
    row = _own_row(energy.data, subject, best)
    if row is None:
        return energy.missing(subject.measurements)
    if row["total_j_per_reconstruction"] is not None:
        return f"{number(row['total_j_per_reconstruction'])} J per reconstruction"
    known = ", ".join(
        f"{number(row[column])} J of {what}"
        for column, what in (("cpu_j_per_reconstruction", "processors"), ("gpu_j_per_reconstruction", "GPUs"))
        if row[column] is not None
    )
    return f"{known} per reconstruction; the rest is not known"


def _accuracy_text(subject: Subject, best: dict[str, Any]) -> str:
    row = _own_row(accuracy.data, subject, best)
    if row is None:
        return accuracy.missing(subject.measurements)
    if row["depth_error_um_rms"] is None:
        return f"no depth found; {number(row['intensity_recovered'])} of the intensity"
    return (
        f"depth error {number(row['depth_error_um_rms'])} µm RMS, {number(row['depth_error_um_max'])} µm at most; "
        f"{number(row['intensity_recovered'])} of the intensity"
    )


def bottleneck_text(subject: Subject) -> str:
    attained = subject.best_summary.get("ceilings")
    share, bottleneck = ceiling_cells(attained)
    if bottleneck != "-":
        return f"{bottleneck}; {share} of what its ceilings allow"
    reason = reason_in([subject.best_summary], "ceilings", "whole_fraction")
    if reason is None:
        asked = setting(subject.measurements, "ceilings")
        reason = "no ceilings were measured (--ceilings)" if not asked else "no summary of the point tells it"
    return f"not known: {reason}"


def _caveats(subject: Subject) -> list[str]:
    """What may make the figures mean something else, the gravest first."""
    found = [
        f"{shown(reason)} ({counted(count, 'failed run')})" for reason, count in failure_reasons(subject.measurements)
    ]
    found += _ending(subject)
    found += [finding.text for finding in subject.findings if finding.severity is Severity.WARNING]
    found += [f"{', '.join(points)} skipped: {reason}" for reason, points in skip_reasons(subject.measurements).items()]
    found += subject.everything.warnings
    cut = [shown(textwrap.shorten(text, LONGEST_CAVEAT, placeholder=" ...")) for text in found]
    more = len(cut) - MOST_CAVEATS
    return cut if more <= 0 else [*cut[:MOST_CAVEATS], f"{more} more stand below"]


def _ending(subject: Subject) -> list[str]:
    """How the launch ended, where that is not as planned."""
    if subject.launch is None:
        return []
    launch = subject.launch
    planned = launch.planned_runs()
    missing = 0
    if planned is not None:
        done = {(row["staging_dir"], row["point_id"]): row["runs"] + row["failed"] for row in subject.points.to_dicts()}
        missing = sum(max(0, planned - done.get(point, 0)) for point in launch.planned_points())
    ending = launch.ending(missing)
    return [ending] if ending else []
