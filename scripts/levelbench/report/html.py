"""Render report.html: one file that loads nothing from the network."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.sections import LIMITS, MEANING, opening, sections

CODE = re.compile(r"`([^`\n]+)`")
STYLES = "report.css", "plot.css", "sources.css"


def render(results: Results, run: Run) -> str:
    environment = Environment(
        loader=PackageLoader("levelbench.report"),
        autoescape=True,  # names, versions and log lines come from outside
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["python"] = highlighted
    environment.filters["inline"] = inline

    def source(name: str) -> str:
        assert environment.loader is not None
        text, _, _ = environment.loader.get_source(environment, name)
        return text

    return (
        environment.get_template("report.html.j2").render(
            results=results,
            run=run.record,
            opening=opening(results, run),
            meaning=MEANING,
            limits=LIMITS,
            sections=sections(results, run),
            style=Markup("".join(map(source, STYLES))),
            script=Markup(source("report.js")),
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
