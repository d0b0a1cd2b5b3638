"""Render report.html: one file that loads nothing from the network."""

import re

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.sections import MEANING, opening, sections

CODE = re.compile(r"`([^`\n]+)`")
STYLES = "report.css", "plot.css", "sources.css"


def environment(*packages: str) -> Environment:
    """The templates of all pages; `packages` have more of them."""
    found = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in ("levelbench.report", *packages)]),
        autoescape=True,  # names, versions and log lines come from outside
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["python"] = highlighted
    found.filters["inline"] = inline
    return found


def source(*names: str, packages: tuple[str, ...] = ()) -> Markup:
    """Styles or scripts, one after the other."""
    place = environment(*packages)
    assert place.loader is not None
    return Markup("".join(place.loader.get_source(place, name)[0] for name in names))


def render(results: Results, run: Run) -> str:
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            results=results,
            run=run.record,
            opening=opening(results, run),
            meaning=MEANING,
            sections=sections(results, run),
            style=source(*STYLES),
            script=source("report.js"),
        )
        + "\n"
    )


def inline(text: str) -> Markup:
    """Plain text as HTML, with what stands between backquotes as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))


def highlighted(source: str) -> Markup:
    """Python source as HTML: Pygments escapes it, and sources.css styles its classes."""
    formatter = HtmlFormatter(nowrap=True, classprefix="py-")
    return Markup(highlight(source, PythonLexer(stripnl=False), formatter))
