"""What comes for free, as service.toml declares it: each entry's proof, run where it must hold."""

from levelbench.command import CommandError
from levelbench.verify.parity.ground import Ground

SHOWN = "shown"


def audit(ground: Ground) -> None:
    """Run every proof in the running contestant's container."""
    for entry in ground.spec.included:
        try:
            ground.exec(f"set -e\n{entry.proof}")
            seen = SHOWN
        except CommandError as error:
            seen = f"not shown: {last_words(error)}"
        ground.hold("included", entry.what, SHOWN, seen)


def last_words(error: CommandError) -> str:
    """The last line that a proof wrote, or what else is known of its end."""
    return error.output[-1].strip() if error.output else str(error)
