"""Sweep: one contestant at several values of one setting, and what documentation says of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from levelbench.model.base import Count, Model
from levelbench.model.estimate import Estimate
from levelbench.model.vocabulary import Container

Setting = Literal["pool", "workers", "threads"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)
MEANS: dict[Setting, str] = {
    "pool": "database connections of each process",
    "workers": "processes that serve requests",
    "threads": "threads of each process that serve requests",
}


class SweepRecord(Model):
    """What a sweep varies, as run.json has it."""

    service: str
    setting: Setting
    declared: Count
    """The contestant's own value."""
    values: dict[str, Count]
    """Service of the run -> its value; the contestant itself has the declared one."""

    @property
    def ordered(self) -> list[str]:
        """The services by value."""
        return sorted(self.values, key=lambda name: self.values[name])


class SweptValue(Model):
    """One value, compared with the declared one."""

    blocks: Count
    """In which both have the primary metric."""
    ratios: dict[str, Estimate]
    """Metric -> its ratio to that of the declared value, paired within blocks; each interval holds
    at 95% on its own. Empty for the declared value."""


class SweptLoad(Model):
    """The values under one workload."""

    values: dict[str, SweptValue]
    """By service; without those that failed a trial, or have no valid one."""
    best: tuple[str, ...]
    """The services that no other is shown better than by the primary metric. Their comparisons hold
    at 95% together."""


class Sweep(SweepRecord):
    """The same with what was measured, as results.json has it."""

    workloads: dict[str, SweptLoad]


@dataclass(frozen=True)
class Advice:
    """A row: what documentation says about a setting."""

    setting: Setting
    project: str
    says: str
    values: Callable[[int], tuple[int, int]]
    """The least and the highest value for so many cores."""
    source: str
    parts: tuple[str, ...] = ()
    """Servers or data layers that it is about; empty: all."""
    cores_of: Container = "service"


ADVICE: tuple[Advice, ...] = (
    Advice(
        "pool",
        "SQLAlchemy",
        "by default 5 connections, and up to 10 more while they are needed",
        lambda _: (5, 15),
        "https://docs.sqlalchemy.org/en/21/core/pooling.html#sqlalchemy.pool.QueuePool",
        ("sqlalchemy", "sqlalchemy-asyncio", "flask-sqlalchemy"),
    ),
    Advice(
        "pool",
        "PostgreSQL wiki",
        "active connections of all clients: 2 x cores of the database, plus its disks if the data "
        "is not cached",
        lambda cores: (2 * cores, 2 * cores + 1),
        "https://wiki.postgresql.org/wiki/Number_Of_Database_Connections",
        cores_of="postgres",
    ),
    Advice(
        "workers",
        "gunicorn",
        "2 x cores + 1",
        lambda cores: (2 * cores + 1, 2 * cores + 1),
        "https://gunicorn.org/design/#how-many-workers",
        ("gunicorn",),
    ),
    Advice(
        "workers",
        "FastAPI",
        "one uvicorn process per container",
        lambda _: (1, 1),
        "https://fastapi.tiangolo.com/deployment/server-workers/",
        ("uvicorn",),
    ),
    Advice(
        "threads",
        "gunicorn",
        "2 to 4 x cores",
        lambda cores: (2 * cores, 4 * cores),
        "https://gunicorn.org/reference/settings/#threads",
        ("gunicorn",),
    ),
)
