"""trial.json: one service x workload x block."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field

from levelbench.model.base import Amount, Count, Model
from levelbench.model.bracket import Bracket, exact
from levelbench.model.files import save
from levelbench.model.finding import Finding
from levelbench.model.measurement import Disturbed, EndpointWindow, Step, UserStep, Window
from levelbench.model.vocabulary import Container, Endpoint, Origin

TRIAL_SCHEMA_VERSION = 1

TRIAL_FILE = "trial.json"

SECONDS_FILE = "seconds.csv"
"""Throughput in each second of the measured window: second, requests_per_second."""

CONTROL_SUFFIX = "@control"
"""Marks the label of the A/A twin: the same service, run a second time in each block."""

Phase = Literal["restore", "start", "warmup", "measure", "drain", "collect", "down"]

TrialStatus = Literal["valid", "invalid", "failed"]


class ContainerUse(Model):
    """Resource use of one container over the measured window, from its counters."""

    cpu_ms: Amount | None = None
    cpu_share_of_limit: Amount | None = None
    """CPU time / (window x the CPUs it may use): 1.0 is at its limit."""
    throttled_periods: Count | None = None
    periods: Count | None = None
    throttled_ms: Amount | None = None
    """Time throttled: kept from running with its CPU quota used up."""
    memory_peak_mib: Amount | None = None
    memory_mean_mib: Amount | None = None
    network_bytes: Count | None = None
    """Received and sent through all interfaces but loopback. None where not read, as before the lab
    counted them."""
    instructions_user: Count | None = None
    """Executed in user space, by the processor's counters. None where it has none."""
    instructions_kernel: Count | None = None


class CoreUse(Model):
    """Use of some of the machine's CPUs over the measured window, as shares of their time. All None
    where this host does not show its CPUs."""

    foreign_share: Amount | None = None
    """Used by processes outside the lab's containers on these CPUs."""
    stolen_share: Amount | None = None
    """Taken by the host of a virtual machine."""
    idle_share: Amount | None = None


class ClockTimes(Model):
    """The machine's clocks at both ends of a trial, and the largest step of its wall clock."""

    start_epoch_s: Amount
    start_monotonic_s: Amount
    end_epoch_s: Amount
    end_monotonic_s: Amount
    step_ms: float
    """By how much wall time moved against monotonic time between two neighbouring readings: the
    largest change of the trial, above 0 if the clock was set forward."""


class RowCounts(Model):
    """Rows written, and the answers that promised them."""

    users_added: Count | None = None
    registrations_201: Count | None = None
    tasks_added: Count | None = None
    invoices_202: Count | None = None


class Statements(Model):
    """Data statements of the contestant over the whole load, warm-up included."""

    run: Count
    """As PostgreSQL counted them."""
    least: Count
    """What the right answers cost: by the rule of equal work, or by what an exhibit declares."""
    most: Count
    """What all answers would cost: an error may come before its statements or after them."""


class TaskSummary(Model):
    """Background tasks, accepted with a 202: the first three fields are over the whole load."""

    accepted: Count
    completed: Count
    lost: Count
    """Answered 202 and never completed."""
    lag_p50_ms: Amount | None = None
    """From `created_at` to `finished_at` of the tasks accepted within the measured window; None
    with too few of them, as for every percentile."""
    lag_p95_ms: Amount | None = None
    open_at_end: Count | None = None
    """Accepted and not finished when the window ended."""
    drain_s: Amount | None = None
    """From the window's end until the last of those was finished; None when one never was."""


class TrialRecord(Model):
    """trial.json: one service x workload x block, in fresh containers on a restored database."""

    schema_version: Literal[1] = 1
    number: int
    block: int
    workload: str
    service: str
    label: str
    status: TrialStatus
    """valid; invalid: the lab's fault; failed: the contestant's own result."""
    attempt: int = 1
    """The same for all trials of one attempt of a block. Runs made before the block was the unit of
    retry counted it for each trial."""
    turns: tuple[Count, ...] = ()
    """Its place in each round of slices, from 1, where contestants take turns. Empty where they do
    not, and in trials recorded before it was kept."""
    started_at: AwareDatetime
    duration_s: dict[Phase, Amount] = Field(default_factory=dict)
    cold_start_ms: Amount | None = None
    machine_speed: Amount | None = None
    """Fixed loops a second on the contestant's core, before the trial."""
    window: Window | None = None
    endpoints: dict[Endpoint, EndpointWindow] = Field(default_factory=dict)
    requests: dict[str, EndpointWindow] = Field(
        default_factory=dict, exclude_if=lambda value: not value
    )
    """Of a guest: the requests of its journey, by name."""
    resources: dict[Container, ContainerUse] = Field(default_factory=dict)
    counters: Origin | None = None
    """Where the containers' resources were read."""
    endpoint_resources: dict[Endpoint, dict[Container, ContainerUse]] = Field(default_factory=dict)
    """Over each endpoint's own window; empty for a mix, whose endpoints share the containers."""
    cores: dict[str, CoreUse] = Field(default_factory=dict)
    """By cpuset of the topology, over the measured window of a mix."""
    endpoint_cores: dict[Endpoint, dict[str, CoreUse]] = Field(default_factory=dict)
    """The same over each endpoint's own window; empty for a mix."""
    others_cpu_share: dict[str, Amount | None] = Field(default_factory=dict)
    """CPU time that each other contestant of the block and its worker used within this trial's
    window, as a share of what the contestant's cores have in it; None where it was not read. Empty
    where no turns were taken, and in records that predate it."""
    steps: tuple[Step, ...] = ()
    """Of a ladder of rates: those that were reached, the last of which ended it or is its top."""
    capacity_rps: Amount | None = None
    """Of a ladder of rates: the highest that held the objective, and all below it too."""
    capacity_crossing_rps: Amount | None = Field(
        default=None, exclude_if=lambda value: value is None
    )
    """Between that and the next rate: where latency reaches the objective's limit. None where a
    latency is unknown, and in trials recorded before it was computed."""
    ladder_lowest_rps: Count | None = Field(default=None, exclude_if=lambda value: value is None)
    """The lowest rate that any ladder of the search may begin with; None where all trials had the
    same rates, as before."""
    capacity_is_lower_bound: bool | None = None
    """Whether the ladder ended before a step failed. None where there is no ladder."""
    ladder_shift: Amount | None = None
    """By which part of a step the block's ladder is above the workload's own, from 0 to 1.
    None where there is no ladder, and in trials recorded before ladders were shifted."""
    user_steps: tuple[UserStep, ...] = Field(default=(), exclude_if=lambda value: not value)
    """Of a ladder of users with think time: those that were reached."""
    users_held: Count | None = Field(default=None, exclude_if=lambda value: value is None)
    """The most users of it that met the objective, and all below them too."""
    disturbed: Disturbed | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a load that logins or an overload disturb."""
    rows: RowCounts | None = None
    statements: Statements | None = None
    tasks: TaskSummary | None = None
    postgres_settings: dict[str, str] = Field(default_factory=dict)
    clocks: ClockTimes | None = None
    """None where they were not recorded."""
    findings: tuple[Finding, ...] = ()

    @property
    def is_control(self) -> bool:
        return self.label.endswith(CONTROL_SUFFIX)

    @property
    def capacity(self) -> Bracket | None:
        """Capacity: between the highest rate of the ladder that held and the next one, which did
        not, or the rate at which the limit was reached. Without a lower end where the first step
        did not hold, without an upper one where all did. None where there is no ladder."""
        if self.capacity_is_lower_bound is None or not self.steps:
            return None
        if self.capacity_crossing_rps is not None:
            return exact(self.capacity_crossing_rps)
        return self._between(self.capacity_rps, [step.offered_rps for step in self.steps])

    @property
    def users(self) -> Bracket | None:
        """Users that meet the objective: likewise, of a ladder of users."""
        if not self.user_steps:
            return None
        return self._between(self.users_held, [step.users for step in self.user_steps])

    def _between(self, held: float | None, steps: Sequence[float]) -> Bracket:
        low = held or 0.0
        high = next((step for step in steps if step > low), math.inf)
        return Bracket(low, high, is_dithered=self.ladder_shift is not None)

    @property
    def isolates_endpoints(self) -> bool:
        """Whether each endpoint had a window of its own."""
        return any(window.seconds is not None for window in self.endpoints.values())

    @property
    def folder_name(self) -> str:
        return folder_name(self.number, self.workload, self.label, self.attempt)


def folder_name(number: int, workload: str, label: str, attempt: int) -> str:
    """Of a trial's own folder within `trials/`."""
    again = f"-attempt{attempt}" if attempt > 1 else ""
    return f"{number:03d}-{workload}-{label}{again}"


def save_trial(folder: Path, trial: TrialRecord) -> None:
    """Save a trial in its own folder, `trials/<folder_name>`."""
    save(folder / TRIAL_FILE, trial)
