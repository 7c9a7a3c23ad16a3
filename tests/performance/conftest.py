from __future__ import annotations

import measuring  # noqa: F401  (makes tests/program's modules known)
import pytest
from markers import register, skip_slow_when_sanitised


def pytest_configure(config: pytest.Config) -> None:
    register(config)


def pytest_runtest_setup(item: pytest.Item) -> None:
    skip_slow_when_sanitised(item)
