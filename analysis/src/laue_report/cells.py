"""What can be compared between launches: a point on a target, whatever folder that is."""

from __future__ import annotations

from collections.abc import Iterable

#: Target (by its place in the list of a launch) and point.
Cell = tuple[int, str]


def cell_name(cell: Cell, has_targets: bool) -> str:
    """With its target where there is more than one."""
    return f"target {cell[0] + 1}, {cell[1]}" if has_targets else cell[1]


def have_targets(cells: Iterable[Cell]) -> bool:
    """Whether a cell's name has to tell its target."""
    return any(target > 0 for target, _ in cells)
