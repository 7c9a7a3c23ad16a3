"""Commands that draw: ``heatmap``, ``figure`` and ``report``."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from matplotlib import colormaps

from laue_report.launches import SHORT_ID
from laue_report.loading import load_or_fail
from laue_report.measurements import Measurements
from laue_report.messages import fail
from laue_report.output_files import require_free
from laue_report.pictures import (
    PictureFormat,
    UnusableWidthError,
    draw_plot,
    width_in,
    write_csv,
)
from laue_report.plots import PLOTS, Plot
from laue_report.plots.heatmap import (
    DEFAULT_MAP,
    Aggregation,
    Metric,
    cells,
    draw_map,
    natural_width,
    panels_of,
)
from laue_report.report.comparison import UNUSABLE_BASE
from laue_report.report.writing import UnusableOutputError, write_report
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.selection import (
    COMPRESSION,
    GRID,
    LAST,
    LAUNCH,
    MODE,
    NODES,
    UnusableSelectionError,
    combinations,
    differing,
    name_of,
    narrowed,
    of_point,
    require_one,
)
from laue_report.tables import plain_console, print_line

#: Characters of a title's line per inch of the picture.
TITLE_CHARACTERS_PER_INCH = 13

Files = Annotated[list[Path], typer.Argument(help="Results files (JSON Lines).")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Launch = Annotated[
    str | None, typer.Option(help="How the launch's session_id begins, or 'last'; of old files their name.")
]
Target = Annotated[str | None, typer.Option(help="Staging folder.")]
Mode = Annotated[str | None, typer.Option(help="cpu or gpu.")]
Precision = Annotated[str | None, typer.Option(help="double or single.")]
Layout = Annotated[str | None, typer.Option(help="How depth images lie in files: per-depth, per-rank or shared.")]
Compression = Annotated[str | None, typer.Option(help="Of depth images: none or gzip:L.")]
Nodes = Annotated[str | None, typer.Option(help="Number of nodes, where it is an axis of the grid.")]


def register(app: typer.Typer) -> None:
    app.command("heatmap")(_heatmap)
    app.command("figure")(_figure)
    app.command("report")(_report)


def _wanted(*values: str | None) -> dict[str, str]:
    """In the order of GRID; what was not given is left out."""
    return {choice.option: value for choice, value in zip(GRID, values, strict=True) if value is not None}


def _heatmap(
    files: Files,
    output: Annotated[Path, typer.Option("--output", "-o", help="PNG, PDF or SVG file.")] = Path("heatmap.png"),
    metric: Annotated[Metric, typer.Option(help="What a cell shows.")] = Metric.THROUGHPUT,
    aggregation: Annotated[
        Aggregation, typer.Option("--agg", "--aggregation", help="Of the repetitions of a point.")
    ] = Aggregation.MEDIAN,
    launch: Launch = None,
    target: Target = None,
    mode: Mode = None,
    precision: Precision = None,
    layout: Layout = None,
    compression: Compression = None,
    nodes: Nodes = None,
    every: Annotated[
        bool, typer.Option("--all", help="A file for each combination of what runs differ in, with it in the name.")
    ] = False,
    include_failed: Annotated[bool, typer.Option("--include-failed", help="Count failed runs as well.")] = False,
    annotate: Annotated[bool, typer.Option("--annotate", help="Write the figures into the cells.")] = False,
    cmap: Annotated[str, typer.Option(help="Colour map of matplotlib.")] = DEFAULT_MAP,
    title: Annotated[str | None, typer.Option(help="Above the map.  [default: what it is of]")] = None,
    force: Force = False,
) -> None:
    """Draw every grid point as a coloured cell: reconstructions at a time by threads."""
    _require_colour_map(cmap)
    _require_ending(output)
    measurements = load_or_fail(files)
    wanted = _wanted(launch, target, mode, precision, layout, compression, nodes)
    try:
        parts = list(_grids(measurements, wanted, output, every=every))
        for path, _, _ in parts:
            require_free(path, force)
        for path, of, part in parts:
            frame = cells(part, panels_of(metric), aggregation, include_failed)
            if not frame.height:
                reason = "records do not tell it" if include_failed else why_no_run_succeeded(part)
                fail(f"cannot draw {path} ({reason}): give a results file with runs that have a {metric.value}")
            width = natural_width(frame)
            heading = _wrapped(of if title is None else title, width)
            draw_plot(path, width, partial(draw_map, colours=cmap, with_values=annotate), frame, heading)
            print_line(plain_console(), str(path))
    except UnusableSelectionError as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot write {output} ({error.strerror or error}): give another -o")


def _require_colour_map(name: str) -> None:
    if name not in colormaps:
        fail(f"cannot use --cmap {name} (matplotlib has none of that name): give one such as viridis, cividis or magma")


def _require_ending(output: Path) -> None:
    endings = [f".{kind.value}" for kind in PictureFormat]
    if output.suffix not in endings:
        fail(f"cannot write {output} (its ending names no picture): give -o a name that ends in {', '.join(endings)}")


def _grids(
    measurements: Measurements, wanted: dict[str, str], output: Path, *, every: bool
) -> Iterator[tuple[Path, str, Measurements]]:
    """Files, what each is of, and its runs."""
    chosen = narrowed(measurements, wanted)
    if not every:
        require_one(chosen, GRID)
    found = combinations(chosen, GRID)
    if not found:
        raise UnusableSelectionError(
            f"cannot draw {output} ({why_no_run_succeeded(chosen)}): give a results file with runs"
        )
    several = differing(found)
    for values in found:
        named = "-".join(re.sub(r"[^A-Za-z0-9]+", "-", values[option]).strip("-") for option in several)
        path = output.with_name(f"{output.stem}-{named}{output.suffix}") if named else output
        yield path, _title_of(values), narrowed(chosen, values)


def _title_of(values: dict[str, str]) -> str:
    """What the runs have in common, as far as records tell."""
    told = {option: value for option, value in values.items() if value and option != LAUNCH.option}
    if told.get(COMPRESSION.option) == "none":
        told.pop(COMPRESSION.option)
    mode = told.pop(MODE.option, "").upper()
    nodes = told.pop(NODES.option, None)
    launch = values[LAUNCH.option]
    parts = [
        mode,
        f"{nodes} nodes" if nodes else "",
        *map(name_of, told.values()),
        f"launch {launch[:SHORT_ID]}" if launch else "",
    ]
    return ", ".join(part for part in parts if part)


def _wrapped(title: str, width: float) -> str:
    return "\n".join(textwrap.wrap(title, max(20, int(width * TITLE_CHARACTERS_PER_INCH))))


def _figure(
    name: Annotated[str | None, typer.Argument(help="One of --list.")] = None,
    files: Annotated[list[Path] | None, typer.Argument(help="Results files (JSON Lines).")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Picture; its data go beside it.  [default: NAME.FORMAT]")
    ] = None,
    kind: Annotated[
        PictureFormat | None, typer.Option("--format", help="[default: what -o ends in, or pdf]", show_default=False)
    ] = None,
    width: Annotated[str, typer.Option(help="Such as 85mm (a column), 170mm or 6.3in.")] = "85mm",
    launch: Launch = None,
    target: Target = None,
    mode: Mode = None,
    precision: Precision = None,
    layout: Layout = None,
    compression: Compression = None,
    nodes: Nodes = None,
    point: Annotated[str | None, typer.Option(help="point_id of the runs.")] = None,
    title: Annotated[str | None, typer.Option(help="Above the plot; a caption serves most papers.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="Show the names and what is drawn.")] = False,
    force: Force = False,
) -> None:
    """Draw one plot for a paper, with its data as CSV beside it."""
    if listing:
        for plot in PLOTS.values():
            print_line(plain_console(), f"{plot.name:13}{plot.title}: {plot.about}")
        return
    plot = _plot(name)
    if not files:
        fail(f"cannot draw {plot.name} (no results file was given): give one of laue-bench")
    picture = _picture(plot, output, kind)
    wanted = _wanted(launch, target, mode, precision, layout, compression, nodes)
    try:
        inches = width_in(width)
        chosen = _of_one(plot, narrowed(load_or_fail(files), wanted), point)
        data = picture.with_suffix(".csv")
        for path in (picture, data):
            require_free(path, force)
        frame = plot.data(chosen)
        if not frame.height:
            fail(f"cannot draw {plot.name}: {plot.missing(chosen)}")
        heading = None if title is None else _wrapped(title, inches)
        draw_plot(picture, inches, plot.draw, frame, heading)
        write_csv(data, frame)
    except (UnusableSelectionError, UnusableWidthError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot write {picture} ({error.strerror or error}): give another -o")
    for line in (f"{picture}, data in {data}", *plot.notes(frame)):
        print_line(plain_console(), line)


def _plot(name: str | None) -> Plot:
    if name is None:
        fail("cannot draw a figure (no name was given): laue-report figure --list shows the names")
    if name not in PLOTS:
        fail(f"cannot draw '{name}' (there is no such figure): give one of {', '.join(PLOTS)}")
    return PLOTS[name]


def _picture(plot: Plot, output: Path | None, kind: PictureFormat | None) -> Path:
    if output is None:
        return Path(f"{plot.name}.{(kind or PictureFormat.PDF).value}")
    _require_ending(output)
    if kind is not None and output.suffix != f".{kind.value}":
        fail(f"cannot write {output} as --format {kind.value} (its ending says another): leave out one of both")
    return output


def _of_one(plot: Plot, measurements: Measurements, point: str | None) -> Measurements:
    chosen = measurements if point is None else of_point(measurements, point)
    require_one(chosen, plot.alike)
    return chosen


def _report(
    files: Files,
    output: Annotated[Path, typer.Option("--output", "-o", help="New folder for the report.")],
    launch: Annotated[
        str, typer.Option(help="How the session_id begins of the launch that it is of, or 'last'.")
    ] = LAST,
    base: Annotated[
        str | None, typer.Option(help="Results file or baseline to compare with, as laue-report compare takes it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the files of a report in a folder.")] = False,
) -> None:
    """Write a report of a launch: report.html (opens without a network), report.md, pictures and JSON."""
    try:
        page = write_report(load_or_fail(files), launch, output, force=force, base=base)
    except (UnusableSelectionError, UnusableOutputError, *UNUSABLE_BASE) as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot write the report to {output} ({error.strerror or error}): give another -o")
    print_line(plain_console(), str(page))
