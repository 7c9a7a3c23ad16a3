"""Contents as one page that needs no network, and as Markdown."""

from __future__ import annotations

from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from laue_report.report.contents import Contents
from laue_report.report.figures import ReportFigure
from laue_report.report.pipeline import WIDTH
from laue_report.report.tables import markdown_cell
from laue_report.tables import shown


def _environment(*, html: bool) -> Environment:
    loader = PackageLoader("laue_report.report")
    found = Environment(loader=loader, autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.filters["cell"] = markdown_cell
    found.filters["shown"] = shown
    return found


def embedded(record: Any) -> Markup:
    """JSON inside a script element, which `</script>` in a text must not end."""
    text = orjson.dumps(record, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _traces(figure: ReportFigure) -> Markup:
    return embedded(figure.plot.traces(figure.frame))


def html_page(contents: Contents) -> str:
    template = _environment(html=True).get_template("report.html.j2")
    return template.render(
        contents=contents,
        traces=_traces,
        plotly=Markup(get_plotlyjs()),
        diagram_width=WIDTH,
    )


def markdown_page(contents: Contents) -> str:
    return _environment(html=False).get_template("report.md.j2").render(contents=contents)
