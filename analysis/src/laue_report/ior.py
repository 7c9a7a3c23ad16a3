"""Ceilings of storage for readers who are used to IOR and mdtest: the options that measure the same."""

from __future__ import annotations

from collections.abc import Iterable

from laue_report.members import Record

MIB = 1 << 20

#: The program reads and writes in blocks of this size; IOR wants whole ones.
BLOCK_BYTES = 4 * MIB


def _sizes(file_bytes: float) -> str:
    """Of transfers and of a file, which IOR makes a little larger where it does not end with a block."""
    if file_bytes <= BLOCK_BYTES:
        return f"-t {round(file_bytes)} -b {round(file_bytes)}"
    return f"-t 4m -b {4 * round(file_bytes / BLOCK_BYTES + 0.4999)}m"


def _commands(ceiling: Record, fsync: bool) -> list[str]:
    ranks = ceiling["parallel"]
    launch = f"mpirun -n {ranks}"
    commands = []
    if read := ceiling.get("read"):
        commands.append(f"reading: {launch} ior -a POSIX -F -r -k {_sizes(read['bytes'] / ranks)}")
    write, files = ceiling.get("write"), ceiling.get("create_files")
    if write and files:
        each = files["files"] // ranks
        durable = " -e" if fsync else ""
        sizes = _sizes(write["bytes"] / files["files"])
        commands.append(f"writing: {launch} ior -a POSIX -F -w{durable} -m -i {each} {sizes}")
        commands.append(f"files: {launch} mdtest -F -u -C -T -E -n {each}")
    return commands


def ior_note(ceilings: Iterable[Record], sync: str | None) -> str | None:
    """For the point with most ranks; empty where no ceilings of storage were measured. (IOR reads what it finds: its
    files are to be written before, with -w -k.)"""
    at_start = [record for record in ceilings if record.get("moment", "start") == "start"]
    if not at_start:
        return None
    largest = max(at_start, key=lambda record: int(record["parallel"]))
    commands = _commands(largest, fsync=sync == "fsync")
    return f"ceilings of {largest['point_id']} as IOR and mdtest take them: {'; '.join(commands)}" if commands else None
