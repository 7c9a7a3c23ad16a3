"""The page of a history in a browser, where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from laue_report.cli import app
from launch_records import launch, write
from test_history import in_other_conditions
from typer.testing import CliRunner

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    for day, host in enumerate(("node1", "node2", "node1"), start=1):
        write(folder / f"{day}.jsonl", launch(f"{day}", median_s=day, change=in_other_conditions(day, host)))
    result = CliRunner().invoke(app, ["history", str(folder), "-o", str(folder / "out")])
    assert result.exit_code == 0, result.output
    return folder / "out" / "history.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize(("scheme", "text"), [("light", "rgb(27, 27, 27)"), ("dark", "rgb(232, 232, 232)")])
@pytest.mark.parametrize("width", [1200, 390])
def test_it_opens_without_a_network_in_any_light_and_width(
    browser: Any, page_path: Path, scheme: str, text: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page_path.as_uri())
    page.wait_for_selector("#time_by_size .points path")
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    fill = "getComputedStyle(document.querySelector('#time_by_date .xtitle')).fill"
    assert page.evaluate(fill) == text
    assert page.locator("#time_by_date .points path").count() == 6
    context.close()


def test_one_point_can_be_chosen(browser: Any, page_path: Path) -> None:
    page = browser.new_page()
    page.goto(page_path.as_uri())
    page.wait_for_selector("#time_by_size .points path")
    page.select_option("#point", "cpu-p1-t1")
    playwright.expect(page.locator("#time_by_date .points path")).to_have_count(3)
    page.close()
