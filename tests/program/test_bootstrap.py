"""What ./bootstrap says to a mistyped command line; nothing is installed or built then."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).parents[2] / "bootstrap"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["test", "--jbos", "2"], "unknown option --jbos: did you mean --jobs?"),
        (["test", "--cuda-arhc=HOPPER90"], "unknown option --cuda-arhc: did you mean --cuda-arch?"),
        (["test", "--frobnicate"], "unknown option --frobnicate: see ./bootstrap --help"),
        (["test", "-x"], "unknown option -x: see ./bootstrap --help"),
        (["tets"], "unknown command tets: did you mean test?"),
        (["tests"], "unknown command tests: did you mean test?"),
        (["xyz"], "unknown command xyz: see ./bootstrap --help"),
        (["test", "--all=3"], "--all takes no value (it is given '3'): write --all alone"),
        (["fuzz", "--inputs=many"], "--inputs many: must be a positive number"),
        (["test", "--jobs=0"], "--jobs 0: must be a positive number"),
        (["test", "--cuda"], "--cuda needs a value: see ./bootstrap --help"),
        ([], "no command: ./bootstrap demo, test, build or lint"),
    ],
)
def test_mistyped_command_line_is_refused_with_what_to_do(arguments: list[str], message: str) -> None:
    done = subprocess.run([BOOTSTRAP, *arguments], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"bootstrap: {message}\n")
