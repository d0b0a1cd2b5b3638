"""Findings: what invalidates a measurement, or may have changed it."""

from typing import Literal

from levelbench.model.base import Model
from levelbench.model.vocabulary import Endpoint

Severity = Literal["info", "warning", "error"]


class Finding(Model):
    """What a check found. `analysis.checks.table` makes them."""

    code: str
    """Short and stable, e.g. `load-generator-busy`."""
    severity: Severity
    cause: str
    remedy: str
    trials: tuple[int, ...] = ()
    """Numbers of the trials concerned; empty when it concerns the whole run."""
    endpoint: Endpoint | None = None
    """The one endpoint whose own window it concerns; None when it concerns all."""

    def of_trials(self, *numbers: int) -> "Finding":
        """The same finding on other trials; on none, to compare what findings state."""
        return Finding(
            code=self.code,
            severity=self.severity,
            cause=self.cause,
            remedy=self.remedy,
            trials=numbers,
            endpoint=self.endpoint,
        )
