"""What `summary` shows beyond the table of points when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laue_report.cli import app
from laue_report.environment import environment_lines
from laue_report.launches import Launch
from laue_report.measurements import load
from laue_report.point_tables import energy_table, leaderboards, percentiles_table, resources_table
from laue_report.run_figures import PointFigures, figures_of, run_figures
from laue_report.summary import summarise
from rich.table import Table
from sample_records import SESSION, run_record, summary_record, write_lines
from typer.testing import CliRunner

EXAMPLE = Path(__file__).resolve().parents[2] / "configs" / "schema" / "example.jsonl"
MB, MIB, GIB = 10**6, 1 << 20, 1 << 30


def cells(table: Table | None) -> list[list[str]]:
    """By row."""
    assert table is not None
    return [list(map(str, row)) for row in zip(*(column.cells for column in table.columns), strict=True)]


def figures(path: Path) -> dict[str, PointFigures]:
    found = load([path])
    of_runs = run_figures(found)
    return {point.key.point_id: figures_of(of_runs, point.runs) for point in summarise(found)}


def run_with_ranks(*ranks: dict[str, Any], wall_s: float = 2.0, **more: Any) -> dict[str, Any]:
    return {**run_record(wall_s=wall_s), "per_proc": list(ranks), **more}


def rank(user_s: float, rss: int, read: int, from_device: int | None = 0) -> dict[str, Any]:
    return {
        "usage": {"user_s": user_s, "system_s": 0.5, "read_from_device_bytes": from_device},
        "memory": {"peak_rss_bytes": rss},
        "io": {"bytes_read": read, "bytes_written": 2 * read},
    }


def test_leaderboards_order_points_by_throughput_and_by_time(results_path: Path) -> None:
    write_lines(
        results_path, run_record("cpu-p1-t1", 1.0), run_record("cpu-p4-t1", 2.0), run_record("cpu-p2-t1", success=False)
    )
    (_, throughput, _), (_, latency, _) = leaderboards(summarise(load([results_path])))
    assert cells(throughput) == [["cpu-p4-t1", "120", "100 %"], ["cpu-p1-t1", "60", "50 %"]]
    assert cells(latency) == [["cpu-p1-t1", "1", "1"], ["cpu-p4-t1", "2", "2"]]


def test_percentiles_are_interpolated_and_leave_out_what_does_not_count(results_path: Path) -> None:
    times = [float(second) for second in range(1, 102)]
    others = [run_record(kind="warmup", wall_s=900.0), run_record(success=False, wall_s=900.0)]
    write_lines(results_path, *others, *(run_record(wall_s=wall_s) for wall_s in times))
    _, table, notes = percentiles_table(summarise(load([results_path])))
    assert cells(table) == [["cpu-p2-t1", "101", "51", "91", "96", "100", "101"]]
    assert notes == []


def test_percentile_of_few_runs_is_told_as_that(results_path: Path) -> None:
    write_lines(results_path, run_record(wall_s=1.0), run_record(wall_s=2.0))
    _, table, notes = percentiles_table(summarise(load([results_path])))
    assert cells(table) == [["cpu-p2-t1", "2", "1.5", "1.9", "1.95", "1.99", "2"]]
    assert notes == ["p99 says little (fewer than 100 runs of each point): it lies between the two slowest"]


def test_resources_are_sums_over_ranks_and_medians_over_runs(results_path: Path) -> None:
    write_lines(
        results_path,
        run_with_ranks(rank(1.0, 10 * MIB, MB), rank(2.0, 30 * MIB, MB)),
        run_with_ranks(rank(2.0, 20 * MIB, MB), rank(3.0, 5 * MIB, 3 * MB)),
        run_with_ranks(rank(3.0, 20 * MIB, MB), rank(4.0, 20 * MIB, 5 * MB)),
        run_with_ranks(rank(90.0, 900 * MIB, 900 * MB), success=False),
    )
    _, table, _ = resources_table(figures(results_path))
    assert cells(table) == [["cpu-p2-t1", "6", "3", "30", "-", "4", "8", "0", "-"]]


def test_sum_over_ranks_is_not_known_where_one_is_not(results_path: Path) -> None:
    write_lines(results_path, run_with_ranks(rank(1.0, MIB, MB, 5 * MB), rank(1.0, MIB, MB, None)))
    _, table, _ = resources_table(figures(results_path))
    assert cells(table)[0][7] == "-"


def test_energy_is_shown_where_known_and_its_lack_explained(results_path: Path) -> None:
    known = [run_record("cpu-p4-t1") | {"energy": {"cpu_j": joules, "total_j": joules}} for joules in (40.0, 80.0)]
    reasons = {"energy": {"unavailable": {"total_j": "nobody may read it"}}}
    write_lines(results_path, *known, run_record("cpu-p4-t1"), run_record("cpu-p1-t1"))
    _, table, notes = energy_table(figures(results_path), {"cpu-p1-t1": summary_record("cpu-p1-t1", **reasons)})
    assert cells(table) == [["cpu-p4-t1", "2", "60", "-", "60", "15"]]
    assert notes == ["energy not known (nobody may read it): cpu-p1-t1"]


def test_environment_of_the_example_is_told() -> None:
    found = load([EXAMPLE])
    (launch,) = found.launches.values()
    environment = launch.params["environment"]
    node, hdf5 = environment["nodes"][0], environment["hdf5"]
    openmp, cuda = environment["backends"]
    lines = [line.split("  ", 1) for line in environment_lines(launch, found.stagings)]
    told = {name.strip(): value.strip() for name, value in lines}
    assert told["host"] == node["hostname"]
    assert told["CPU"] == node["cpu_model"]
    assert told["cores"] == f"{node['cores']} cores, {node['logical_cpus']} logical CPUs, {node['sockets']} socket"
    assert told["memory"] == f"{node['memory_bytes'] / GIB:.2f} GiB"
    assert told["HDF5"] == f"{hdf5['version']}, parallel"
    assert told["MPI"] == f"{environment['mpi_library']}, files by {environment['mpi_io']}"
    assert told["Kokkos openmp"] == f"{openmp['kokkos_version']}, for {openmp['architecture']}"
    assert told["Kokkos cuda"] == f"not usable: {cuda['reason']}"
    assert told["filesystem"].startswith(found.stagings[0]["filesystem"]["type"])


def test_nodes_of_the_same_hardware_stand_together() -> None:
    gpu = {"name": "H200", "memory_bytes": 140 * GIB}
    alike = [
        {"hostname": name, "cpu_model": "one", "logical_cpus": 8, "memory_bytes": 64 * GIB, "gpus": [gpu, gpu]}
        for name in ("a", "b")
    ]
    other = {"hostname": "c", "cpu_model": "other", "logical_cpus": 4, "cgroup_memory_bytes": GIB, "cgroup_cpus": 2.5}
    launch = Launch(Path("results.jsonl"), SESSION, {"environment": {"nodes": [*alike, other]}})
    assert [tuple(line.split(maxsplit=1)) for line in environment_lines(launch, [])] == [
        ("hosts", "a, b"),
        ("CPU", "one"),
        ("cores", "8 logical CPUs"),
        ("memory", "64 GiB"),
        ("GPU", "2 x H200, 140 GiB"),
        ("host", "c"),
        ("CPU", "other"),
        ("cores", "4 logical CPUs"),
        ("CPU", "limit  2.5 cores by the cgroup"),
        ("memory", "not known, limited by the cgroup to 1 GiB"),
    ]


def shown(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["summary", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


TITLES = {
    "environment": "Kokkos openmp",
    "leaderboard": "most reconstructions per minute (at the median time):",
    "percentiles": "seconds of a run (",
    "resources": "resources of a run (",
    "energy": "energy not known (",
}


@pytest.mark.parametrize("part", TITLES)
def test_part_is_shown_when_asked_for(part: str) -> None:
    output = shown("--show", part, EXAMPLE)
    assert [name for name, title in TITLES.items() if title in output] == [part]


def test_all_parts_are_shown_with_all_and_none_without() -> None:
    output, plain = shown("--all", EXAMPLE), shown(EXAMPLE)
    assert all(title in output for title in TITLES.values())
    assert not any(title in plain for title in TITLES.values())


def test_unknown_part_is_a_usage_error() -> None:
    result = CliRunner().invoke(app, ["summary", "--show", "weather", str(EXAMPLE)])
    assert result.exit_code == 2


def test_parts_of_records_without_them_say_so(results_path: Path) -> None:
    old = {"type": "run", "mode": "cpu", "parallel": 4, "threads": 2, "total_wall_s": 12.0, "success": True}
    write_lines(results_path, old)
    output = shown("--all", results_path)
    assert "environment not known (no record tells of it)\n" in output
    assert "energy not known (its records give no reason): cpu-p4-t2\n" in output
