from __future__ import annotations

from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "slow: takes more than half a minute; run by ./bootstrap test --all, alone on the machine"
    )


@pytest.fixture
def results_path(tmp_path: Path) -> Path:
    return tmp_path / "results.jsonl"
