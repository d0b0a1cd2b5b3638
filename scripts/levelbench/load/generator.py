"""Load generator protocol: what is started, with which share of the load, how outputs become one.

k6 in a container alongside the contestant implements it (lab/k6.py). An implementation decides
where it runs; a load generator on another machine is another implementation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypedDict, TypeVar

from levelbench.load.parameters import Parameters
from levelbench.load.summary import Summary
from levelbench.model.vocabulary import Endpoint

Counters = TypeVar("Counters", covariant=True)


class User(TypedDict):
    """One of the load's users, registered before the load."""

    username: str
    password: str
    token: str
    expires_at_epoch_s: float
    """When the token expires."""


@dataclass(frozen=True)
class Assignment:
    """The load on one contestant, whatever generates it."""

    parameters: Parameters
    seed: int
    prefix: str
    """Of the usernames that the load registers: another one for each trial on a database."""
    users: Sequence[User]
    unchecked: Mapping[Endpoint, Sequence[str]] = field(default_factory=dict)
    """Checks that an exhibit's answers are not required to pass."""
    journey: Path | None = None
    """journey.js of a guest; None: the journey of the contract."""
    gate: str | None = None
    """URL where the load generator asks for each turn of this contestant (lab/gate.py); None where
    contestants do not take turns."""


class LoadGenerator(Protocol[Counters]):
    """Puts load on one contestant. `Counters`: where its use of CPU and memory is read.

    Every method raises EngineError when the place where it runs fails.
    """

    def log_in(self, users: int, password: str, *, register: bool, timeout_s: float) -> list[User]:
        """Log the load's users in through the contestant's API; `register` creates them first."""
        ...

    def try_journey(self, journey: Path, timeout_s: float) -> None:
        """Send each request of a guest's journey.

        Raises ContestantError where a check fails, and for a journey that cannot be read.
        """
        ...

    def start(self, assignment: Assignment) -> Counters:
        """Start every instance with its segment of the load, without waiting for the end."""
        ...

    def running(self) -> bool:
        """Whether an instance is still running."""
        ...

    def wait(self, timeout_s: float) -> None:
        """Wait until every instance has ended. Raises EngineError after `timeout_s`."""
        ...

    def outputs(self) -> Mapping[str, str]:
        """File name -> output of each instance, to be kept as evidence before it is parsed."""
        ...

    def summary(self, outputs: Mapping[str, str]) -> Summary:
        """One summary from the outputs of all instances. Raises LabError."""
        ...
