from __future__ import annotations

from pathlib import Path

import numpy as np
import polars
import pytest
from laue_report.measurements import Measurements, load
from laue_report.pictures import draw_plot
from laue_report.plots import PLOTS
from laue_report.plots.heatmap import Aggregation, Metric, cells
from laue_report.plots.style import PALETTE
from laue_report.selection import GRID, combinations, narrowed
from plotly.graph_objects import Figure as PlotlyFigure
from report_files import Record, changed_runs, failed, gpu_records, grid_records, of_type, write


def measurements_of(path: Path, records: list[Record]) -> Measurements:
    return load([write(path, records)])


def cell(frame: polars.DataFrame, parallel: int = 2, threads: int | None = 1) -> float:
    is_threads = polars.col("threads").is_null() if threads is None else polars.col("threads") == threads
    return float(frame.filter((polars.col("parallel") == parallel) & is_threads)["value"].item())


@pytest.mark.parametrize(
    ("metric", "aggregation", "value"),
    [
        (Metric.WALL, Aggregation.MEAN, 3.0),
        (Metric.WALL, Aggregation.MIN, 1.0),
        (Metric.WALL, Aggregation.MAX, 6.0),
        (Metric.WALL, Aggregation.MEDIAN, 2.0),
        (Metric.THROUGHPUT, Aggregation.MEDIAN, 60.0),
        (Metric.THROUGHPUT, Aggregation.MEAN, (120.0 + 60.0 + 20.0) / 3.0),
        (Metric.THROUGHPUT_PER_IMAGE, Aggregation.MAX, 60.0),
        (Metric.AVG_PROC, Aggregation.MEDIAN, 1.5),
        (Metric.MEDIAN_PROC, Aggregation.MEDIAN, 1.5),
        (Metric.SUM_PROC, Aggregation.MEDIAN, 3.0),
        (Metric.SUCCESS_RATE, Aggregation.MEAN, 1.0),
    ],
)
def test_heatmap_metrics(results_path: Path, metric: Metric, aggregation: Aggregation, value: float) -> None:
    runs = changed_runs("cpu-p2-t1", [1.0, 2.0, 6.0])
    for run in runs:
        run["per_proc"][0]["elapsed_s"] = 0.5 * run["total_wall_s"]
    frame = cells(measurements_of(results_path, runs), [metric], aggregation, include_failed=False)
    assert cell(frame) == pytest.approx(value)
    assert frame["runs"].to_list() == [3]


def test_failed_runs_are_left_out_of_times_but_not_of_the_share_of_successes(results_path: Path) -> None:
    good, bad = changed_runs("cpu-p2-t1", [2.0, 4.0])
    bad = failed(bad)
    bad["per_proc"][0]["success"] = True
    found = measurements_of(results_path, [good, bad])
    assert cell(cells(found, [Metric.WALL], Aggregation.MEAN, include_failed=False)) == 2.0
    assert cell(cells(found, [Metric.WALL], Aggregation.MEAN, include_failed=True)) == 3.0
    assert cell(cells(found, [Metric.SUCCESS_RATE], Aggregation.MEAN, include_failed=False)) == 0.75


def test_a_median_rate_is_that_at_the_median_time(results_path: Path) -> None:
    found = measurements_of(results_path, changed_runs("cpu-p2-t1", [1.0, 3.0]))
    assert cell(cells(found, [Metric.THROUGHPUT], Aggregation.MEDIAN, include_failed=False)) == pytest.approx(60.0)


def test_scaling_tells_efficiency_knee_and_law(results_path: Path) -> None:
    found = measurements_of(results_path, grid_records())
    frame = PLOTS["scaling"].data(found)
    efficiency = {(row["threads"], row["parallel"]): row["efficiency"] for row in frame.iter_rows(named=True)}
    assert efficiency[(1, 1)] == 1.0
    assert efficiency[(2, 8)] == pytest.approx(1.0 / 1.7, rel=0.03)
    notes = PLOTS["scaling"].notes(frame)
    assert [note.split(":")[0] for note in notes] == ["1 thread", "2 threads"]
    assert all("knee at 8" not in note and "no knee up to 8 at a time" in note for note in notes)
    assert "Amdahl's law gives a serial share of" in notes[0]


def test_fit_and_knee_are_not_told_of_two_points(results_path: Path) -> None:
    runs = changed_runs("cpu-p1-t1", [1.0]) + changed_runs("cpu-p2-t1", [1.1])
    frame = PLOTS["scaling"].data(measurements_of(results_path, runs))
    assert PLOTS["scaling"].notes(frame) == ["1 thread: no knee and no fit: they take 3 points, there are 2"]


def test_phases_add_up_to_the_time_of_a_reconstruction(results_path: Path) -> None:
    found = measurements_of(results_path, grid_records())
    for name in ("phases", "ranks"):
        frame = PLOTS[name].data(found)
        phases = [column for column in frame.columns if column.endswith("_s") and column != "elapsed_s"]
        sums = frame.select(polars.sum_horizontal(phases)).to_series()
        elapsed = frame["elapsed_s"] if name == "ranks" else frame["point_id"].replace_strict(_elapsed(found))
        assert sums.to_list() == pytest.approx(elapsed.to_list(), rel=1e-6)


def _elapsed(found: Measurements) -> dict[str, float]:
    ranks = found.ranks.join(found.runs.select("run", "point_id"), on="run")
    means = ranks.group_by("point_id").agg(polars.col("elapsed_s").mean())
    return dict(means.iter_rows())


def test_timeline_is_of_the_best_points_median_run(results_path: Path) -> None:
    runs = changed_runs("cpu-p1-t1", [9.0]) + changed_runs("cpu-p2-t1", [3.0, 1.0, 2.0])
    frame = PLOTS["timeline"].data(measurements_of(results_path, runs))
    assert frame["point_id"].unique().to_list() == ["cpu-p2-t1"]
    assert frame["total_wall_s"].unique().to_list() == [2.0]
    assert frame["i"].to_list() == [0, 1]


def test_outliers_and_flags_of_repetitions(results_path: Path) -> None:
    runs = changed_runs("cpu-p1-t1", [1.0, 1.01, 0.99, 1.0, 1.02, 5.0, 1.01])
    runs[1]["flags"] = ["start_skew"]
    frame = PLOTS["distribution"].data(measurements_of(results_path, runs))
    what = {row["run_index"]: row["what"] for row in frame.iter_rows(named=True) if row["run_index"] is not None}
    assert what == {0: "run", 1: "flagged run", 2: "run", 3: "run", 4: "run", 5: "outlier", 6: "run"}
    box = dict(frame.filter(polars.col("run_index").is_null()).select("what", "seconds").iter_rows())
    assert (box["min"], box["p50"], box["max"]) == (0.99, 1.01, 5.0)
    assert PLOTS["distribution"].notes(frame) == ["flags: start_skew"]


def test_of_many_repetitions_some_are_drawn(results_path: Path) -> None:
    times = list(np.random.default_rng(3).lognormal(0.0, 0.05, 500))
    frame = PLOTS["distribution"].data(measurements_of(results_path, changed_runs("cpu-p1-t1", times)))
    drawn = frame.filter(polars.col("run_index").is_not_null())
    assert drawn.filter(polars.col("what") == "run").height == 60
    box = dict(frame.filter(polars.col("run_index").is_null()).select("what", "seconds").iter_rows())
    assert box["p50"] == pytest.approx(float(np.median(times)))


def test_filesystems_stand_beside_their_ceilings(results_path: Path) -> None:
    records = of_type("params", "staging", "ceiling", "run")
    frame = PLOTS["filesystems"].data(measurements_of(results_path, records))
    told = next(record for record in records if record["type"] == "ceiling" and record["moment"] == "start")
    row = frame.filter(polars.col("point_id") == told["point_id"]).row(0, named=True)
    assert row["attainable_s"] == told["attainable_s"]
    assert row["write_bytes_per_s"] == told["write"]["bytes_per_s"]
    assert row["filesystem"] == "ext4"


def test_memory_is_that_of_the_largest_rank(results_path: Path) -> None:
    runs = changed_runs("cpu-p2-t1", [1.0, 1.0])
    runs[1]["per_proc"][1]["memory"]["peak_rss_bytes"] = 2**31
    frame = PLOTS["memory"].data(measurements_of(results_path, runs))
    assert frame["peak_rss_bytes"].to_list() == [2**31]


def test_energy_is_per_reconstruction(results_path: Path) -> None:
    frame = PLOTS["energy"].data(measurements_of(results_path, gpu_records()))
    assert frame["total_j_per_reconstruction"].to_list() == [80.0, 80.0, 80.0]
    assert frame["gpu_j_per_reconstruction"].to_list() == [50.0, 50.0, 50.0]


def test_roofline_counts_operations_by_bytes(results_path: Path) -> None:
    (kernel,) = of_type("kernel")
    counted = kernel | {"benchmark_id": "k", "architecture": "x86-64-v4", "flop_per_s": 2e10, "bytes_per_s": 1e9}
    frame = PLOTS["roofline"].data(measurements_of(results_path, [kernel, counted]))
    assert frame["intensity_flop_per_byte"].to_list() == [20.0]
    share = 2e10 / min(kernel["ceilings"]["fma_flop_per_s"], 20.0 * kernel["ceilings"]["triad_bytes_per_s"])
    assert PLOTS["roofline"].notes(frame) == [f"nearest to its ceiling: k, {100.0 * share:.0f} %"]


def test_what_was_not_measured_is_told_with_the_records_reason(results_path: Path) -> None:
    found = measurements_of(results_path, of_type("params", "run", "summary", "kernel"))
    reason = of_type("summary")[0]["energy"]["unavailable"]["total_j"]
    assert PLOTS["energy"].data(found).height == 0
    assert PLOTS["energy"].missing(found) == f"energy could not be read ({reason})"
    assert PLOTS["roofline"].missing(found) == "none of 1 kernel records that succeeded counts operations and bytes"
    skip = of_type("skip")[0]
    skipped = measurements_of(results_path, of_type("params") + [skip])
    assert PLOTS["heatmap"].missing(skipped) == f"no run was made: gpu-p1 skipped ({skip['reason']})"
    run = of_type("run")[0]
    assert "disk full" in PLOTS["phases"].missing(measurements_of(results_path, [failed(run)]))


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("records", [grid_records(runs=3), gpu_records(), of_type("params", "run", "ceiling")])
def test_every_plot_is_drawn_by_both(tmp_path: Path, name: str, records: list[Record]) -> None:
    """Plotly refuses attributes that it does not have."""
    plot, found = PLOTS[name], measurements_of(tmp_path / "results.jsonl", records)
    frame = plot.data(narrowed(found, combinations(found, GRID)[0]))
    if not frame.height:
        assert plot.missing(found)
        return
    traces = plot.traces(frame)
    assert len(PlotlyFigure(traces).data) == len(traces["data"])
    for ending in ("png", "svg"):
        draw_plot(tmp_path / f"{name}.{ending}", 3.35, plot.draw, frame)
    assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    text = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
    assert text.count("<text") > 3
    draw_plot(tmp_path / "again.svg", 3.35, plot.draw, frame)
    assert (tmp_path / "again.svg").read_text(encoding="utf-8") == text


def test_colours_are_told_apart_by_colour_blind_people() -> None:
    """By the distance in CIE Lab, as full deuteranopia and protanopia see them (Machado, Oliveira and Fernandes, IEEE
    Transactions on Visualization and Computer Graphics 15, 1291, 2009)."""
    deuteranopia = np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    )
    protanopia = np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    )
    srgb = np.array([[int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)] for colour in PALETTE])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    for seen in (linear, linear @ deuteranopia.T, linear @ protanopia.T):
        lab = _lab(np.clip(seen, 0.0, 1.0))
        distances = np.linalg.norm(lab[:, None] - lab[None, :], axis=2)
        assert distances[~np.eye(len(PALETTE), dtype=bool)].min() > 10.0


def _lab(linear: np.ndarray) -> np.ndarray:
    xyz = linear @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T
    scaled = xyz / np.array([0.95047, 1.0, 1.08883])
    root = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16.0 / 116.0)
    x, y, z = root[:, 0], root[:, 1], root[:, 2]
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], axis=1)
