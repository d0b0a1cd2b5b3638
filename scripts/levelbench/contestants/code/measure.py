"""Count the code of each endpoint, by the same rule for every contestant."""

from collections.abc import Iterable
from pathlib import Path

from libcst import ParserSyntaxError

from levelbench.contestants.code.dependencies import direct, installed
from levelbench.contestants.code.source import App, Part
from levelbench.model.code import SHOWN_ENDPOINT, Code, EndpointCode, Size, SourceExcerpt
from levelbench.model.vocabulary import ENDPOINTS, Endpoint

HANDLERS: dict[Endpoint, str] = {
    "register": "register",
    "login": "login",
    "list": "list_orders",
    "detail": "get_order",
    "task": "create_invoice",
}
"""Names of the handlers, equal in every contestant (docs/adding-a-contestant.md)."""

SHARED_FROM = 3
"""Code used by this many of the five endpoints, more than half, is counted as shared."""


def measure(folder: Path) -> Code | None:
    """Measure the code in `folder`; None if app/ has no Python that can be parsed."""
    try:
        app = App(folder)
    except (ParserSyntaxError, UnicodeDecodeError):
        return None
    if not app.parts:
        return None
    handlers = {
        endpoint: found[0]
        for endpoint in ENDPOINTS
        if len(found := app.callables(HANDLERS[endpoint])) == 1
    }
    reached = {endpoint: app.reached(handler) for endpoint, handler in handlers.items()}
    own = {endpoint: own_parts(app, endpoint, handlers, reached) for endpoint in handlers}
    counted = {part for parts in own.values() for part in parts}
    return Code(
        endpoints={endpoint: _endpoint(parts) for endpoint, parts in own.items()},
        shared=size(part for part in app.parts if part not in counted),
        total=size(app.parts),
        dependencies_direct=len(direct(folder)),
        dependencies_all=len(installed(folder)),
        source=tuple(
            SourceExcerpt(path=part.path, line=part.line, text=part.text)
            for part in own.get(SHOWN_ENDPOINT, ())
        ),
    )


def own_parts(
    app: App,
    endpoint: Endpoint,
    handlers: dict[Endpoint, Part],
    reached: dict[Endpoint, set[Part]],
) -> list[Part]:
    """An endpoint's handler, then the code it reaches that is not shared, in source order."""
    handler = handlers[endpoint]
    others = [
        part
        for part in app.parts
        if part in reached[endpoint]
        and part != handler
        and sum(part in parts for parts in reached.values()) < SHARED_FROM
    ]
    return [handler, *others]


def size(parts: Iterable[Part]) -> Size:
    """Total lines, and total decisions + 1, of these parts."""
    counted = list(parts)
    return Size(
        lines=sum(part.lines for part in counted),
        complexity=1 + sum(part.decisions for part in counted),
    )


def _endpoint(parts: list[Part]) -> EndpointCode:
    found = size(parts)
    return EndpointCode(
        lines=found.lines,
        complexity=found.complexity,
        parts=tuple(part.label for part in parts),
    )
