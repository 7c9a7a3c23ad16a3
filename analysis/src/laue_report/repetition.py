"""What a point's summary says of its repetitions: those to look at, and why no more were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from laue_report.members import Record

#: Why points have fewer runs, or a wider interval, than was asked for. The other reasons leave nothing to be told.
EARLY = {
    "max_runs": "the 95 % interval is still wider than --target-ci",
    "only_failures": "the first runs failed, all of them",
    "failures_in_a_row": "the last runs failed, one after the other",
    "time_limit": "the next run would not have ended within --time-limit",
    "allocation_end": "the next run would not have ended before the Slurm allocation",
    "interrupted": "a signal ended the launch",
    "error": "an error ended the launch",
}

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
        *(
            line
            for reason, meaning in EARLY.items()
            for line in _line(
                f"{reason} ({meaning})",
                (f"{point} ({_runs_made(s)})" for point, s in summaries.items() if s.get("stopped") == reason),
            )
        ),
    ]


def _line(title: str, points: Iterable[str]) -> list[str]:
    named = ", ".join(points)
    return [f"{title}: {named}"] if named else []
