"""Variants: a contestant with one or a few traits changed, and the factors that they vary."""

from collections.abc import Mapping
from typing import Literal, get_args

from levelbench.model.base import Count, Model
from levelbench.model.traits import Trait

Factor = Literal[
    "server",
    "concurrency model",
    "driver",
    "data layer",
    "serializer",
    "API layer",
    "tasks",
    "Python",
]
FACTORS: tuple[Factor, ...] = get_args(Factor)
FACTOR_OF: Mapping[Trait, Factor] = {
    "server": "server",
    "http_parser": "server",
    "interface": "concurrency model",
    "event_loop": "concurrency model",
    "processes": "concurrency model",
    "threads": "concurrency model",
    "driver": "driver",
    "protocol": "driver",
    "data_layer": "data layer",
    "serializer": "serializer",
    "api_layer": "API layer",
    "tasks": "tasks",
    "python": "Python",
}


class Variant(Model):
    """What a variant declares, and how much it differs from the contestant that it extends."""

    extends: str
    changes: tuple[Trait, ...]
    """The traits that differ, the one that names the factor first."""
    lines: Count
    """Lines of its files that the contestant does not have, without service.toml, requirements and
    blank lines."""

    @property
    def factor(self) -> Factor:
        return FACTOR_OF[self.changes[0]]
