"""results.json: the results that are derived from a run's records (`derive.derive`).

Every model refuses what it does not know, and undefined values are None, never 0.
"""

import json
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from levelbench.model.base import Model
from levelbench.model.code import CodeSummary
from levelbench.model.estimate import UNDEFINED, Estimate, Measured
from levelbench.model.files import parse, read_json, to_json, write_atomic
from levelbench.model.finding import Finding
from levelbench.model.included import What
from levelbench.model.json_schema import require
from levelbench.model.limits import Statistics
from levelbench.model.metric import Level, Metric
from levelbench.model.metrics import ERRORS
from levelbench.model.paired import PairedInstructions
from levelbench.model.run import BEFORE, Environment, Precision, RunStatus, WorkloadParameters
from levelbench.model.since import Since
from levelbench.model.size import Size
from levelbench.model.sweep import Sweep
from levelbench.model.traits import Trait, Value
from levelbench.model.variant import Factor, Variant
from levelbench.model.vocabulary import Endpoint, Role

RESULTS_SCHEMA_VERSION = 2

RESULTS_FILE = "results.json"
RESULTS_SCHEMA_FILE = Path(__file__).parent / "schemas" / "results.schema.json"
OUT_OF_DATE = "Write the schema again: `.venv/bin/python -m levelbench.model.results`."

Verdict = Literal["better", "worse", "equivalent", "inconclusive"]


class IncludedSummary(Model):
    """An included feature."""

    by: str
    """The package that brings it."""
    itself: bool
    """Whether that is the framework's own package; else an additional one."""
    shown: bool | None
    """Whether its proof held in the running contestant; None where it was not run."""


class ServiceSummary(Measured):
    level: ClassVar[Level] = "run"
    role: Role
    display_name: str
    verified: bool | None
    failure: str | None
    image_mib: float | None
    memory_idle_mib: float | None
    code: CodeSummary | None = None
    """What its code costs; None where it was not counted."""
    variant: Variant | None = Field(default=None, exclude_if=lambda value: value is None)
    """What a variant changes; not of others."""
    included: dict[What, IncludedSummary] | None = None
    """Included features; None where they were not recorded."""
    traits: dict[Trait, Value] = Field(default_factory=dict, exclude_if=lambda value: not value)
    """Parts of its stack, as declared; of an older run those that it recorded."""


class ErrorCount(Model):
    """Errors and requests, pooled over valid and failed trials."""

    errors: int
    requests: int


class Answered(Measured):
    """Requests, errors and metrics of one service, or of one endpoint of it."""

    requests: int
    error_rate: float | None
    """Errors / requests, pooled; failed trials count here, so that failing never looks clean."""
    errors: ErrorCount | None = None
    """The counts behind the error rate; None in a file that does not have them."""
    database_bound: bool | None = None
    """Whether the database and not the service was the limit in half of its trials or more: its
    throughput is then the database's. None for an endpoint of a mix, and for isolated endpoints
    together."""

    def estimate(self, metric: Metric) -> Estimate | None:
        """The value of a metric; None where it does not apply."""
        if metric == ERRORS:
            return Estimate(value=self.error_rate)
        return super().estimate(metric)


class EndpointResults(Answered):
    """One endpoint of one service: within a mix, or isolated in a window of its own."""

    level: ClassVar[Level] = "endpoint"
    statements_per_request: float | None


class TaskResults(Model):
    """Counts are totals over the trials, estimates are over them. The time to accept is the latency
    of the endpoint `task`."""

    accepted: int
    completed: int
    lost: int
    """Answered 202 and never completed."""
    lag_p50_ms: Estimate
    """From `created_at` to `finished_at` of the tasks accepted within the measured window."""
    lag_p95_ms: Estimate
    open_at_end: Estimate = UNDEFINED
    """Tasks accepted and not finished when the window ended."""
    drain_s: Estimate = UNDEFINED
    """From the window's end until the last of those was finished."""


class ServiceResults(Answered):
    """One service under one workload. Metrics come from its valid trials only.

    Isolated endpoints together have no throughput, latency, CPU per request or rank: a mean over
    them would be of a mix that no user sends.
    """

    level: ClassVar[Level] = "workload"
    trials: int
    """The valid ones, which gave a value."""
    planned: int | None = None
    """Trials that were planned in the blocks that were begun."""
    rank: tuple[int, int] | None
    """Best and worst rank the evidence allows; None when not ranked."""
    reference: str | None = None
    """The service that ratios to the reference divide by: the one of the same interface (ASGI or
    WSGI), or the run's only one. None without a reference, and in older files."""
    endpoints: dict[Endpoint, EndpointResults]
    tasks: TaskResults | None


class Comparison(Model):
    """Comparison of a with b. The ratio is a / b; `better` and `worse` are meant of a."""

    metric: str
    endpoint: Endpoint | None = None
    """The endpoint that was alone; None for a mix."""
    primary: bool
    a: str
    b: str
    ratio: Estimate
    blocks: int | None = None
    """The blocks in which both have a value: the ratio is paired within them."""
    same_as: str | None = None
    """The metric of which this one is the same observation under a load that saturates; it then has
    no verdict of its own."""
    verdict: Verdict
    """`inconclusive` with fewer blocks than `statistics.verdict_blocks_min`."""


class Control(Model):
    """A/A: the primary metric of each twin over its own service's, pooled over all blocks. The
    interval is the noise floor."""

    service: str | None
    """The one service that had a twin; None where several had one."""
    services: tuple[str, ...] = ()
    """All services that had a twin, each in blocks of its own."""
    ratio: Estimate
    """Where each endpoint was isolated: of the geometric means over all of them. Without interval
    below 3 blocks."""
    endpoints: dict[Endpoint, Estimate] = Field(default_factory=dict)
    """Of each endpoint that was alone; empty for a mix."""

    def of(self, endpoint: Endpoint | None) -> Estimate:
        """The ratio of one isolated endpoint, or over all."""
        return self.endpoints.get(endpoint, self.ratio) if endpoint else self.ratio


class Split(Model):
    """A published lead of a over b, rebuilt and taken apart: as_published is equal_work times
    left_out. Each interval holds at 95% on its own."""

    a: str
    b: str
    claimed: float
    """The ratio of the published numbers."""
    blocks: int
    """In which all four were measured: contestants and exhibits."""
    as_published: Estimate
    """Throughput of a's exhibit over b's."""
    equal_work: Estimate
    """Of a over b themselves: what the frameworks cost for the same work."""
    left_out: Estimate
    """What a gains over b by leaving out work that the contract asks for."""


class Effect(Model):
    """Main effect of a factor: variants over the contestants that they extend, by one metric."""

    factor: Factor
    trait: Trait
    """The first of the changes that the variants declare."""
    level: str
    """The value that they give it."""
    variants: tuple[str, ...]
    """One, or all that have this level: the ratio is then the geometric mean of theirs."""
    metric: str
    endpoint: Endpoint | None = None
    ratio: Estimate
    """Paired within blocks, or within hash seeds for counted instructions. Each interval holds at
    95% on its own."""
    blocks: int
    """Blocks, or hash seeds, in which all of them have a value."""


class Coverage(Model):
    """How much of the plan gave a value, A/A twins included."""

    planned: int
    """Trials that were planned in the blocks that were begun."""
    valid: int
    """Those that gave a value: valid in the attempt of their block that counts."""
    blocks: int
    """Blocks that were begun."""
    rerun: int
    """Blocks of which trials were run again."""


class WorkloadResults(Model):
    parameters: WorkloadParameters
    coverage: Coverage | None = None
    adjusted: bool = False
    """Whether services have values in different blocks, so that their means are least-squares means
    over all blocks (docs/statistics.md)."""
    services: dict[str, ServiceResults]
    comparisons: tuple[Comparison, ...]
    control: Control | None
    published: tuple[Split, ...] = ()
    """Of a load on the list, with exhibits alongside their contestants; empty for all others."""
    effects: tuple[Effect, ...] = Field(default=(), exclude_if=lambda value: not value)
    """Of a run with variants."""


class Claim(Model):
    """A published claim, compared with the measurement."""

    id: str
    claimed: str
    measured: str
    verdict: str
    """holds, direction_only, does_not_hold, opposite, undecided, not_measurable, inconsistent or
    not_measured; docs/article.md has the rules."""
    why: str


class Instructions(Estimate):
    """Instructions per request: the mean over hash seeds, and its parts, which add up to it."""

    seeds: int
    """Hash seeds that gave a value."""
    dumps_differ_max: float | None
    """By how much the median dump of a start differed at most from the lowest, as a share of it."""
    idle_share_max: float | None
    """The largest share of a dump that was subtracted because it runs without requests too."""
    layers: dict[str, Estimate]
    packages: dict[str, Estimate] = Field(default_factory=dict, exclude_if=lambda value: not value)
    """Package, Python code included -> instructions; empty where no start counted by package."""
    objects: dict[str, Estimate]
    """Program or shared object -> instructions executed in it."""


class Results(Model):
    """results.json."""

    schema_version: Literal[2] = 2
    run_id: str
    profile: str
    seed: int
    status: RunStatus
    valid: bool
    publishable: bool
    reasons: tuple[str, ...] = ()
    """Why the run is not valid, or else not publishable, each with what to do; empty if it is."""
    findings: tuple[Finding, ...]
    environment: Environment
    statistics: Statistics
    """The limits that the verdicts follow."""
    services: dict[str, ServiceSummary]
    workloads: dict[str, WorkloadResults]
    claims: tuple[Claim, ...] = ()
    since: Since | None = Field(default=None, exclude_if=lambda value: value is None)
    """What moved since the last run of the series."""
    precision: Precision | None = Field(default=None, exclude_if=lambda value: value is None)
    """The width at which a workload was to end, and what each look saw; not of other runs."""
    instructions: dict[str, dict[Endpoint, Instructions]] = Field(
        default_factory=dict, exclude_if=lambda value: not value
    )
    """Service -> endpoint -> user-space instructions per request, one request in flight; of a run
    that counts."""
    paired_instructions: PairedInstructions | None = Field(
        default=None, exclude_if=lambda value: value is None
    )
    """What these counts decide of a contestant and of itself at another commit; None of others."""
    effects: tuple[Effect, ...] = Field(default=(), exclude_if=lambda value: not value)
    """By counted instructions, of a run that counts variants."""
    sweep: Sweep | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a run that measures one contestant at several values of a setting."""
    size: Size | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a run that checks how much a service needs for a rate."""

    @property
    def has_guest(self) -> bool:
        """Whether it is of somebody's own service, which is compared with no contestant."""
        return any(summary.role == "guest" for summary in self.services.values())


def load_results(folder: Path) -> Results:
    """Raises ResultsError for a missing, damaged or unknown results.json."""
    path = folder / RESULTS_FILE
    content = current(read_json(path, 1, RESULTS_SCHEMA_VERSION))
    require(content, RESULTS_SCHEMA_FILE, path)
    return parse(content, Results, path)


def current(content: Any) -> Any:
    """Convert the content of a results.json to the current schema."""
    return from_schema_1(content) if content["schema_version"] == 1 else content


_RENAMED_IN_2 = {
    "floor_ratio": "cpu_ratio_to_reference",
    "floor_throughput_share": "throughput_ratio_to_reference",
}
_VERDICTS_IN_2 = {"faster": "better", "slower": "worse"}


def from_schema_1(content: Any) -> Any:
    """Convert the content of a results.json of schema 1, which differs from 2 in names only."""
    if isinstance(content, list):
        return [from_schema_1(part) for part in content]
    if not isinstance(content, dict):
        return content
    converted = {_RENAMED_IN_2.get(key, key): from_schema_1(part) for key, part in content.items()}
    if "schema_version" in converted:
        converted |= {"schema_version": 2, "statistics": BEFORE}
    if "ratio" in converted and "verdict" in converted:
        converted["verdict"] = _VERDICTS_IN_2.get(converted["verdict"], converted["verdict"])
    return converted


def to_results_json(results: Results, folder: Path) -> str:
    """The text of results.json. Raises ResultsError for results that its schema does not allow."""
    text = to_json(results)
    require(json.loads(text), RESULTS_SCHEMA_FILE, folder / RESULTS_FILE, OUT_OF_DATE)
    return text


def results_schema() -> str:
    """The JSON Schema of results.json; it ships as RESULTS_SCHEMA_FILE."""
    schema = Results.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    write_atomic(RESULTS_SCHEMA_FILE, results_schema())
