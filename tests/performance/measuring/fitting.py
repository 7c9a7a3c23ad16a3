"""How a figure grows with another."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """b of value = a size^b by least squares over the logarithms; 1: proportional, 0: independent."""
    logarithms = ([math.log(size) for size in sizes], [math.log(value) for value in values])
    return statistics.linear_regression(*logarithms).slope


def spread(values: Sequence[float]) -> float:
    """Largest over smallest, less 1."""
    return max(values) / min(values) - 1
