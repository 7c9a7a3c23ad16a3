"""The command as a user starts it."""

from __future__ import annotations

import re
import signal
import socket
import struct
import subprocess
import sys
import urllib.request
from pathlib import Path

from laue_report.cli import app
from sample_records import params_record, run_record, write_lines
from typer.testing import CliRunner

POINTS = ["cpu-p1-t1", "cpu-p2-t1"]


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["serve", *map(str, arguments)])
    assert result.exit_code == 2
    return result.output.strip()


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    expected = f"cannot follow {tmp_path} (it is no file): give a file that laue-bench run writes"
    assert refused(tmp_path) == expected
    assert refused(tmp_path / "results.jsonl", "--telemetry", tmp_path) == expected


def test_a_baseline_that_cannot_be_used_is_refused(results_path: Path, tmp_path: Path) -> None:
    assert "cannot read" in refused(results_path, "--baseline", tmp_path / "nothing.json")


def test_thresholds_without_a_baseline_are_refused(results_path: Path, tmp_path: Path) -> None:
    assert "--thresholds" in refused(results_path, "--thresholds", tmp_path / "limits.json")
    base = write_lines(tmp_path / "base.jsonl", params_record(POINTS), run_record())
    told = refused(results_path, "--baseline", base, "--thresholds", tmp_path / "limits.json")
    assert told.startswith(f"cannot use thresholds {tmp_path / 'limits.json'}")


def test_a_history_of_a_newer_schema_is_refused(results_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    folder.mkdir()
    write_lines(folder / "new.jsonl", params_record(POINTS) | {"schema_version": "2.0.0"})
    assert "schema version 2.0.0" in refused(results_path, "--history", folder)


def test_a_port_that_is_taken_is_refused(results_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused(results_path, "--port", port)
    assert told == f"cannot listen on port {port} (Address already in use): give another --port, 0 takes a free one"


def is_answered(url: str) -> bool:
    with urllib.request.urlopen(f"{url}events", timeout=20) as events:
        return bool(events.readline().startswith(b"data: "))


def leave_while_answered(port: int) -> None:
    """As a browser that is closed; what is still sent meets an error."""
    with socket.create_connection(("127.0.0.1", port)) as page:
        page.sendall(b"GET /plotly.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
        page.recv(100)
        page.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def listeners(port: int) -> list[str]:
    """Addresses of this machine on which somebody listens at the port."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    lines = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    local = [fields[1].split(":") for fields in lines if fields[3] == "0A"]
    return [address for address, number in local if int(number, 16) == port]


def test_it_answers_this_machine_alone_until_ctrl_c(results_path: Path) -> None:
    """While a page is open; one that goes away in the middle of an answer does not end it."""
    write_lines(results_path, params_record(POINTS), run_record())
    command = [sys.executable, "-m", "laue_report", "serve", "--port", "0", str(results_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = re.fullmatch(
                r"(http://127\.0\.0\.1:(\d+)/) follows (.*); Ctrl-C ends it\n", process.stdout.readline()
            )
            assert found is not None
            url, port = found[1], int(found[2])
            assert found[3] == str(results_path)
            assert listeners(port) == ["0100007F"]
            for _ in range(3):
                leave_while_answered(port)
            assert is_answered(url)
            with urllib.request.urlopen(f"{url}events", timeout=20) as events:
                events.readline()
                process.send_signal(signal.SIGINT)
                _, complaints = process.communicate(timeout=30)
            assert (process.returncode, complaints) == (0, "ended\n")
        finally:
            process.kill()
