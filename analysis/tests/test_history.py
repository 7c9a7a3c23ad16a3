"""`laue-report history` on folders of launches."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import polars as pl
import pytest
from laue_report.cli import app
from laue_report.history import SCHEMA, extended, read_table, write_table
from laue_report.history_charts import Axis, sections_of
from launch_records import EXAMPLE, Record, launch, write
from typer.testing import CliRunner


def history(folder: Path, output: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["history", str(folder), "-o", str(output)])
    return result.exit_code, result.output


class Archive:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "results"
        self.output = folder / "out"
        (self.folder / "july").mkdir(parents=True)

    def add(self, name: str, *launches: list[Record]) -> Path:
        return write(self.folder / f"{name}.jsonl", *launches)

    def update(self) -> pl.DataFrame:
        """Without pictures, which take most of the time."""
        self.output.mkdir(exist_ok=True)
        path = self.output / "history.parquet"
        write_table(path, extended(read_table(path), self.folder).table)
        return self.table

    @property
    def table(self) -> pl.DataFrame:
        return pl.read_parquet(self.output / "history.parquet")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def in_other_conditions(
    day: int = 1, host: str = "node1", sha: str = "a" * 40, rows: int = 32
) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        if record["type"] == "params":
            record["unix_time_s"] = datetime(2026, 1, day, tzinfo=timezone.utc).timestamp()
            record["host"]["hostname"] = host
            record["git"]["sha"] = sha
            record["scan"]["rows"] = rows
        if record["type"] == "run":
            record["energy"]["total_j"] = 50.0 * record["parallel"]

    return change


def test_a_row_for_each_launch_and_point(archive: Archive) -> None:
    archive.add("one", launch("one", change=in_other_conditions(1)))
    archive.add("july/two", launch("two", runs=4, median_s=2.0, change=in_other_conditions(2, "node2")))
    table = archive.update()
    assert dict(table.schema) == SCHEMA
    assert table.select("session_id", "point_id", "runs").rows() == [
        ("one", "cpu-p2-t1", 10),
        ("one", "cpu-p1-t1", 10),
        ("two", "cpu-p2-t1", 4),
        ("two", "cpu-p1-t1", 4),
    ]
    row = table.row(2, named=True)
    assert row["launched"] == datetime(2026, 1, 2, tzinfo=timezone.utc)
    told = {name: row[name] for name in ("host", "program_version", "git_sha", "target", "filesystem", "cache_state")}
    assert told == {
        "host": "node2",
        "program_version": "0.1.0",
        "git_sha": "a" * 40,
        "target": 1,
        "filesystem": "ext4",
        "cache_state": "warm",
    }
    assert row["energy_j_per_reconstruction"] == 50.0
    assert row["intensity_recovered"] == pytest.approx(1.964985406224116)


def test_figures_are_those_of_the_program(archive: Archive) -> None:
    shutil.copy(EXAMPLE, archive.folder / "example.jsonl")
    table = archive.update()
    records = [json.loads(line) for line in EXAMPLE.read_text().splitlines()]
    summaries = {record["point_id"]: record for record in records if record["type"] == "summary"}
    assert len(table) == len(summaries) == 2
    for row in table.iter_rows(named=True):
        summary = summaries[row["point_id"]]
        assert row["runs"] == summary["n"]
        assert row["time_p50_s"] == pytest.approx(summary["p50"], rel=1e-12)
        assert row["time_p95_s"] == pytest.approx(summary["p95"], rel=1e-12)
        runs = [r for r in records if r["type"] == "run" and r["point_id"] == row["point_id"]]
        peaks = [max(rank["memory"]["peak_rss_bytes"] for rank in run["per_proc"]) for run in runs]
        assert row["peak_memory_bytes"] == pytest.approx(sum(peaks) / 2.0)


def test_failed_runs_and_warm_ups_never_count(archive: Archive) -> None:
    def change(record: Record) -> None:
        if record["type"] == "run" and record["run_index"] in (0, 1):
            record |= {"total_wall_s": 100.0, "success": record["run_index"] == 1}
            record["type"] = "run" if record["run_index"] == 0 else "warmup"
        if record["type"] == "run" and record["point_id"] == "cpu-p1-t1":
            record["success"] = False

    archive.add("one", launch("one", change=change))
    table = archive.update()
    assert table.select("point_id", "runs", "runs_failed").rows() == [("cpu-p2-t1", 8, 1), ("cpu-p1-t1", 0, 9)]
    assert table["time_p95_s"][0] < 2.0
    assert table["time_p50_s"][1] is None


def test_it_is_extended_and_keeps_what_is_gone(archive: Archive) -> None:
    first = archive.add("first", launch("first", change=in_other_conditions(1)))
    archive.add("second", launch("second", change=in_other_conditions(2)))
    before = archive.update()
    assert archive.update().equals(before)
    first.unlink()
    archive.add("second", launch("second", runs=12, change=in_other_conditions(2)))
    archive.add("third", launch("third", change=in_other_conditions(3)))
    status, output = history(archive.folder, archive.output)
    assert (status, "6 rows (launches read: 2, 2 rows kept of launches that are no longer there)" in output) == (
        0,
        True,
    )
    after = archive.table
    assert after.filter(pl.col("session_id") == "first").equals(before.filter(pl.col("session_id") == "first"))
    assert after.group_by("session_id", maintain_order=True).agg(pl.col("runs").first()).rows() == [
        ("first", 10),
        ("second", 12),
        ("third", 10),
    ]


def test_a_launch_that_lies_there_twice_counts_once(archive: Archive) -> None:
    path = archive.add("one", launch("one"))
    shutil.copy(path, archive.folder / "july" / "copy.jsonl")
    assert len(archive.update()) == 2


def test_charts_have_what_the_launches_have(archive: Archive) -> None:
    for day, (host, sha) in enumerate((("node1", "a" * 40), ("node2", "a" * 40), ("node1", "b" * 40)), start=1):
        archive.add(f"{day}", launch(f"{day}", median_s=day, change=in_other_conditions(day, host, sha)))
    archive.add("large", launch("large", median_s=16.0, change=in_other_conditions(4, rows=512)))
    sections = {section.name: section for section in sections_of(archive.update())}
    assert list(sections) == ["time", "memory", "energy", "size"]
    assert [chart.axis for chart in sections["time"].charts] == [Axis.DATE, Axis.CATEGORY, Axis.CATEGORY]
    by_date, by_host, by_version = sections["time"].charts
    names = [series.name for series in by_date.series if series.point == "cpu-p1-t1"]
    assert names == [
        "cpu-p1-t1, 32 x 32 x 201 to 101, node1",
        "cpu-p1-t1, 32 x 32 x 201 to 101, node2",
        "cpu-p1-t1, 512 x 32 x 201 to 101, node1",
    ]
    assert by_host.categories == ["node1", "node2"]
    assert by_version.categories == [f"0.1.0 {'a' * 12}", f"0.1.0 {'b' * 12}"]
    (first,) = [series for series in by_date.series if series.name == names[0]]
    assert first.ys == pytest.approx([1.0, 3.0], rel=0.02)
    sizes = {
        (x, round(y)) for series in sections["size"].charts[0].series for x, y in zip(series.xs, series.ys, strict=True)
    }
    assert sizes == {(32.0 * 32 * 201 * 101, day) for day in (1, 2, 3)} | {(512.0 * 32 * 201 * 101, 16)}


def test_pages_and_pictures(archive: Archive) -> None:
    nasty = "</script><b>$x^{$"

    def change(record: Record) -> None:
        in_other_conditions(2, nasty)(record)
        if record["type"] == "params":
            record["tag"] = nasty

    archive.add("one", launch("one", change=change))
    status, output = history(archive.folder, archive.output)
    assert status == 0, output
    names = sorted(path.name for path in archive.output.iterdir())
    assert names == ["energy.png", "history.html", "history.parquet", "memory.png", "size.png", "time.png"]
    for name in names:
        if name.endswith(".png"):
            assert (archive.output / name).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    page = (archive.output / "history.html").read_text()
    assert "<b>$x" not in page
    assert re.search(r'<(?:script|link|img)[^>]+(?:src|href)="(?!data:)', page) is None
    assert page.count("</script>") == 2
    assert "1 launch, 2 points, 2026-01-02 to 2026-01-02." in page


def test_what_no_launch_tells_is_said(archive: Archive) -> None:
    archive.add("one", launch("one"))
    _, output = history(archive.folder, archive.output)
    assert "no energy.png: No launch of this history tells it." in output
    assert not (archive.output / "energy.png").exists()


def test_results_of_the_predecessor_are_in_it(archive: Archive) -> None:
    """They have no launch, and their file stands for it."""
    for name in ("a", "b"):
        run = {"type": "run", "mode": "cpu", "parallel": 2, "threads": 1, "staging_dir": "/s", "success": True}
        write(archive.folder / f"{name}.jsonl", [{**run, "total_wall_s": 2.0}, {**run, "total_wall_s": 4.0}])
    table = archive.update()
    assert table.select("source", "runs", "time_p50_s", "launched").rows() == [
        (str(archive.folder / "a.jsonl"), 2, 3.0, None),
        (str(archive.folder / "b.jsonl"), 2, 3.0, None),
    ]
    assert archive.update().equals(table)


def test_what_cannot_be_used(archive: Archive) -> None:
    status, output = history(archive.folder, archive.output)
    assert (status, output) == (
        2,
        f"nothing to show (no results file below {archive.folder} has a run): "
        "give the folder that holds results files\n",
    )
    assert not archive.output.exists()
    archive.add("one", launch("one"))
    archive.output.mkdir()
    (archive.output / "time.png").write_text("mine")
    status, output = history(archive.folder, archive.output)
    assert (status, (archive.output / "time.png").read_text()) == (2, "mine")
    assert "(it is there and not from laue-report history): give another -o" in output
    (archive.output / "history.parquet").write_text("no table")
    status, output = history(archive.folder, archive.output)
    assert (status, output.count("\n")) == (2, 1)
    assert output.startswith(f"cannot use {archive.output / 'history.parquet'} (")
    pl.DataFrame({"session_id": [1]}).write_parquet(archive.output / "history.parquet")
    status, output = history(archive.folder, archive.output)
    assert (status, "(column session_id is not as expected)" in output) == (2, True)
    (archive.folder / "newer.jsonl").write_text('{"type": "params", "schema_version": "2.0.0"}\n')
    status, output = history(archive.folder, archive.folder / "new")
    assert (status, "was written by schema version 2.0.0" in output) == (2, True)


def test_empty_and_foreign_files_are_told(archive: Archive) -> None:
    archive.add("one", launch("one"))
    (archive.folder / "empty.jsonl").write_text("")
    (archive.folder / "foreign.jsonl").write_text('{"hello": 1}\n')
    status, output = history(archive.folder, archive.output)
    assert (status, len(archive.table)) == (0, 2)
    assert "foreign.jsonl: line 1 is no records of laue-bench and left out" in output
