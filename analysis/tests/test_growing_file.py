from __future__ import annotations

from pathlib import Path

import pytest
from laue_report.serving.growing_file import Change, GrowingFile, LastLines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.jsonl"


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(text)


def test_a_file_that_comes_into_being_is_read_from_its_beginning(path: Path) -> None:
    file = GrowingFile(path)
    assert [file.look(0), file.look(0)] == [Change.MISSING, Change.MISSING]
    append(path, b"one\n")
    assert [file.look(0), file.look(4)] == [Change.ANEW, Change.NONE]


def test_appended_bytes_are_growth(path: Path) -> None:
    append(path, b"one\n")
    file = GrowingFile(path)
    file.look(0)
    append(path, b"two\n")
    assert file.look(4) is Change.GROWN


def test_a_last_line_that_is_cut_back_and_written_again_is_growth(path: Path) -> None:
    append(path, b"one\ntw")
    file = GrowingFile(path)
    file.look(0)
    path.write_bytes(b"one\nthree\n")
    assert file.look(4) is Change.GROWN


def test_a_file_that_is_shorter_than_it_was_read_begins_anew(path: Path) -> None:
    append(path, b"one\ntwo\n")
    file = GrowingFile(path)
    file.look(0)
    path.write_bytes(b"one\n")
    assert file.look(8) is Change.ANEW


def test_a_file_rewritten_in_place_begins_anew_though_it_is_longer(path: Path) -> None:
    append(path, b"one\n")
    file = GrowingFile(path)
    file.look(0)
    path.write_bytes(b"other\nlines\n")
    assert file.look(4) is Change.ANEW


def test_another_file_in_its_place_begins_anew_though_it_begins_alike(path: Path) -> None:
    append(path, b"one\n")
    file = GrowingFile(path)
    file.look(0)
    other = path.with_name("other")
    other.write_bytes(b"one\ntwo\n")
    other.replace(path)
    assert file.look(4) is Change.ANEW


def test_lines_are_taken_when_they_are_whole(path: Path) -> None:
    lines = LastLines(path, most=10, most_bytes=1000)
    assert (lines.read(), lines.is_there) == (False, False)
    append(path, b"one\ntw")
    assert (lines.read(), list(lines.lines)) == (True, [b"one"])
    append(path, b"o\n")
    assert (lines.read(), list(lines.lines)) == (True, [b"one", b"two"])
    assert lines.read() is False


def test_the_last_lines_alone_are_kept_and_of_a_long_file_alone_read(path: Path) -> None:
    append(path, b"".join(b"line %d\n" % number for number in range(1000)))
    lines = LastLines(path, most=3, most_bytes=60)
    lines.read()
    assert list(lines.lines) == [b"line 997", b"line 998", b"line 999"]
    wide = LastLines(path, most=1000, most_bytes=60)
    wide.read()
    assert len(wide.lines) == 6  # 60 bytes hold no more that are whole
    append(path, b"line 1000\n")
    wide.read()
    assert list(wide.lines)[-2:] == [b"line 999", b"line 1000"]


def test_lines_of_a_file_that_was_replaced_are_forgotten(path: Path) -> None:
    append(path, b"one\ntwo\n")
    lines = LastLines(path, most=10, most_bytes=1000)
    lines.read()
    path.write_bytes(b"")
    assert (lines.read(), list(lines.lines)) == (True, [])
    path.unlink()
    assert (lines.read(), lines.is_there) == (True, False)
