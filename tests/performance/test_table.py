"""tests/performance/table: which lines it takes and what it makes of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from measuring.figures import Figure, figures_in

HERE = Path(__file__).resolve().parent

KERNEL = Figure("kernel, 1 thread, usual, x86-64-v3", 8.0, at_least=9.0)
OUTSIDE = Figure("time outside reconstructions, 20 points, 2 ranks", 1.5, unit="%", at_most=2.0)


def table(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / "table"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def lines_file(folder: Path, *figures: Figure) -> Path:
    file = folder / "figures.txt"
    file.write_text("".join(figure.line() + "\n" for figure in figures), encoding="utf-8")
    return file


def cells(output: str, label: str) -> list[str]:
    (line,) = [line for line in output.splitlines() if line.startswith(f"| {label} ")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def with_values(figure: Figure, *values: float) -> list[Figure]:
    return [Figure(figure.name, value, figure.unit, figure.at_least, figure.at_most) for value in values]


def test_figures_are_found_among_other_lines() -> None:
    gate = 'figure: {"name":"kernel, 2 threads against 1","value":1.9,"unit":"x","at_least":1.85,"detail":"one 2 s"}'
    text = f"[ RUN      ] KernelThreads\n{gate}\n.{OUTSIDE.line()}\nfigure: {{cut short"
    assert figures_in(text) == [
        Figure("kernel, 2 threads against 1", 1.9, at_least=1.85, detail="one 2 s"),
        OUTSIDE,
    ]


def test_median_and_spread_stand_beside_what_is_required(tmp_path: Path) -> None:
    figures = [*with_values(KERNEL, 8.0, 9.5, 11.04), *with_values(OUTSIDE, 1.5, 2.25)]
    output = table("--from", lines_file(tmp_path, *figures)).stdout
    kernel = cells(output, "kernel against the plain version, float64, 1 thread, x86-64-v3")
    assert kernel == [">= 9x", "9.5x", "8 to 11", "3", "yes"]
    outside = cells(output, "time outside reconstructions, 20 points, 2 ranks")
    assert outside == ["<= 2 %", "1.88 %", "1.5 to 2.25", "2", "yes"]


def test_what_is_not_reached_or_missing_is_told_and_fails(tmp_path: Path) -> None:
    finished = table("--from", lines_file(tmp_path, KERNEL))
    assert finished.returncode == 1
    assert cells(finished.stdout, "kernel against the plain version, float64, 1 thread, x86-64-v3")[-1] == "no"
    gzip = cells(finished.stdout, "gzip whole-frame chunks against max(decompressing, uncompressed)")
    assert gzip == ["", "not measured", "", "0", "no"]


def test_all_that_is_reached_is_success(tmp_path: Path) -> None:
    names = [
        *(f"kernel, 1 thread, {case}, x86-64-v4" for case in ("usual", "binning4", "both", "conserving")),
        *("kernel, 2 threads against 1", "two independent threads against one"),
        *(f"one file per rank against plain writing, {sync}" for sync in ("fsync", "no fsync")),
        *(f"one file of two ranks against plain MPI-IO, collective {toggle}" for toggle in ("on", "off")),
        *("whole reconstruction, 1 thread", "whole reconstruction, 2 threads, against what is attainable"),
        *("gzip-compressed whole-frame chunks", "gzip-compressed whole-frame chunks, shuffled", OUTSIDE.name),
        *(f"full-size scan, {layout}: peak resident memory" for layout in ("contiguous", "gzip")),
        *(f"generating the full-size scan, contiguous: {what}" for what in ("time", "peak resident memory")),
    ]
    figures = [Figure(name, 10.0, at_least=9.0) for name in names]
    assert table("--from", lines_file(tmp_path, *figures)).returncode == 0
    assert table("--from", lines_file(tmp_path, *figures, KERNEL)).returncode == 1


def test_figures_of_other_names_come_last(tmp_path: Path) -> None:
    finished = table("--from", lines_file(tmp_path, Figure("something else", 3.0), OUTSIDE))
    assert cells(finished.stdout, "something else") == ["", "3x", "3 to 3", "1", ""]
    assert finished.stdout.index("time outside") < finished.stdout.index("something else")


def test_missing_build_is_bad_input(tmp_path: Path) -> None:
    finished = table("--build", tmp_path)
    assert finished.returncode == 2
    assert f"no tests in {tmp_path}" in finished.stderr
    finished = table("--from", tmp_path / "none.txt")
    assert finished.returncode == 2
    assert "none.txt" in finished.stderr
