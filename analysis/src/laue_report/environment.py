"""What a launch ran on and with, as its first record and those of its staging folders tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from laue_report.launches import Launch, counted
from laue_report.members import Record
from laue_report.tables import number

GIB = 1 << 30


def environment_lines(launch: Launch, stagings: Iterable[Record]) -> list[str]:
    """A line for each thing; none where the records tell nothing. `stagings` are those of the launch."""
    rows = [*_rows(launch.params.get("environment") or {}), *map(_filesystem_row, stagings)]
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name:{width}}  {value}" for name, value in rows]


def _rows(environment: Record) -> Iterator[tuple[str, str]]:
    for names, node in _alike(environment.get("nodes") or []):
        yield ("hosts" if len(names) > 1 else "host"), ", ".join(names)
        yield from _node_rows(node)
    program = environment.get("program") or {}
    if program:
        built = ", ".join(str(program[name]) for name in ("build_type", "compiler") if program.get(name))
        yield "laue-bench", f"{program.get('version', '?')} ({built})" if built else str(program.get("version", "?"))
    if library := environment.get("mpi_library"):
        yield "MPI", _with(library, environment.get("mpi_io"), "files by ")
    if hdf5 := environment.get("hdf5"):
        yield "HDF5", f"{hdf5.get('version', '?')}, {'parallel' if hdf5.get('parallel') else 'not parallel'}"
    for backend in environment.get("backends") or []:
        yield f"Kokkos {backend.get('name', '?')}", _backend(backend)


def _alike(nodes: Iterable[Record]) -> list[tuple[list[str], Record]]:
    """Nodes of the same hardware in one, with their names."""
    groups: dict[tuple[tuple[str, str], ...], tuple[list[str], Record]] = {}
    for node in nodes:
        names, _ = groups.setdefault(tuple(_node_rows(node)), ([], node))
        names.append(str(node.get("hostname", "?")))
    return list(groups.values())


def _node_rows(node: Record) -> Iterator[tuple[str, str]]:
    yield "CPU", str(node.get("cpu_model") or "not known")
    cores = [(node.get("cores"), "core"), (node.get("logical_cpus"), "logical CPU"), (node.get("sockets"), "socket")]
    yield "cores", ", ".join(counted(count, noun) for count, noun in cores if count is not None) or "not known"
    if limit := node.get("cgroup_cpus"):
        yield "CPU limit", f"{number(limit)} cores by the cgroup"
    yield "memory", _memory(node)
    for name, count in _gpus(node).items():
        yield "GPU", name if count == 1 else f"{count} x {name}"
    if kernel := node.get("kernel"):
        yield "kernel", str(kernel)


def _gib(amount: float | None) -> str:
    return "not known" if amount is None else f"{number(amount / GIB)} GiB"


def _memory(node: Record) -> str:
    limit = node.get("cgroup_memory_bytes")
    return _with(_gib(node.get("memory_bytes")), None if limit is None else _gib(limit), "limited by the cgroup to ")


def _gpus(node: Record) -> dict[str, int]:
    """How many there are of each."""
    found: dict[str, int] = {}
    for gpu in node.get("gpus") or []:
        name = f"{gpu.get('name') or 'not known'}, {_gib(gpu.get('memory_bytes'))}"
        found[name] = found.get(name, 0) + 1
    return found


def _backend(backend: Record) -> str:
    if not backend.get("usable"):
        return f"not usable: {backend.get('reason') or 'no reason given'}"
    return _with(str(backend.get("kokkos_version", "?")), backend.get("architecture"), "for ")


def _with(text: str, more: str | None, lead: str) -> str:
    return f"{text}, {lead}{more}" if more else text


def _filesystem_row(staging: Record) -> tuple[str, str]:
    filesystem = staging.get("filesystem") or {}
    known = [
        filesystem.get("type") or "type not known",
        f"{filesystem['reach']} storage" if filesystem.get("reach") in ("local", "network") else "",
        filesystem.get("device") or "",
        f"{_gib(filesystem.get('free_bytes'))} free of {_gib(filesystem.get('total_bytes'))}",
        "one folder for all nodes" if staging.get("scope") == "shared" else "",
        "a folder on each node" if staging.get("scope") == "node-local" else "",
    ]
    return "filesystem", ", ".join(part for part in known if part)
