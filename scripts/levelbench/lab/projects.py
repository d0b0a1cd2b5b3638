"""The lab's Compose projects, by what they are for; each name stands after a common prefix."""

from levelbench.lab.compose.engine import PROJECT_PREFIX, Engine
from levelbench.lab.images import Say

BENCH = "bench"
VERIFY = "verify"
UP = "up"


def up_project(service: str) -> str:
    """The project of `make up-<service>`: each has its own, so that all may be up."""
    return f"{UP}-{service}"


def remove_leftovers(engine: Engine, say: Say) -> None:
    """Remove what a killed bench or verify left. Only for who holds the engine's lock."""
    own = (PROJECT_PREFIX + BENCH, PROJECT_PREFIX + VERIFY)
    left = [p for p in engine.projects() if p in own or p.startswith(f"{own[0]}-")]
    # A bench's own project last: the networks of its seats' projects are its.
    for project in sorted(left, reverse=True):
        say("removing what an interrupted run left behind")
        engine.remove_project(project)
