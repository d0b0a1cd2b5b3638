"""Code metrics of a contestant: in run.json, and in results.json."""

from levelbench.model.base import Count, Model
from levelbench.model.vocabulary import Endpoint

SHOWN_ENDPOINT: Endpoint = "list"
"""The endpoint of which run.json keeps the source, for the comparison of sources."""


class Size(Model):
    """Size of code: lines and complexity."""

    lines: Count
    """Lines that are neither blank nor comment nor docstring."""
    complexity: Count
    """Decisions + 1: the cyclomatic complexity (McCabe, A Complexity Measure, 1976) that all of it
    would have as one function, so that splitting a function does not make it seem more complex."""


class EndpointCode(Size):
    """The code of one endpoint, without the code that most endpoints share."""

    parts: tuple[str, ...]
    """The functions and classes that were counted, as `module.name`, the handler first."""


class SourceExcerpt(Model):
    """Consecutive lines of a contestant's source."""

    path: str
    """Relative to the contestant's folder."""
    line: Count
    """Number of its first line."""
    text: str


class Code(Model):
    """A contestant's code, counted when the run was made."""

    endpoints: dict[Endpoint, EndpointCode]
    """Those whose handler was found."""
    shared: Size
    """The rest of app/: what most endpoints use, and what none of them names."""
    total: Size
    """The whole of app/."""
    dependencies_direct: Count
    """Packages that requirements.in names."""
    dependencies_all: Count
    """Packages that requirements.lock installs in the image."""
    source: tuple[SourceExcerpt, ...] = ()
    """Of SHOWN_ENDPOINT: the handler, then the rest of its parts in the order of the files."""


class CodeSummary(Model):
    """Code metrics of a contestant, as published."""

    endpoints: dict[Endpoint, Size]
    shared: Size
    total: Size
    dependencies_direct: Count
    dependencies_all: Count


def summary(code: Code) -> CodeSummary:
    """The metrics without source and names."""
    return CodeSummary(
        endpoints={
            endpoint: Size(lines=found.lines, complexity=found.complexity)
            for endpoint, found in code.endpoints.items()
        },
        shared=code.shared,
        total=code.total,
        dependencies_direct=code.dependencies_direct,
        dependencies_all=code.dependencies_all,
    )
