"""Address of a running contestant, and control over its servers."""

from collections.abc import Callable
from dataclasses import dataclass

from levelbench.model.traits import Tasks
from levelbench.model.vocabulary import Container


@dataclass(frozen=True)
class Address:
    """One running contestant.

    Cases that need what an address does not offer (the key, or control over the containers)
    are excluded: see `levelbench.verify.contract.cases_for`.
    """

    base_url: str
    """Scheme, host and port, without the prefix /api/v1."""
    service: str
    jwt_secret: str | None = None
    """The run's HS256 key, to craft tokens with."""
    stop: Callable[[Container], None] | None = None
    """Returns once the server, PostgreSQL or Redis, has stopped."""
    start: Callable[[Container], None] | None = None
    """Starts it again, without waiting until it answers."""
    tasks: Tasks = "celery"
    """What runs its tasks."""
