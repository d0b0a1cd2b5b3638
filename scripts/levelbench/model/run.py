"""run.json: the plan, the machine and the contestants of one run."""

import statistics
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from levelbench.model.base import Amount, Count, Model
from levelbench.model.capacity import Objective
from levelbench.model.choice import Choice
from levelbench.model.code import Code
from levelbench.model.count import Counting
from levelbench.model.exhibit import Exhibit
from levelbench.model.files import load
from levelbench.model.finding import Finding
from levelbench.model.included import IncludedRecord
from levelbench.model.ledger import ParityEntry
from levelbench.model.limits import Statistics
from levelbench.model.loads import Disturbance, Visit
from levelbench.model.production import Production
from levelbench.model.release import Release
from levelbench.model.size import SizeRecord
from levelbench.model.sweep import SweepRecord
from levelbench.model.traits import Trait, Value, older
from levelbench.model.variant import Variant
from levelbench.model.vocabulary import Arrivals, Endpoint, Mix, Role

RUN_SCHEMA_VERSION = 1

RUN_FILE = "run.json"

BEFORE = {"tie_threshold": 0.02, "control_limit": 0.05, "outlier_deviations": 3.0}
"""The statistical limits of runs made before run.json recorded all of them."""

RunStatus = Literal["complete", "partial"]


PhaseName = Literal["setup", "images", "build", "verify", "load generator", "prepare", "measure"]
"""`setup` is that of scripts/bootstrap.sh, where the run was its first."""


class Phase(Model):
    """A part of a run, and its wall time."""

    name: PhaseName
    seconds: float
    units: int = 0
    """Images, contestants or trials that it was about."""


class PlannedTrial(Model):
    """One line of the plan: service x workload x block, in the order of `number`."""

    number: int
    block: int
    workload: str
    service: str
    label: str
    """The service's name, or `<service>@control` for the A/A twin."""


class ImageIdentity(Model):
    """Identity of an image: a registry's digest, or the id of a local build."""

    reference: str
    digest: str | None = None
    id: str | None = None


class CpuAccounting(Model):
    """Kernel options that change what CPU time means (Linux: Kconfig, init/Kconfig)."""

    irq_time_accounting: bool
    """Time in interrupts is not charged to the process that they interrupt."""
    paravirt_time_accounting: bool
    """Stolen time is not charged to the process that it interrupts."""
    virt_cpu_accounting_gen: bool
    """User and system time are split at each entry of the kernel, where its CPU has no tick."""
    tick_cpu_accounting: bool
    """User and system time are split by what runs at each tick."""

    def words(self) -> str:
        """`IRQ_TIME_ACCOUNTING off, ...`, as the kernel's configuration names them."""
        return ", ".join(f"{name.upper()} {'on' if value else 'off'}" for name, value in self)


class Environment(Model):
    """The machine and the engine of the run. Names no user and no host: reports are published."""

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
    cpu_accounting: CpuAccounting | None = None
    """None where the kernel's configuration is not readable, and in older runs."""
    hardware_counters: bool | None = Field(default=None, exclude_if=lambda value: value is None)
    """Whether the processor counts instructions for `perf stat`; None in older runs."""

    @property
    def development_grade(self) -> bool:
        """Whether database and load generator share their cores."""
        return self.topology["postgres"] == self.topology["k6"]


class ServiceRecord(Model):
    """A service as recorded by a run, without its trials."""

    role: Role
    display_name: str
    traits: dict[Trait, Value] = Field(default_factory=dict)
    """As declared; an older run recorded only some of them."""
    verified: bool | None = None
    """Whether the contestant passed contract and parity; None when not verified."""
    failure: str | None = None
    cold_start_ms: Amount | None = None
    image_mib: Amount | None = None
    memory_idle_mib: Amount | None = None
    packages: dict[str, str] = Field(default_factory=dict)
    """Package -> locked version, the framework's own first."""
    exhibit: Exhibit | None = None
    """What an exhibit declares; None for all others."""
    variant: Variant | None = Field(default=None, exclude_if=lambda value: value is None)
    """What a variant declares; None for all others."""
    code: Code | None = None
    """None where it was not counted, like what follows."""
    included: tuple[IncludedRecord, ...] | None = None
    """Included features, as declared; the parity ledger has the result of their proofs."""
    production: Production | None = None
    choices: tuple[Choice, ...] | None = None
    """Settings that are not defaults, as declared; None where they were not recorded."""

    @model_validator(mode="before")
    @classmethod
    def _as_before(cls, fields: object) -> object:
        """Before traits were recorded, the interface was, and what server and processes say."""
        if not isinstance(fields, dict) or "interface" not in fields:
            return fields
        rest = {name: value for name, value in fields.items() if name != "interface"}
        production = fields.get("production") or {}
        return rest | {"traits": older({"interface": fields["interface"], **production})}


class RunArguments(Model):
    """The arguments of `bench`: enough to resume an interrupted run."""

    workload: str = ""
    """As WORKLOAD= gave it; empty for the profile's own."""
    workloads: dict[str, Count]
    """Workload -> blocks."""
    mix: Mix
    scale: Count
    arrivals: Arrivals = "even"
    objective: str | None = Field(default=None, exclude_if=lambda value: value is None)
    """As OBJECTIVE= gave it; None for that of levelbench.toml."""
    rate_rps: Count | None = Field(default=None, exclude_if=lambda value: value is None)
    """As RATE= gave it."""
    size: SizeRecord | None = Field(default=None, exclude_if=lambda value: value is None)
    """What the run checks."""
    base: str | None = None
    """The commit at which a contestant is measured alongside its present state; None otherwise."""
    sweep: SweepRecord | None = Field(default=None, exclude_if=lambda value: value is None)
    """What a sweep varies."""
    release: Release | None = Field(default=None, exclude_if=lambda value: value is None)
    """The package of which a contestant is measured in two versions; None otherwise."""
    live: bool = Field(default=False, exclude_if=lambda value: not value)
    """Whether a page was served that showed the run."""

    @property
    def paired(self) -> bool:
        """Whether a contestant is compared with itself, as head and base."""
        return self.base is not None or self.release is not None


class Rates(Model):
    """Calibration of the offered rates of open and capacity loads, once per machine. Runs at other
    rates are not compared."""

    calibrated_by: str
    """Id of the run that calibrated them."""
    slowest: str
    """The contestant with the least throughput under the closed load."""
    throughput_rps: Annotated[float, Field(gt=0)]
    """Its throughput: the median of its trials."""
    trials_rps: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    """Contestant -> throughput of each valid trial of its calibration; empty where one trial each
    was made."""

    def of(self, name: str) -> float | None:
        """A service's own throughput: the median of its trials; None where it was not measured."""
        found = self.trials_rps.get(name)
        return statistics.median(found) if found else None


def _is_empty(value: object) -> bool:
    return value == ()


def _is_none(value: object) -> bool:
    return value is None


class Look(Model):
    """One look at the precision reached: after so many blocks."""

    blocks: Count
    half_width: Amount | None
    """Of the widest simultaneous interval of a primary ratio: (high / low)^0.5 - 1. None where a
    pair has no interval."""


class Precision(Model):
    """Stop on width: a workload ends at the first look at which its intervals are narrow enough.

    Looks are at fixed numbers of blocks, and only widths are looked at: never verdicts.
    """

    workload: str
    target: Annotated[float, Field(gt=0)]
    """The half-width that every primary ratio is to be below."""
    looks: tuple[Count, ...]
    made: tuple[Look, ...] = ()
    ended: Literal["precise", "last look"] | None = None
    """Whether the target was reached, or only the last look; None as long as neither was."""

    def after(self, look: Look) -> "Precision":
        """The same after one more look."""
        made = (*(one for one in self.made if one.blocks != look.blocks), look)
        ended = self.ended
        if look.half_width is not None and look.half_width < self.target:
            ended = "precise"
        elif look.blocks == self.looks[-1]:
            ended = "last look"
        return Precision(**{**dict(self), "made": made, "ended": ended})


class WorkloadParameters(Model):
    """The parameters of one workload: runs and trials of other parameters are not compared.

    What a workload does not have is None, and not written.
    """

    vus: Count
    """Under an open load: the most requests that may be in flight."""
    warmup_s: Count
    measure_s: Count
    slices: Count | None = Field(default=None, exclude_if=_is_none)
    """Number of slices of the window where contestants take turns."""
    gated: bool | None = Field(default=None, exclude_if=_is_none)
    """Of slices: whether each begins only once no contestant has a request in flight."""
    pause_s: dict[Endpoint, Count] | None = Field(default=None, exclude_if=_is_none)
    """After each endpoint's slot, where each has one."""
    mix: Mix | None = Field(default=None, exclude_if=_is_none)
    weights: dict[Endpoint, Count] | None = Field(default=None, exclude_if=_is_none)
    rate_rps: Count | None = Field(default=None, exclude_if=_is_none)
    """Offered by an open load."""
    arrivals: Arrivals | None = Field(default=None, exclude_if=_is_none)
    """Of an open load."""
    steps_rps: tuple[Count, ...] | None = Field(default=None, exclude_if=_is_none)
    """Offered by a capacity load, one after the other."""
    steps_users: tuple[Count, ...] | None = Field(default=None, exclude_if=_is_none)
    """Users with think time, one number after the other."""
    visit: Visit | None = Field(default=None, exclude_if=_is_none)
    """What they do."""
    disturbance: Disturbance | None = Field(default=None, exclude_if=_is_none)
    """What disturbs the load; its rates are shares of each service's own throughput."""
    objective_ms: Count | None = Field(default=None, exclude_if=_is_none)
    """The p95 latency that a step of the ladder must hold, in runs that recorded no objective."""
    objective: str | None = Field(default=None, exclude_if=_is_none)
    """What a rate must meet, such as `p95<200ms`."""
    orders: Count
    """Of the dataset; 0 for a guest, which has data of its own."""
    scale: Count
    dataset_sha256: str
    """Empty for a guest."""
    journey_sha256: str | None = Field(default=None, exclude_if=_is_none)
    """Of a guest: its requests, weights and checks."""

    @model_validator(mode="before")
    @classmethod
    def _as_before(cls, fields: dict[str, object]) -> dict[str, object]:
        """Before they were recorded, open loads had even arrivals, slices had no gate, and an
        objective was about p95."""
        before: dict[str, object] = {"arrivals": "even"} if fields.get("rate_rps") else {}
        if fields.get("slices"):
            before["gated"] = False
        if limit_ms := fields.get("objective_ms"):
            before["objective"] = f"p95<{limit_ms}ms"
        return {**before, **fields}

    @property
    def aim(self) -> Objective | None:
        """The objective of a capacity load."""
        return Objective.parse(self.objective, 1.0) if self.objective else None

    def changed(self, other: "WorkloadParameters") -> tuple[str, ...]:
        """The names of the parameters that differ, in alphabetical order."""
        names = sorted(WorkloadParameters.model_fields)
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))


class RunRecord(Model):
    """run.json: the plan, the machine and the contestants of one run."""

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
    choices: RunArguments
    rates: Rates | None = None
    """None where no workload needs them."""
    workloads: dict[str, WorkloadParameters]
    precision: Precision | None = None
    """None in a run without a target: it has the blocks of its profile."""
    counting: Counting | None = Field(default=None, exclude_if=_is_none)
    """Of a run that counts instructions in place of trials."""
    statistics: Statistics
    """The limits that its verdicts follow, as levelbench.toml had them when it was made."""
    parity: tuple[ParityEntry, ...] = ()
    findings: tuple[Finding, ...] = ()
    phases: tuple[Phase, ...] = Field(default=(), exclude_if=_is_empty)
    """In their order; those of a resumed run are of its last part."""

    @model_validator(mode="before")
    @classmethod
    def _statistics_of_before(cls, fields: dict[str, object]) -> dict[str, object]:
        if "statistics" in fields:
            return fields
        rest = {name: value for name, value in fields.items() if name not in BEFORE}
        recorded = {name: fields[name] for name in BEFORE if name in fields}
        return {**rest, "statistics": {**BEFORE, **recorded}}

    @property
    def tie_threshold(self) -> float:
        return self.statistics.tie_threshold


def load_run_record(folder: Path) -> RunRecord:
    """Raises ResultsError for a missing, damaged or unknown run.json."""
    return load(folder / RUN_FILE, RunRecord, RUN_SCHEMA_VERSION)
