"""What a run writes down as it goes: the evidence, from which all else can be rebuilt.

    reports/<run-id>/run.json                  RunRecord
    reports/<run-id>/trials/<...>/trial.json   TrialRecord

Every model refuses what it does not know, and undefined values are None, never 0.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from levelbench.effort.record import Code
from levelbench.exhibit import Exhibit
from levelbench.files import ResultsError, load, save
from levelbench.included import Brought
from levelbench.ledger import ParityEntry
from levelbench.measured import EndpointWindow as EndpointWindow
from levelbench.measured import LatencyFigures as LatencyFigures
from levelbench.measured import Step as Step
from levelbench.measured import Timeline as Timeline
from levelbench.measured import Window as Window
from levelbench.model import Amount, Count, Model
from levelbench.production import Production
from levelbench.words import Container, Endpoint, Mix, Origin, Role

RUN_SCHEMA_VERSION = 1
TRIAL_SCHEMA_VERSION = 1

RUN_FILE = "run.json"
TRIAL_FILE = "trial.json"

CONTROL_SUFFIX = "@control"
"""Marks the label of the A/A twin: the same service, run a second time in each block."""

TIE_THRESHOLD = 0.02
"""Differences below 2% are a tie however sure we are of them (measurement.md, Statistics)."""

LEFT_OUT = "contestant-left-out"
"""Code of the finding on a contestant that never came to its first trial."""

Severity = Literal["info", "warning", "error"]
Phase = Literal["restore", "start", "warmup", "measure", "drain", "collect", "down"]
TrialStatus = Literal["valid", "invalid", "failed"]
RunStatus = Literal["complete", "partial"]


class Finding(Model):
    """Something that spoiled, or may have spoiled, a measurement."""

    code: str
    """Short and stable, e.g. `load-generator-busy`."""
    severity: Severity
    cause: str
    remedy: str
    trials: tuple[int, ...] = ()
    """Numbers of the trials concerned; empty when it concerns the whole run."""
    endpoint: Endpoint | None = None
    """The one endpoint whose own window it concerns; None when it concerns all."""


# --- run.json ---------------------------------------------------------------------------------


class PlannedTrial(Model):
    """One line of the plan: service x workload x block, in the order of `number`."""

    number: int
    block: int
    workload: str
    service: str
    label: str
    """The service's name, or `<service>@control` for the A/A twin."""


class ImageIdentity(Model):
    """Which image ran: a registry's digest, or the local id of one built here."""

    reference: str
    digest: str | None = None
    id: str | None = None


class Environment(Model):
    """Where the run was made. Names no user and no host: reports are published."""

    cpu_model: str | None
    cores: int
    """Physical cores: sibling hyperthreads count as one."""
    memory_mib: Amount | None
    kernel: str | None
    engine: str | None
    cgroup: str | None
    topology: dict[str, str]
    """Container -> cpuset."""
    images: dict[str, ImageIdentity]
    versions: dict[str, str]
    git_commit: str | None


class ServiceRecord(Model):
    """What is known of a service apart from its trials."""

    role: Role
    display_name: str
    interface: str
    verified: bool | None = None
    """Whether contract and parity held; None when not looked at."""
    failure: str | None = None
    cold_start_ms: Amount | None = None
    image_mib: Amount | None = None
    memory_idle_mib: Amount | None = None
    packages: dict[str, str] = Field(default_factory=dict)
    """Package -> locked version, the framework's own first."""
    exhibit: Exhibit | None = None
    """What an exhibit declares; None for all others."""
    code: Code | None = None
    """None where it was not counted, like what follows."""
    included: tuple[Brought, ...] | None = None
    """What comes for free, as declared; whether it was shown stands in the parity ledger."""
    production: Production | None = None


class Choices(Model):
    """What was asked for: enough to go on with an interrupted run."""

    workload: str = ""
    """As WORKLOAD= gave it; empty for the profile's own."""
    workloads: dict[str, Count]
    """Workload -> blocks."""
    mix: Mix
    scale: Count
    base: str | None = None
    """The commit at which a contestant is measured beside what it is now; None: none is."""


class Rates(Model):
    """What the offered rates of open and capacity loads are made from, calibrated once a machine.
    Runs at other rates are not compared."""

    calibrated_by: str
    """Id of the run that calibrated them."""
    slowest: str
    """The contestant with the least throughput under the closed load."""
    throughput_rps: Annotated[float, Field(gt=0)]
    """Its throughput."""


class RunRecord(Model):
    """run.json: the plan, the place and the contestants of one run."""

    schema_version: Literal[1] = 1
    run_id: str
    profile: str
    seed: int
    status: RunStatus
    publishable: bool
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    plan: tuple[PlannedTrial, ...]
    environment: Environment
    services: dict[str, ServiceRecord]
    choices: Choices
    rates: Rates | None = None
    """None where no workload needs them."""
    workloads: dict[str, dict[str, Any]]
    """Workload -> its parameters: vus, warmup_s, measure_s, mix weights and so on."""
    tie_threshold: Amount = TIE_THRESHOLD
    parity: tuple[ParityEntry, ...] = ()
    findings: tuple[Finding, ...] = ()


# --- trial.json -------------------------------------------------------------------------------


class ContainerUse(Model):
    """Counter differences over the measured window, one container."""

    cpu_ms: Amount | None = None
    cpu_share_of_limit: Amount | None = None
    """CPU time / (window x the CPUs it may use): 1.0 is at its limit."""
    throttled_periods: Count | None = None
    periods: Count | None = None
    throttled_ms: Amount | None = None
    """How long it was kept from running, for its share of the period was used up."""
    memory_peak_mib: Amount | None = None
    memory_mean_mib: Amount | None = None


class CoreUse(Model):
    """Some of the machine's CPUs over the measured window, whoever used them: shares of all the
    time that they had. All None where this host does not show its CPUs."""

    foreign_share: Amount | None = None
    """Used by processes that are none of the lab's containers on these CPUs."""
    stolen_share: Amount | None = None
    """Taken by the host of a virtual machine."""
    idle_share: Amount | None = None


class Rows(Model):
    """Rows written against the answers that promised them."""

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


class TaskFigures(Model):
    """What became of the invoices answered with 202: the first three over the whole load."""

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
    started_at: AwareDatetime
    duration_s: dict[Phase, Amount] = Field(default_factory=dict)
    cold_start_ms: Amount | None = None
    machine_speed: Amount | None = None
    """Fixed loops a second on the contestant's core, before the trial."""
    window: Window | None = None
    endpoints: dict[Endpoint, EndpointWindow] = Field(default_factory=dict)
    resources: dict[Container, ContainerUse] = Field(default_factory=dict)
    counters: Origin | None = None
    """Where the containers' resources were read."""
    endpoint_resources: dict[Endpoint, dict[Container, ContainerUse]] = Field(default_factory=dict)
    """Over each endpoint's own window; empty for a mix, where they cannot be told apart."""
    cores: dict[str, CoreUse] = Field(default_factory=dict)
    """By cpuset of the topology, over the measured window of a mix."""
    endpoint_cores: dict[Endpoint, dict[str, CoreUse]] = Field(default_factory=dict)
    """The same over each endpoint's own window; empty for a mix."""
    steps: tuple[Step, ...] = ()
    """Of a ladder of rates: those that were reached, the last of which ended it or is its top."""
    capacity_rps: Amount | None = None
    """Of a ladder of rates: the highest that held the objective, and all below it too."""
    capacity_is_lower_bound: bool | None = None
    """Whether the ladder ended before a step failed. None where there is no ladder."""
    rows: Rows | None = None
    statements: Statements | None = None
    tasks: TaskFigures | None = None
    postgres_settings: dict[str, str] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def is_control(self) -> bool:
        return self.label.endswith(CONTROL_SUFFIX)

    @property
    def folder_name(self) -> str:
        return folder_name(self.number, self.workload, self.label, self.attempt)


# --- the run folder ---------------------------------------------------------------------------


class Run(Model):
    """A run folder in memory: the record and its trials, by number and attempt."""

    record: RunRecord
    trials: tuple[TrialRecord, ...]
    timelines: dict[str, Timeline] = Field(default_factory=dict)
    """`TrialRecord.folder_name` -> its timeline, where it has one and it was read."""


def folder_name(number: int, workload: str, label: str, attempt: int) -> str:
    """Of a trial's own folder within `trials/`."""
    again = f"-attempt{attempt}" if attempt > 1 else ""
    return f"{number:03d}-{workload}-{label}{again}"


def save_trial(folder: Path, trial: TrialRecord) -> None:
    """Save a trial in its own folder, `trials/<folder_name>`."""
    save(folder / TRIAL_FILE, trial)


def load_run_record(folder: Path) -> RunRecord:
    """Raises ResultsError for a missing, damaged or unknown run.json."""
    return load(folder / RUN_FILE, RunRecord, RUN_SCHEMA_VERSION)


def load_run(folder: Path) -> Run:
    """Read a run and every trial it has saved, ordered by number and attempt.

    A trial folder without trial.json was interrupted before it was saved: it is no trial. A run
    that is complete has one of each that was planned. Raises ResultsError.
    """
    record = load_run_record(folder)
    trials: Iterable[TrialRecord] = (
        load(path, TrialRecord, TRIAL_SCHEMA_VERSION)
        for path in (folder / "trials").glob(f"*/{TRIAL_FILE}")
    )
    ordered = sorted(trials, key=lambda trial: (trial.number, trial.attempt))
    for trial in ordered:
        if trial.service not in record.services:
            raise ResultsError(
                f"trial {trial.number} is of service {trial.service!r}, which run.json has not"
            )
    _require_planned(record, {trial.number for trial in ordered}, folder)
    return Run(record=record, trials=tuple(ordered))


def _require_planned(record: RunRecord, found: set[int], folder: Path) -> None:
    missing = [planned for planned in record.plan if planned.number not in found]
    if record.status != "complete" or not missing:
        return
    first = missing[0]
    name = folder_name(first.number, first.workload, first.label, 1)
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    raise ResultsError(
        f"{folder / 'trials' / name / TRIAL_FILE} is missing{more}, and the run is complete",
        "Take it from where the run was made: without it the figures are another run's.",
    )
