"""report.html: one file that asks the network for nothing."""

import json
from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from levelbench.records import Run
from levelbench.report import drawing
from levelbench.report.answer import answer, labels
from levelbench.report.section import Section
from levelbench.report.sections import sections
from levelbench.results import Results


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
    loader = environment.loader
    assert loader is not None
    style, _, _ = loader.get_source(environment, "report.css")
    script, _, _ = loader.get_source(environment, "report.js")
    shown = sections(results, run)
    return (
        environment.get_template("report.html.j2").render(
            results=results,
            run=run.record,
            answer=answer(results, run),
            labels=labels(results, run),
            sections=shown,
            style=Markup(style),
            script=Markup(script),
            library=Markup(drawing.library()) if _have_charts(shown) else None,
        )
        + "\n"
    )


def _have_charts(shown: Iterable[Section]) -> bool:
    return any(section.charts or _have_charts(section.sections) for section in shown)


def script_json(value: Any) -> Markup:
    """JSON that may stand within a script element: no `</script>`, no comment, can open in it."""
    text = json.dumps(value, sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
