"""The stream that all contestants are asked: the fixed part, then what is generated."""

import os
from collections.abc import Callable, Iterable
from functools import cache

from levelbench.verify.contract import FIXED, Request
from tests.contract.differential import (
    bodies,
    credentials,
    described,
    headers,
    numbers,
    precedence,
    routing,
    tokens,
)
from tests.contract.differential.outside import outside

SEED = "LEVELBENCH_DIFFERENTIAL_SEED"
DEFAULT_SEED = 1

PARTS: tuple[Callable[[int], Iterable[Request]], ...] = (
    described.requests,
    bodies.requests,
    credentials.requests,
    numbers.requests,
    routing.requests,
    tokens.requests,
    headers.requests,
    precedence.requests,
)
GROUPS = (
    "fixed",
    "schemathesis-coverage",
    "schemathesis-positive",
    "schemathesis-negative",
    "bodies",
    "credentials",
    "numbers",
    "routing",
    "tokens",
    "headers",
    "sizes",
    "precedence",
)
"""What a stream tries, stated so that tests can be named without making one."""


def seed() -> int:
    """This run's seed: who hunts for differences tries others."""
    return int(os.environ.get(SEED, DEFAULT_SEED))


@cache
def stream(at: int) -> tuple[Request, ...]:
    """The requests of a seed: always the same, and each generated one once."""
    generated = (request for part in PARTS for request in part(at) if outside(request) is None)
    return (*FIXED, *dict.fromkeys(generated))
