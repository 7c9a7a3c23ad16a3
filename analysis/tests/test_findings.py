"""Each rule once where it fires and once where it stays silent."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from finding_records import Record, found_by, ranks, runs_of
from laue_report.findings import Finding, Severity, findings_of
from laue_report.intervals import mean_of
from laue_report.measurements import load
from laue_report.rules.best import best_latency, best_throughput
from laue_report.rules.limits import compute_bound, copy_bound, storage_bound
from laue_report.rules.load import imbalance, oversubscribed, throttled
from laue_report.rules.trust import mixed_cache_states, noisy, outliers, slow_first, slow_hosts, throughput_fell
from laue_report.tables import number
from sample_records import SESSION, params_record, run_record, summary_record, write_lines

STEADY = [2.0, 2.01, 1.99, 2.0, 2.02, 1.98]


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


def slower(factor: float) -> list[float]:
    return [factor * seconds for seconds in STEADY]


def test_best_throughput_is_sure_where_intervals_lie_apart(results_path: Path) -> None:
    records = runs_of("cpu-p1-t1", STEADY) + runs_of("cpu-p2-t1", slower(1.5))
    finding = only(found_by(best_throughput, results_path, *records))
    assert (finding.severity, finding.points) == (Severity.GOOD, ["cpu-p2-t1"])
    assert finding.values["best_per_min"] == pytest.approx(60.0 * 2 / 3.0)
    assert finding.values["second"] == "cpu-p1-t1"
    interval = mean_of(STEADY).interval
    assert interval
    ends = [60.0 / interval.high, 60.0 / interval.low]
    assert [finding.values[f"second_{end}95_per_min"] for end in ("low", "high")] == pytest.approx(ends)
    assert finding.text.startswith("most reconstructions per minute: cpu-p2-t1 with 40 (95 % interval ")
    second = f"30 (95 % interval {number(ends[0])} to {number(ends[1])}, 6 runs)"
    assert finding.text.endswith(f"; next cpu-p1-t1 with {second}; the intervals do not overlap")


def test_best_is_not_sure_where_intervals_overlap(results_path: Path) -> None:
    records = runs_of("cpu-p1-t1", STEADY) + runs_of("cpu-p1-t2", slower(1.001)) + runs_of("cpu-p1-t4", slower(1.002))
    finding = only(found_by(best_throughput, results_path, *records))
    assert (finding.severity, finding.points) == (Severity.NOTE, ["cpu-p1-t1"])
    assert finding.text.endswith(
        "the intervals of cpu-p1-t2, cpu-p1-t4 overlap its own, so these runs do not tell them apart"
    )


def test_best_of_single_runs_says_that_nobody_knows_how_sure_it_is(results_path: Path) -> None:
    finding = only(found_by(best_latency, results_path, *runs_of("cpu-p1-t1", [2.0]), *runs_of("cpu-p1-t2", [1.0])))
    assert (finding.severity, finding.points) == (Severity.NOTE, ["cpu-p1-t2"])
    assert "cpu-p1-t2 with 1 (1 run, no interval)" in finding.text
    assert "how sure this is takes two runs of each at least" in finding.text


def test_best_latency_is_the_shortest_run(results_path: Path) -> None:
    records = runs_of("cpu-p1-t1", STEADY) + runs_of("cpu-p4-t1", slower(1.5))
    finding = only(found_by(best_latency, results_path, *records))
    assert (finding.severity, finding.points) == (Severity.GOOD, ["cpu-p1-t1"])
    assert finding.values["best_s"] == pytest.approx(2.0)


def test_precisions_have_a_best_each(results_path: Path) -> None:
    single = runs_of("cpu-p2-t1-single", slower(0.5), precision="single")
    findings = found_by(best_throughput, results_path, *runs_of("cpu-p2-t1", STEADY, precision="double"), *single)
    assert [finding.points for finding in findings] == [["cpu-p2-t1"], ["cpu-p2-t1-single"]]
    assert "in single precision: cpu-p2-t1-single" in findings[1].text
    assert findings[1].text.endswith("the only point that was measured")


def test_failed_runs_warm_ups_and_launches_without_success_tell_nothing(results_path: Path) -> None:
    failed = run_record("cpu-p2-t1", 0.1, success=False)
    warmup = run_record("cpu-p2-t1", 0.1, kind="warmup")
    write_lines(results_path, failed, warmup)
    assert findings_of(load([results_path]), SESSION) == []
    finding = only(found_by(best_throughput, results_path, failed, warmup, *runs_of("cpu-p2-t1", STEADY)))
    assert finding.values["best_per_min"] == pytest.approx(60.0)


def with_ceilings(point_id: str, fraction: float, bottleneck: str) -> Record:
    return summary_record(point_id, ceilings={"whole_fraction": fraction, "bottleneck": bottleneck})


def with_phases(**phases: float) -> list[Record]:
    return ranks(2.0, 2.0, phases={"compute_s": 0.0, **phases})


BOUND = [
    (storage_bound, "storage-write", {"wait_read_s": 0.5, "fsync_s": 0.8}),
    (compute_bound, "compute", {"compute_s": 1.3, "kernel_s": 1.2}),
    (copy_bound, "host-device-copy", {"compute_s": 1.8, "kernel_s": 0.4, "copy_to_device_s": 1.0}),
]


@pytest.mark.parametrize(("rule", "bottleneck", "phases"), BOUND)
def test_limit_is_taken_from_ceilings_where_they_explain_the_time(
    results_path: Path, rule: Any, bottleneck: str, phases: dict[str, float]
) -> None:
    records = [*runs_of("cpu-p2-t1", STEADY), with_ceilings("cpu-p2-t1", 0.82, bottleneck)]
    finding = only(found_by(rule, results_path, *records))
    assert f"cpu-p2-t1 ({bottleneck}, 82 %): bottleneck and share of the attainable speed" in finding.text
    assert finding.values == {"cpu-p2-t1: bottleneck": bottleneck, "cpu-p2-t1: attained_fraction": 0.82}
    assert found_by(rule, results_path, *records[:-1], with_ceilings("cpu-p2-t1", 0.82, "other")) == []


@pytest.mark.parametrize(("rule", "bottleneck", "phases"), BOUND)
def test_limit_is_taken_from_phases_without_ceilings(
    results_path: Path, rule: Any, bottleneck: str, phases: dict[str, float]
) -> None:
    finding = only(found_by(rule, results_path, *runs_of("cpu-p2-t1", STEADY, per_proc=with_phases(**phases))))
    assert "cpu-p2-t1 (6" in finding.text
    assert finding.text.endswith("no ceilings were measured, which would tell more: laue-bench run --ceilings")
    (share,) = finding.values.values()
    assert 0.63 < float(share) < 0.66
    idle = with_phases(wait_read_s=0.3, fsync_s=0.3, compute_s=0.8, kernel_s=0.8, open_s=0.6)
    assert found_by(rule, results_path, *runs_of("cpu-p2-t1", STEADY, per_proc=idle)) == []


@pytest.mark.parametrize("fraction", [0.3, 3.3])
def test_phases_tell_where_ceilings_do_not_explain_the_time(results_path: Path, fraction: float) -> None:
    runs = runs_of("cpu-p2-t1", STEADY, per_proc=with_phases(compute_s=1.3, kernel_s=1.3))
    records = [*runs, with_ceilings("cpu-p2-t1", fraction, "storage-write")]
    assert found_by(storage_bound, results_path, *records) == []
    text = only(found_by(compute_bound, results_path, *records)).text
    assert text.endswith(f"ceilings do not explain their time ({100 * fraction:.0f} % of the attainable speed)")


def test_waiting_for_decompression_is_computing(results_path: Path) -> None:
    waiting = with_phases(wait_read_s=1.8, read_s=0.2, decompress_s=0.8)
    records = runs_of("cpu-p2-t1", STEADY, per_proc=waiting)
    assert found_by(storage_bound, results_path, *records) == []
    assert only(found_by(compute_bound, results_path, *records)).values["cpu-p2-t1: compute_share"] == pytest.approx(
        0.72
    )


def with_nodes(cpus: list[int], **members: Any) -> Record:
    node = {"hostname": "node1", "logical_cpus": 64, "cgroup_cpus": None, "ranks": [{"cpus": cpus}], **members}
    return {**params_record(["cpu-p2-t1"]), "environment": {"nodes": [node]}}


def test_oversubscribed_counts_threads_for_processors(results_path: Path) -> None:
    runs = runs_of("cpu-p2-t2", STEADY, threads=2, per_proc=ranks(2.0, 2.0), flags=["oversubscribed"])
    finding = only(found_by(oversubscribed, results_path, with_nodes([0, 1]), *runs))
    assert finding.severity is Severity.WARNING
    assert "cpu-p2-t2 (4 threads for 2 on node1, flagged in 6 of 6 runs)" in finding.text
    assert finding.values["cpu-p2-t2: usable_cpus"] == 2.0


def test_oversubscribed_knows_limits_of_cpu_time(results_path: Path) -> None:
    runs = runs_of("cpu-p2-t2", STEADY, threads=2, per_proc=ranks(2.0, 2.0))
    finding = only(found_by(oversubscribed, results_path, with_nodes([0, 1, 2, 3], cgroup_cpus=2.5), *runs))
    assert "cpu-p2-t2 (4 threads for 2.5 on node1, flagged in 0 of 6 runs)" in finding.text


def test_oversubscribed_is_told_by_the_flag_alone(results_path: Path) -> None:
    finding = only(found_by(oversubscribed, results_path, *runs_of("cpu-p2-t2", STEADY, flags=["oversubscribed"])))
    assert "cpu-p2-t2 (threads for cores not known, flagged in 6 of 6 runs)" in finding.text


def test_nodes_of_one_name_are_not_taken_for_one(results_path: Path) -> None:
    params = with_nodes([0, 1])
    params["environment"]["nodes"] *= 2
    runs = runs_of("cpu-p2-t2", STEADY, threads=2, per_proc=ranks(2.0, 2.0))
    assert found_by(oversubscribed, results_path, params, *runs) == []


def test_threads_that_fit_are_not_oversubscribed(results_path: Path) -> None:
    runs = runs_of("cpu-p2-t2", STEADY, threads=2, per_proc=ranks(2.0, 2.0), flags=["start_skew"])
    assert found_by(oversubscribed, results_path, with_nodes([0, 1, 2, 3]), *runs) == []


def test_imbalance_names_the_rank_that_others_wait_for(results_path: Path) -> None:
    runs = runs_of("cpu-p2-t1", STEADY, imbalance=1.25, per_proc=ranks(1.0, 2.0, hosts=["node1", "node2"]))
    finding = only(found_by(imbalance, results_path, *runs))
    assert finding.text.endswith("above 1.1): cpu-p2-t1 (1.25, rank 1 on node2 in 6 of 6 runs)")
    assert finding.values["cpu-p2-t1: imbalance"] == 1.25


def test_balanced_runs_are_no_finding(results_path: Path) -> None:
    runs = runs_of("cpu-p2-t1", STEADY, imbalance=1.05)
    runs[0]["imbalance"] = 1.9
    assert found_by(imbalance, results_path, *runs) == []


def gpu(clock_mhz: float, *reasons: str) -> Record:
    idle = {"sm_clock_mhz": 345.0, "throttle_reasons": ["gpu_idle"]}
    return {
        "uuid": "GPU-1",
        "index": 0,
        "start": idle,
        "end": {"sm_clock_mhz": clock_mhz, "throttle_reasons": [*reasons]},
    }


def test_throttled_by_the_reasons_of_the_driver(results_path: Path) -> None:
    runs = runs_of(
        "gpu-p1", STEADY, mode="gpu", per_proc=ranks(2.0, gpu=gpu(1500.0, "sw_thermal_slowdown", "gpu_idle"))
    )
    finding = only(found_by(throttled, results_path, *runs))
    assert "gpu-p1 (sw_thermal_slowdown in 6 of 6 runs)" in finding.text
    assert finding.values == {"gpu-p1: runs_with_sw_thermal_slowdown": 6.0}


def test_throttled_by_clocks_that_fell(results_path: Path) -> None:
    runs = runs_of("gpu-p1", STEADY, mode="gpu", per_proc=ranks(2.0, gpu=gpu(1980.0)))
    for run in runs[-2:]:
        run["per_proc"] = ranks(2.0, gpu=gpu(1584.0))
    finding = only(found_by(throttled, results_path, *runs))
    assert finding.text == "GPU clocks fell from the first third of the runs to the last: gpu-p1 (20 %)"
    for run, clock_mhz in zip(runs, (3000.0, 3000.0, 2900.0, 2500.0, 2400.0, 2400.0), strict=True):
        run["per_proc"] = []
        run["nodes"] = [{"end": {"frequency_mhz": 3500.0}}, {"end": {"frequency_mhz": clock_mhz}}]
    finding = only(found_by(throttled, results_path, *runs))
    assert finding.text == "processor clocks fell from the first third of the runs to the last: gpu-p1 (20 %)"


def test_idle_gpus_and_steady_clocks_are_not_throttled(results_path: Path) -> None:
    runs = runs_of("gpu-p1", STEADY, mode="gpu", per_proc=ranks(2.0, gpu=gpu(1980.0, "gpu_idle")))
    for run in runs:
        run["nodes"] = [{"end": {"frequency_mhz": 3000.0}}, {"end": None}]
    assert found_by(throttled, results_path, *runs) == []
    assert found_by(throttled, results_path, *runs_of("cpu-p1-t1", STEADY)) == []


def in_state(state: str, point_id: str = "cpu-p2-t1") -> list[Record]:
    return runs_of(point_id, STEADY, cache={"state": state})


def test_mixed_cache_states_name_the_points_of_the_rarer_one(results_path: Path) -> None:
    records = in_state("warm") + in_state("unknown", "cpu-p1-t1")[:2]
    finding = only(found_by(mixed_cache_states, results_path, *records))
    assert finding.text.endswith("warm in 6 of 8 runs (cpu-p2-t1); unknown in 2 of 8 runs (cpu-p1-t1)")
    assert (finding.severity, finding.points) == (Severity.WARNING, ["cpu-p1-t1"])
    assert finding.values == {"warm: runs": 6.0, "unknown: runs": 2.0}


def test_partial_is_mixed_by_itself(results_path: Path) -> None:
    assert only(found_by(mixed_cache_states, results_path, *in_state("partial"))).points == ["cpu-p2-t1"]


def test_states_that_agree_are_not_mixed(results_path: Path) -> None:
    assert found_by(mixed_cache_states, results_path, *in_state("warm"), *in_state("warm-only", "cpu-p1-t1")) == []
    assert found_by(mixed_cache_states, results_path, *in_state("cold")) == []


def test_noisy_by_spread_and_by_noise_floor(results_path: Path) -> None:
    records = [*runs_of("cpu-p2-t1", [2.0, 3.0, 2.5]), *runs_of("cpu-p1-t1", STEADY)]
    finding = only(found_by(noisy, results_path, *records, summary_record("cpu-p1-t1", noise_floor=0.2)))
    logs = [math.log(seconds) for seconds in (2.0, 3.0, 2.5)]
    spread = math.sqrt(sum((log - sum(logs) / 3) ** 2 for log in logs) / 2)
    assert finding.values == {
        "cpu-p2-t1: spread_log_ratio": pytest.approx(spread),
        "cpu-p1-t1: noise_floor_log_ratio": 0.2,
    }
    assert f"cpu-p2-t1 (standard deviation {100 * math.expm1(spread):.0f} %, 3 runs)" in finding.text
    assert "cpu-p1-t1 (noise floor 22 %, 6 runs)" in finding.text


def test_steady_points_and_pairs_of_runs_are_not_noisy(results_path: Path) -> None:
    records = [*runs_of("cpu-p2-t1", STEADY), *runs_of("cpu-p1-t1", [2.0, 3.0])]
    assert found_by(noisy, results_path, *records, summary_record("cpu-p2-t1", noise_floor=0.02)) == []


def test_outliers_are_those_of_the_summary(results_path: Path) -> None:
    finding = only(found_by(outliers, results_path, *runs_of("cpu-p2-t1", STEADY), summary_record(outliers=[2, 5])))
    assert finding.text.endswith("cpu-p2-t1 (run_index 2, 5)")
    assert finding.values == {"cpu-p2-t1: run_index": "2, 5"}
    for told in ([], None):
        assert found_by(outliers, results_path, *runs_of("cpu-p2-t1", STEADY), summary_record(outliers=told)) == []


def test_slow_first_run_is_told_with_its_seconds(results_path: Path) -> None:
    runs = runs_of("cpu-p2-t1", [3.0, *STEADY])
    finding = only(found_by(slow_first, results_path, *runs, summary_record(slow_first=True)))
    assert "cpu-p2-t1 (3 s, the others 2 s)" in finding.text
    assert found_by(slow_first, results_path, *runs, summary_record(slow_first=False)) == []


def test_throughput_that_fell_is_told_with_the_tenths(results_path: Path) -> None:
    sustained = {"change": 0.5, "first_tenth_s": 2.0, "last_tenth_s": 3.0, "throughput_fell": True}
    runs = runs_of("cpu-p2-t1", STEADY)
    finding = only(found_by(throughput_fell, results_path, *runs, summary_record(sustained=sustained)))
    assert finding.text.endswith("cpu-p2-t1 (2 s, then 3 s)")
    steady = summary_record(sustained={**sustained, "throughput_fell": False})
    assert found_by(throughput_fell, results_path, *runs, steady) == []


def test_slow_host_is_told_against_the_others(results_path: Path) -> None:
    hosts = ["node1", "node2", "node3"]
    runs = runs_of("cpu-p3-t1", STEADY, per_proc=ranks(2.0, 2.0, 2.6, hosts=hosts))
    finding = only(found_by(slow_hosts, results_path, *runs))
    assert finding.text == (
        "hosts slower than the others of the same runs: node3 (1.3 times their seconds, median of 6 runs)"
    )
    assert (finding.values, finding.points) == ({"node3: times_the_others": pytest.approx(1.3)}, ["cpu-p3-t1"])


def test_slow_gpu_of_one_host_is_told(results_path: Path) -> None:
    per_proc = [{**rank, "gpu": {"uuid": f"GPU-{rank['i']}"}} for rank in ranks(2.0, 3.0)]
    finding = only(found_by(slow_hosts, results_path, *runs_of("gpu-p2", STEADY, mode="gpu", per_proc=per_proc)))
    assert finding.text.startswith("GPUs slower than the others of the same runs: GPU-1 (1.5 times")


def test_hosts_that_were_slow_once_or_alone_are_no_finding(results_path: Path) -> None:
    runs = runs_of("cpu-p2-t1", STEADY, per_proc=ranks(2.0, 2.0, hosts=["node1", "node2"]))
    runs[0]["per_proc"] = ranks(2.0, 9.0, hosts=["node1", "node2"])
    assert found_by(slow_hosts, results_path, *runs) == []
    assert found_by(slow_hosts, results_path, *runs_of("cpu-p2-t1", STEADY, per_proc=ranks(2.0, 9.0))) == []


def test_runs_of_a_launch_that_was_resumed_count_for_the_one_that_went_on(results_path: Path) -> None:
    before = [{**run, "session_id": "before"} for run in runs_of("cpu-p2-t1", [2.0, 2.1])]
    params = {**params_record(["cpu-p2-t1"], session="before"), "runs": 3}
    resuming = {**params_record(["cpu-p2-t1"], runs=3), "resumes": "before"}
    write_lines(results_path, params, *before, resuming, *runs_of("cpu-p2-t1", [2.2]))
    measurements = load([results_path])
    assert findings_of(measurements, "before") == []
    assert findings_of(measurements, SESSION)[0].values["best_runs"] == 3


def test_findings_are_of_one_launch_with_its_targets(results_path: Path) -> None:
    other = {**run_record("cpu-p1-t1", 0.1), "session_id": "other"}
    on_scratch = runs_of("cpu-p2-t1", slower(0.5), staging_dir="/scratch")
    write_lines(results_path, other, *runs_of("cpu-p2-t1", STEADY), *on_scratch)
    findings = findings_of(load([results_path]), SESSION)
    assert {finding.rule: finding.points for finding in findings} == {
        "best-throughput": ["cpu-p2-t1 in /scratch"],
        "best-latency": ["cpu-p2-t1 in /scratch"],
    }
