"""Modules for GPUs are built and loaded on any machine; that they hold code for a GPU shows without one."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from launching import MODULES

#: Of each piece of code for GPUs in the section that the CUDA runtime hands to the driver: a head with magic number,
#: version, its own size and that of its entries; each entry with kind (machine code or PTX), sizes and architecture.
HEAD, ENTRY = struct.Struct("<IHHQ"), struct.Struct("<HHIQ12xI")
MAGIC, MACHINE_CODE = 0xBA55ED50, 2


def architectures(code: bytes) -> Iterator[int]:
    """Compute capabilities of all machine code, 90 for sm_90."""
    at = code.find(struct.pack("<I", MAGIC))
    while at >= 0:
        _, _, head_bytes, entries_bytes = HEAD.unpack_from(code, at)
        entry, end = at + head_bytes, at + head_bytes + entries_bytes
        while entry < end:
            kind, _, entry_head_bytes, entry_bytes, architecture = ENTRY.unpack_from(code, entry)
            if kind == MACHINE_CODE:
                yield architecture
            entry += entry_head_bytes + entry_bytes
        at = code.find(struct.pack("<I", MAGIC), end)


def test_each_module_holds_machine_code_for_its_architecture(tmp_path: Path) -> None:
    modules = sorted(MODULES.glob("liblauebench_cuda_sm*.so"))
    if not modules:
        pytest.skip("built without modules for GPUs")
    for module in modules:
        section = tmp_path / module.name
        subprocess.run(["objcopy", "--dump-section", f".nv_fatbin={section}", module, "/dev/null"], check=True)
        (capability,) = re.findall(r"_sm(\d+)[.]so", module.name)
        assert set(architectures(section.read_bytes())) == {int(capability)}
