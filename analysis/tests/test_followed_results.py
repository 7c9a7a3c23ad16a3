from __future__ import annotations

import json
from pathlib import Path

import pytest
from laue_report.serving import followed_results
from laue_report.serving.followed_results import FollowedResults, State
from sample_records import params_record, run_record, write_lines


def append(path: Path, *records: object) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(record) + "\n" for record in records)


def times_s(results: FollowedResults) -> list[float]:
    return results.measurements().runs["total_wall_s"].to_list()


def test_it_waits_for_the_file_and_its_first_line(results_path: Path) -> None:
    results = FollowedResults(results_path)
    assert (results.read(), results.state) == (True, State.MISSING)
    assert results.problem == f"{results_path} is not there yet: it is waited for"
    assert results.read() is False
    results_path.write_text("")
    assert (results.read(), results.state) == (True, State.EMPTY)
    append(results_path, params_record(["cpu-p2-t1"]))
    assert (results.read(), results.state, results.problem) == (True, State.FOLLOWED, "")
    assert results.read() is False


def test_a_line_that_is_not_whole_is_waited_for(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]))
    results = FollowedResults(results_path)
    results.read()
    line = json.dumps(run_record(wall_s=2.5)) + "\n"
    with results_path.open("a") as stream:
        stream.write(line[:30])
        stream.flush()
        assert results.read() is False
        stream.write(line[30:])
    assert (results.read(), times_s(results)) == (True, [2.5])
    assert results.measurements().warnings == []


@pytest.mark.parametrize("is_moved_there", [True, False])
def test_a_file_that_was_replaced_is_read_again(results_path: Path, is_moved_there: bool) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record(wall_s=2.0))
    results = FollowedResults(results_path)
    results.read()
    new = results_path.with_name("new.jsonl") if is_moved_there else results_path
    write_lines(new, params_record(["cpu-p2-t1"], session="other"), run_record(wall_s=3.0, session="other"))
    new.replace(results_path)
    assert (results.read(), times_s(results)) == (True, [3.0])
    assert list(results.measurements().launches) == ["other"]


def test_a_file_that_was_cut_is_read_again(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record(wall_s=2.0), run_record(wall_s=3.0))
    results = FollowedResults(results_path)
    results.read()
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record(wall_s=2.0))
    assert (results.read(), times_s(results)) == (True, [2.0])


def test_a_file_that_is_taken_away_is_waited_for(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record())
    results = FollowedResults(results_path)
    results.read()
    results_path.unlink()
    assert (results.read(), results.state) == (True, State.MISSING)


def test_a_newer_schema_is_told_until_another_file_is_there(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]) | {"schema_version": "2.0.0"})
    results = FollowedResults(results_path)
    assert (results.read(), results.state) == (True, State.UNUSABLE)
    assert "schema version 2.0.0" in results.problem
    append(results_path, run_record())
    results.read()
    assert results.state is State.UNUSABLE
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record())
    assert (results.read(), results.state) == (True, State.FOLLOWED)


def test_a_long_file_is_read_in_portions(results_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]), *(run_record(wall_s=2.0 + run) for run in range(3)))
    monkeypatch.setattr(followed_results, "PORTION_BYTES", 700)
    results = FollowedResults(results_path)
    states = [(results.read(), results.state) for _ in range(3)]
    assert states[0] == (True, State.READING)
    assert states[1:] == [(True, State.FOLLOWED), (False, State.FOLLOWED)]
    assert times_s(results) == [2.0, 3.0, 4.0]


def test_a_file_that_cannot_be_read_is_tried_again(results_path: Path) -> None:
    results_path.mkdir()
    results = FollowedResults(results_path)
    assert (results.read(), results.state) == (True, State.UNUSABLE)
    assert results.problem == f"cannot read {results_path} (Is a directory): it is tried again"
    assert results.read() is False
    results_path.rmdir()
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record(wall_s=2.0))
    assert (results.read(), times_s(results)) == (True, [2.0])
