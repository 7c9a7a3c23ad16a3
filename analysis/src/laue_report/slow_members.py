"""Hosts and GPUs whose ranks take another time than those of the others."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import polars
from rich.table import Table

from laue_report.tables import named_table, number

#: The rule of laue-bench's outliers: a median absolute deviation of normal scatter, times 1.4826, is its deviation.
MAD_FACTOR = 3.5 * 1.4826

#: Where all agree within a per mille, one that is two per mille off is no matter.
LEAST_CHANGE = 0.05

#: Of two nobody can say which one is the other.
LEAST_MEMBERS = 3


class MemberKind(str, Enum):
    HOST = "host"
    GPU = "gpu"


@dataclass(frozen=True)
class Member:
    """A host or GPU."""

    name: str
    ranks: int
    """Reconstructions that it took part in, of successful measured runs."""
    relative_time: float
    """Median, over these, of elapsed_s divided by the median of all ranks of the same point."""


@dataclass(frozen=True)
class Members:
    kind: MemberKind
    all: list[Member]
    median: float
    """Of their relative times."""
    mad: float

    @property
    def limit(self) -> float:
        """How far from the median the others are."""
        return max(MAD_FACTOR * self.mad, LEAST_CHANGE * self.median)

    def is_outlier(self, member: Member) -> bool:
        return len(self.all) >= LEAST_MEMBERS and abs(member.relative_time - self.median) > self.limit

    def outliers(self) -> list[Member]:
        return [member for member in self.all if self.is_outlier(member)]


def members_of(ranks: polars.DataFrame, runs: Mapping[str, Sequence[int]], kind: MemberKind) -> Members:
    """Of the successful measured runs of each point. Ranks are held against those of their own point, whose work is the
    same."""
    points = polars.DataFrame(
        [(run, point) for point, numbers in runs.items() for run in numbers],
        schema={"run": polars.Int64, "point_id": polars.String},
        orient="row",
    )
    name = polars.col("host") if kind is MemberKind.HOST else polars.concat_str("host", "gpu_uuid", separator=" ")
    known = (
        ranks.join(points, on="run")
        .with_columns(member=name, typical_s=polars.col("elapsed_s").median().over("point_id"))
        .filter(polars.col("member").is_not_null(), polars.col("typical_s") > 0)
    )
    relative = (polars.col("elapsed_s") / polars.col("typical_s")).median()
    grouped = known.group_by("member").agg(polars.len(), relative).sort("member")
    found = [Member(*row) for row in grouped.iter_rows()]
    times = [member.relative_time for member in found]
    median = statistics.median(times) if times else 0.0
    mad = statistics.median(abs(time - median) for time in times) if times else 0.0
    return Members(kind, found, median, mad)


def members_table(members: Members) -> Table:
    table = named_table(members.kind.value, ["reconstructions", "relative time", ""])
    for member in members.all:
        kind = "slower" if member.relative_time > members.median else "faster"
        table.add_row(
            member.name,
            str(member.ranks),
            number(member.relative_time),
            f"outlier, {kind}" if members.is_outlier(member) else "",
        )
    return table


def title_of(members: Members) -> str:
    return (
        f"{_NOUNS[members.kind]} (relative time: median of a reconstruction's time against the median of all ranks of "
        "its point):"
    )


_NOUNS = {MemberKind.HOST: "hosts", MemberKind.GPU: "GPUs"}


def notes_of(members: Members) -> list[str]:
    """What is an outlier, with the values."""
    noun = _NOUNS[members.kind]
    if not members.all:
        return [f"no {noun} to compare (no successful run tells which ones its ranks used)"]
    if len(members.all) < LEAST_MEMBERS:
        return [f"no outliers can be told (it takes {LEAST_MEMBERS} {noun}, the runs used {len(members.all)})"]
    limit = f"further than {number(members.limit)} from the median {number(members.median)}"
    rule = f"3.5 * 1.4826 * MAD, MAD {number(members.mad)}, and at least {100 * LEAST_CHANGE:.0f} %"
    named = [f"{member.name} ({number(member.relative_time)})" for member in members.outliers()]
    return [f"outliers ({limit}; {rule}): {', '.join(named) if named else 'none'}"]
