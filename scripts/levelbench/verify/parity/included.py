"""Parity rule "included": run the proof of each included feature in the container."""

from levelbench.command import CommandError
from levelbench.verify.parity.ground import Ground

PASSES = "proof passes"


def audit(ground: Ground) -> None:
    """Run every proof in the contestant's container."""
    for entry in ground.spec.included:
        try:
            ground.exec(f"set -e\n{entry.proof}")
            seen = PASSES
        except CommandError as error:
            seen = f"proof fails: {last_line(error)}"
        ground.record("included", entry.what, PASSES, seen)


def last_line(error: CommandError) -> str:
    """The last line that a proof wrote, or the error."""
    return error.output[-1].strip() if error.output else str(error)
