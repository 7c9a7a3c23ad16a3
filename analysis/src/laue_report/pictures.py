"""Plots as files: PNG, PDF and SVG by matplotlib, with their data as CSV beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path

import polars
from matplotlib import rc_context
from matplotlib.figure import Figure

from laue_report.plots.style import RC

#: Dots per inch of a PNG.
RESOLUTION = 200

_INCHES = {"mm": 1.0 / 25.4, "cm": 1.0 / 2.54, "in": 1.0}

#: Narrower ones have no room for their labels, wider ones fit on no page.
SMALLEST_INCHES, LARGEST_INCHES = 1.5, 40.0


class PictureFormat(str, Enum):
    PNG = "png"
    PDF = "pdf"
    SVG = "svg"


class UnusableWidthError(Exception):
    """No width that a picture can have."""


def width_in(text: str) -> float:
    """Inches, from `85mm`, `8.5cm` or `3.35in`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mm|cm|in)", text.strip())
    if not found:
        raise UnusableWidthError(f"cannot use --width {text} (no length): give one such as 85mm, 8.5cm or 3.35in")
    inches = float(found[1]) * _INCHES[found[2]]
    if not SMALLEST_INCHES <= inches <= LARGEST_INCHES:
        raise UnusableWidthError(
            f"cannot use --width {text} (labels have no room, or no page has): give one from "
            f"{SMALLEST_INCHES / _INCHES['mm']:.0f}mm to {LARGEST_INCHES / _INCHES['mm']:.0f}mm"
        )
    return inches


def draw_plot(
    path: Path,
    inches: float,
    draw: Callable[[Figure, polars.DataFrame], None],
    frame: polars.DataFrame,
    title: str | None = None,
) -> None:
    """The file's ending tells the format; what is in it does not depend on the day."""
    with rc_context(RC):
        figure = Figure(figsize=(inches, inches), layout="constrained")
        draw(figure, frame)
        if title:
            figure.suptitle(title, fontsize=8.5)
        dated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}
        figure.savefig(path, dpi=RESOLUTION, metadata=dated.get(path.suffix.removeprefix(".")))


def write_csv(path: Path, frame: polars.DataFrame) -> None:
    frame.write_csv(path)
