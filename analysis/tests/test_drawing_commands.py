from __future__ import annotations

import re
import struct
from pathlib import Path

import polars
import pytest
from laue_report.plots import PLOTS
from report_files import changed_runs, failed, gpu_records, grid_records, of_type, write
from test_cli import run


@pytest.fixture
def grid(results_path: Path) -> Path:
    return write(results_path, grid_records(runs=2))


def size_px(picture: Path) -> tuple[int, int]:
    """Of a PNG."""
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height


def test_heatmap_is_written_and_nothing_is_replaced(grid: Path, tmp_path: Path) -> None:
    picture = tmp_path / "map.png"
    arguments = ("heatmap", grid, "-o", picture, "--annotate", "--agg", "mean", "--title", "A $title")
    assert run(*arguments) == (0, f"{picture}\n")
    assert size_px(picture)[0] > 800
    before = picture.read_bytes()
    status, output = run(*arguments)
    assert (status, output) == (
        2,
        f"cannot write {picture} (it exists): give another -o, or --force to replace it\n",
    )
    assert picture.read_bytes() == before
    assert run("heatmap", grid, "-o", picture, "--force")[0] == 0
    assert picture.read_bytes() != before


def test_heatmap_shows_figures_only_where_asked(grid: Path, tmp_path: Path) -> None:
    for name, more in (("plain", ()), ("annotated", ("--annotate",))):
        picture = tmp_path / f"{name}.svg"
        assert run("heatmap", grid, "-o", picture, "--metric", "wall", "--title", "T", *more)[0] == 0
    plain, annotated = ((tmp_path / f"{name}.svg").read_text() for name in ("plain", "annotated"))
    assert annotated.count("<text") == plain.count("<text") + 8
    assert "time of a run, s (median of runs)" in plain


def test_mixed_runs_are_refused_or_drawn_one_by_one(results_path: Path, tmp_path: Path) -> None:
    records = of_type("params") + changed_runs("cpu-p1-t1", [1.0])
    records += changed_runs("cpu-p1-t1-single", [0.5], precision="single")
    write(results_path, records)
    status, output = run("heatmap", results_path, "-o", tmp_path / "map.png")
    assert status == 2
    assert output == ("cannot show runs of 2 precisions as one (double, single): choose one with --precision\n")
    assert run("heatmap", results_path, "-o", tmp_path / "map.png", "--precision", "single")[0] == 0
    status, output = run("heatmap", results_path, "-o", tmp_path / "all.png", "--all")
    assert (status, output.split()) == (0, [str(tmp_path / f"all-{which}.png") for which in ("double", "single")])


def test_grid_of_a_gpu_has_one_row(results_path: Path, tmp_path: Path) -> None:
    write(results_path, gpu_records())
    picture = tmp_path / "gpu.svg"
    assert run("heatmap", results_path, "-o", picture, "--annotate", "--metric", "wall")[0] == 0
    text = picture.read_text(encoding="utf-8")
    assert "GPU" in text
    assert "threads of each" not in text


def test_failed_runs_are_drawn_where_asked(results_path: Path, tmp_path: Path) -> None:
    write(results_path, [failed(record) for record in changed_runs("cpu-p1-t1", [7.25, 7.25])])
    status, output = run("heatmap", results_path, "-o", tmp_path / "map.svg")
    assert status == 2
    assert "2 runs made, and none succeeded: rank 0: disk full" in output
    arguments = ("--include-failed", "--metric", "wall", "--annotate")
    assert run("heatmap", results_path, "-o", tmp_path / "map.svg", *arguments)[0] == 0
    assert "7.25" in (tmp_path / "map.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("heatmap", "FILE", "--metric", "speed"), "'speed' is not one of"),
        (("heatmap", "FILE", "--agg", "mode"), "'mode' is not one of"),
        (("heatmap", "FILE", "--cmap", "greenish"), "cannot use --cmap greenish"),
        (("heatmap", "FILE", "-o", "map.jpg"), "cannot write map.jpg (its ending names no picture)"),
        (("heatmap", "FILE", "--target", "/nowhere"), "no run is of --target /nowhere"),
        (("heatmap", "missing.jsonl"), "cannot read missing.jsonl (No such file or directory)"),
        (("figure",), "no name was given"),
        (("figure", "skaling", "FILE"), "cannot draw 'skaling' (there is no such figure): give one of heatmap"),
        (("figure", "scaling"), "no results file was given"),
        (("figure", "scaling", "FILE", "--width", "85"), "cannot use --width 85 (no length)"),
        (("figure", "scaling", "FILE", "--width", "2mm"), "cannot use --width 2mm (labels have no room"),
        (("figure", "scaling", "FILE", "-o", "a.png", "--format", "pdf"), "its ending says another"),
        (("figure", "phases", "FILE", "--point", "cpu-p3-t3"), "no run is of point cpu-p3-t3"),
        (("figure", "energy", "FILE"), "cannot draw energy: energy could not be read"),
        (("report", "FILE", "-o", "DIR", "--launch", "00000000"), "no run is of --launch 00000000"),
        (("report", "FILE", "-o", "FILE"), "it is a file"),
        (("report", "FILE", "-o", "DIR", "--base", "none.jsonl"), "none.jsonl"),
    ],
)
def test_what_cannot_be_used_is_an_error(
    results_path: Path, tmp_path: Path, arguments: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(results_path, grid_records(runs=1) + of_type("summary"))
    monkeypatch.chdir(tmp_path)
    named = {"FILE": str(results_path), "DIR": str(tmp_path / "report")}
    status, output = run(*(named.get(argument, argument) for argument in arguments))
    assert status == 2
    assert message in re.sub(r"\s+", " ", output.replace("│", " "))
    assert [path.name for path in tmp_path.iterdir()] == [results_path.name]


def test_figure_has_its_width_and_its_data_beside_it(grid: Path, tmp_path: Path) -> None:
    picture = tmp_path / "scaling.svg"
    status, output = run("figure", "scaling", grid, "--width", "85mm", "-o", picture)
    assert (status, output.splitlines()[0]) == (0, f"{picture}, data in {tmp_path / 'scaling.csv'}")
    assert "Amdahl's law gives a serial share of" in output
    found = re.search(r'<svg [^>]*width="([\d.]+)pt"', picture.read_text(encoding="utf-8"))
    assert found is not None
    assert float(found[1]) == pytest.approx(85.0 / 25.4 * 72.0, abs=0.01)
    data = polars.read_csv(tmp_path / "scaling.csv")
    assert data["parallel"].to_list() == [1, 2, 4, 8] * 2
    assert run("figure", "scaling", grid, "-o", picture)[0] == 2


def test_figure_is_named_by_itself_and_its_format(grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("figure", "phases", grid)[0] == 0
    assert (tmp_path / "phases.pdf").read_bytes().startswith(b"%PDF")
    assert run("figure", "phases", grid, "--format", "png")[0] == 2  # phases.csv is there
    assert run("figure", "memory", grid, "--format", "png")[0] == 0
    assert size_px(tmp_path / "memory.png")[0] == pytest.approx(85.0 / 25.4 * 200.0, abs=1.0)


def test_all_figures_are_listed() -> None:
    status, output = run("figure", "--list")
    assert status == 0
    assert [line.split()[0] for line in output.splitlines()] == list(PLOTS)


def test_report_is_written_to_a_new_folder_alone(results_path: Path, tmp_path: Path) -> None:
    folder, grid = tmp_path / "report", write(results_path, changed_runs("cpu-p1-t1", [1.0]))
    assert run("report", grid, "-o", folder) == (0, f"{folder / 'report.html'}\n")
    (folder / "mine.txt").write_text("kept", encoding="utf-8")
    status, output = run("report", grid, "-o", folder)
    assert (status, "the folder is not empty" in output) == (2, True)
    assert run("report", grid, "-o", folder, "--force")[0] == 0
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "kept"
