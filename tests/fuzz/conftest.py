from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The program is started here as its tests start it.
sys.path.append(str(Path(__file__).resolve().parents[1] / "program"))

from markers import register, skip_slow_when_sanitised  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    register(config)


def pytest_runtest_setup(item: pytest.Item) -> None:
    skip_slow_when_sanitised(item)
