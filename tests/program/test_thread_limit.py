"""Where the system starts fewer threads than are asked for."""

from __future__ import annotations

import os
import resource

import h5py
import pytest
from launching import Case, listing, run
from test_bad_input import assert_refused


def limit_address_space() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (3_000_000 << 10, 3_000_000 << 10))


no_address_limit = pytest.mark.skipif(
    "ASAN_OPTIONS" in os.environ, reason="a sanitizer reserves more addresses than a limit leaves"
)


@no_address_limit
def test_more_threads_than_the_system_starts(case: Case) -> None:
    before = listing(case.folder)
    finished = run("run", *case.inputs(cpu_threads="1,500"), before=limit_address_space)
    assert_refused(case, finished, before, "cpu-p1-t500", "500 threads", "the system starts")
    assert run("run", *case.inputs(cpu_threads="1"), before=limit_address_space).returncode == 0


@no_address_limit
def test_reconstruct_with_more_threads_than_the_system_starts(case: Case) -> None:
    before = listing(case.folder)
    arguments = ("--h5", case.scan, "--geometry", case.geometry, "--depth-range", "0:40", "--threads", "500")
    finished = run("reconstruct", *arguments, "--output", case.folder / "out", before=limit_address_space)
    assert_refused(case, finished, before, "--threads 500", "the system starts")


@no_address_limit
def test_generate_goes_on_with_the_threads_that_the_system_starts(case: Case) -> None:
    size = ("--rows", "64", "--columns", "64", "--images", "601", "--seed", "3", "--threads", "600")
    files = ("--geometry", case.geometry, "--output")
    few, plain = case.folder / "few.h5", case.folder / "plain.h5"
    finished = run("generate", *files, few, *size, before=limit_address_space)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert run("generate", *files, plain, *size[:-1], "1").returncode == 0
    with h5py.File(few) as one, h5py.File(plain) as other:
        assert one["/entry1/data/data"][...].tobytes() == other["/entry1/data/data"][...].tobytes()
