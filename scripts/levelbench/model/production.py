"""Production requirements of a contestant: containers, processes, programs."""

from typing import Literal

from levelbench.model.base import Count, Model

Command = Literal["serve", "worker", "migrate"]


class Production(Model):
    """What it takes to run one contestant."""

    server: str
    workers: Count
    """Server processes."""
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
