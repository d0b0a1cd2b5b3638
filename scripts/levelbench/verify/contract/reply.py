"""HTTP response."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

import httpx

from levelbench.verify.contract.violation import MismatchError, shorten


@dataclass(frozen=True)
class Reply:
    """Status, headers and body of a response, and the request it belongs to."""

    call: str  # for people, e.g. "POST /api/v1/auth/register"
    status: int
    headers: httpx.Headers
    body: bytes
    elapsed_s: float

    def __str__(self) -> str:
        text = self.body.decode("utf-8", "backslashreplace") or "an empty body"
        return f"{self.status} {shorten(text)} from {shorten(self.call, 120)}"

    def json(self) -> Any:
        """Parse the body. Raises MismatchError unless it is one JSON text in UTF-8."""
        try:
            return json.loads(
                self.body.decode("utf-8"),
                object_pairs_hook=_object_without_repeated_names,
                parse_constant=_refuse_constant,
            )
        except (ValueError, RecursionError):
            raise MismatchError("a body of JSON in UTF-8", str(self)) from None


def _object_without_repeated_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name appears twice")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
