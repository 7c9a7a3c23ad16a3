from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from io import StringIO
from pathlib import Path

import pytest
from laue_report.tables import number, plain_console, point_table, print_table
from sample_records import run_record, write_lines

CEILINGS = {"whole_fraction": 0.625, "bottleneck": "host-device-copy"}
POINT = "cpu-p128-t256"


def lines_of(room: int | None) -> list[str]:
    table = point_table(["median s", "of attainable", "Mpixel-steps/s"])
    table.add_row(POINT, "0.2033", "64 %", "153.9")
    table.add_row("cpu-p1-t1", "-", "-", "-")
    console = plain_console()
    console.file = StringIO()
    print_table(console, table, room)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_table_in_a_file_is_as_wide_as_it_needs_to_be() -> None:
    assert lines_of(None) == [
        "point          median s  of attainable  Mpixel-steps/s",
        "cpu-p128-t256    0.2033           64 %           153.9",
        "cpu-p1-t1             -              -               -",
    ]


def test_headings_make_way_by_words_and_then_by_parts() -> None:
    assert lines_of(54) == lines_of(None)
    by_words = lines_of(53)
    assert by_words[0].split() == ["median", "of"]
    assert by_words[-2] == "cpu-p128-t256  0.2033        64 %           153.9"
    by_parts = lines_of(40)
    assert by_parts[-2] == "cpu-p128-t256  0.2033  64 %  153.9"


@pytest.mark.parametrize("room", [36, 20, 1])
def test_names_and_figures_are_never_cut(room: int) -> None:
    assert lines_of(room)[-2:] == ["cpu-p128-t256  0.2033  64 %  153.9", "cpu-p1-t1           -     -      -"]


def write_launch(path: Path) -> None:
    run = run_record(POINT)
    summary = {name: run[name] for name in ("session_id", "point_id", "staging_dir", "mode", "parallel")}
    write_lines(path, run, run, summary | {"type": "summary", "ceilings": CEILINGS})


def command(path: Path) -> list[str]:
    return [sys.executable, "-m", "laue_report", "summary", str(path)]


def environment(**changes: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")} | changes


def test_summary_into_a_pipe_has_one_line_per_point(results_path: Path) -> None:
    write_launch(results_path)
    environ = environment(COLUMNS="40")
    done = subprocess.run(command(results_path), capture_output=True, text=True, check=True, timeout=60, env=environ)
    _, heading, row, *_ = done.stdout.splitlines()
    assert "of attainable" in heading
    assert row.split() == [POINT, "2/2", "2", "2-2", "3840", "4", "62", "%", "host-device-copy", "*"]


def test_summary_on_a_terminal_of_80_columns_fits_and_names_the_whole_point(results_path: Path) -> None:
    write_launch(results_path)
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(command(results_path), stdout=follower, env=environment(TERM="xterm")) as process:
        os.close(follower)
        shown = b""
        try:
            while part := os.read(leader, 65536):
                shown += part
        except OSError:  # Linux' way to say that the other side is closed
            pass
        os.close(leader)
    assert process.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).splitlines()
    (row,) = [line for line in lines if "*" in line]
    assert row.split() == [POINT, "2/2", "2", "2-2", "3840", "4", "62", "%", "host-device-copy", "*"]
    first = next(index for index, line in enumerate(lines) if line.startswith("point"))
    assert max(len(line) for line in lines[1 : first + 2]) <= 80


def test_names_that_no_encoding_has_are_shown_escaped(results_path: Path) -> None:
    results_path.write_text(
        '{"type": "run", "point_id": "a\\ud800", "mode": "cpu", "parallel": 1, "success": true, "total_wall_s": 1}\n'
    )
    done = subprocess.run(command(results_path), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "a\\ud800" in done.stdout


def test_figures_beyond_all_bounds_are_a_dash() -> None:
    assert [number(value) for value in (None, float("inf"), float("nan"), 0.0, 1234567.8)] == [
        "-",
        "-",
        "-",
        "0",
        "1234568",
    ]
