"""What happens to a scan, as a diagram: Mermaid for Markdown, SVG for the page, which must need no network."""

from __future__ import annotations

from dataclasses import dataclass

import polars

from laue_report.members import BUSY_PHASES, PIPELINE_PHASES
from laue_report.report.subject import Subject
from laue_report.selection import TARGET, narrowed, of_point, succeeded
from laue_report.tables import number

#: Of the drawing, in its own units; as wide as a phone, so that its letters keep their size there.
WIDTH, BOX_HEIGHT, GAP = 340, 46, 22


@dataclass(frozen=True)
class Stage:
    name: str
    text: str
    phases: tuple[str, ...] = ()
    """Their seconds stand beside it."""


STAGES = (
    Stage("staging", "replicas of the scan in the staging folder, once"),
    Stage("start", "all ranks start together, one reconstruction each", ("open_s",)),
    Stage("read", "frames, stripe by stripe, in a thread of its own", ("read_s", "decompress_s")),
    Stage("compute", "kernel on all threads or the GPU", ("copy_to_device_s", "kernel_s", "copy_to_host_s")),
    Stage("write", "depth images, in a thread of its own", ("compress_s", "write_s")),
    Stage("store", "fsync of files and folder, close", ("fsync_s", "close_s")),
    Stage("verify", "digest and accuracy, outside the clock", ("digest_s",)),
    Stage("record", "one line in results.jsonl, read by laue-report"),
)


@dataclass(frozen=True)
class Box:
    """A stage where it is drawn."""

    top: int
    name: str
    text: str
    seconds: str


@dataclass(frozen=True)
class Diagram:
    boxes: list[Box]
    point: str
    """Of which the seconds are; empty where there are none."""

    @property
    def height(self) -> int:
        return len(self.boxes) * (BOX_HEIGHT + GAP) - GAP + 4

    def mermaid(self) -> str:
        lines = ["flowchart TD"]
        for index, box in enumerate(self.boxes):
            seconds = f"<br/>{box.seconds}" if box.seconds else ""
            lines.append(f'  s{index}["{box.name}: {box.text}{seconds}"]')
        lines += [f"  s{index} --> s{index + 1}" for index in range(len(self.boxes) - 1)]
        return "\n".join(lines)


def diagram_of(subject: Subject) -> Diagram:
    """With mean busy seconds of a reconstruction of the best point."""
    means, point = _means(subject)
    boxes = []
    for index, stage in enumerate(STAGES):
        known = [means[name] for name in stage.phases if means.get(name) is not None]
        seconds = f"{number(sum(value for value in known if value is not None))} s" if known else ""
        boxes.append(Box(2 + index * (BOX_HEIGHT + GAP), stage.name, stage.text, seconds))
    return Diagram(boxes, point)


def _means(subject: Subject) -> tuple[dict[str, float | None], str]:
    best = subject.best
    if best is None:
        return {}, ""
    own = of_point(narrowed(subject.measurements, {TARGET.option: str(best["staging_dir"])}), str(best["point_id"]))
    ranks = own.ranks.join(succeeded(own).select("run"), on="run", how="semi")
    means = ranks.select(polars.col(*PIPELINE_PHASES, *BUSY_PHASES, "digest_s").mean()).row(0, named=True)
    return means, subject.name_of(best)
