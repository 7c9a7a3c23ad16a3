from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from laue_report.measurements import load
from laue_report.report.card import card_of
from laue_report.report.figures import MOST_TARGETS, figure_groups
from laue_report.report.page import embedded
from laue_report.report.subject import subject_of
from laue_report.report.writing import write_report
from laue_report.selection import LAST
from laue_report.shipped_schema import ENVIRONMENT, KERNEL_MANIFEST, REPORT_SUMMARY, shipped_schema
from report_files import (
    Record,
    changed_runs,
    example_records,
    failed,
    gpu_records,
    grid_records,
    of_type,
    other_launch,
    write,
)

OTHER = "9b241101-e2bb-4255-8caf-4136c566a962"
SCHEMAS = {"env.json": ENVIRONMENT, "kernel_manifest.json": KERNEL_MANIFEST, "summary.json": REPORT_SUMMARY}


def three_targets() -> list[Record]:
    records = grid_records(runs=2)
    records[0]["staging_dirs"] = ["/scratch/bench/staging", "/b", "/c"]
    for folder, factor in (("/b", 2.0), ("/c", 0.5)):
        for run in [record for record in records if record["type"] == "run"][:16]:
            if run["staging_dir"] == "/scratch/bench/staging":
                wall_s = factor * run["total_wall_s"]
                run_id = f"{run['run_id']}{folder}"
                records.append(run | {"staging_dir": folder, "total_wall_s": wall_s, "run_id": run_id})
    return records


def mixed_versions() -> list[Record]:
    """A file to which the predecessor, an older minor and a newer minor version wrote."""
    old = {"type": "run", "mode": "cpu", "parallel": 2, "threads": 1, "total_wall_s": 3.0, "success": True}
    newer = of_type("params")[0] | {"session_id": OTHER, "schema_version": "1.99.0", "a_new_member": 1}
    return [old, *of_type("params", "run"), newer, *other_launch(changed_runs("cpu-p1-t1", [1.0, 1.1]), OTHER)]


CASES: dict[str, list[Record]] = {
    "example": example_records(),
    "empty": [],
    "one_run": of_type("params", "run")[:2],
    "all_failed": of_type("params") + [failed(run) for run in of_type("run")],
    "mixed_versions": mixed_versions(),
    "three_targets": three_targets(),
    "gpu_only": gpu_records(),
    "skips_alone": of_type("params", "skip"),
    "kernels_alone": of_type("kernel"),
}


def report_of(records: list[Record], folder: Path, launch: str = LAST) -> Path:
    """The page's path."""
    return write_report(load([write(folder / "results.jsonl", records)]), launch, folder / "report", force=False)


@pytest.fixture(scope="module")
def without_drawing() -> Iterator[None]:
    """Pictures take most of the time, and test_plots.py draws all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("laue_report.report.writing.draw_plot", lambda path, *_: path.write_bytes(b""))
        yield


@pytest.fixture(params=CASES, scope="module")
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, without_drawing: None) -> Path:
    return report_of(CASES[request.param], tmp_path_factory.mktemp(request.param)).parent


def test_files_keep_to_their_schemas_and_pictures_have_data_beside_them(report: Path) -> None:
    for name, schema in SCHEMAS.items():
        Draft202012Validator.check_schema(shipped_schema(schema))
        record = json.loads((report / name).read_text(encoding="utf-8"))
        assert list(Draft202012Validator(shipped_schema(schema)).iter_errors(record)) == []
    summary = json.loads((report / "summary.json").read_text(encoding="utf-8"))
    pictures = sorted(path.stem for path in (report / "plots").glob("*.png"))
    assert pictures == sorted(summary["plots"])
    assert pictures == sorted(path.stem for path in (report / "plots").glob("*.csv"))


def test_page_and_markdown_have_no_empty_plot(report: Path) -> None:
    """Every section has a plot with data, or says why there is none."""
    page = (report / "report.html").read_text(encoding="utf-8")
    markdown = (report / "report.md").read_text(encoding="utf-8")
    summary = json.loads((report / "summary.json").read_text(encoding="utf-8"))
    for slug in summary["plots"]:
        found = re.search(rf'data-plot="plot-{slug}">(.*?)</script>', page)
        assert found is not None
        assert any(trace.get("x") or trace.get("z") or trace.get("q1") for trace in json.loads(found[1])["data"])
        assert f"(plots/{slug}.png)" in markdown
    sections = [name for name in summary["not_shown"] if not any(slug.startswith(name) for slug in summary["plots"])]
    assert markdown.count("Not shown: ") >= len(sections)
    assert "http://" not in page.split("</head>")[1].replace("http://www.w3.org/", "")


def contents(records: list[Record], path: Path) -> dict[str, str]:
    return dict(card_of(subject_of(load([write(path, records)]), LAST)).facts.rows)


def test_card_names_the_best_point_and_what_is_not_known(results_path: Path) -> None:
    facts = contents(example_records(), results_path)
    summaries = {record["point_id"]: record for record in of_type("summary")}
    best = max(summaries.values(), key=lambda record: record["parallel"] / record["p50"])
    assert facts["best point"].startswith(f"{best['point_id']}: ")
    assert facts["bottleneck"].startswith(best["ceilings"]["bottleneck"])
    assert facts["energy"] == f"energy could not be read ({best['energy']['unavailable']['total_j']})"
    assert facts["accuracy"].startswith("depth error 1.358 µm RMS")
    assert "AMD EPYC, 2 cores" in facts["machine"]


def test_card_tells_percentiles_as_laue_bench_does(results_path: Path) -> None:
    card = card_of(subject_of(load([write(results_path, example_records())]), LAST))
    shown = {head.name: float(head.value) for head in card.headlines}
    best = max(of_type("summary"), key=lambda record: record["parallel"] / record["p50"])
    assert shown["p50"] == pytest.approx(best["p50"], rel=1e-3)
    assert shown["p95"] == pytest.approx(best["p95"], rel=1e-3)
    assert shown["p99"] == pytest.approx(best["p99"], rel=1e-3)


def test_all_failed_says_why(results_path: Path) -> None:
    subject = subject_of(load([write(results_path, CASES["all_failed"])]), LAST)
    card = card_of(subject)
    assert subject.best is None
    assert "none succeeded" in dict(card.facts.rows)["best point"]
    assert any("disk full (4 failed runs)" in caveat for caveat in card.caveats)


def test_launches_are_not_mixed_and_the_others_are_listed(tmp_path: Path, without_drawing: None) -> None:
    records = grid_records(runs=2) + other_launch(changed_runs("cpu-p1-t1", [1.0]), OTHER)
    page = report_of(records, tmp_path)
    found = load([tmp_path / "results.jsonl"])
    assert subject_of(found, LAST).points.height == 1
    assert subject_of(found, records[0]["session_id"][:8]).points.height == 8
    assert "this report is of one of 2 launches" in page.read_text(encoding="utf-8")


def test_targets_have_plots_of_their_own(results_path: Path) -> None:
    groups = {
        group.plot.name: group
        for group in figure_groups(subject_of(load([write(results_path, three_targets())]), LAST))
    }
    assert [figure.of for figure in groups["heatmap"].figures] == ["/scratch/bench/staging", "/b", "/c"]
    assert len(groups["filesystems"].figures) == 1
    assert len(groups["timeline"].figures) == 1


def test_what_is_left_out_is_told(results_path: Path) -> None:
    records = of_type("params")
    for number in range(MOST_TARGETS + 2):
        records += changed_runs("cpu-p1-t1", [1.0 + number], staging_dir=f"/t{number}")
    groups = {group.plot.name: group for group in figure_groups(subject_of(load([write(results_path, records)]), LAST))}
    assert len(groups["phases"].figures) == MOST_TARGETS
    assert groups["phases"].missing[-1].startswith(f"{MOST_TARGETS} of {MOST_TARGETS + 2} are drawn here")


def test_no_text_of_a_record_becomes_markup(tmp_path: Path, without_drawing: None) -> None:
    nasty = '</script><script>alert("x")</script>|[a](b)`\x1b[2J'
    params = of_type("params")[0] | {"tag": nasty, "staging_dirs": [nasty]}
    runs = changed_runs("cpu-p1-t1", [1.0, 1.2], staging_dir=nasty)
    runs[0]["flags"] = [nasty]
    page = report_of([params, *runs, failed(runs[1]) | {"run_id": "x", "run_index": 2}], tmp_path)
    text = page.read_text(encoding="utf-8")
    assert 'alert("x")' not in text
    assert "\x1b" not in text
    # commands stand there as they are, in blocks that Markdown leaves alone
    markdown = re.sub(r"```.*?```", "", (page.parent / "report.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "<script>alert" not in markdown
    assert r"\[a\](b)" in markdown


def test_base_brings_verdicts_and_a_file_of_regressions(tmp_path: Path, without_drawing: None) -> None:
    """20 % slower with a scatter of 1 % is a regression; the same again is none."""
    base = write(tmp_path / "base.jsonl", grid_records(seed=1, runs=12))
    slower = other_launch(grid_records(seed=2, runs=12), OTHER)
    for record in slower:
        if record["type"] == "run":
            record |= {"total_wall_s": 1.2 * record["total_wall_s"], "throughput_per_min": None}
    found = load([write(tmp_path / "new.jsonl", slower)])
    page = write_report(found, LAST, tmp_path / "report", force=False, base=str(base))
    text = (page.parent / "regressions.md").read_text(encoding="utf-8")
    assert text.count("SLOWER") >= 8
    assert 'id="regressions"' in page.read_text(encoding="utf-8")
    again = load([write(tmp_path / "again.jsonl", other_launch(grid_records(seed=3, runs=12), OTHER))])
    page = write_report(again, LAST, tmp_path / "second", force=False, base=str(base))
    assert "SLOWER" not in (page.parent / "regressions.md").read_text(encoding="utf-8")


def test_json_in_the_page_ends_no_script() -> None:
    assert embedded({"a": "</script>"}) == '{"a":"\\u003c/script>"}'


def test_script_runs_the_recorded_command(tmp_path: Path, without_drawing: None) -> None:
    page = report_of(example_records(), tmp_path)
    script = page.parent / "reproduce.sbatch"
    subprocess.run(["bash", "-n", script], check=True)
    stubs = tmp_path / "bin"
    stubs.mkdir()
    (stubs / "srun").write_text('#!/bin/bash\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    (stubs / "srun").chmod(0o755)
    ran = subprocess.run(
        ["bash", script], env={"PATH": f"{stubs}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    recorded = of_type("params")[0]["environment"]["command_line"]
    assert ran.stdout.splitlines()[2:] == recorded
    assert "#SBATCH --ntasks-per-node=2" in script.read_text(encoding="utf-8")


@pytest.fixture
def browser_page() -> Iterator[Any]:
    """Of Chromium without a network."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        yield context.new_page()
        browser.close()


def test_page_opens_without_a_network_and_without_an_error(
    tmp_path: Path, without_drawing: None, browser_page: Any
) -> None:
    """At the width of a desktop and of a phone, light and dark; the card fits a printed page."""
    page = browser_page
    errors: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report_of(CASES["three_targets"], tmp_path).as_uri())
    page.wait_for_function("document.querySelectorAll('.plot:not(.js-plotly-plot)').length === 0")
    plots = page.evaluate("document.querySelectorAll('.plot').length")
    assert page.evaluate("document.querySelectorAll('.plot .main-svg:first-child').length") == plots > 20
    for width, scheme, ink in ((1280, "light", "rgb(27, 31, 36)"), (390, "dark", "rgb(230, 233, 236)")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        label = "document.querySelector('.plot .xtitle')"
        page.wait_for_function(f"getComputedStyle({label}).fill === '{ink}'")
        page.wait_for_function(f"document.documentElement.scrollWidth <= {width}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1016})  # A4 between margins of 14 mm, in CSS pixels
    assert page.evaluate("document.getElementById('card').offsetHeight") < 1016
    assert errors == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


@pytest.mark.slow
def test_a_hundred_thousand_runs_are_reported_within_a_minute_and_4_gib(tmp_path: Path) -> None:
    """Loading included; each record is about as long as laue-bench writes it for two ranks."""
    params = of_type("params")[0] | {"runs": 1000}
    run = next(record for record in of_type("run") if record["parallel"] == 2)
    path = tmp_path / "results.jsonl"
    points = [f"cpu-p2-t{threads}" for threads in range(1, 101)]
    with path.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(params | {"points": points}) + "\n")
        for point in points:
            text = json.dumps(run | {"point_id": point, "threads": int(point.split("t")[1])})
            for index in range(1000):
                stream.write(
                    text.replace(json.dumps(run["run_id"]), f'"{point}-{index}"', 1).replace(
                        '"run_index": 0', f'"run_index": {index}', 1
                    )
                    + "\n"
                )
    began_s = time.monotonic()
    command = [sys.executable, "-m", "laue_report", "report", str(path), "-o", str(tmp_path / "report")]
    subprocess.run(command, check=True, capture_output=True)
    took_s = time.monotonic() - began_s
    peak_bytes = 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert (took_s < 60.0, peak_bytes < 4 * 2**30) == (True, True), (took_s, peak_bytes)
    assert (tmp_path / "report" / "report.html").stat().st_size < 12e6
