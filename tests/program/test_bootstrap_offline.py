"""./bootstrap bundle and --offline."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from bootstrap_tree import SOURCE, bootstrap, copy, environment, make_tree, program

#: What Debian has of the bundled libraries; a test hides it.
HIDDEN_FOLDERS = (
    *(
        f"/usr/include/{name}"
        for name in ("CLI", "nlohmann", "fmt", "spdlog", "boost", "hwloc", "gtest", "gmock", "benchmark")
    ),
    *(
        f"/usr/{name}"
        for name in ("lib/x86_64-linux-gnu/cmake", "lib/x86_64-linux-gnu/pkgconfig", "lib/cmake", "share/cmake")
    ),
)
HIDDEN_FILES = (
    *(f"/usr/include/{name}" for name in ("hwloc.h", "xxhash.h", "libdeflate.h", "zlib.h", "pugixml.hpp")),
    *(f"/usr/bin/{name}" for name in ("pkg-config", "pkgconf")),
)

MAKEFILE = """\
install:
	mkdir -p $(PREFIX)/lib
	echo '$(CFLAGS)' >$(PREFIX)/lib/libfoo.a
	touch $(PREFIX)/lib/libfoo.so.1
"""

#: Configuring tells where CMake, pkg-config and pip look.
CMAKE = """#!/bin/sh
case "$*" in
  *--version) echo cmake version 3.30.0 ;;
  --preset*) env >variables ;;
esac
"""


def no_network(*words: str | Path) -> list[str | Path]:
    attempt = subprocess.run(["unshare", "-rnm", "true"], capture_output=True, text=True, check=False)
    if attempt.returncode != 0:
        pytest.skip(f"no namespace without a network can be made: {attempt.stderr.strip()}")
    return ["unshare", "-rnm", *words]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bundle"], "bundle needs a file: ./bootstrap bundle FILE"),
        (["build", "--offline", "/none"], "--offline /none: no such file; ./bootstrap bundle FILE makes one"),
        (["lint", "--offline", "/etc/passwd"], "--offline with lint: its tools come from the network"),
        (["bundle", "/none/x"], "bundle /none/x: no such folder"),
        (["bundle", "a", "b"], "unexpected argument b: one command at a time"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = subprocess.run([SOURCE / "bootstrap", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == f"bootstrap: {message}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """One library is bundled, which is made with make."""
    tree = make_tree(tmp_path)
    copy(tree, "cmake/bundle.bash")
    (tree / "cmake" / "debian-packages.txt").write_text("build libfoo-dev - - make:foo\nbuild g++ gcc gcc -\n")
    program(tmp_path / "bin" / "cmake", CMAKE)
    # the Python environment of a bundle, without linters
    version = subprocess.run(["python3", "--version"], capture_output=True, check=True).stdout
    made_from = (tree / "analysis" / "pyproject.toml").read_bytes() + version + b"test"
    (tree / ".venv" / ".lauebench").write_text(f"{hashlib.sha256(made_from).hexdigest()}  -\n")
    return tree


def python_version() -> str:
    text = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(["python3", "-c", text], capture_output=True, text=True, check=True).stdout


def make_bundle(folder: Path, python: str, damaged: bool = False) -> Path:
    content = folder / "lauebench-bundle"
    for name in ("sources", "wheels", "kokkos"):
        (content / name).mkdir(parents=True)
    (content / "python").write_text(python)
    source = folder / "foo-1.0"
    source.mkdir()
    (source / "Makefile").write_text(MAKEFILE)
    archive = content / "sources" / "foo_1.0.orig.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(source, "foo-1.0")
    digest = hashlib.sha256(archive.read_bytes() + (b"x" if damaged else b"")).hexdigest()
    (content / "SHA256SUMS").write_text(f"{digest}  ./sources/{archive.name}\n")
    with tarfile.open(folder / "bundle.tgz", "w:gz") as packed:
        packed.add(content, content.name)
    return folder / "bundle.tgz"


def test_libraries_come_from_the_bundle_and_are_built_once(tree: Path, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, python_version())
    command = no_network(tree / "bootstrap", "build", "--offline", bundle, "--cuda", "off")
    first, second = (
        subprocess.run(command, env=environment(tree), capture_output=True, text=True, timeout=60) for _ in range(2)
    )
    assert first.returncode == 0, first.stderr
    assert "building the bundled libraries" in first.stdout
    assert second.returncode == 0, second.stderr
    assert "bundle" not in second.stdout
    offline = tree / "build" / "offline"
    libraries = offline / "libraries"
    assert (libraries / "lib" / "libfoo.a").read_text() == "-O3 -fPIC\n"
    assert not (libraries / "lib" / "libfoo.so.1").exists(), "the static one is to be linked"
    seen = dict(line.split("=", 1) for line in (tree / "variables").read_text().splitlines() if "=" in line)
    assert seen["CMAKE_PREFIX_PATH"].split(":")[0] == str(libraries)
    assert seen["PKG_CONFIG"] == f"{libraries}/bin/pkgconf"
    assert seen["PKG_CONFIG_PATH"].split(":")[0] == f"{libraries}/lib/pkgconfig"
    assert (seen["PIP_NO_INDEX"], seen["PIP_FIND_LINKS"]) == ("1", f"{offline}/lauebench-bundle/wheels")


def test_a_damaged_bundle_is_not_used(tree: Path, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, python_version(), damaged=True)
    for _ in range(2):
        done = bootstrap(tree, "build", "--offline", str(bundle), "--cuda", "off")
        assert done.returncode == 1
        assert done.stderr.endswith(f"bootstrap: {bundle} is damaged: copy it again\n")
    assert not (tree / "build" / "offline" / "libraries").exists()


def test_a_bundle_for_another_python_is_not_used(tree: Path, tmp_path: Path) -> None:
    done = bootstrap(tree, "build", "--offline", str(make_bundle(tmp_path, "2.7\n")), "--cuda", "off")
    assert done.returncode == 1
    assert f"the bundle has wheels for Python 2.7, python3 here is {python_version().strip()}: load" in done.stderr


@pytest.mark.slow
def test_a_bundle_is_enough_for_a_demo_without_a_network(tmp_path: Path) -> None:
    """Debian's packages of the bundled libraries are hidden; compilers, CMake, make, MPI, HDF5 and Python are there."""
    for clone in ("connected", "offline"):
        subprocess.run(["git", "clone", "--quiet", SOURCE, tmp_path / clone], check=True)
    bundle = tmp_path / "bundle.tgz"
    subprocess.run([tmp_path / "connected" / "bootstrap", "bundle", bundle], check=True, timeout=900)
    shutil.rmtree(tmp_path / "connected")
    empty = tmp_path / "empty"
    empty.mkdir()
    folders = [f"mount --bind '{empty}' {name}" for name in HIDDEN_FOLDERS if Path(name).is_dir()]
    files = [f"mount --bind /dev/null {name}" for name in HIDDEN_FILES if Path(name).exists()]
    demo = f"exec '{tmp_path}/offline/bootstrap' demo --offline '{bundle}' --cuda off"
    # mpirun and mpicc want an interface, as every machine has one
    script = "\n".join(["set -e", "ip link set lo up", *folders, *files, demo])
    variables = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        no_network("bash", "-c", script),
        env=environment(tmp_path / "offline", **variables),
        capture_output=True,
        text=True,
        timeout=3600,
    )
    assert done.returncode == 0, done.stderr
    cache = (tmp_path / "offline" / "build" / "release" / "CMakeCache.txt").read_text()
    assert f"CLI11_DIR:PATH={tmp_path}/offline/build/offline/libraries/" in cache
    assert (tmp_path / "offline" / "build" / "demo" / "results.jsonl").is_file()
