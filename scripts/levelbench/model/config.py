"""levelbench.toml as frozen, validated models."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from levelbench.errors import LabError
from levelbench.model import toml
from levelbench.model.limits import Limits, Statistics
from levelbench.model.loads import (
    Alone,
    Calibration,
    Capacity,
    Disturbance,
    Load,
    Profile,
    Session,
    Turns,
)
from levelbench.model.references import Images
from levelbench.model.toml import FileModel, Positive
from levelbench.model.vocabulary import Kind

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: the harness runs from it, since the contestants are folders in it."""

CONFIG_FILE = ROOT / "levelbench.toml"

COMPOSE_FILE = ROOT / "compose" / "compose.yaml"
"""The lab's containers; recipes of images and the servers' settings lie next to it."""

REPORTS = ROOT / "reports"


class Cap(FileModel):
    """What one container may use. Swap is always off, and CPU time is bounded by its cores."""

    memory_mib: Annotated[int, Field(ge=6)]
    """At least the engine's minimum."""


class ServiceCap(Cap):
    """What the contestant may use."""

    cpus: Annotated[float, Field(ge=0.01, allow_inf_nan=False)] | None = None
    """CPU time a second (CFS quota), at least the engine's minimum; None: bounded by its cores
    alone."""


class Caps(FileModel):
    """The caps of each container."""

    service: ServiceCap
    worker: Cap
    postgres: Cap
    redis: Cap
    k6: Cap


class Dataset(FileModel):
    """The rows every contestant's database starts from, at SCALE=1."""

    users: Positive
    orders: Positive
    items_per_order_max: Positive
    """Each order has 1 to this many items."""
    seed: int


class Config(FileModel):
    """levelbench.toml."""

    images: Images
    caps: Caps
    dataset: Dataset
    load: Load
    calibration: Calibration
    capacity: Capacity
    session: Session
    interference: Disturbance
    overload: Disturbance
    turns: Turns
    alone: Alone
    statistics: Statistics
    limits: Limits
    profiles: dict[str, Profile]

    @model_validator(mode="after")
    def _users_have_memory(self) -> "Config":
        needed_mib = self.session.users_max * self.session.user_mib
        if needed_mib > self.caps.k6.memory_mib:
            raise ValueError(
                f"session.users_max is {self.session.users_max} users of {self.session.user_mib:g} "
                f"MiB each, more than caps.k6.memory_mib = {self.caps.k6.memory_mib}"
            )
        return self

    def disturbance(self, kind: Kind) -> Disturbance | None:
        """What disturbs a load of a kind; None where nothing does."""
        return {"interference": self.interference, "overload": self.overload}.get(kind)

    def profile(self, name: str) -> Profile:
        """Raises LabError for a name that is not configured."""
        try:
            return self.profiles[name]
        except KeyError:
            known = ", ".join(self.profiles)
            raise LabError(f"there is no profile {name!r}", f"Choose one of: {known}.") from None


def config_file(root: Path = ROOT) -> Path:
    """The configuration file in use: the checkout's, or the one that LEVELBENCH_CONFIG names.

    Raises LabError where that is no file.
    """
    named = os.environ.get("LEVELBENCH_CONFIG")
    if named and not Path(named).is_file():
        raise LabError(
            f"LEVELBENCH_CONFIG is {named}, which is no file", "Correct the variable, or unset it."
        )
    return Path(named or root / CONFIG_FILE.name)


def load_config(path: Path | None = None) -> Config:
    """Raises LabError that names the file, the field and what was expected."""
    return toml.read(path or config_file(), Config)
