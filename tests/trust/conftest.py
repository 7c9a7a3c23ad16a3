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


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than a minute; run by ./bootstrap test --all")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if "ASAN_OPTIONS" in os.environ and item.get_closest_marker("slow"):
        pytest.skip("sanitised code has its own speed and memory")


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
