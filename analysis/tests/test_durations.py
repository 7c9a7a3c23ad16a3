from __future__ import annotations

import pytest
from laue_report.durations import UnusableDurationError, duration_s


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1800", 1800.0),
        ("1.5h", 5400.0),
        (".5m", 30.0),
        ("90s", 90.0),
        ("30m", 1800.0),
        ("8h", 28800.0),
        ("1e3", 1000.0),
        ("90:00", 5400.0),
        ("01:30:00", 5400.0),
        ("100:00:00", 360000.0),
        ("1-12:00:00", 129600.0),
    ],
)
def test_durations_are_read_as_laue_bench_does(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h",
        "8 h",
        "8H",
        "8d",
        "1_000",
        "inf",
        "nan",
        "1:60",
        "1:00:60",
        "1-24:00:00",
        "1-30:00",
        "-1:00",
        "1:2:3:4",
        "٣",
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UnusableDurationError, match="not a duration"):
        duration_s(text)


@pytest.mark.parametrize(
    ("text", "problem"), [("0", "not above 0"), ("-5m", "not above 0"), ("0:00", "not above 0"), ("9e9h", "100 years")]
)
def test_durations_that_nobody_means_are_refused(text: str, problem: str) -> None:
    with pytest.raises(UnusableDurationError, match=problem):
        duration_s(text)
