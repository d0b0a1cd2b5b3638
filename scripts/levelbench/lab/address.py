"""Where a running contestant is reached, and what the suite may do to it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """One running contestant.

    Cases that need what an endpoint does not offer (the key, or control over the containers)
    are left out: see `levelbench.contract.cases_for`.
    """

    base_url: str  # scheme, host and port, without the /api/v1 prefix
    service: str
    jwt_secret: str | None = None  # the run's HS256 key, to craft tokens with
    stop: Callable[[str], None] | None = None  # blocks until "postgres" or "redis" has stopped
    start: Callable[[str], None] | None = None  # starts it again, need not wait until it answers
