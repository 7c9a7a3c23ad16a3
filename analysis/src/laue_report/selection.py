"""Which runs a plot is of. Launches, staging folders, precisions and ways to store depth images are never averaged
together: where there are several, one has to be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars

from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.tables import shown

#: The value of --launch that stands for the newest one.
LAST = "last"

#: Of a list in an error message.
MOST_NAMED = 12


@dataclass(frozen=True)
class Choice:
    """What runs may differ in without being repetitions of one another."""

    option: str
    column: str
    noun: str
    """In the plural."""


LAUNCH = Choice("--launch", "launch_key", "launches")
TARGET = Choice("--target", "staging_dir", "staging folders")
MODE = Choice("--mode", "mode", "modes")
PRECISION = Choice("--precision", "precision", "precisions")
LAYOUT = Choice("--layout", "output_layout", "output layouts")
COMPRESSION = Choice("--compression", "output_compression", "compressions")
NODES = Choice("--nodes", "node_axis", "numbers of nodes")

#: In the order in which they are asked for.
CHOICES = (LAUNCH, TARGET, MODE, PRECISION, LAYOUT, COMPRESSION, NODES)

#: What one grid of reconstructions at a time and threads has in common.
GRID = CHOICES

#: Values by option; an option that was not given is missing.
Wanted = Mapping[str, str]


class UnusableSelectionError(Exception):
    """Runs that cannot be shown together, or none at all."""


def with_axes(runs: polars.DataFrame) -> polars.DataFrame:
    """Adds what choices go by and no record has. `node_axis`: the number of nodes of points that have it in their
    names; where it is no axis of the grid, points of one grid may use different numbers of nodes. `launch_key`: the
    launch, or of the predecessor's records, which know none, their file."""
    launch = polars.col("launch_id")
    return runs.with_columns(
        node_axis=polars.col("point_id").str.extract(r"^[a-z]+-n(\d+)-"),
        launch_key=polars.when(launch == "").then(polars.col("path")).otherwise(launch),
    )


def measured(measurements: Measurements) -> polars.DataFrame:
    """Runs without warm-ups, failed ones included."""
    return with_axes(measurements.runs.filter(~polars.col("is_warmup")))


def succeeded(measurements: Measurements) -> polars.DataFrame:
    return measured(measurements).filter(polars.col("success"))


def name_of(value: str | None) -> str:
    """For people; the predecessor's records do not tell everything."""
    return shown(value) if value else "not recorded"


def values_of(measurements: Measurements, choice: Choice) -> list[str]:
    """In the order of the records; '' where records do not tell."""
    column = measured(measurements)[choice.column].unique(maintain_order=True)
    return [value or "" for value in column.to_list()]


def narrowed(measurements: Measurements, wanted: Wanted) -> Measurements:
    """What is left of it; a value that no run has is an error."""
    for choice in CHOICES:
        if choice.option in wanted:
            measurements = _keep(measurements, choice, _known(measurements, choice, wanted[choice.option]))
    return measurements


def require_one(measurements: Measurements, choices: Iterable[Choice]) -> None:
    """Raises where runs differ in one of them."""
    for choice in choices:
        values = values_of(measurements, choice)
        if len(values) > 1:
            raise UnusableSelectionError(
                f"cannot show runs of {len(values)} {choice.noun} as one ({_listed(values)}): "
                f"choose one with {choice.option}"
            )


def combinations(measurements: Measurements, choices: Sequence[Choice]) -> list[dict[str, str]]:
    """Values by option of all that the runs are of, in the order of the records; each can be handed to `narrowed`."""
    columns = [choice.column for choice in choices]
    found = measured(measurements).select(columns).unique(maintain_order=True).fill_null("")
    options = [choice.option for choice in choices]
    return [dict(zip(options, row, strict=True)) for row in found.iter_rows()]


def differing(combined: Sequence[Mapping[str, str]]) -> list[str]:
    """Options in which combinations differ."""
    return [option for option in (combined[0] if combined else ()) if len({each[option] for each in combined}) > 1]


def launch_keys(measurements: Measurements) -> list[str]:
    """Of launches that have runs, in the order of the records; of others where there are none."""
    return values_of(measurements, LAUNCH) or list(measurements.launches)


def of_point(measurements: Measurements, point_id: str) -> Measurements:
    known = measured(measurements)["point_id"].unique(maintain_order=True).to_list()
    if point_id not in known:
        raise UnusableSelectionError(f"no run is of point {shown(point_id)} ({_listed(known)}): choose one of these")
    return _with_runs(measurements, measurements.runs.filter(polars.col("point_id") == point_id))


def _listed(values: Sequence[str]) -> str:
    named = ", ".join(name_of(value) for value in values[:MOST_NAMED])
    return f"{named}, ..." if len(values) > MOST_NAMED else named


def _known(measurements: Measurements, choice: Choice, asked: str) -> str:
    """A launch may be named by the first characters of its id."""
    values = values_of(measurements, choice)
    if asked in values:
        return asked
    if choice is LAUNCH and asked == LAST and values:
        return values[-1]
    alike = [value for value in values if choice is LAUNCH and asked and value.startswith(asked)]
    if len(alike) != 1:
        trouble = "no run is" if not alike else f"{len(alike)} launches are"
        raise UnusableSelectionError(
            f"{trouble} of {choice.option} {shown(asked)} (there are {_listed(values) or 'no runs'}): "
            "give one of these, or leave it out"
        )
    return alike[0]


def _keep(measurements: Measurements, choice: Choice, value: str) -> Measurements:
    is_wanted = with_axes(measurements.runs)[choice.column].fill_null("") == value
    kept = _with_runs(measurements, measurements.runs.filter(is_wanted))
    if choice is LAUNCH:
        return of_launch(kept, value)
    if choice is NODES:
        return kept

    def alike(records: list[Record]) -> list[Record]:
        """What records do not tell of does not set them apart."""
        return [record for record in records if str(record.get(choice.column, value)) == value]

    return replace(
        kept,
        summaries=alike(kept.summaries),
        ceilings=alike(kept.ceilings),
        stagings=alike(kept.stagings),
        skips=alike(kept.skips),
    )


def _with_runs(measurements: Measurements, runs: polars.DataFrame) -> Measurements:
    return replace(measurements, runs=runs, ranks=measurements.ranks.join(runs.select("run"), on="run", how="semi"))


def of_launch(measurements: Measurements, launch_key: str) -> Measurements:
    """Of launches that it went on with the runs, ceilings and staging count, but no summary: it wrote its own."""
    sessions = {launch_key, *measurements.runs["session_id"].to_list()}
    own = {launch_key, *measurements.runs["launch_id"].to_list()}

    def of_sessions(records: list[Record], ids: set[str]) -> list[Record]:
        return [record for record in records if str(record.get("session_id", "")) in ids]

    return replace(
        measurements,
        launches={key: launch for key, launch in measurements.launches.items() if key in own},
        summaries=of_sessions(measurements.summaries, own),
        skips=of_sessions(measurements.skips, own),
        ceilings=of_sessions(measurements.ceilings, sessions),
        stagings=of_sessions(measurements.stagings, sessions),
    )
