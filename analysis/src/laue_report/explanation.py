"""Which phase, host and rank have grown most where a cell has become slower."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping

from laue_report.evidence import CellEvidence, RankPhases
from laue_report.members import BUSY_PHASES, PIPELINE_PHASES
from laue_report.phases import HEADINGS
from laue_report.tables import number


def _growth(old: Mapping[str, float], new: Mapping[str, float], name: str) -> float | None:
    return new[name] - old[name] if name in old and name in new else None


def _grown_most(old: CellEvidence, new: CellEvidence, names: Iterable[str]) -> str | None:
    """The phase; None where none has grown, or nothing tells."""
    growths = {name: growth for name in names if (growth := _growth(old.phases, new.phases, name)) and growth > 0.0}
    return max(growths, key=growths.__getitem__, default=None)


def _phase_text(old: CellEvidence, new: CellEvidence, phase: str) -> str:
    return f"{HEADINGS[phase]} from {number(old.phases[phase])} to {number(new.phases[phase])} s"


def _by_rank(ranks: Iterable[RankPhases], phase: str) -> dict[int, tuple[str, float]]:
    """Host and seconds."""
    return {rank.rank: (rank.host, rank.median_s[phase]) for rank in ranks if phase in rank.median_s}


def _rank_text(olds: dict[int, tuple[str, float]], news: dict[int, tuple[str, float]]) -> str | None:
    growths = {rank: news[rank][1] - olds[rank][1] for rank in news if rank in olds}
    if len(growths) < 2:
        return None  # of one rank everything has been said
    rank = max(growths, key=growths.__getitem__)
    return f"rank {rank} ({growths[rank]:+.3g} s)"


def _host_text(olds: dict[int, tuple[str, float]], news: dict[int, tuple[str, float]]) -> str | None:
    """By the ranks that a host has now; where they ran before may have been elsewhere."""
    growths: dict[str, list[float]] = {}
    for rank, (host, seconds) in news.items():
        if rank in olds:
            growths.setdefault(host, []).append(seconds - olds[rank][1])
    means = {host: statistics.fmean(values) for host, values in growths.items()}
    if len(means) < 2:
        return None
    host = max(means, key=means.__getitem__)
    return f"host {host} ({means[host]:+.3g} s, mean of its ranks)"


def explanation(old: CellEvidence, new: CellEvidence) -> str | None:
    """None where the records tell no phases, or none has grown."""
    phase = _grown_most(old, new, PIPELINE_PHASES)
    if phase is None:
        return None
    olds, news = _by_rank(old.ranks, phase), _by_rank(new.ranks, phase)
    places = [text for text in (_host_text(olds, news), _rank_text(olds, news)) if text]
    text = f"of the phases {_phase_text(old, new, phase)} grew most"
    text += f", at {' and '.join(places)}" if places else ""
    busy = _grown_most(old, new, BUSY_PHASES)
    return text + (f"; of the work meanwhile {_phase_text(old, new, busy)}" if busy else "")
