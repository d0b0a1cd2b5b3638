"""Records of counted instructions: one file per contestant and hash seed."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from levelbench.model.base import Model
from levelbench.model.files import load
from levelbench.model.vocabulary import Endpoint

HASHING: tuple[Endpoint, ...] = ("register", "login")
FOLDER = "counts"
"""In a run's folder."""
PACKAGES_FOLDER = f"{FOLDER}/packages"
SCHEMA_VERSION = 1
OTHER = "other"
"""Small functions of an object, as one."""


class Counting(Model):
    """What a count was planned to be; counts of other plans are not compared."""

    seeds: tuple[int, ...]
    """Values of PYTHONHASHSEED, each in a fresh container."""
    warmup: dict[Endpoint, int]
    """Requests before the first dump."""
    requests: dict[Endpoint, int]
    """Requests of each dump."""
    dumps: int = 2
    """Of each endpoint; the same requests each time."""
    dumps_hashing: int | None = None
    """Of `register` and `login`; None: as many."""
    hashing_last: bool = False
    """Whether `register` and `login` are warmed up and counted after the others."""
    packages: bool = False
    """Whether one more start of each service counts by package."""

    def dumps_of(self, endpoint: Endpoint) -> int:
        return self.dumps_hashing or self.dumps if endpoint in HASHING else self.dumps

    def of(self, endpoint: Endpoint) -> tuple[int | None, int | None, int, bool]:
        """What makes two counts of an endpoint comparable."""
        return (
            self.requests.get(endpoint),
            self.warmup.get(endpoint),
            self.dumps_of(endpoint),
            self.hashing_last,
        )


class Dump(Model):
    """Instructions of all processes of a contestant over some time."""

    requests: int
    """One in flight at a time; 0 for what the contestant does without any."""
    seconds: float
    objects: dict[str, int]
    """Program or shared object -> instructions executed in it (self cost)."""
    functions: dict[str, dict[str, int]] = Field(default_factory=dict)
    """Program or shared object -> its functions in C -> instructions; empty in older records."""

    @property
    def instructions(self) -> int:
        return sum(self.objects.values())


class CountRecord(Model):
    """Instructions of one contestant, started afresh with one hash seed."""

    schema_version: Literal[1] = 1
    service: str
    seed: int
    image: str
    """Id of the image that was counted."""
    valgrind: str
    """Version."""
    idle: Dump
    """Without requests: timers and idle processes. Subtracted from the others by their length."""
    endpoints: dict[Endpoint, tuple[Dump, ...]]

    @property
    def file_name(self) -> str:
        return f"{self.service}-{self.seed}.json"


class PackageRecord(Model):
    """Instructions of one start by package, Python code included, in which each Python function has
    machine code of its own: this costs instructions too, so that only shares are used."""

    schema_version: Literal[1] = 1
    service: str
    seed: int
    image: str
    valgrind: str
    endpoints: dict[Endpoint, dict[str, int]]
    """Package and its first module, as `sqlalchemy/orm` -> instructions of all requests."""

    @property
    def file_name(self) -> str:
        return f"{self.service}.json"


def load_packages(folder: Path) -> tuple[PackageRecord, ...]:
    """The counts by package in a run's folder, by service. Raises ResultsError."""
    paths = sorted((folder / PACKAGES_FOLDER).glob("*.json"))
    return tuple(load(path, PackageRecord, SCHEMA_VERSION) for path in paths)


def load_counts(folder: Path) -> tuple[CountRecord, ...]:
    """The counts in a run's folder, by service and seed. Raises ResultsError."""
    found = (load(path, CountRecord, SCHEMA_VERSION) for path in (folder / FOLDER).glob("*.json"))
    return tuple(sorted(found, key=lambda one: (one.service, one.seed)))
