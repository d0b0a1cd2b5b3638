"""The tables of checks in docs/method.md, as Markdown."""

from functools import partial
from pathlib import Path

from levelbench.analysis.checks.check import Check, Scope
from levelbench.analysis.checks.table import CHECKS
from levelbench.model.config import Config, load_config

DOCUMENT = Path(__file__).parents[4] / "docs" / "method.md"


def _row(check: Check, config: Config) -> str:
    limits = config.limits.model_dump() | config.statistics.model_dump()
    meaning = check.meaning.format(**{name: limits[name] for name in check.limits})
    reads = ", ".join(f"`{name}`" for name in check.limits)
    return f"| `{check.code}` | {meaning} | {check.consequence} | {reads} |"


def table(scope: Scope) -> str:
    config = load_config()
    head = ["| finding | when | what follows | limits |", "|---|---|---|---|"]
    return "\n".join([*head, *(_row(check, config) for check in CHECKS if check.scope == scope)])


TABLES = {
    "checks of a trial": partial(table, "trial"),
    "checks of a run": partial(table, "run"),
}
