"""Command ``laue-report history``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from laue_report.exit_statuses import OUTPUT_ERROR
from laue_report.history import UnusableHistoryError, extended, read_table, write_table
from laue_report.launches import counted
from laue_report.messages import fail, tell
from laue_report.records import UnusableResultsError
from laue_report.tables import plain_console, print_line

#: What else is written beside the table; a folder that has them and no table is not ours.
_PRODUCTS = ("history.html", "time.png", "memory.png", "gpu_memory.png", "energy.png", "size.png")


def history(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder with results files.", exists=True, file_okay=False)
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for history.parquet, which is extended, HTML and PNG.")
    ],
) -> None:
    """Put all launches below a folder into one table, and draw time, memory and energy by date, host and version."""
    table_path = output / "history.parquet"
    _require_own(output, table_path)
    try:
        found = extended(read_table(table_path), folder)
    except (UnusableHistoryError, UnusableResultsError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot read {error.filename or folder} ({error.strerror or error}): give a folder with results files")
    for warning in found.warnings:
        tell(warning)
    # what draws takes a second to import, and other commands have no use for it
    from laue_report.history_charts import points_by_launches, range_text, sections_of
    from laue_report.history_page import write_history

    sections = sections_of(found.table)
    try:
        output.mkdir(parents=True, exist_ok=True)
        write_table(table_path, found.table)
        written = write_history(output, sections, points_by_launches(found.table), range_text(found.table))
    except OSError as error:
        fail(f"cannot write {error.filename or output} ({error.strerror or error}): give another -o", OUTPUT_ERROR)
    console = plain_console()
    kept = f", {counted(found.rows_kept, 'row')} kept of launches that are no longer there" if found.rows_kept else ""
    rows = counted(found.table.height, "row")
    print_line(console, f"{table_path}: {rows} (launches read: {found.launches_read}{kept})")
    for path in written:
        print_line(console, str(path))
    for section in sections:
        if not section.charts:
            print_line(console, f"no {section.name}.png: {section.note}")


def _require_own(output: Path, table: Path) -> None:
    if output.exists() and not output.is_dir():
        fail(f"cannot write to {output} (it is no folder): give another -o")
    others = [name for name in _PRODUCTS if (output / name).exists()]
    if others and not table.exists():
        fail(f"cannot write {output / others[0]} (it is there and not from laue-report history): give another -o")
