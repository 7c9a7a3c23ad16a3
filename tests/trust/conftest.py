from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from filesystems import Mount, mounts

# The program is started here as its tests start it.
sys.path.append(str(Path(__file__).resolve().parents[1] / "program"))

from markers import register, skip_slow_when_sanitised  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    register(config)


def pytest_runtest_setup(item: pytest.Item) -> None:
    skip_slow_when_sanitised(item)


@pytest.fixture(scope="module")
def work() -> Iterator[Path]:
    """A folder that plain users may look into, unlike pytest's own."""
    with TemporaryDirectory(prefix="laue-bench-trust-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def make_mount(work: Path) -> Iterator[Mount]:
    if os.geteuid() != 0:
        pytest.skip("filesystems are made and mounted by root alone")
    with mounts(work) as make:
        yield make
