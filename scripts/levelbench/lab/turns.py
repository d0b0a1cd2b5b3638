"""Turns of contestants: the gate in its container (lab/gate.py), and the log of what it did."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from levelbench.errors import LabError
from levelbench.lab import waiting
from levelbench.lab.gate import PORT, Plan
from levelbench.lab.site import Role, Site
from levelbench.load.summary import Bounds

ROLE: Role = "turns"
LOG_FILE = "turns.log"
"""The gate's log, within a trial's folder."""


class GateError(LabError):
    """The gate between the turns failed: no contestant did anything wrong."""


class MissedTurnError(LabError):
    """Users of one contestant did not come back to the gate."""


@dataclass(frozen=True)
class Gate:
    """The gate, on the site of the lab's servers."""

    site: Site

    def start(self, plan: Plan, timeout_s: float) -> None:
        """Start it with a plan and wait until it listens. Raises GateError."""
        try:
            self.site.up(ROLE, PLAN=json.dumps(plan))
            waiting.wait_ready(self.site, ROLE, timeout_s=timeout_s)
        except LabError as error:
            raise GateError(f"the gate between the turns could not be started: {error}") from None

    def url(self, contestant: int) -> str:
        """Where the load generator of a contestant asks for its turns."""
        return f"http://{ROLE}:{PORT}/{contestant}"

    def log(self) -> str:
        """A line of JSON per turn."""
        return waiting.text(self.site, ROLE, stderr=False)

    def require_over(self) -> None:
        """Raises GateError when it has ended before the load was over."""
        if not waiting.is_running(self.site, ROLE) and '"over"' not in self.log():
            end = waiting.state(self.site, ROLE).end
            raise GateError(f"the gate between the turns {end} before the load was over")


def slices(log: str, contestant: int) -> Sequence[Bounds]:
    """Windows of a contestant's slices, in the gate's words.

    Raises MissedTurnError for a contestant that was given up.
    """
    lines = [json.loads(line) for line in log.splitlines()]
    own = [line for line in lines if line.get("contestant") == contestant]
    if missing := [line["missing"] for line in own if "missing" in line]:
        raise MissedTurnError(f"{missing[0]} users did not come back after a turn")
    return [
        Bounds(start_epoch_ms=line["measure_ms"], end_epoch_ms=line["end_ms"])
        for line in own
        if line["end_ms"] > line["measure_ms"]
    ]
