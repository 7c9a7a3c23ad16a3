"""How near the depth images of generated scans come to the truth that these carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars

from laue_report.members import Record
from laue_report.tables import number

#: Columns of the table of ranks.
_MEMBERS = ["depth_error_um_rms", "depth_error_um_max", "intensity_recovered", "grains_judged", "grains_left_out"]


def accuracies_by_run(ranks: polars.DataFrame) -> dict[int, list[Record]]:
    """Those of each run's ranks, equal ones once: they differ only where scans or machines do."""
    known = ranks.filter(polars.any_horizontal(polars.col(_MEMBERS).is_not_null())).select("run", *_MEMBERS)
    found: dict[int, list[Record]] = {}
    for run, *values in known.unique(maintain_order=True).iter_rows():
        told = zip(_MEMBERS, values, strict=True)
        found.setdefault(run, []).append({name: value for name, value in told if value is not None})
    return found


def _text(accuracy: Record) -> str:
    """As laue-bench shows it."""
    judged = accuracy.get("grains_judged", 0)
    rms_um, largest_um = accuracy.get("depth_error_um_rms"), accuracy.get("depth_error_um_max")
    depth = "no depth" if rms_um is None else f"depth error {number(rms_um)} um RMS, {number(largest_um)} um at most"
    return (
        f"accuracy of {judged} of {judged + accuracy.get('grains_left_out', 0)} grains: {depth}, "
        f"{number(accuracy.get('intensity_recovered'))} of the intensity"
    )


def accuracy_notes(accuracies: Mapping[str, Iterable[Record]]) -> list[str]:
    """A line for all points of the same accuracy, in the order of the grid. `accuracies` are by point."""
    points: dict[str, list[str]] = {}
    for point, known in accuracies.items():
        for accuracy in known:
            points.setdefault(_text(accuracy), []).append(point)
    return [f"{text}: {', '.join(named)}" for text, named in points.items()]
