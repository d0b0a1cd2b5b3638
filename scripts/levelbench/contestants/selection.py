"""Select services by names, families and groups: `SERVICES=` of the command line."""

from collections.abc import Iterable, Iterator, Mapping

from levelbench.contestants.service import Service
from levelbench.errors import LabError

ALL = "all"
"""Every contestant and reference."""
VARIANTS = "+variants"
"""Suffix that adds the variants of what it follows."""


def select(
    names: str, services: Mapping[str, Service], *, references: bool = False
) -> dict[str, Service]:
    """Select services by a comma-separated list.

    Its words: a name; `all`, every contestant and reference; either with `+variants`. An empty list
    selects the core contestants and, with `references`, the references.
    Raises LabError for an unknown name.
    """
    wanted = [word.strip() for word in names.split(",") if word.strip()]
    if names and not wanted:
        raise LabError(f"{names!r} names no service", _choose(services))
    chosen = {name for word in wanted for name in _named(word, services)}
    if not wanted:
        chosen = {name for name, one in services.items() if one.spec.core}
        chosen |= set(with_role("reference", services)) if references else set()
    return {name: service for name, service in services.items() if name in chosen}


def _named(word: str, services: Mapping[str, Service]) -> Iterator[str]:
    """The names that one word selects."""
    name = word.removesuffix(VARIANTS)
    parents = [name]
    if name == ALL:
        parents = [*with_role("contestant", services), *with_role("reference", services)]
    elif name not in services:
        raise LabError(f"there is no service {name!r}", _choose(services))
    yield from parents
    if word.endswith(VARIANTS):
        for variant in with_role("variant", services):
            base = services[variant].base
            if base is not None and base.name in parents:
                yield variant


def _choose(services: Mapping[str, Service]) -> str:
    return (
        f"Choose from: {', '.join(services)}; or {ALL}. `{VARIANTS}` after a name or {ALL} adds "
        "variants."
    )


def with_role(role: str, services: Mapping[str, Service]) -> list[str]:
    """Names of all services with a role."""
    return [name for name, service in services.items() if service.spec.role == role]


def with_bases(chosen: Mapping[str, Service]) -> dict[str, Service]:
    """Add to each service the contestant that it extends: it is measured in the same blocks as
    that contestant, on its database, and compared with it."""
    bases = {service.base.name: service.base for service in chosen.values() if service.base}
    return dict(sorted({**chosen, **bases}.items()))


def require_no_guest(services: Iterable[Service], what: str) -> None:
    """Raises LabError for a guest, where `what` needs the contract's endpoints."""
    for service in services:
        if service.spec.is_guest:
            raise LabError(
                f"{service.name} is a guest, without the contract's endpoints, which {what} needs",
                f"`make bench-{service.name}` measures it by its own requests.",
            )
