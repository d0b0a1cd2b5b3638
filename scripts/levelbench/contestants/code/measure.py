"""The rule by which code is counted to an endpoint, the same for every contestant."""

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
"""The handlers' names, which are the same in every contestant (docs/adding-a-contestant.md)."""

SHARED_FROM = 3
"""What so many of the five endpoints use, more than half of them, is shared and counted apart."""


def measure(folder: Path) -> Code | None:
    """The code of the contestant in `folder`; None where app/ holds no Python that
    can be read."""
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
    """An endpoint's handler, then what else it reaches and most endpoints do not, in order."""
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
    """Lines, and decisions + 1, of all these parts together."""
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
