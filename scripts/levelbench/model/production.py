"""Production requirements of a contestant: containers, processes, programs."""

from typing import Literal

from pydantic import model_validator

from levelbench.model.base import Count, Model
from levelbench.model.traits import older

Command = Literal["serve", "worker", "migrate"]


class Production(Model):
    """What it takes to run one contestant."""

    server: str
    processes: Count
    """Processes that serve requests."""
    threads: Count
    """Threads of each that serve requests; 0: an event loop."""
    commands: dict[Command, str]
    """What the scripts in bin/ start."""
    versions: dict[Command, str]
    """The locked version of the program that is started, where the lock file has it."""
    own_containers: tuple[str, ...]
    """Containers that run the contestant's image."""
    servers: tuple[str, ...]
    """The other containers: database and broker."""

    @model_validator(mode="before")
    @classmethod
    def _as_before(cls, fields: object) -> object:
        """Before, the processes were `workers`, and the server had event loop and parser."""
        if not isinstance(fields, dict) or "workers" not in fields:
            return fields
        rest = {name: value for name, value in fields.items() if name != "workers"}
        known = older(fields)
        return rest | {name: known[name] for name in ("server", "processes") if name in known}
