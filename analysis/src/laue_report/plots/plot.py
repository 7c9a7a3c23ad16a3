"""What every plot has, whoever draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.plots.style import Traces
from laue_report.selection import Choice


def no_notes(_: polars.DataFrame) -> list[str]:
    return []


@dataclass(frozen=True)
class Plot:
    """`data` makes the numbers, `draw` and `traces` show them and work nothing out but units."""

    name: str
    title: str
    about: str
    """What is drawn, and how it is to be read; a sentence."""
    alike: Sequence[Choice]
    """What all its runs must have in common."""
    data: Callable[[Measurements], polars.DataFrame]
    """Without rows where nothing of it was measured."""
    draw: Callable[[Figure, polars.DataFrame], None]
    """Into an empty figure, whose width counts; sets its height."""
    traces: Callable[[polars.DataFrame], Traces]
    missing: Callable[[Measurements], str]
    """Why `data` has no rows."""
    notes: Callable[[polars.DataFrame], list[str]] = no_notes
    """What a reader has to know of these data."""
