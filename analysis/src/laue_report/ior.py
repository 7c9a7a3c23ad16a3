"""Ceilings of storage for readers who are used to IOR and mdtest: the options that measure the same."""

from __future__ import annotations

import math
from collections.abc import Iterable

from laue_report.members import Record

MIB = 1 << 20

#: The program reads and writes in blocks of this size; IOR wants whole ones.
BLOCK_BYTES = 4 * MIB


def _sizes(file_bytes: float) -> str:
    """Of transfers and of a file, in words of 8 bytes and whole transfers, as IOR wants them."""
    if file_bytes <= BLOCK_BYTES:
        words = 8 * math.ceil(file_bytes / 8)
        return f"-t {words} -b {words}"
    return f"-t 4m -b {4 * math.ceil(file_bytes / BLOCK_BYTES)}m"


def _commands(ceiling: Record, params: Record) -> list[str]:
    ranks = ceiling["parallel"]
    launch = f"mpirun -n {ranks}"
    commands = []
    if read := ceiling.get("read"):
        own = "" if params.get("input_layout") == "shared" else " -F"
        commands.append(
            f"reading files that -w -k left: {launch} ior -a POSIX{own} -r -k {_sizes(read['bytes'] / ranks)}"
        )
    has_one_file = ceiling.get("output_layout") in ("per-rank", "shared")
    files = 1 if has_one_file else (params.get("scan") or {}).get("output_files")
    if (write := ceiling.get("write")) and files:
        durable = " -e" if params.get("sync") == "fsync" else ""
        commands.append(
            f"writing: {launch} ior -a POSIX -F -w{durable} -m -i {files} {_sizes(write['bytes'] / ranks / files)}"
        )
    if made := ceiling.get("create_files"):
        commands.append(f"files: {launch} mdtest -F -u -C -T -E -n {int(made['files']) // ranks}")
    return commands


def ior_note(ceilings: Iterable[Record], params: Record) -> str | None:
    """For the point with most ranks; empty where no ceilings of storage were measured. `params` are the launch's."""
    at_start = [record for record in ceilings if record.get("moment", "start") == "start"]
    if not at_start:
        return None
    largest = max(at_start, key=lambda record: int(record["parallel"]))
    commands = _commands(largest, params)
    return f"ceilings of {largest['point_id']} as IOR and mdtest take them: {'; '.join(commands)}" if commands else None
