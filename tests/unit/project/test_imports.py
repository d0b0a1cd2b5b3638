"""Packages import one way: a package imports only packages that stand before it."""

import ast
from collections.abc import Iterator

import pytest

from levelbench.model.config import ROOT

PACKAGE = ROOT / "scripts" / "levelbench"
LEAVES = {"errors", "command", "interruption"}
"""Modules that any package may import."""
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "interruption": {"errors"},
    "command": {"errors", "interruption"},
    "model": set(),
    "progress": {"model"},
    "load": {"model"},
    "contestants": {"model"},
    "lab": {"model", "progress", "load", "contestants"},
    "analysis": {"model"},
    "verify": {"model", "progress", "load", "contestants", "lab"},
    "bench": {"model", "progress", "load", "contestants", "lab", "verify", "analysis"},
    "report": {"model", "analysis"},
    "history": {"model", "contestants", "analysis", "report"},
    "cli": {
        "model", "progress", "load", "contestants", "lab", "verify", "bench", "analysis", "report",
        "history",
    },
}  # fmt: skip
"""The order of CONTRIBUTING.md."""
IMPURE = {"time", "subprocess", "threading", "socket", "docker", "httpx", "requests"}
"""Modules that read a clock, run a program or talk to an engine. The types of datetime are allowed,
its clocks are not."""


def test_every_package_has_its_place_in_the_order() -> None:
    found = {path.stem for path in PACKAGE.iterdir() if not path.name.startswith("__")}
    assert found == MAY_IMPORT.keys()


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_packages_before_it(package: str) -> None:
    allowed = MAY_IMPORT[package] | {package} | (LEAVES if package not in LEAVES else set())
    back = [edge for edge in _edges(package) if edge[1] not in allowed]
    assert not back, "imports against the order of CONTRIBUTING.md"


@pytest.mark.parametrize("package", ["analysis", "report"])
def test_analysis_and_report_touch_no_clock_program_or_engine(package: str) -> None:
    impure = [
        (file, name)
        for file, tree in _sources(package)
        for name in _imported(tree)
        if name.partition(".")[0] in IMPURE
    ]
    clocks = [
        (file, node.attr)
        for file, tree in _sources(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
    ]
    assert not impure
    assert not clocks


def _edges(package: str) -> Iterator[tuple[str, str]]:
    """(file, package that it imports) of every import of the harness's own."""
    for file, tree in _sources(package):
        for name in _imported(tree):
            top, _, rest = name.partition(".")
            if top == "levelbench" and rest:
                yield file, rest.partition(".")[0]


def _sources(package: str) -> Iterator[tuple[str, ast.Module]]:
    single = PACKAGE / f"{package}.py"
    for path in [single] if single.exists() else sorted((PACKAGE / package).rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))


def _imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names: `levelbench.model.config` for `from levelbench.model import config`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
