"""The commands of IOR and mdtest that measure what ceilings do."""

from __future__ import annotations

from pathlib import Path

from laue_report.ior import ior_note
from laue_report.measurements import load
from laue_report.summary import sections
from sample_records import SESSION, params_record, run_record, write_lines

MIB = 1 << 20


def ceiling(parallel: int = 2, moment: str = "start", file_bytes: int = MIB // 2) -> dict[str, object]:
    return {
        "type": "ceiling",
        "session_id": SESSION,
        "point_id": f"cpu-p{parallel}-t1",
        "staging_dir": "/stage",
        "mode": "cpu",
        "parallel": parallel,
        "threads": 1,
        "moment": moment,
        "read": {"bytes": parallel * 97 * MIB},
        "write": {"bytes": parallel * 101 * file_bytes},
        "create_files": {"files": parallel * 101},
    }


PARAMS = {"sync": "fsync", "input_layout": "replicas", "scan": {"output_files": 101}}


def test_names_the_sizes_of_the_largest_point() -> None:
    note = ior_note([ceiling(1), ceiling(4), ceiling(8, moment="middle")], PARAMS)
    assert note == (
        "ceilings of cpu-p4-t1 as IOR and mdtest take them: "
        "reading files that -w -k left: mpirun -n 4 ior -a POSIX -F -r -k -t 4m -b 100m; "
        "writing: mpirun -n 4 ior -a POSIX -F -w -e -m -i 101 -t 524288 -b 524288; "
        "files: mpirun -n 4 mdtest -F -u -C -T -E -n 101"
    )


def test_files_of_whole_blocks_keep_their_size_and_may_go_without_fsync() -> None:
    note = ior_note([ceiling(2, file_bytes=8 * MIB)], {**PARAMS, "sync": "none"}) or ""
    assert "-w -m -i 101 -t 4m -b 8m" in note


def test_all_images_in_one_file_are_one_file() -> None:
    note = ior_note([ceiling(1, file_bytes=MIB)], {**PARAMS, "scan": {"output_files": 1}}) or ""
    assert "-w -e -m -i 1 -t 4m -b 104m" in note
    assert "mdtest -F -u -C -T -E -n 101" in note


def test_sizes_are_whole_words() -> None:
    assert "-i 101 -t 1008 -b 1008" in (ior_note([ceiling(1, file_bytes=1001)], PARAMS) or "")


def test_a_scan_that_all_read_is_one_file() -> None:
    assert "ior -a POSIX -r -k" in (ior_note([ceiling()], {**PARAMS, "input_layout": "shared"}) or "")


def test_says_what_was_measured_and_nothing_of_the_rest() -> None:
    assert ior_note([], PARAMS) is None
    assert ior_note([{**ceiling(), "read": None, "write": None, "create_files": None}], PARAMS) is None
    assert "writing: " in (ior_note([{**ceiling(), "create_files": None}], PARAMS) or "")


def test_stands_below_the_table_of_its_target(tmp_path: Path) -> None:
    other = {**ceiling(), "staging_dir": "/other"}
    path = write_lines(tmp_path / "r.jsonl", params_record(["cpu-p2-t1"]) | PARAMS, ceiling(), other, run_record())
    (section,) = sections(load([path]))
    assert sum("as IOR and mdtest take them" in note for note in section.notes) == 1
