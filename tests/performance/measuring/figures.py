"""Measured figures beside what is required of them, one line of text each, as gates print and `table` reads them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

PREFIX = "figure: "


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str = "x"
    at_least: float | None = None
    at_most: float | None = None
    detail: str = ""

    def line(self) -> str:
        return PREFIX + json.dumps({key: value for key, value in asdict(self).items() if value is not None})

    @property
    def required(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}{suffix(self.unit)}"
        return "" if self.at_most is None else f"<= {self.at_most:g}{suffix(self.unit)}"

    def is_met_by(self, value: float) -> bool:
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


def suffix(unit: str) -> str:
    return unit if unit == "x" else f" {unit}"


def figures_in(text: str) -> list[Figure]:
    """Those that a gate or test printed; all other lines are passed over, be they cut short or not."""
    lines = [line for line in text.splitlines() if PREFIX in line]
    return [Figure(**json.loads(line.split(PREFIX, 1)[1])) for line in lines if line.rstrip().endswith("}")]
