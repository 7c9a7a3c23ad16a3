"""A delay shows in the phase that it was injected into, in the wait for it, and nowhere else."""

from __future__ import annotations

import os
import statistics
from pathlib import Path

import pytest
from launching import IMAGES, ROWS, SOURCE, STRIPES, Case, of_type, preloading, run
from test_profile import TOOL

pytestmark = pytest.mark.alone

DEPTHS = 4
RUNS = 7
#: In each run, by delays of all pieces or kernels.
DELAY_S = 0.5
#: A run without delay takes some hundredths of a second, on a busy machine twice that now and then: the median of the
#: runs changes by less than this, and the delay is far beyond.
NOISE_S = 0.1

Phases = dict[str, float]


def phases_with(case: Case, scan: Path, **variables: str) -> Phases:
    """Medians over the runs of a launch with these variables, `elapsed_s` among them."""
    case.results.unlink(missing_ok=True)
    options = case.inputs(
        h5=scan,
        geometry=SOURCE / "configs" / "geometry_34ide.xml",
        depth_range=f"0:{DEPTHS - 1}",
        rows_per_stripe=str(ROWS),
        runs=str(RUNS),
        sync="none",  # the disk's own time varies most
        profile=f"kokkos:{TOOL}",
    )
    finished = run("run", *options, variables={**preloading("slow_io"), **variables})
    assert finished.returncode == 0, finished.stderr
    ranks = [record["per_proc"][0] for record in of_type(case.results, "run")]
    assert [rank["stripes"] for rank in ranks] == [STRIPES] * RUNS
    names = [name for name, value in ranks[0]["phases"].items() if isinstance(value, float)]
    found = {name: statistics.median(rank["phases"][name] for rank in ranks) for name in names}
    return {**found, "elapsed_s": statistics.median(rank["elapsed_s"] for rank in ranks)}


def milliseconds(calls: int) -> str:
    return f"{1e3 * DELAY_S / calls:.6f}"


DELAYS = {
    # image 0 is read whole before the others, for the cutoff
    "read_s": {"SLOW_READ_IN": "/input/", "SLOW_READ_MS": milliseconds(IMAGES * STRIPES + 1)},
    "kernel_s": {"LAUEBENCH_TEST_TOOL_DELAY_MS": milliseconds(STRIPES)},
    "write_s": {"SLOW_WRITE_IN": "/output/", "SLOW_WRITE_MS": milliseconds(DEPTHS * STRIPES)},
}
#: The pipeline thread's phase in which it passes.
SHOWN_IN = {"read_s": "wait_read_s", "kernel_s": "compute_s", "write_s": "wait_write_s"}


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="sanitised code has its own speed")
@pytest.mark.parametrize("busy", DELAYS)
def test_a_delay_shows_in_its_own_phase_alone(case: Case, scan: Path, busy: str) -> None:
    without = phases_with(case, scan)
    delayed = phases_with(case, scan, **DELAYS[busy])
    grown = {name: delayed[name] - without[name] for name in without}
    # a sleep is never shorter than asked for, and longer where others use the processor meanwhile
    slept_s = grown.pop(busy)
    assert DELAY_S - NOISE_S < slept_s < 2 * DELAY_S
    assert grown.pop(SHOWN_IN[busy]) == pytest.approx(slept_s, abs=NOISE_S)
    assert grown.pop("elapsed_s") == pytest.approx(slept_s, abs=NOISE_S)
    for name, seconds in grown.items():
        # what the pipeline thread waits for elsewhere gets shorter, the most by what it was
        assert -without[name] <= seconds < NOISE_S, name
