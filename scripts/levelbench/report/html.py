"""Render report.html: one file that loads nothing from the network."""

import json
from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import drawing
from levelbench.report.answer import answer
from levelbench.report.charts import pairs
from levelbench.report.section import Section
from levelbench.report.sections import sections
from levelbench.report.status import status


def render(results: Results, run: Run) -> str:
    environment = Environment(
        loader=PackageLoader("levelbench.report"),
        autoescape=True,  # names, versions and log lines come from outside
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["script_json"] = script_json
    environment.filters["trusted"] = Markup
    environment.filters["python"] = highlighted
    loader = environment.loader
    assert loader is not None
    style, _, _ = loader.get_source(environment, "report.css")
    plots, _, _ = loader.get_source(environment, "plot.css")
    sources, _, _ = loader.get_source(environment, "sources.css")
    script, _, _ = loader.get_source(environment, "report.js")
    shown = sections(results, run)
    return (
        environment.get_template("report.html.j2").render(
            results=results,
            run=run.record,
            answer=answer(results, run),
            status=status(results, run),
            picture=pairs.first_picture(results),
            sections=shown,
            style=Markup(style + plots + sources),
            script=Markup(script),
            library=Markup(drawing.library()) if _have_charts(shown) else None,
        )
        + "\n"
    )


def _have_charts(shown: Iterable[Section]) -> bool:
    return any(section.charts or _have_charts(section.sections) for section in shown)


def highlighted(source: str) -> Markup:
    """Python source as HTML: Pygments escapes it, and sources.css colours its classes."""
    formatter = HtmlFormatter(nowrap=True, classprefix="py-")
    return Markup(highlight(source, PythonLexer(stripnl=False), formatter))


def script_json(value: Any) -> Markup:
    """JSON that may stand within a script element: no `</script>`, no comment, can open in it."""
    text = json.dumps(value, sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
