"""The same points in several staging folders, each beside what its filesystem allows."""

from __future__ import annotations

import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.plots.bars import BarChart, Part, bar_traces, draw_bars
from laue_report.plots.plot import Plot
from laue_report.plots.style import MOST_BARS, PALETTE, VERMILION, Traces, largest, seconds_unit
from laue_report.point_table import point_table
from laue_report.run_reasons import setting, why_no_run_succeeded
from laue_report.selection import LAUNCH, succeeded
from laue_report.tables import shown

_CEILING_COLUMNS = {
    "staging_dir": polars.String(),
    "point_id": polars.String(),
    "attainable_s": polars.Float64(),
    "read_bytes_per_s": polars.Float64(),
    "write_bytes_per_s": polars.Float64(),
    "created_files_per_s": polars.Float64(),
}

#: Colours of staging folders; that of the marks is none of them.
_COLOURS = [colour for colour in PALETTE if colour != VERMILION]


def filesystem_types(measurements: Measurements) -> dict[str, str]:
    """By staging folder, as far as records tell."""
    found = {}
    for record in measurements.stagings:
        if kind := (record.get("filesystem") or {}).get("type"):
            found[str(record.get("staging_dir", ""))] = shown(str(kind))
    return found


def ceilings_table(measurements: Measurements) -> polars.DataFrame:
    """What was measured before the first run, a row for each folder and point."""
    rows = [
        {
            "staging_dir": str(record.get("staging_dir", "")),
            "point_id": record.get("point_id"),
            "attainable_s": record.get("attainable_s"),
            "read_bytes_per_s": _rate(record, "read", "bytes_per_s"),
            "write_bytes_per_s": _rate(record, "write", "bytes_per_s"),
            "created_files_per_s": _rate(record, "create_files", "files_per_s"),
        }
        for record in measurements.ceilings
        if record.get("moment", "start") == "start"
    ]
    return polars.DataFrame(rows, schema=_CEILING_COLUMNS, strict=False).unique(
        ["staging_dir", "point_id"], keep="last", maintain_order=True
    )


def _rate(record: Record, part: str, member: str) -> float | None:
    found = (record.get(part) or {}).get(member)
    return None if found is None else float(found)


def _data(measurements: Measurements) -> polars.DataFrame:
    """Without rows where there is one folder alone, and no ceiling to hold it against."""
    points = point_table(measurements).filter(polars.col("runs") > 0)
    types = filesystem_types(measurements)
    kinds = polars.DataFrame(
        {"staging_dir": list(types), "filesystem": list(types.values())},
        schema={"staging_dir": polars.String(), "filesystem": polars.String()},
    )
    found = (
        points.select("point_id", "staging_dir", "runs", "parallel", median_s="p50_s", min_s="min_s", max_s="max_s")
        .join(kinds, on="staging_dir", how="left", maintain_order="left")
        .join(ceilings_table(measurements), on=["staging_dir", "point_id"], how="left", maintain_order="left")
    )
    is_alone = found["staging_dir"].n_unique() < 2 and found["attainable_s"].null_count() == found.height
    order = {point: place for place, point in enumerate(found["point_id"].unique(maintain_order=True))}
    sorted_rows = found.sort(polars.col("point_id").replace_strict(order, return_dtype=polars.Int64), "staging_dir")
    return sorted_rows.clear() if is_alone else sorted_rows


def _missing(measurements: Measurements) -> str:
    if not succeeded(measurements).height:
        return why_no_run_succeeded(measurements)
    how = "--staging-dir several times compares folders, --ceilings measures what one allows"
    if setting(measurements, "ceilings"):
        return f"one staging folder was measured, and no record tells its ceilings: {how}"
    return f"one staging folder was measured, without its ceilings: {how}"


def _labels(frame: polars.DataFrame) -> dict[str, str]:
    """Short names of staging folders, their filesystems where these differ."""
    folders = frame["staging_dir"].unique(maintain_order=True).to_list()
    kinds = {row["staging_dir"]: row["filesystem"] for row in frame.iter_rows(named=True)}
    if len(set(kinds.values())) == len(folders) and None not in kinds.values():
        return {folder: str(kinds[folder]) for folder in folders}
    return {folder: f"folder {index + 1}" for index, folder in enumerate(folders)}


def _shown(frame: polars.DataFrame) -> polars.DataFrame:
    """Points of the most reconstructions per minute, with all folders of each."""
    most = max(1, MOST_BARS // max(1, frame["staging_dir"].n_unique()))
    rate = (polars.col("parallel") / polars.col("median_s")).max()
    points = frame.group_by("point_id", maintain_order=True).agg(rate=rate).sort("rate", descending=True)
    return frame.filter(polars.col("point_id").is_in(points["point_id"].head(most).to_list()))


def _chart(frame: polars.DataFrame) -> BarChart:
    drawn = _shown(frame)
    unit = seconds_unit(largest(drawn, "median_s", "attainable_s"))
    labels = _labels(frame)
    folders, seconds = drawn["staging_dir"].to_list(), (drawn["median_s"] / unit.size).to_list()
    names = [f"{point} {labels[folder]}" for point, folder in zip(drawn["point_id"], folders, strict=True)]
    parts = [
        Part(
            f"{label}: {shown(folder) or 'not recorded'}",
            _COLOURS[index % len(_COLOURS)],
            [value if other == folder else None for value, other in zip(seconds, folders, strict=True)],
        )
        for index, (folder, label) in enumerate(labels.items())
    ]
    marks = [Part("attainable by its ceilings", VERMILION, (drawn["attainable_s"] / unit.size).to_list())]
    told = marks if drawn["attainable_s"].null_count() < drawn.height else []
    return BarChart(names, f"median time of a run, {unit.name}", parts, marks=told)


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_bars(figure, _chart(frame))


def _traces(frame: polars.DataFrame) -> Traces:
    return bar_traces(_chart(frame))


def _notes(frame: polars.DataFrame) -> list[str]:
    points, drawn = frame["point_id"].n_unique(), _shown(frame)["point_id"].n_unique()
    return [f"drawn are the {drawn} points with the most reconstructions per minute, of {points}"][: points - drawn]


PLOT = Plot(
    name="filesystems",
    title="Filesystems and their ceilings",
    about=(
        "Median time of a run in each staging folder; diamonds are the shortest time that its ceilings allow (plain "
        "reading and writing, the kernel alone, without any loss in between)."
    ),
    alike=(LAUNCH,),
    data=_data,
    draw=_draw,
    traces=_traces,
    missing=_missing,
    notes=_notes,
)
