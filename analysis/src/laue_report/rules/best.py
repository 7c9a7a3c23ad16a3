"""Which point of the grid to take."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from laue_report.finding import Finding, Severity, Values, listed
from laue_report.intervals import Interval
from laue_report.launches import counted
from laue_report.measured_points import MeasuredLaunch, MeasuredPoint
from laue_report.tables import number

Figure = Callable[[float, MeasuredPoint], float]
"""Of a run's seconds and its point."""


def _per_minute(seconds: float, point: MeasuredPoint) -> float:
    return 60.0 * point.parallel / seconds


def _seconds(seconds: float, _: MeasuredPoint) -> float:
    return seconds


def _interval(point: MeasuredPoint, figure: Figure) -> Interval | None:
    interval = point.mean_s.interval
    if interval is None:
        return None
    ends = sorted((figure(interval.low, point), figure(interval.high, point)))
    return Interval(*ends)


def _figure_text(point: MeasuredPoint, figure: Figure) -> str:
    interval = _interval(point, figure)
    runs = counted(len(point.wall_s), "run")
    shown = (
        f"95 % interval {number(interval.low)} to {number(interval.high)}, {runs}"
        if interval
        else f"{runs}, no interval"
    )
    return f"{point.name} with {number(figure(point.median_s, point))} ({shown})"


def _sureness(best: MeasuredPoint, others: Sequence[MeasuredPoint], figure: Figure) -> tuple[bool, str]:
    """Whether its lead is more than scatter, and the words for it. `others` begin with the second one."""
    if not others:
        return False, "the only point that was measured"
    own = _interval(best, figure)
    known = [(other, _interval(other, figure)) for other in others]
    next_one = f"next {_figure_text(others[0], figure)}"
    if own is None or known[0][1] is None:
        return (
            False,
            f"{next_one}; how sure this is takes two runs of each at least: laue-bench run --runs 5 makes more",
        )
    near = [other.name for other, interval in known if interval and own.overlaps(interval)]
    if near:
        return (
            False,
            f"{next_one}; the intervals of {listed(near)} overlap its own, so these runs do not tell them apart",
        )
    return True, f"{next_one}; the intervals do not overlap"


def _best(points: Sequence[MeasuredPoint], rule: str, title: str, unit: str, figure: Figure, *, most: bool) -> Finding:
    """By the median, as the tables have it."""
    ranked = sorted(points, key=lambda point: figure(point.median_s, point), reverse=most)
    best, others = ranked[0], ranked[1:]
    is_sure, sureness = _sureness(best, others, figure)
    values: Values = {}
    for role, point in (("best", best), *((("second", others[0]),) if others else ())):
        interval = _interval(point, figure)
        values |= {
            f"{role}": point.name,
            f"{role}_{unit}": figure(point.median_s, point),
            f"{role}_runs": len(point.wall_s),
        }
        if interval:
            values |= {f"{role}_low95_{unit}": interval.low, f"{role}_high95_{unit}": interval.high}
    severity = Severity.GOOD if is_sure else Severity.NOTE
    return Finding(rule, severity, f"{title}: {_figure_text(best, figure)}; {sureness}", values, [best.name])


def _by_precision(
    launch: MeasuredLaunch, rule: str, title: str, unit: str, figure: Figure, *, most: bool
) -> list[Finding]:
    """Points in different precisions make different images: each has a best of its own."""
    precisions = list(dict.fromkeys(point.precision for point in launch))
    return [
        _best(
            [point for point in launch if point.precision == precision],
            rule,
            title if len(precisions) == 1 else f"{title} in {precision} precision",
            unit,
            figure,
            most=most,
        )
        for precision in precisions
    ]


def best_throughput(launch: MeasuredLaunch) -> list[Finding]:
    title = "most reconstructions per minute"
    return _by_precision(launch, "best-throughput", title, "per_min", _per_minute, most=True)


def best_latency(launch: MeasuredLaunch) -> list[Finding]:
    title = "fewest seconds until a run's reconstructions are done"
    return _by_precision(launch, "best-latency", title, "s", _seconds, most=False)
