"""Several scans in one launch, and their generation."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import h5py
import pytest
from launching import SOURCE, Case, listing, of_type, preloading, run
from test_acceptance import violations

GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"


def generate(output: Path, *more: str) -> list[str | Path]:
    size = ["--rows", "128", "--columns", "112", "--images", "20", "--grains", "2"]
    return ["generate", "--output", output, "--geometry", GEOMETRY, *size, *more]


@dataclass(frozen=True)
class TwoScans(Case):
    """Two generated scans that differ in their seeds."""

    @property
    def geometry(self) -> Path:
        return GEOMETRY

    @property
    def scans(self) -> list[Path]:
        return [self.folder / "in" / f"scan-{number}.h5" for number in range(2)]

    def launch(self, *more: str | Path, **changes: str | Path) -> list[str | Path]:
        """Two ranks or more; the second scan is given by hand."""
        options = self.inputs(h5=self.scans[0], depth_range="0:20", **changes)
        return ["run", *options, "--h5", self.scans[1], *more]


@pytest.fixture
def two(tmp_path: Path) -> TwoScans:
    (tmp_path / "in").mkdir()
    made = run(*generate(tmp_path / "in" / "scan.h5", "--count", "2", "--seed", "5"))
    assert made.returncode == 0, made.stderr
    return TwoScans(tmp_path)


def digests(case: Case) -> list[list[str]]:
    return [[rank["digest"] for rank in record["per_proc"]] for record in of_type(case.results, "run")]


def test_generated_scans_differ_in_their_seeds_alone(two: TwoScans) -> None:
    seeds = []
    for scan in two.scans:
        with h5py.File(scan) as file:
            seeds.append(int(file["/entry1/simulation"].attrs["seed"]))
            assert file["/entry1/data/data"].shape == (21, 128, 112)
    assert seeds == [5, 6]
    assert two.scans[0].read_bytes() != two.scans[1].read_bytes()
    alone = two.folder / "alone.h5"
    assert run(*generate(alone, "--seed", "6")).returncode == 0
    with h5py.File(alone) as one, h5py.File(two.scans[1]) as other:
        assert (one["/entry1/data/data"][...] == other["/entry1/data/data"][...]).all()


def test_one_name_that_is_taken_keeps_all_scans_from_being_written(tmp_path: Path) -> None:
    (tmp_path / "scan-2.h5").write_text("years of work")
    before = listing(tmp_path)
    finished = run(*generate(tmp_path / "scan.h5", "--count", "3"))
    assert finished.returncode == 2
    assert "scan-2.h5" in finished.stderr
    assert listing(tmp_path) == before


def test_ranks_read_the_scans_in_turn(two: TwoScans) -> None:
    finished = run(*two.launch(cpu_parallel="1,3", runs="2"), ranks=3)
    assert finished.returncode == 0, finished.stderr
    (params,) = of_type(two.results, "params")
    assert params["h5"] == str(two.scans[0])
    assert params["h5_list"] == [str(scan) for scan in two.scans]
    (staging,) = of_type(two.results, "staging")
    sources = [two.scans[0], two.scans[1], two.scans[0]]
    assert [Path(replica["scan"]) for replica in staging["replicas"]] == sources
    names = ["scan-0_0.h5", "scan-1_1.h5", "scan-0_2.h5"]
    assert [Path(replica["path"]).name for replica in staging["replicas"]] == names
    for replica, source in zip(staging["replicas"], sources, strict=True):
        assert Path(replica["path"]).read_bytes() == source.read_bytes()
    assert all(record["success"] for record in of_type(two.results, "run")), "each scan is verified on its own"
    wide = [found for found in digests(two) if len(found) == 3]
    narrow = [found for found in digests(two) if len(found) == 1]
    assert wide[0][0] == wide[0][2] != wide[0][1]
    assert wide == [wide[0]] * 2
    assert narrow == [[wide[0][0]]] * 2
    assert violations(two.results) == []


def test_one_wrong_bit_is_found_among_the_ranks_of_its_scan(two: TwoScans) -> None:
    # an image in one piece, larger than what stands around it
    wrong = preloading("flip_bit", FLIP_BIT_IN="-1/proc_1/out7.h5")
    finished = run(
        *two.launch(cpu_parallel="2", runs="2", order="grid", rows_per_stripe="128"), ranks=2, variables=wrong
    )
    assert finished.returncode == 1
    codes = [[rank["return_code"] for rank in record["per_proc"]] for record in of_type(two.results, "run")]
    assert codes == [[0, 0], [0, 6]]
    assert f"of {two.scans[1]} is" in finished.stderr


def test_golden_digests_have_a_line_for_each_scan(two: TwoScans) -> None:
    assert run(*two.launch(cpu_parallel="2"), ranks=2).returncode == 0
    (found,) = digests(two)
    golden = two.folder / "golden"
    for lines, status, said in (
        (found, 0, ""),
        (found[::-1], 1, "the golden one is"),
        (found[:1], 2, "it begins with 1 digest, for 2 scans given by --h5"),
    ):
        golden.write_text("".join(f"{digest}  scan\n" for digest in lines))
        finished = run(*two.launch(cpu_parallel="2", verify="golden", golden_digest=golden), ranks=2)
        assert finished.returncode == status, finished.stderr
        assert said in finished.stderr


def test_configuration_files_have_an_array(two: TwoScans) -> None:
    config = two.folder / "config.json"
    config.write_text(json.dumps({"h5": [str(scan) for scan in two.scans]}))
    options = two.inputs(h5="", depth_range="0:20", cpu_parallel="2", config=config)[2:]
    finished = run("run", *options, ranks=2)
    assert finished.returncode == 0, finished.stderr
    (params,) = of_type(two.results, "params")
    assert params["h5_list"] == [str(scan) for scan in two.scans]
    assert run("run", *options, "--h5", two.scans[1], ranks=2).returncode == 0
    assert of_type(two.results, "params")[-1]["h5_list"] == [str(two.scans[1])], "the command line wins"
    assert of_type(two.results, "params")[-1]["plan_id"] != params["plan_id"]


@pytest.mark.parametrize(
    ("options", "figures"),
    [
        (["--rows", "129"], "20 images of 128 x 112 pixels, uint16; 20 images of 129 x 112 pixels, uint16"),
        (["--columns", "113"], "20 images of 128 x 113 pixels, uint16"),
        (["--images", "21"], "21 images of 128 x 112 pixels, uint16"),
        (["--element-type", "float32"], "20 images of 128 x 112 pixels, float32"),
    ],
)
def test_scans_of_other_work_are_refused(two: TwoScans, options: list[str], figures: str) -> None:
    sizes = {"--rows": "128", "--columns": "112", "--images": "20", "--grains": "2", options[0]: options[1]}
    text = [word for option in sizes.items() for word in option]
    made = run("generate", "--output", two.scans[1], "--geometry", GEOMETRY, *text)
    assert made.returncode == 0, made.stderr
    finished = run(*two.launch(cpu_parallel="2"), ranks=2)
    assert finished.returncode == 2
    assert figures in finished.stderr
    assert not two.staging.exists()


def test_the_same_scan_twice_is_refused(two: TwoScans) -> None:
    two.scans[1].unlink()
    two.scans[1].symlink_to(two.scans[0])
    finished = run(*two.launch(cpu_parallel="2"), ranks=2)
    assert finished.returncode == 2
    assert "they are the same file" in finished.stderr


def test_dry_run_shows_who_reads_what(two: TwoScans) -> None:
    finished = run(*two.launch("--dry-run", cpu_parallel="3"), ranks=3)
    assert finished.returncode == 0, finished.stderr
    size = two.scans[0].stat().st_size
    assert "3 replicas of 2 scans" in finished.stdout
    assert f"{two.scans[0]} of {size} bytes: replicas 0, 2" in finished.stdout
    assert f"{two.scans[1]} of {size} bytes: replicas 1" in finished.stdout


def test_scans_that_no_rank_reads_are_told(two: TwoScans) -> None:
    finished = run(*two.launch(cpu_parallel="1"))
    assert finished.returncode == 0
    assert "1 of the 2 scans given by --h5 are not read" in finished.stderr


def test_second_launch_with_other_scans_replaces_replicas(two: TwoScans) -> None:
    assert run(*two.launch(cpu_parallel="2"), ranks=2).returncode == 0
    shutil.copyfile(two.scans[0], two.folder / "in" / "kept.h5")
    assert run(*generate(two.scans[1], "--seed", "77")).returncode == 0
    assert run(*two.launch(cpu_parallel="2"), ranks=2).returncode == 0
    staging = of_type(two.results, "staging")[-1]
    assert [replica["action"] for replica in staging["replicas"]] == ["reused", "replaced"]
    assert Path(staging["replicas"][1]["path"]).read_bytes() == two.scans[1].read_bytes()
