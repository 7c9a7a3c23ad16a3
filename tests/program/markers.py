"""What tests are marked with. ./bootstrap tells by it which ones run at the same time."""

from __future__ import annotations

import os

import pytest

MARKERS = (
    "slow: takes more than half a minute; run by ./bootstrap test --all, alone on the machine",
    "alone: measures times that another test at work would change",
)


def register(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


def skip_slow_when_sanitised(item: pytest.Item) -> None:
    if "ASAN_OPTIONS" in os.environ and item.get_closest_marker("slow"):
        pytest.skip("sanitised code has its own speed and memory")
