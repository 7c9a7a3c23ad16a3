"""What figures were measured on."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return os.uname().machine


def core_count() -> int:
    return len(os.sched_getaffinity(0))


def revision(source: Path) -> str:
    """Of the sources, as git describes it; empty where it does not."""
    command = ["git", "-C", str(source), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def describe_machine(source: Path) -> str:
    """One line. Figures taken while others are at work show by the load."""
    parts = [
        f"{cpu_model()}, {core_count()} cores",
        f"load {os.getloadavg()[0]:.1f} at the start",
        time.strftime("%Y-%m-%d", time.gmtime()),
        revision(source),
    ]
    return "; ".join(part for part in parts if part)
