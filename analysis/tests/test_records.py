from __future__ import annotations

from pathlib import Path

import pytest
from laue_report.records import NewerSchemaError, read_results
from laue_report.shipped_schema import shipped_schema
from sample_records import run_record, write_lines


def test_records_are_read_in_order(results_path: Path) -> None:
    write_lines(results_path, {"type": "params"}, run_record(wall_s=1.0), run_record(wall_s=2.0), {"type": "end"})
    results = read_results(results_path)
    assert [line.number for line in results.lines] == [1, 2, 3, 4]
    assert [record["total_wall_s"] for record in results.of_type("run")] == [1.0, 2.0]
    assert results.warnings() == []


def test_empty_file_has_no_records(results_path: Path) -> None:
    results_path.write_text("")
    assert read_results(results_path).lines == []


def test_torn_and_foreign_lines_are_counted_and_named(results_path: Path) -> None:
    write_lines(results_path, run_record())
    with results_path.open("ab") as stream:
        stream.write(b'{"type": "run", "tot\n')
        stream.write(b'["a", "list"]\n{"type": "unheard of"}\n')
        stream.write(b"\xff\xfe\n")
    results = read_results(results_path)
    assert len(results.lines) == 1
    assert results.torn_lines == [2, 5]
    assert results.foreign_lines == [3, 4]
    torn, foreign = results.warnings()
    assert "2 lines (2, 5) are torn" in torn
    assert "2 lines (3, 4) are no records" in foreign


def test_newer_major_schema_is_refused(results_path: Path) -> None:
    write_lines(results_path, {"type": "params", "schema_version": "2.0.0"})
    with pytest.raises(NewerSchemaError, match=r"schema version 2\.0\.0"):
        read_results(results_path)


def test_what_is_supported_is_the_major_version_of_the_schema(results_path: Path) -> None:
    major = int(shipped_schema()["version"].split(".")[0])
    write_lines(results_path, {"type": "params", "schema_version": f"{major}.999.0"})
    assert len(read_results(results_path).lines) == 1
    write_lines(results_path, {"type": "params", "schema_version": f"{major + 1}.0.0"})
    with pytest.raises(NewerSchemaError, match=rf"understands {major}\.x"):
        read_results(results_path)


def test_newer_minor_schema_and_files_of_the_predecessor_are_read(results_path: Path) -> None:
    write_lines(results_path, {"type": "params", "schema_version": "1.7.0"}, {"type": "params"})
    assert len(read_results(results_path).lines) == 2
