from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# The program is started here as its tests start it.
sys.path.append(str(Path(__file__).resolve().parents[1] / "program"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than a minute; run by ./bootstrap test --all")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if "ASAN_OPTIONS" in os.environ and item.get_closest_marker("slow"):
        pytest.skip("sanitised code has its own speed and memory")
