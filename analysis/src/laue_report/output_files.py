"""Files that commands write where they were told to."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import typer

from laue_report.exit_statuses import OUTPUT_ERROR
from laue_report.messages import fail, tell


def require_free(path: Path, is_replaced: bool) -> None:
    """Before the work is done. Ends the command where a file would be overwritten that nobody gave up."""
    if path.exists() and not is_replaced:
        fail(f"cannot write {path} (it exists): give another -o, or --force to replace it")
    if not path.parent.is_dir():
        fail(f"cannot write {path} (there is no folder {path.parent}): make it, or give another -o")


def write_output(path: Path, content: bytes) -> None:
    """The whole file, or nothing of it: what is there stays until all is written."""
    unfinished = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        tell(f"cannot write {path} ({error.strerror or error}): free space there, or give another -o")
        raise typer.Exit(OUTPUT_ERROR) from error
    tell(f"wrote {path}")
