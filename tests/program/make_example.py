"""Makes configs/schema/example.jsonl anew: `.venv/bin/python tests/program/make_example.py`.

A real launch of the program that is built, and one of its kernel benchmarks. Only names are replaced: the node's, and
that of the folder in which it all took place."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from launching import PROGRAM, SOURCE, run

EXAMPLE = SOURCE / "configs" / "schema" / "example.jsonl"
GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"
SHOWN_HOST, SHOWN_FOLDER, SHOWN_SOURCE = "node1", "/scratch/bench", "/opt/laue-bench"


def succeed(finished: subprocess.CompletedProcess[str]) -> None:
    if finished.returncode != 0:
        sys.exit(f"cannot make the example ({finished.stderr.strip()}): mend that first")


def launch(folder: Path) -> Path:
    """Two points with a warm-up and two runs each, and points without a GPU."""
    scan, results = folder / "scan.h5", folder / "results.jsonl"
    sizes = ("--rows", "32", "--columns", "32", "--images", "201", "--grains", "1")
    succeed(run("generate", "--output", scan, "--geometry", GEOMETRY, *sizes))
    inputs = ("--h5", scan, "--geometry", GEOMETRY, "--depth-range", "0:100", "--staging-dir", folder / "staging")
    grid = ("--cpu-parallel", "1,2", "--cpu-threads", "1", "--gpu-parallel", "1", "--warmup", "1", "--runs", "2")
    succeed(run("run", *inputs, *grid, "--ceilings", "--seed", "1", "--results", results, ranks=2))
    return results


def kernel_record(folder: Path) -> Path:
    program = PROGRAM.with_name("laue-bench-kernels")
    command = [program, "--filter", "^geometry_parsing", "--iterations", "3", "--output", folder / "kernels"]
    succeed(subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False))
    return folder / "kernels" / "results.jsonl"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="laue-bench-") as name:
        folder = Path(name)
        text = launch(folder).read_text(encoding="utf-8") + kernel_record(folder).read_text(encoding="utf-8")
    replaced = {name: SHOWN_FOLDER, str(SOURCE): SHOWN_SOURCE, f'"{os.uname().nodename}"': f'"{SHOWN_HOST}"'}
    for real, shown in replaced.items():
        text = text.replace(real, shown)
    EXAMPLE.write_text(text, encoding="utf-8")
    print(f"{EXAMPLE}: {len(text.splitlines())} records")


if __name__ == "__main__":
    main()
