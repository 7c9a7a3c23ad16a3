"""How time and memory grow with rows, images and depths."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from measuring.fitting import exponent, spread

HERE = Path(__file__).resolve().parent

#: Time proportional to pixel-steps has exponent 1. Opening and the depth files take a fixed 10 to 20 ms of the smallest
#: scan's 70 ms, which makes it up to 0.1 less over three doublings, and neighbours on a shared machine shift it by as
#: much; a quadratic step would make it 2, one that is lost in part (frames read once a stripe) 1.3 and more.
TIME = (0.8, 1.15)
#: Depths add to writing and to the kernel's last sum alone: never more than proportional.
TIME_OF_DEPTHS = (0.0, 1.15)
#: Stripes are whole blocks of rows, so up to a fifth of the limit stays unused in some scans and not in others.
MEMORY_SPREAD = 0.2


def test_exponent_is_that_of_the_power() -> None:
    sizes = (1.0, 2.0, 4.0, 8.0)
    assert exponent(sizes, [3 * size**1.5 for size in sizes]) == pytest.approx(1.5)
    assert exponent(sizes, [7.0] * 4) == pytest.approx(0.0)
    assert spread([50.0, 60.0, 55.0]) == pytest.approx(0.2)


@pytest.mark.slow
@pytest.mark.parametrize("extent", ["rows", "images", "depths"])
def test_time_is_linear_and_memory_flat(tmp_path: Path, extent: str) -> None:
    json_file = tmp_path / "figures.json"
    command = [sys.executable, str(HERE / "exponents"), "--extent", extent, "--json", str(json_file)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert finished.returncode == 0, finished.stderr
    print(finished.stdout)
    found = json.loads(json_file.read_text(encoding="utf-8"))
    (sweep,) = found["sweeps"]
    sizes = sweep["sizes"]
    assert sizes == [sizes[0] * 2**times for times in range(4)]
    lowest, highest = TIME_OF_DEPTHS if extent == "depths" else TIME
    assert lowest <= sweep["time_exponent"] <= highest
    for measured in sweep["measured"]:
        assert measured["stripes"] >= 4
        assert measured["peak_rss_bytes"] <= found["memory_limit_bytes"]
    assert abs(sweep["memory_exponent"]) <= 0.1
    assert sweep["memory_spread"] <= MEMORY_SPREAD
