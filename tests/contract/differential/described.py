"""Requests that Schemathesis makes of services/openapi.yaml: right ones, wrong ones, boundaries."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import schemathesis
from schemathesis import Case, GenerationMode

from levelbench.model.config import ROOT
from levelbench.verify.contract import Request
from levelbench.verify.contract.request import SIGNED_IN, Header
from tests.contract.differential.drawing import draw

DOCUMENT = ROOT / "services" / "openapi.yaml"
PER_OPERATION = 25

# Schemathesis' classes are generic in parameters that it does not export.
Schema = Any
Operation = Any
Described = Case[Any]


def requests(seed: int) -> Iterator[Request]:
    """Of each operation: its boundary values, then valid and invalid data."""
    schema: Schema = schemathesis.openapi.from_path(DOCUMENT, config=schemathesis.Config())
    for result in schema.get_all_operations():
        operation = result.ok()
        for case in _boundaries(schema, operation):
            yield from _written("schemathesis-coverage", case)
        for mode in GenerationMode:
            # A call without any input has no invalid data.
            if mode.is_negative and not _takes_input(operation):
                continue
            strategy = operation.as_strategy(generation_mode=mode)
            for case in draw(strategy, PER_OPERATION, seed):
                yield from _written(f"schemathesis-{mode}", case)


def _boundaries(schema: Schema, operation: Operation) -> Iterator[Described]:
    found: Iterator[Described] = schema.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=schema.config.generation_for(operation=operation),
    )
    return found


def _takes_input(operation: Operation) -> bool:
    return any(True for _ in operation.iter_parameters()) or len(operation.body) > 0


def _written(group: str, case: Described) -> Iterator[Request]:
    """The case as it would be sent, with a valid token where it has some stand-in for one.

    Where the token is what Schemathesis made wrong, it is sent as made and once more with a valid
    one, so that the rest of the case is seen too.
    """
    target, headers, body = _target(case), _headers(case), _body(case)
    made = headers.pop("Authorization", None)
    protected = bool(case.operation.definition.raw.get("security", True))
    if not protected:
        yield Request(group, case.method, target, body, None, _pairs(headers))
        return
    yield Request(group, case.method, target, body, SIGNED_IN, _pairs(headers))
    if made is None or not made.startswith("Bearer "):
        sent = None if made is None else Header(made.strip().encode("latin-1"))
        yield Request(group, case.method, target, body, sent, _pairs(headers))


def _target(case: Described) -> str:
    # Path parameters come percent-encoded.
    path = case.formatted_path
    query = urlencode(case.query or {}, doseq=True, quote_via=quote)
    return f"{path}?{query}" if query else path


def _headers(case: Described) -> dict[str, str]:
    return {str(name): str(value) for name, value in (case.headers or {}).items()}


def _pairs(headers: dict[str, str]) -> tuple[tuple[str, bytes], ...]:
    # Blanks around a field's value are no part of it (RFC 9110, section 5.5).
    return tuple((name, value.strip(" \t").encode("latin-1")) for name, value in headers.items())


def _body(case: Described) -> bytes | None:
    if isinstance(case.body, schemathesis.core.NotSet):
        return b"" if len(case.operation.body) > 0 and case.method == "POST" else None
    return case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode("ascii")
