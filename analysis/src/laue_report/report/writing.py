"""Writes a report into its folder."""

from __future__ import annotations

import json
from pathlib import Path

from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.pictures import draw_plot, write_csv
from laue_report.report.comparison import comparison_of
from laue_report.report.contents import Contents, contents_of
from laue_report.report.json_files import environment_of, kernel_manifest_of, summary_of
from laue_report.report.page import html_page, markdown_page
from laue_report.report.subject import subject_of

#: Inches of a picture, as wide as text on a page.
PICTURE_WIDTH = 6.3

#: Below the report's folder.
PLOTS = "plots"


class UnusableOutputError(Exception):
    """A folder that no report is to be written to."""


def write_report(
    measurements: Measurements, launch: str, folder: Path, *, force: bool, base: str | None = None
) -> Path:
    """The page's path; `base` is what laue-report compare takes as BASE. Raises UnusableSelectionError,
    UnusableOutputError, OSError and those of UNUSABLE_BASE."""
    _require_folder(folder, force=force)
    subject = subject_of(measurements, launch)
    contents = contents_of(subject, None if base is None else comparison_of(subject, base))
    (folder / PLOTS).mkdir(parents=True, exist_ok=True)
    _write_plots(contents, folder / PLOTS)
    _write_json(contents, folder)
    if contents.commands.script:
        (folder / "reproduce.sbatch").write_text(contents.commands.script, encoding="utf-8")
    if contents.comparison:
        (folder / "regressions.md").write_text(contents.comparison.markdown, encoding="utf-8")
    (folder / "report.md").write_text(markdown_page(contents), encoding="utf-8")
    page = folder / "report.html"
    page.write_text(html_page(contents), encoding="utf-8")
    return page


def _require_folder(folder: Path, *, force: bool) -> None:
    """Other people's files are not to lie among those of a report, nor an older report's among these."""
    if folder.exists() and not folder.is_dir():
        raise UnusableOutputError(f"cannot write a report to {folder} (it is a file): give a folder with -o")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise UnusableOutputError(
            f"cannot write a report to {folder} (the folder is not empty): give a new one with -o, or --force to "
            "replace the files of a report there"
        )


def _write_plots(contents: Contents, folder: Path) -> None:
    for group in contents.groups:
        for figure in group.figures:
            draw_plot(folder / f"{figure.slug}.png", PICTURE_WIDTH, figure.plot.draw, figure.frame)
            write_csv(folder / f"{figure.slug}.csv", figure.frame)


def _write_json(contents: Contents, folder: Path) -> None:
    records: dict[str, Record] = {
        "env.json": environment_of(contents.subject),
        "kernel_manifest.json": kernel_manifest_of(contents.subject),
        "summary.json": summary_of(contents.subject, contents.card, contents.groups),
    }
    for name, record in records.items():
        (folder / name).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
