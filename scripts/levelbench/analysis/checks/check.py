"""A check: a rule that can void a number, and the findings that it makes."""

from dataclasses import dataclass
from typing import Literal

from levelbench.model.finding import Finding, Severity
from levelbench.model.limits import Limits, Statistics
from levelbench.model.vocabulary import Endpoint

Scope = Literal["trial", "run"]
Voids = Literal["trial", "contestant", "run", "nothing"]

CONSEQUENCES: dict[Voids, str] = {
    "trial": "the trial is invalid and its block is run again",
    "contestant": "the trial failed: its contestant is not ranked",
    "run": "the run is not valid",
    "nothing": "a warning",
}


@dataclass(frozen=True)
class Check:
    """A rule that can void a number."""

    code: str
    scope: Scope
    """What is checked: one trial, or the run as a whole."""
    voids: Voids
    """trial: the lab is at fault. contestant: the finding is the contestant's own result."""
    meaning: str
    """When it fires, for docs/method.md; a template over `limits`."""
    cause: str
    """A template over `limits` and what the check has seen."""
    remedy: str
    limits: tuple[str, ...] = ()
    """Fields of [limits] or [statistics] in levelbench.toml that it reads."""
    follows: str = ""
    """The consequence, where it is not the usual one."""

    @property
    def severity(self) -> Severity:
        return "warning" if self.voids == "nothing" else "error"

    @property
    def consequence(self) -> str:
        return self.follows or CONSEQUENCES[self.voids]

    def finding(
        self,
        limits: Limits | Statistics | None = None,
        *,
        trials: tuple[int, ...] = (),
        endpoint: Endpoint | None = None,
        **seen: object,
    ) -> Finding:
        """Make a finding of this check. Raises KeyError where a template's value is missing."""
        values = {name: getattr(limits, name) for name in self.limits} | seen
        return Finding(
            code=self.code,
            severity=self.severity,
            cause=self.cause.format(**values),
            remedy=self.remedy.format(**values),
            trials=trials,
            endpoint=endpoint,
        )
