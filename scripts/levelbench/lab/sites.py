"""Names of the lab's sites by purpose, and removal of what an interrupted run left."""

from levelbench.lab.engine import Engine
from levelbench.lab.images import Say

BENCH = "bench"
VERIFY = "verify"
COUNT = "count"
UP = "up"


def verify_site(number: int) -> str:
    """The site of one of the contestants that are verified at the same time."""
    return f"{VERIFY}-{number}"


def count_site(number: int) -> str:
    """The site of one of the contestants that are counted at the same time."""
    return f"{COUNT}-{number}"


def up_site(service: str) -> str:
    """The site of `make up-<service>`: each has its own, so that all may be up."""
    return f"{UP}-{service}"


def remove_leftovers(engine: Engine, say: Say) -> None:
    """Remove what a killed bench or verify left. Requires the engine's lock."""
    beginnings = f"{BENCH}-", f"{COUNT}-", f"{VERIFY}-"
    left = [s for s in engine.sites() if s in (BENCH, VERIFY) or s.startswith(beginnings)]
    # A bench's own site last: its seats use its network.
    for site in sorted(left, reverse=True):
        say("removing what an interrupted run left")
        engine.remove_site(site)
