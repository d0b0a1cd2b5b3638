"""A constructed run of contestants with their variants."""

from collections.abc import Mapping
from typing import Any

from levelbench.model.folder import Run
from levelbench.model.run import ServiceRecord
from levelbench.model.traits import Trait, Value
from levelbench.model.variant import Variant
from tests.unit.factories import make_run, service

RATES = {
    "django": 180.0,
    "django-granian": 198.0,
    "fastapi": 400.0,
    "fastapi-granian": 432.0,
    "fastapi-psycopg": 300.0,
    "starlette": 404.0,
}
TRAITS: dict[Trait, Value] = {
    "interface": "asgi",
    "server": "uvicorn",
    "http_parser": "httptools",
    "driver": "asyncpg",
}
VARIANTS: Mapping[str, tuple[str, dict[Trait, Value]]] = {
    "django-granian": ("Django on granian", {"server": "granian", "http_parser": "granian"}),
    "fastapi-granian": ("FastAPI on granian", {"server": "granian", "http_parser": "granian"}),
    "fastapi-psycopg": ("FastAPI with psycopg", {"driver": "psycopg (C)"}),
}


def record(name: str) -> ServiceRecord:
    """A contestant, or one of VARIANTS."""
    if name not in VARIANTS:
        return service(name, traits=TRAITS)
    shown, traits = VARIANTS[name]
    variant = Variant(extends=name.partition("-")[0], changes=tuple(traits), lines=3)
    return service(
        name, "variant", display_name=shown, traits={**TRAITS, **traits}, variant=variant
    )


def variants_run(rates: Mapping[str, float] = RATES, **changes: Any) -> Run:
    """Blocks in which each variant is measured alongside its parent."""
    return make_run(throughput=rates, services={name: record(name) for name in rates}, **changes)
