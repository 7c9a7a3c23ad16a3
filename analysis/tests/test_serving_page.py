"""The page in Chromium, where that is installed."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from laue_report.serving.earlier import history_of
from laue_report.serving.feed import Feed
from laue_report.serving.follower import Follower
from laue_report.serving.subject import Baseline, Subject
from laue_report.serving.web import listening, serve
from laue_report.sides import base_of
from laue_report.thresholds import thresholds_from
from sample_records import end_record, params_record, run_record, write_lines
from telemetry_records import gpu_record, telemetry_record

POINTS = ["cpu-p1-t1", "cpu-p2-t1"]

#: What the page must not take longer for than after a line was appended.
DEADLINE_S = 2.0

#: For all else, on a machine that others use.
PATIENCE_S = 60.0


@contextmanager
def served(subject: Subject) -> Iterator[str]:
    """The page's address."""
    follower = Follower(subject)
    started: list[tuple[Feed, asyncio.AbstractEventLoop]] = []

    def make_feed() -> Feed:
        started.append((Feed(follower.read, follower.state), asyncio.get_running_loop()))
        return started[0][0]

    listener = listening(0)
    server = threading.Thread(target=serve, args=(make_feed, listener))
    server.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        feed, loop = started[0]
        asyncio.run_coroutine_threadsafe(feed.close(), loop).result(PATIENCE_S)
        server.join(PATIENCE_S)


def baseline_of(path: Path) -> Baseline:
    return Baseline(base_of(str(path)).evidence, thresholds_from())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Page:
    """Of Chromium, with what it complains about and asks for."""

    def __init__(self, browser: Any, url: str) -> None:
        self.inner = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.inner.on("console", self._hear)
        self.inner.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.inner.on("request", lambda request: self.requests.append(request.url))
        self.inner.goto(url)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def text(self, selector: str) -> str:
        return " ".join(self.inner.locator(selector).inner_text().split())

    def wait(self, condition: str, until_s: float | None = None) -> bool:
        """For a condition in JavaScript, until a moment of the monotonic clock. Playwright's own waiting makes the page
        evaluate a string, which it may not."""
        end_s = time.monotonic() + PATIENCE_S if until_s is None else until_s
        while not self.inner.evaluate(condition):
            if time.monotonic() > end_s:
                return False
            time.sleep(0.02)
        return True


def has_text(identifier: str, text: str) -> str:
    return f"document.getElementById({json.dumps(identifier)})?.textContent.includes({json.dumps(text)})"


def append(path: Path, *records: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(record) + "\n" for record in records)


def changes_in_time(page: Page, attempts: list[tuple[Callable[[], None], str]]) -> bool:
    """Each attempt makes a change that the page has to show; a machine that others use may be late once."""
    for change, condition in attempts:
        end_s = time.monotonic() + DEADLINE_S
        change()
        if page.wait(condition, end_s):
            return True
    return False


def test_values_change_after_a_line_was_appended(results_path: Path, tmp_path: Path, browser: Any) -> None:
    telemetry = tmp_path / "telemetry.jsonl"
    with served(Subject(results_path, telemetry=telemetry)) as url:
        page = Page(browser, url)
        assert page.wait(has_text("problem", f"{results_path} is not there yet: it is waited for"))
        assert page.text("#status") == "waiting"
        write_lines(results_path, params_record(POINTS, runs=4), run_record("cpu-p1-t1", 2.0))
        assert page.wait(has_text("last-throughput", "30"))
        assert page.wait("document.querySelectorAll('#chart-time .points path').length === 1")
        assert page.text("#progress-text") == "1 of 8 runs done, 0 of 2 points finished"
        assert changes_in_time(
            page,
            [
                (lambda: append(results_path, run_record("cpu-p2-t1", 1.0)), has_text("last-throughput", "120")),
                (lambda: append(results_path, run_record("cpu-p2-t1", 0.5)), has_text("last-throughput", "240")),
            ],
        )
        assert "cpu-p2-t1" in page.text("#series")
        assert page.wait("document.querySelectorAll('#chart-time .points path').length >= 2")
        line = telemetry_record(time.time(), gpus=[gpu_record()])
        assert changes_in_time(
            page,
            [
                (lambda: append(telemetry, line), has_text("cpu", "75")),
                (lambda: append(telemetry, line | {"cpu_busy_fraction": 0.5}), has_text("cpu", "50")),
            ],
        )
        assert page.text("#now").startswith("Now: run 0 of cpu-p2-t1. Last recorded: run")
        assert "12 of 80 GiB" in page.text("#gpus")
        append(results_path, end_record("interrupted", signal="SIGINT"))
        assert page.wait(has_text("status", "interrupted"))
        assert "interrupted by SIGINT" in page.text("#alerts")
        assert page.complaints == []
        assert [request for request in page.requests if not request.startswith((url, "data:"))] == []


def test_it_fits_phones_and_desktops_light_and_dark(results_path: Path, tmp_path: Path, browser: Any) -> None:
    long_name = "cpu-p2-t1-" + "x" * 60
    base = write_lines(tmp_path / "base.jsonl", params_record(POINTS, session="base"), run_record(session="base"))
    folder = tmp_path / "history"
    folder.mkdir()
    write_lines(folder / "old.jsonl", params_record(POINTS, session="old"), run_record(session="old"))
    write_lines(
        results_path,
        params_record([*POINTS, long_name]),
        *(run_record(point) for point in POINTS),
        run_record() | {"point_id": long_name},
    )
    with served(Subject(results_path, baseline=baseline_of(base), history=history_of(folder))) as url:
        page = Page(browser, url)
        assert page.wait("document.querySelectorAll('#history tbody tr').length === 2")
        assert page.wait("document.querySelectorAll('#comparison table tbody tr').length === 3")
        label = "getComputedStyle(document.querySelector('#chart-time .xtitle')).fill"
        for width in (1280, 390):
            page.inner.set_viewport_size({"width": width, "height": 900})
            for scheme, ink in (("light", "rgb(27, 31, 36)"), ("dark", "rgb(230, 233, 236)")):
                page.inner.emulate_media(color_scheme=scheme)
                assert page.wait(f"{label} === '{ink}'")
                assert page.wait(f"document.documentElement.scrollWidth <= {width}")
        assert page.complaints == []


def test_a_point_is_seen_alone_beside_its_baseline(results_path: Path, tmp_path: Path, browser: Any) -> None:
    base = write_lines(
        tmp_path / "base.jsonl", params_record(POINTS, session="base"), run_record("cpu-p2-t1", 1.0, session="base")
    )
    write_lines(results_path, params_record(POINTS), run_record("cpu-p1-t1", 2.0), run_record("cpu-p2-t1", 3.0))
    with served(Subject(results_path, baseline=baseline_of(base))) as url:
        page = Page(browser, url)
        assert page.wait("document.querySelectorAll('#chart-time .points path').length === 2")
        page.inner.get_by_role("button", name="cpu-p2-t1").click()
        assert page.wait("document.querySelectorAll('#chart-time .points path').length === 1")
        assert page.wait("document.querySelectorAll('#chart-time .shapelayer path').length === 1")
        assert "Dashed: the baseline's median." in page.text("#trends-note")
        page.inner.get_by_role("button", name="cpu-p2-t1").click()
        assert page.wait("document.querySelectorAll('#chart-time .points path').length === 2")


def test_what_records_say_is_text(results_path: Path, browser: Any) -> None:
    nasty = "<img src=x onerror=\"document.title='taken over'\"><b>bold</b>"
    run = run_record() | {"point_id": nasty, "success": False, "error": nasty, "per_proc": []}
    params = params_record([nasty]) | {"tag": nasty, "host": {"hostname": nasty}, "h5": nasty, "h5_list": [nasty]}
    write_lines(results_path, params, run, run | {"success": True})
    with served(Subject(results_path)) as url:
        page = Page(browser, url)
        assert page.wait(has_text("title", nasty))
        assert page.text("#series") == f"●{nasty}"
        assert nasty in page.text("#alerts")
        page.inner.locator("#chart-time .points path").hover(force=True)
        assert page.wait("document.querySelector('#chart-time .hoverlayer')?.textContent.includes('<b>bold')")
        assert page.inner.locator("main img, main b").count() == 0
        assert page.inner.title() == f"100 % {nasty} - laue-bench"
        assert page.complaints == []


def test_a_newer_schema_is_said_plainly(results_path: Path, browser: Any) -> None:
    write_lines(results_path, params_record(POINTS) | {"schema_version": "2.0.0"})
    with served(Subject(results_path)) as url:
        page = Page(browser, url)
        assert page.wait(has_text("problem", "schema version 2.0.0"))
        assert page.inner.locator("#content").is_hidden()
        assert page.complaints == []
