"""Parity rules on the folder: every configured option is declared, and nothing is left to do.

`configured` finds the options. An option is declared if the `what` of a [[choices]] entry names it
together with its value.
"""

from levelbench.contestants.new import open_items
from levelbench.contestants.service import TODO_FILE, Service
from levelbench.verify.parity.configured import Found, find
from levelbench.verify.parity.ground import Ground

EVERY = "every option is declared"
DONE = "nothing is left to do"
_BY_LAB = "the lab passes it at start"
_CONTRACT = "services/CONTRACT.md fixes it, and the contract suite tests it"
_PLACE = "says where something is, not how it works"
FIXED = {
    **dict.fromkeys(
        ("DATABASE_URL", "REDIS_URL", "JWT_SECRET", "SECRET_KEY", "broker",
         "broker_url", "CELERY_BROKER_URL", "SQLALCHEMY_DATABASE_URI",
         "NAME", "USER", "PASSWORD", "HOST", "PORT"), _BY_LAB),
    **dict.fromkeys(("PAGE_SIZE", "TOKEN_LIFETIME_S", "MAX_BODY_BYTES"), _CONTRACT),
    **dict.fromkeys(("--host", "--port", "bind"), _CONTRACT),
    **dict.fromkeys(("--app", "wsgi_app", "ROOT_URLCONF", "PATH"), _PLACE),
    "routes": "without it Starlette serves nothing",
    "route_handlers": "without it Litestar serves nothing",
    "title": "only FastAPI's generated documentation shows it",
    "name": "name of a task in the queue; nothing else reads it",
    "ENGINE": "Django's backend for PostgreSQL: there is no default",
    "PYTHONUNBUFFERED": "each line reaches the log at once; the same in all contestants",
}  # fmt: skip
"""Options that need no entry, and the reason."""


def audit(ground: Ground) -> None:
    """Name every option that service.toml does not declare."""
    missing = undeclared(ground.running.contestant.service)
    ground.record("choices", "declared in service.toml", EVERY,
                f"not declared: {'; '.join(map(str, missing))}" if missing else EVERY)  # fmt: skip


def audit_finished(ground: Ground) -> None:
    """Name what a copied contestant still needs."""
    left = open_items(ground.running.contestant.service.folder)
    for item in left or [DONE]:
        ground.record("finished", TODO_FILE, DONE, item)


def undeclared(service: Service) -> list[Found]:
    """The options that no [[choices]] entry names and that are not FIXED."""
    return [
        found
        for found in find(service.files())
        if found.name not in FIXED
        and not any(found.named_in(choice.what) for choice in service.spec.choices)
    ]
