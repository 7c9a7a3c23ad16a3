"""Kernels against the memory bandwidth and the arithmetic peak that were measured beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.plots.plot import Plot
from laue_report.plots.style import (
    GREY,
    MARKERS,
    PALETTE,
    SYMBOLS,
    Traces,
    legend_below,
    log_axis,
    log_ticks,
    set_height,
)
from laue_report.tables import shown

X_TITLE, Y_TITLE = "arithmetic intensity, flop/byte", "Gflop/s"

#: Between the outermost values and the ends of an axis, as a factor.
ROOM = 2.0

#: Ceilings that one can tell apart.
MOST_ROOFS = 4

_SCHEMA = {
    "benchmark_id": polars.String(),
    "runner": polars.String(),
    "threads": polars.Int64(),
    "size": polars.String(),
    "pixel_steps": polars.Int64(),
    "intensity_flop_per_byte": polars.Float64(),
    "flop_per_s": polars.Float64(),
    "bytes_per_s": polars.Float64(),
    "triad_bytes_per_s": polars.Float64(),
    "fma_flop_per_s": polars.Float64(),
}


def _row(record: Record) -> Record | None:
    """None where it did not succeed, or does not count operations and bytes."""
    flop, moved = record.get("flop_per_s"), record.get("bytes_per_s")
    if not record.get("success") or not flop or not moved:
        return None
    size, ceilings = record.get("size") or {}, record.get("ceilings") or {}
    runner = record.get("architecture") or record.get("backend")
    sides = [int(size.get(side, 1)) for side in ("rows", "columns", "images", "depths")]
    return {
        "benchmark_id": record.get("benchmark_id"),
        "runner": f"{runner} {record.get('precision')}",
        "threads": record.get("threads"),
        "size": "x".join(map(str, sides)),
        "pixel_steps": sides[0] * sides[1] * sides[2],
        "intensity_flop_per_byte": flop / moved,
        "flop_per_s": flop,
        "bytes_per_s": moved,
        "triad_bytes_per_s": ceilings.get("triad_bytes_per_s"),
        "fma_flop_per_s": ceilings.get("fma_flop_per_s"),
    }


def _data(measurements: Measurements) -> polars.DataFrame:
    """The newest record of each variant, in its largest size."""
    rows = [row for record in measurements.kernels if (row := _row(record))]
    frame = polars.DataFrame(rows, schema=_SCHEMA, strict=False)
    variant = ["benchmark_id", "runner", "threads"]
    newest = frame.unique([*variant, "size"], keep="last", maintain_order=True)
    largest = newest.sort("pixel_steps", maintain_order=True).unique(variant, keep="last", maintain_order=True)
    return largest.sort(variant).drop("pixel_steps")


def _missing(measurements: Measurements) -> str:
    if not measurements.kernels:
        return "the files hold no kernel record: laue-bench-kernels --output FOLDER writes them to FOLDER/results.jsonl"
    succeeded = [record for record in measurements.kernels if record.get("success")]
    if succeeded:
        return f"none of {len(succeeded)} kernel records that succeeded counts operations and bytes"
    reasons = {str(record.get("skip_reason") or record.get("error")) for record in measurements.kernels}
    return f"no kernel was measured: {'; '.join(sorted(map(shown, reasons)))}"


@dataclass(frozen=True)
class _Roof:
    name: str
    bytes_per_s: float
    flop_per_s: float

    def line(self, left: float, right: float) -> tuple[list[float], list[float]]:
        """Gflop/s over intensity."""
        ridge = self.flop_per_s / self.bytes_per_s
        places = sorted({left, min(max(ridge, left), right), right})
        return places, [1e-9 * min(self.flop_per_s, place * self.bytes_per_s) for place in places]


def _roofs(frame: polars.DataFrame) -> list[_Roof]:
    """Those of most arithmetic; a launch has one for each precision and number of threads."""
    told = frame.drop_nulls(["triad_bytes_per_s", "fma_flop_per_s"]).unique(
        ["threads", "triad_bytes_per_s", "fma_flop_per_s"], maintain_order=True
    )
    found = [
        _Roof(
            f"CPU, {row['runner'].rpartition(' ')[2]}, {row['threads']} thread{'s' if row['threads'] != 1 else ''}",
            float(row["triad_bytes_per_s"]),
            float(row["fma_flop_per_s"]),
        )
        for row in told.iter_rows(named=True)
    ]
    return sorted(found, key=lambda roof: -roof.flop_per_s)[:MOST_ROOFS]


def _span(frame: polars.DataFrame, roofs: list[_Roof]) -> tuple[float, float]:
    """Of the intensities, the roofs' ridges among them."""
    places = frame["intensity_flop_per_byte"].to_list() + [roof.flop_per_s / roof.bytes_per_s for roof in roofs]
    return min(places) / ROOM, max(places) * ROOM


def _variants(frame: polars.DataFrame) -> Iterator[tuple[str, str, polars.DataFrame]]:
    """Name, colour and points of each runner."""
    named = frame.with_columns(
        variant=polars.format("{}, {} threads", "runner", "threads").str.replace(", 1 threads", ", 1 thread")
    )
    for index, part in enumerate(named.partition_by("variant", maintain_order=True)):
        yield str(part["variant"][0]), PALETTE[index % len(PALETTE)], part


def _marks(frame: polars.DataFrame) -> dict[str, int]:
    """By kernel, the number of its mark."""
    names = frame["benchmark_id"].unique().sort().to_list()
    return {name: index % len(MARKERS) for index, name in enumerate(names)}


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    roofs, marks = _roofs(frame), _marks(frame)
    variants = list(_variants(frame))
    set_height(figure, 0.7 * figure.get_figwidth() + 0.14 * (len(marks) + len(variants) + len(roofs)))
    axes = figure.subplots()
    for roof, style in zip(roofs, ("-", "--", "-.", ":"), strict=False):
        axes.plot(*roof.line(*_span(frame, roofs)), color=GREY, linestyle=style, label=roof.name)
    for name, colour, part in variants:
        for row in part.iter_rows(named=True):
            axes.plot(
                row["intensity_flop_per_byte"], 1e-9 * row["flop_per_s"], MARKERS[marks[row["benchmark_id"]]],
                color=colour, markersize=5, alpha=0.85,
            )  # fmt: skip
        axes.plot([], [], color=colour, linewidth=5, label=name)
    for name, mark in marks.items():
        axes.plot([], [], MARKERS[mark], color="black", linestyle="none", label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    log_ticks(axes.xaxis)
    log_ticks(axes.yaxis)
    axes.set_xlabel(X_TITLE)
    axes.set_ylabel(Y_TITLE)
    legend_below(figure, axes, 3)


def _traces(frame: polars.DataFrame) -> Traces:
    roofs, marks = _roofs(frame), _marks(frame)
    found: list[Traces] = []
    for roof, dash in zip(roofs, ("solid", "dash", "dashdot", "dot"), strict=False):
        places, rates = roof.line(*_span(frame, roofs))
        line = {"color": GREY, "dash": dash}
        trace = {"type": "scatter", "mode": "lines", "name": roof.name, "x": places, "y": rates, "line": line}
        found.append({**trace, "hoverinfo": "skip"})
    for name, colour, part in _variants(frame):
        found.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": part["intensity_flop_per_byte"].to_list(),
                "y": (1e-9 * part["flop_per_s"]).to_list(),
                "text": [f"{row['benchmark_id']} {row['size']}" for row in part.iter_rows(named=True)],
                "hovertemplate": "%{text}<br>%{x:.3g} flop/byte, %{y:.4g} Gflop/s",
                "marker": {"color": colour, "size": 9, "symbol": [SYMBOLS[marks[i]] for i in part["benchmark_id"]]},
            }
        )
    found += [_key(name, SYMBOLS[mark]) for name, mark in marks.items()]
    rates = [1e-9 * value for value in [*frame["flop_per_s"], *(roof.flop_per_s for roof in roofs)]]
    layout = {
        "xaxis": log_axis(X_TITLE, *_span(frame, roofs)),
        "yaxis": log_axis(Y_TITLE, min(rates) / ROOM, max(rates) * ROOM),
        "height": 460,
        "hovermode": "closest",
    }
    return {"data": found, "layout": layout}


def _key(name: str, symbol: str) -> Traces:
    """An entry of the legend alone."""
    marker = {"color": GREY, "symbol": symbol, "size": 9}
    return {"type": "scatter", "mode": "markers", "name": name, "x": [None], "y": [None], "marker": marker}


def _notes(frame: polars.DataFrame) -> list[str]:
    shares = frame.select(
        polars.col("benchmark_id"),
        of_roof=polars.col("flop_per_s")
        / polars.min_horizontal(
            "fma_flop_per_s", polars.col("intensity_flop_per_byte") * polars.col("triad_bytes_per_s")
        ),
    ).drop_nulls()
    if not shares.height:
        return ["no ceiling was measured beside them: those of a GPU are not"]
    best = shares.row(int(np.argmax(shares["of_roof"].to_numpy())), named=True)
    return [f"nearest to its ceiling: {best['benchmark_id']}, {100.0 * best['of_roof']:.0f} %"]


PLOT = Plot(
    name="roofline",
    title="Kernels against the machine's limits",
    about=(
        "Rates of the kernel benchmarks over their arithmetic intensity (operations and bytes counted from the "
        "formula), each in its largest size; lines are the memory bandwidth and the multiply-add peak measured in the "
        "same process."
    ),
    alike=(),
    data=_data,
    draw=_draw,
    traces=_traces,
    missing=_missing,
    notes=_notes,
)
