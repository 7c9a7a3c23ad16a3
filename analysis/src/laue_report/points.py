"""Names of grid points."""

from __future__ import annotations

from laue_report.members import Record

#: What the names of points in single precision end in.
SINGLE = "-single"


def precision_of(point_id: str) -> str:
    return "single" if point_id.endswith(SINGLE) else "double"


def point_id_of(record: Record) -> str:
    """Tells precisions apart, whatever wrote the record."""
    threads = f"-t{record['threads']}" if "threads" in record else ""
    point = str(record.get("point_id", f"{record['mode']}-p{record['parallel']}{threads}"))
    is_unnamed = record.get("precision") == "single" and precision_of(point) != "single"
    return f"{point}{SINGLE}" if is_unnamed else point
