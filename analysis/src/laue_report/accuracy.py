"""How near the depth images of generated scans come to the truth that these carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from laue_report.members import Record
from laue_report.tables import number


def add_accuracies(found: list[Record], run: Record) -> None:
    """Adds those of the run's ranks that are not there yet; ranks differ only where their scans or machines do."""
    for rank in run.get("per_proc", []):
        accuracy = rank.get("accuracy")
        if accuracy and accuracy not in found:
            found.append(accuracy)


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
