"""Summary of one load: the metrics that the lab takes from the load generator's output."""

from typing import Annotated

from pydantic import Field

from levelbench.errors import LabError
from levelbench.model.base import Count, Model
from levelbench.model.measurement import Disturbed, EndpointWindow, Step, UserStep, Window
from levelbench.model.vocabulary import Endpoint

SUMMARY_FILE = "k6-summary.json"
"""The load generator's output as printed, within a trial's folder."""


class K6Error(LabError):
    """The load generator's summary is missing, truncated or malformed."""


class Bounds(Model):
    """Start and end of a window, by the clock of the machine."""

    start_epoch_ms: int
    end_epoch_ms: int


class FailedCheck(Model):
    """Number of responses that were errors by the first check that they failed, over all phases."""

    endpoint: str
    """An endpoint, or a request in the journey of a guest."""
    check: str
    """A name of k6/lib/checks.js: `no_answer`, `status_503`, `json`, `newest_first` ..."""
    count: Annotated[int, Field(gt=0)]


class Answers(Model):
    """Responses of one endpoint over all phases."""

    requests: Count
    errors: Count


class Summary(Model):
    """One load."""

    bounds: tuple[Bounds, ...] = ()
    """Of the window of all endpoints together, or of each slice of it; empty where there are
    several windows."""
    endpoint_bounds: dict[Endpoint, Bounds] = Field(default_factory=dict)
    """Of each endpoint's own window; empty where all share one."""
    step_bounds: tuple[Bounds, ...] = ()
    """Of the window of each step of a ladder."""
    window: Window
    endpoints: dict[Endpoint, EndpointWindow] = Field(default_factory=dict)
    """Empty for a ladder and for a guest."""
    requests: dict[str, EndpointWindow] = Field(default_factory=dict)
    """Of a guest: the requests of its journey, by name."""
    steps: tuple[Step, ...] = ()
    """Steps of a ladder that were reached."""
    user_steps: tuple[UserStep, ...] = ()
    """Steps of a ladder of users that were reached."""
    users_held: Count | None = None
    """The most users of it that met the objective."""
    disturbed: Disturbed | None = None
    """Of a load that logins or an overload disturb."""
    polls: Answers | None = None
    """Polls of tasks, over all phases; None of loads without them."""
    answers: dict[Endpoint, Answers]
    """Over all phases; empty for a guest, and in a summary that predates them."""
    registrations_201: Count
    """Responses over all phases: as many rows must have been written."""
    invoices_202: Count
    failed_checks: tuple[FailedCheck, ...]
    start_epoch_ms: int
    """When the load began, by the clock of the machine."""
    warmup_s: Count
    """Of the first window, or of each step."""
