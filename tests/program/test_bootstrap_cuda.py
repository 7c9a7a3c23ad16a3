"""What ./bootstrap does where CUDA is not what it needs: an error of test and build, a warning of demo."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from bootstrap_tree import bootstrap, copy, environment, make_tree, program

# Notes how it was called; CMAKE_CUDA=broken: fails where CUDA is on; CMAKE_OTHERS=broken: where it is off.
CMAKE = """#!/bin/sh
echo "$*" >>"${0%/bin/*}/cmake.log"
case "$CMAKE_CUDA $*" in
  *--version) echo cmake version 3.30.0 ;;
  broken*--preset*-DLAUEBENCH_CUDA=ON*) echo 'CMake Error: no CUDA'; exit 1 ;;
esac
case "$CMAKE_OTHERS $*" in
  broken*--preset*-DLAUEBENCH_CUDA=OFF*) echo 'CMake Error: no libdeflate'; exit 1 ;;
esac
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = make_tree(tmp_path)
    program(tmp_path / "bin" / "cmake", CMAKE)
    program(tmp_path / "bin" / "nvcc", "#!/bin/sh\necho 'release 13.0, V13.0.48'\n")
    program(tmp_path / "bin" / "mpirun", "#!/bin/sh\n")
    program(tree / "build" / "release" / "bin" / "laue-bench", "#!/bin/sh\n")
    return tree


def gpu(tree: Path, capability: str, status: int = 0) -> None:
    program(tree.parent / "bin" / "nvidia-smi", f"#!/bin/sh\necho '{capability}'\nexit {status}\n")


def configurations(tree: Path) -> list[dict[str, str]]:
    """What each start of cmake that configures was given, by names."""
    calls = (tree.parent / "cmake.log").read_text().splitlines()
    given = [[option for option in call.split() if option.startswith("-D")] for call in calls if "--preset" in call]
    return [dict(option[2:].split("=", 1) for option in options) for options in given]


@pytest.mark.parametrize(
    ("capability", "status", "name"),
    [("6.0", 0, "PASCAL60"), ("6.1", 0, "PASCAL61"), ("9.0", 0, "HOPPER90"), ("NVIDIA-SMI has failed", 9, "HOPPER90")],
)
def test_gpu_is_built_for_by_its_kokkos_name(tree: Path, capability: str, status: int, name: str) -> None:
    gpu(tree, capability, status)
    done = bootstrap(tree, "build")
    assert (done.returncode, done.stderr) == (0, "")
    (configured,) = configurations(tree)
    assert (configured["LAUEBENCH_CUDA"], configured["LAUEBENCH_CUDA_ARCHS"]) == ("ON", name)


def test_gpu_without_a_kokkos_name_costs_the_demo_its_cuda_module(tree: Path) -> None:
    gpu(tree, "3.7")
    done = bootstrap(tree, "demo")
    assert (done.returncode, done.stderr) == (
        0,
        "bootstrap: warning: no Kokkos name is known for a GPU of compute capability 37, --cuda-arch can give one: "
        "going on without the CUDA module\n",
    )
    assert [configured["LAUEBENCH_CUDA"] for configured in configurations(tree)] == ["OFF"]


@pytest.mark.parametrize("arguments", [["build"], ["test"], ["demo", "--cuda", "on"]])
def test_gpu_without_a_kokkos_name_ends_what_needs_cuda(tree: Path, arguments: list[str]) -> None:
    gpu(tree, "3.7")
    done = bootstrap(tree, *arguments)
    assert (done.returncode, done.stderr) == (
        1,
        "bootstrap: no Kokkos name is known for a GPU of compute capability 37, --cuda-arch can give one "
        "(--cuda off leaves CUDA out)\n",
    )
    assert configurations(tree) == []


def test_demo_that_cannot_be_configured_with_cuda_is_configured_without(tree: Path) -> None:
    gpu(tree, "9.0")
    done = bootstrap(tree, "demo", CMAKE_CUDA="broken")
    assert done.returncode == 0
    assert "CMake Error: no CUDA\n" in done.stderr
    log = tree / "build" / "release" / "configure.log"
    assert done.stderr.endswith(
        f"bootstrap: warning: the build cannot be configured with CUDA; the whole log is {log}: "
        "going on without the CUDA module\n"
    )
    assert log.read_text() == "CMake Error: no CUDA\n"
    assert [configured["LAUEBENCH_CUDA"] for configured in configurations(tree)] == ["ON", "OFF"]
    assert "==> next\n" in done.stdout


def test_build_that_cannot_be_configured_with_cuda_fails(tree: Path) -> None:
    gpu(tree, "9.0")
    done = bootstrap(tree, "build", CMAKE_CUDA="broken")
    log = tree / "build" / "release" / "configure.log"
    assert done.returncode == 1
    assert done.stderr.endswith(
        f"bootstrap: the build cannot be configured with CUDA; the whole log is {log} (--cuda off leaves CUDA out)\n"
    )
    assert [configured["LAUEBENCH_CUDA"] for configured in configurations(tree)] == ["ON", "OFF"]


@pytest.mark.parametrize("command", ["build", "demo"])
def test_cuda_is_not_blamed_for_what_is_missing_without_it(tree: Path, command: str) -> None:
    gpu(tree, "9.0")
    done = bootstrap(tree, command, CMAKE_CUDA="broken", CMAKE_OTHERS="broken")
    log = tree / "build" / "release" / "configure.log"
    assert done.returncode == 1
    assert done.stderr.endswith(f"bootstrap: the build cannot be configured; the whole log is {log}\n")
    assert done.stderr.count("CMake Error") == 1
    assert "CUDA module" not in done.stderr


def path_without_nvcc(tree: Path) -> str:
    """Where nvcc lies among others, these are linked to from a folder of their own."""
    (tree.parent / "bin" / "nvcc").unlink()
    folders = environment(tree)["PATH"].split(os.pathsep)
    for number, folder in enumerate(folders):
        if (Path(folder) / "nvcc").exists():
            folders[number] = str(tree.parent / f"others{number}")
            Path(folders[number]).mkdir()
            for file in Path(folder).iterdir():
                if file.name != "nvcc":
                    (Path(folders[number]) / file.name).symlink_to(file)
    return os.pathsep.join(folders)


@pytest.mark.parametrize(
    ("arguments", "warning"),
    [
        (
            [],
            "bootstrap: warning: nvcc is no longer found, the CUDA module of build/release is removed: "
            "start again with nvcc in PATH to keep it\n",
        ),
        (["--cuda", "off"], ""),
    ],
)
def test_module_that_is_lost_with_nvcc_is_told(tree: Path, arguments: list[str], warning: str) -> None:
    module = tree / "build" / "release" / "lib" / "liblauebench_cuda_sm90.so"
    program(module, "")
    variables = {"PATH": path_without_nvcc(tree), "CUDAToolkit_ROOT": str(tree)}
    done = bootstrap(tree, "build", *arguments, **variables)
    assert (done.returncode, done.stderr) == (0, warning)
    module.unlink()
    assert bootstrap(tree, "build", *arguments, **variables).stderr == ""


def pin_kokkos(tree: Path, *architectures: str) -> None:
    """Packs a source that knows these as the one that kokkos.pin names."""
    copy(tree, "kokkos_kernels/provide_kokkos")
    known = tree.parent / "kokkos_arch.cmake"
    known.write_text("".join(f'kokkos_arch_option({name} GPU "NVIDIA" "SHOW")\n' for name in architectures))
    archive = tree.parent / "cache" / "lauebench" / "pinned-1.0.tar.gz"
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(known, "pinned-1.0/kokkos/cmake/kokkos_arch.cmake")
    (tree / "kokkos_kernels" / "kokkos.pin").write_text(
        "KOKKOS_VERSION=4.5.1\nKOKKOS_PACKAGE=pinned\nKOKKOS_PACKAGE_VERSION=1.0\n"
        f"KOKKOS_PACKAGE_SHA256={hashlib.sha256(archive.read_bytes()).hexdigest()}\n"
    )


def provide_kokkos(tree: Path, architecture: str) -> subprocess.CompletedProcess[str]:
    """Of a pinned Kokkos that knows AMPERE80 and HOPPER90, with a cmake that fails."""
    pin_kokkos(tree, "AMPERE80", "HOPPER90")
    program(tree.parent / "bin" / "cmake", "#!/bin/sh\nexit 1\n")
    return subprocess.run(
        [tree / "kokkos_kernels" / "provide_kokkos", "cuda", architecture],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(tree, XDG_CACHE_HOME=str(tree.parent / "cache"), Kokkos_ROOT="", Kokkos_DIR=""),
    )


@pytest.mark.parametrize("architecture", ["BLACKWELL100", "AMPERE8"])
def test_architecture_that_the_pinned_kokkos_does_not_know_is_told(tree: Path, architecture: str) -> None:
    done = provide_kokkos(tree, architecture)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"provide_kokkos: Kokkos 4.5.1 does not know architecture {architecture}: "
        "give a newer Kokkos by --kokkos-source or Kokkos_ROOT\n",
    )


def test_architecture_that_the_pinned_kokkos_knows_is_built(tree: Path) -> None:
    done = provide_kokkos(tree, "HOPPER90")
    assert "for cuda, HOPPER90; log: " in done.stderr
    assert "Kokkos did not build for cuda, HOPPER90" in done.stderr
