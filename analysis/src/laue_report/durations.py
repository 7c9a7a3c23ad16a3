"""Durations as people type them, understood as laue-bench does."""

from __future__ import annotations

import re

_UNITS_S = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}

_NUMBER_WITH_UNIT = re.compile(r"(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)([smh]?)", re.IGNORECASE | re.ASCII)

#: Only the first field may exceed what a clock shows.
_CLOCK = re.compile(
    r"(?:(?P<days>[0-9]+)-(?=[0-9]+:[0-9]+:))?(?:(?P<hours>[0-9]+):)?(?P<minutes>[0-9]+):(?P<seconds>[0-9]+)"
)

#: More is taken for a mistake: 100 years.
_LONGEST_S = 100.0 * 365.25 * 86400.0


class UnusableDurationError(ValueError):
    """Says why, and what to give instead."""


def _clock_s(text: str) -> float | None:
    """Of `[[days-]hh:]mm:ss`."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    fields = [(int(value), most) for name, most in _MOST.items() if (value := found[name]) is not None]
    if any(value > most for value, most in fields[1:]):
        return None
    days, hours, minutes, seconds = (int(found[name] or 0) for name in _MOST)
    return 86400.0 * days + 3600.0 * hours + 60.0 * minutes + seconds


_MOST = {"days": 0, "hours": 23, "minutes": 59, "seconds": 59}


def _number_s(text: str) -> float | None:
    found = _NUMBER_WITH_UNIT.fullmatch(text)
    return float(found[1]) * _UNITS_S[found[2]] if found and found[2] in _UNITS_S else None


def duration_s(text: str) -> float:
    """Seconds. Raises UnusableDurationError."""
    seconds = _clock_s(text) if ":" in text else _number_s(text)
    if seconds is None:
        raise UnusableDurationError(
            "not a duration): give seconds, a number with s, m or h, or [days-]hh:mm:ss or mm:ss: 1800, 30m, 1-12:00:00"
        )
    if not 0.0 < seconds <= _LONGEST_S:
        problem = "not above 0" if seconds <= 0.0 else "longer than 100 years"
        raise UnusableDurationError(f"{problem}): give a duration such as 1800, 90s, 30m, 2h or 1-12:00:00")
    return seconds
