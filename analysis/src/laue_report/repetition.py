"""What a point's summary says of its repetitions: those to look at, and why no more were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from laue_report.members import Record
from laue_report.shipped_schema import stop_meanings, stops_as_asked_for

OUTLIERS = "outliers (further from the median than 3.5 * 1.4826 * MAD, run_index)"
FELL = "throughput_fell (the last tenth of the runs took over 20 % longer than the first)"
SLOW_FIRST = "slow_first (the first run is slow against the others: --warmup leaves it out)"


def _counted(noun: str, numbers: list[int]) -> str:
    return f"{noun}{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"


def _runs_made(summary: Record) -> str:
    made = summary.get("n", 0) + summary.get("failed", 0)
    return f"after {made} run{'' if made == 1 else 's'}"


def repetition_notes(summaries: Mapping[str, Record]) -> list[str]:
    """A line each for outliers, slow first runs and early ends, with their points, as laue-bench shows them.
    `summaries` are by point; those of older launches may lack members."""
    return [
        *_line(
            OUTLIERS, (f"{p} ({_counted('run', s['outliers'])})" for p, s in summaries.items() if s.get("outliers"))
        ),
        *_line(SLOW_FIRST, (point for point, summary in summaries.items() if summary.get("slow_first"))),
        *_line(
            FELL,
            (
                f"{point} ({100 * summary['sustained']['change']:+.1f} %)"
                for point, summary in summaries.items()
                if (summary.get("sustained") or {}).get("throughput_fell")
            ),
        ),
        *_stop_lines(summaries),
    ]


def _stop_lines(summaries: Mapping[str, Record]) -> list[str]:
    """Why points have fewer runs, or a wider interval, than was asked for; of newer programs also reasons that the
    schema of this package does not know."""
    points: dict[str, list[str]] = {}
    for point, summary in summaries.items():
        reason = summary.get("stopped")
        if reason is not None and reason not in stops_as_asked_for():
            points.setdefault(reason, []).append(f"{point} ({_runs_made(summary)})")
    meanings = stop_meanings()
    order = [*meanings, *sorted(points.keys() - meanings.keys())]
    return [
        f"{reason} ({meanings.get(reason, 'unknown')}): {', '.join(points[reason])}"
        for reason in order
        if reason in points
    ]


def _line(title: str, points: Iterable[str]) -> list[str]:
    named = ", ".join(points)
    return [f"{title}: {named}"] if named else []
