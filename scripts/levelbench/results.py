"""What a run leaves behind: its records as written, and `results.json` as derived from them.

    reports/<run-id>/run.json                  RunRecord
    reports/<run-id>/trials/<...>/trial.json   TrialRecord
    reports/<run-id>/results.json              Results

Records are the evidence; `Results` can be rebuilt from them at any time (`derive.derive`).
Every model refuses what it does not know, and undefined values are None, never 0.
"""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from levelbench.errors import LabError

RUN_SCHEMA_VERSION = 1
TRIAL_SCHEMA_VERSION = 1
RESULTS_SCHEMA_VERSION = 1

RUN_FILE = "run.json"
TRIAL_FILE = "trial.json"
RESULTS_FILE = "results.json"
RESULTS_SCHEMA_FILE = Path(__file__).parent / "schemas" / "results.schema.json"

CONTROL_SUFFIX = "@control"
"""Marks the label of the A/A twin: the same service, run a second time in each block."""

TIE_THRESHOLD = 0.02
"""Differences below 2% are a tie however sure we are of them (measurement.md, Statistics)."""

Role = Literal["contestant", "reference", "exhibit"]
Severity = Literal["info", "warning", "error"]
Endpoint = Literal["register", "login", "list", "detail", "task"]
Container = Literal["service", "worker", "postgres", "redis", "k6"]
Phase = Literal["restore", "start", "warmup", "measure", "drain", "collect", "down"]
TrialStatus = Literal["valid", "invalid", "failed"]
RunStatus = Literal["complete", "partial"]
Verdict = Literal["faster", "slower", "equivalent", "inconclusive"]

ENDPOINTS: tuple[Endpoint, ...] = ("register", "login", "list", "detail", "task")
CONTAINERS: tuple[Container, ...] = ("service", "worker", "postgres", "redis", "k6")

Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0)]


class ResultsError(LabError):
    """A run folder that cannot be read: missing, cut short, or of a schema not known here."""


class Model(BaseModel):
    """Frozen, and an unknown key, an infinity or a NaN is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Finding(Model):
    """Something that spoiled, or may have spoiled, a measurement."""

    code: str
    """Short and stable, e.g. `load-generator-busy`."""
    severity: Severity
    cause: str
    remedy: str
    trials: tuple[int, ...] = ()
    """Numbers of the trials concerned; empty when it concerns the whole run."""


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
    packages: dict[str, str] = {}
    """Package -> locked version, the framework's own first."""


class ParityEntry(Model):
    """One line of the parity ledger: a rule of equal work, and what was seen."""

    rule: str
    service: str
    expected: str
    observed: str
    holds: bool


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
    workloads: dict[str, dict[str, Any]]
    """Workload -> its parameters: vus, warmup_s, measure_s, mix weights and so on."""
    primary_metrics: dict[str, str] = {}
    """Workload -> its one primary metric; a workload left out has throughput_rps."""
    tie_threshold: Amount = TIE_THRESHOLD
    parity: tuple[ParityEntry, ...] = ()
    findings: tuple[Finding, ...] = ()


# --- trial.json -------------------------------------------------------------------------------


class LatencyFigures(Model):
    """Exact figures over the expected responses of one window.

    A percentile is None when fewer than 20 observations lie above it
    (`stats.required_observations`).
    """

    count: Count
    mean_ms: Amount | None = None
    p50_ms: Amount | None = None
    p90_ms: Amount | None = None
    p95_ms: Amount | None = None
    p99_ms: Amount | None = None
    p999_ms: Amount | None = None
    max_ms: Amount | None = None


class EndpointWindow(Model):
    """One endpoint within the measured window."""

    requests: Count
    errors: Count
    throughput_rps: Amount | None
    latency: LatencyFigures
    statements_per_request: Amount | None = None


class Window(Model):
    """The measured window: warm-up and drain lie outside it."""

    seconds: Amount
    requests: Count
    errors: Count
    throughput_rps: Amount | None
    latency: LatencyFigures
    halves: tuple[Amount, Amount] | None = None
    """Throughput of the first and of the second half, requests a second."""
    vus_busy_share: Amount | None = None
    """Throughput x mean latency / VUs: the share of the VUs that the server kept busy."""


class ContainerUse(Model):
    """Counter differences over the measured window, one container."""

    cpu_ms: Amount | None = None
    cpu_share_of_limit: Amount | None = None
    """CPU time / (window x the CPUs it may use): 1.0 is at its limit."""
    throttled_periods: Count | None = None
    periods: Count | None = None
    memory_peak_mib: Amount | None = None
    memory_mean_mib: Amount | None = None


class Rows(Model):
    """Rows written against the answers that promised them."""

    users_added: Count | None = None
    registrations_201: Count | None = None
    tasks_added: Count | None = None
    invoices_202: Count | None = None


class TaskFigures(Model):
    """What became of the invoices answered with 202."""

    accepted: Count
    completed: Count
    lost: Count
    lag_p50_ms: Amount | None = None
    lag_p95_ms: Amount | None = None
    drain_s: Amount | None = None


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
    duration_s: dict[Phase, Amount] = {}
    cold_start_ms: Amount | None = None
    machine_speed: Amount | None = None
    """Fixed loops a second on the contestant's core, before the trial."""
    window: Window | None = None
    endpoints: dict[Endpoint, EndpointWindow] = {}
    resources: dict[Container, ContainerUse] = {}
    rows: Rows | None = None
    tasks: TaskFigures | None = None
    postgres_settings: dict[str, str] = {}
    findings: tuple[Finding, ...] = ()

    @property
    def is_control(self) -> bool:
        return self.label.endswith(CONTROL_SUFFIX)


class Run(Model):
    """A run folder in memory: the record and its trials, by number and attempt."""

    record: RunRecord
    trials: tuple[TrialRecord, ...]


# --- results.json -----------------------------------------------------------------------------


class Interval(Model):
    low: float
    high: float


class Estimate(Model):
    """A figure with its 95% interval; no interval with fewer than 3 trials."""

    value: float | None = None
    confidence_interval: Interval | None = None


UNDEFINED = Estimate()


class ServiceSummary(Model):
    role: Role
    display_name: str
    verified: bool | None
    failure: str | None
    cold_start_ms: Estimate
    image_mib: float | None
    memory_idle_mib: float | None


class CpuPerRequest(Model):
    """CPU milliseconds a request, by container."""

    service: Estimate = UNDEFINED
    worker: Estimate = UNDEFINED
    postgres: Estimate = UNDEFINED
    redis: Estimate = UNDEFINED
    k6: Estimate = UNDEFINED


class EndpointResults(Model):
    requests: int
    error_rate: float | None
    throughput_rps: Estimate
    latency_mean_ms: Estimate
    latency_p50_ms: Estimate
    latency_p95_ms: Estimate
    latency_p99_ms: Estimate
    statements_per_request: float | None


class TaskResults(Model):
    """Counts are totals over the trials; lags are estimates over them."""

    accepted: int
    completed: int
    lost: int
    lag_p50_ms: Estimate
    lag_p95_ms: Estimate


class ServiceResults(Model):
    """One service under one workload. Figures come from its valid trials only."""

    trials: int
    requests: int
    error_rate: float | None
    """Errors / requests, pooled; failed trials count here, so that failing never looks clean."""
    throughput_rps: Estimate
    latency_mean_ms: Estimate
    latency_p50_ms: Estimate
    latency_p95_ms: Estimate
    latency_p99_ms: Estimate
    cpu_ms_per_request: CpuPerRequest
    floor_ratio: Estimate | None
    """The contestant container's CPU a request over the floor's; None without a floor."""
    memory_peak_mib: Estimate
    rank: tuple[int, int] | None
    """Best and worst rank the evidence allows; None when not ranked."""
    endpoints: dict[Endpoint, EndpointResults]
    tasks: TaskResults | None


class Comparison(Model):
    """a against b. The ratio is a / b; `faster` means better for a, whatever the metric."""

    metric: str
    primary: bool
    a: str
    b: str
    ratio: Estimate
    verdict: Verdict


class Control(Model):
    """A/A: the twin's primary metric over the service's own. Its interval is the noise floor."""

    service: str
    ratio: Estimate


class WorkloadResults(Model):
    parameters: dict[str, Any]
    services: dict[str, ServiceResults]
    comparisons: tuple[Comparison, ...]
    control: Control | None


class Claim(Model):
    """A published claim held against the measurement."""

    id: str
    claimed: str
    measured: str
    verdict: str
    why: str


class Results(Model):
    """results.json."""

    schema_version: Literal[1] = 1
    run_id: str
    profile: str
    seed: int
    status: RunStatus
    valid: bool
    publishable: bool
    findings: tuple[Finding, ...]
    environment: Environment
    services: dict[str, ServiceSummary]
    workloads: dict[str, WorkloadResults]
    claims: tuple[Claim, ...] = ()


# --- reading and writing ----------------------------------------------------------------------


def write_atomic(path: Path, text: str) -> None:
    """Write `text` so that a reader, or a crash, finds the old file or the new, never half.

    The temporary file lies beside the target because a rename is atomic within one file
    system only (POSIX rename).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # mkstemp's 0600 would hide a report from other readers
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def to_json(model: BaseModel) -> str:
    return model.model_dump_json(indent=2) + "\n"


def save(path: Path, model: BaseModel) -> None:
    """Save a record atomically as indented JSON."""
    write_atomic(path, to_json(model))


def save_trial(folder: Path, trial: TrialRecord) -> None:
    """Save a trial in its own folder, `trials/<NNN>-<workload>-<label>`."""
    save(folder / TRIAL_FILE, trial)


Record = TypeVar("Record", bound=BaseModel)


def _load(path: Path, model: type[Record], version: int) -> Record:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(f"{path} is missing", "Is this the folder of a run?") from None
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # covers invalid UTF-8 and invalid JSON alike
        raise ResultsError(f"{path} is not whole JSON: {error}", "Remove it, or the run.") from None
    found = content.get("schema_version") if isinstance(content, dict) else None
    if found != version:
        raise ResultsError(
            f"{path} has schema_version {found!r}, and only {version} is known here",
            "Read it with the version of the lab that wrote it.",
        )
    try:
        # From text and not from the parsed object: JSON has no tuples or datetimes of its own.
        return model.model_validate_json(json.dumps(content))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole file"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise ResultsError(f"{path}: {where}: {first['msg']}{more}") from None


def load_run_record(folder: Path) -> RunRecord:
    """Raises ResultsError for a missing, damaged or unknown run.json."""
    return _load(folder / RUN_FILE, RunRecord, RUN_SCHEMA_VERSION)


def load_run(folder: Path) -> Run:
    """Read a run and every trial it has saved, ordered by number and attempt.

    A trial folder without trial.json was interrupted before it was saved: it is no trial.
    Raises ResultsError.
    """
    record = load_run_record(folder)
    trials: Iterable[TrialRecord] = (
        _load(path, TrialRecord, TRIAL_SCHEMA_VERSION)
        for path in (folder / "trials").glob(f"*/{TRIAL_FILE}")
    )
    ordered = sorted(trials, key=lambda trial: (trial.number, trial.attempt))
    for trial in ordered:
        if trial.service not in record.services:
            raise ResultsError(
                f"trial {trial.number} is of service {trial.service!r}, which run.json has not"
            )
    return Run(record=record, trials=tuple(ordered))


def load_results(folder: Path) -> Results:
    """Raises ResultsError for a missing, damaged or unknown results.json."""
    return _load(folder / RESULTS_FILE, Results, RESULTS_SCHEMA_VERSION)


def results_schema() -> str:
    """The JSON Schema of results.json; it ships as RESULTS_SCHEMA_FILE."""
    schema = Results.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2) + "\n"
