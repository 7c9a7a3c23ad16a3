"""What is on disk when a run's clock stands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from launching import Case, of_type, preloading, run
from test_acceptance import violations

DEPTHS = 41


def synced(case: Case, log: Path, sync: str) -> Counter[str]:
    """How often each path below the run's folder was synced, by its place there; parts go by their final names."""
    variables = preloading("count_fsync", FSYNC_LOG=str(log))
    finished = run("run", *case.inputs(cpu_parallel="2", sync=sync), ranks=2, variables=variables)
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    run_folder = f"/output/run_{record['run_id']}/"
    lines = log.read_text().splitlines()
    return Counter(line.partition(run_folder)[2].removesuffix(".part") for line in lines if run_folder in line)


def test_every_output_file_and_folder_is_synced_once(case: Case, tmp_path: Path) -> None:
    found = synced(case, tmp_path / "log", "fsync")
    files = [f"out{m}.h5" for m in range(DEPTHS)] + ["outsummary.txt"]
    expected = Counter(f"proc_{rank}/{file}" for rank in range(2) for file in files)
    expected += Counter(f"proc_{rank}" for rank in range(2))
    assert found == expected
    (record,) = of_type(case.results, "run")
    assert all(rank["phases"]["fsync_s"] > 0 for rank in record["per_proc"])


def test_without_sync_no_output_is_synced(case: Case, tmp_path: Path) -> None:
    assert synced(case, tmp_path / "log", "none") == Counter()
    (params,) = of_type(case.results, "params")
    assert params["sync"] == "none"
    (record,) = of_type(case.results, "run")
    assert all(rank["phases"]["fsync_s"] == 0 for rank in record["per_proc"])
    assert violations(case.results) == []
