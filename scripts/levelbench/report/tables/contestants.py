"""The table that compares all contestants under one load."""

from collections.abc import Iterable
from dataclasses import replace

from levelbench.analysis.text import UNDEFINED
from levelbench.model import workloads
from levelbench.model.estimate import Measured
from levelbench.model.metric import Metric
from levelbench.model.metrics import METRICS
from levelbench.model.results import Results, ServiceResults, ServiceSummary
from levelbench.model.run import WorkloadParameters
from levelbench.model.workloads import Workload
from levelbench.report.metrics import cell
from levelbench.report.standing import ordered
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import ARRIVING, INTERVALS, join, kind, load_name

REFERENCE_NOTE = (
    "The baseline, {}, does the same work without a framework. It may be limited by the "
    "database, or on few cores by the core that database and load generator share. Its throughput "
    "then understates the cost of a framework: compare CPU per request instead."
)

ADJUSTED = (
    "Not all were measured in the same rounds (see Valid measurements). Each value is therefore "
    "adjusted to all rounds: a least-squares mean over contestants and rounds."
)

DATABASE_BOUND = "limited by the database"

ROLES = {"reference": "baseline", "exhibit": "exhibit", "variant": "variant"}
ROLE_NOTES = {role: f"{name}, not ranked" for role, name in ROLES.items()}


def shown(results: Results, workload: str, *, terminal: bool = False) -> list[Metric]:
    """The metrics of a workload's table; of an optional one, only where a contestant has it.

    Where latency decides, it comes before what it does not follow from.
    """
    load = workloads.of(workload)
    services = results.workloads[workload].services
    measured: list[Measured] = [*services.values()]
    measured += [found for service in services.values() for found in service.endpoints.values()]
    chosen = [
        m
        for m in METRICS
        if load.kind in (m.terminal if terminal else m.table)
        and not (m.optional and all(is_absent(found, m) for found in measured))
    ]
    if load.primary.follows_throughput:
        chosen.sort(key=lambda m: not m.follows_throughput)
    return chosen


def is_absent(found: Measured, metric: Metric) -> bool:
    estimate = found.estimate(metric)
    return estimate is None or estimate.value is None


def reference_notes(results: Results, workload: str, metrics: Iterable[Metric]) -> tuple[str, ...]:
    named = baselines(results, workload)
    if not named or not any(metric.ratio_of for metric in metrics):
        return ()
    return (REFERENCE_NOTE.format(named),)


def baselines(results: Results, workload: str) -> str:
    """The references by display name; of two, each with the contestants it is the baseline of."""
    divided: dict[str, list[str]] = {}
    for name, service in results.workloads[workload].services.items():
        if service.reference and service.reference != name:
            divided.setdefault(service.reference, []).append(results.services[name].display_name)
    texts = []
    for reference, names in sorted(divided.items()):
        title = results.services[reference].display_name
        text = title[:1].lower() + title[1:]
        texts.append(f"{text} ({join(names)})" if len(divided) > 1 else text)
    return " or ".join(texts)


def head_to_head(results: Results, workload: str, *, terminal: bool = False) -> Table:
    """A row per contestant, best value first, each value with its interval."""
    measured = results.workloads[workload]
    load = workloads.of(workload)
    metrics = shown(results, workload, terminal=terminal)
    columns: tuple[Column, ...] = (
        Column(kind(results, "Contestant"), numeric=False),
        Column("Rank"),
        *(Column(m.heading, short=m.short) for m in metrics),
        Column("Valid measurements", short="Valid"),
    )
    rows: list[tuple[Cell, ...]] = []
    for name in ordered(results, workload):
        service, summary = measured.services[name], results.services[name]
        rows.append(
            (
                replace(header(summary), anchor=row_id(workload, name)),
                rank_cell(service, summary, decides=results.publishable),
                *(cell(m, workload, name, service, summary) for m in metrics),
                _trials_cell(service),
            )
        )
    rows += [  # those that failed before the load
        (
            replace(header(summary), anchor=row_id(workload, name)),
            Cell("failed", tone="bad"),
            *(Cell(UNDEFINED, tone="muted") for _ in metrics),
            Cell("0"),
        )
        for name, summary in results.services.items()
        if name not in measured.services and summary.failure
    ]
    if results.has_guest:  # it has no rank
        columns = (columns[0], *columns[2:])
        rows = [(row[0], *row[2:]) for row in rows]
    notes = [INTERVALS, f"{UNDEFINED}: undefined or not measured, never zero."]
    notes += reference_notes(results, workload, metrics)
    notes += adjusted_notes(results, workload)
    if note := _load_note(results, load, measured.parameters):
        notes.insert(0, note)
    caption = f"{kind(results, 'Contestant')}s: {load_name(workload)}"
    return Table(caption, columns, tuple(rows), tuple(notes))


def row_id(workload: str, name: str) -> str:
    """Anchor of a contestant's row, with all its values under a load."""
    return f"all-{workload}-{name}"


def _trials_cell(service: ServiceResults) -> Cell:
    """`5`, or `3 of 5` where rounds are missing."""
    if service.planned is None or service.trials == service.planned:
        return Cell(str(service.trials))
    return Cell(f"{service.trials} of {service.planned}", tone="bad")


def adjusted_notes(results: Results, workload: str) -> tuple[str, ...]:
    """The note on means of contestants that were measured in different rounds."""
    return (ADJUSTED,) if results.workloads[workload].adjusted else ()


def _load_note(results: Results, load: Workload, parameters: WorkloadParameters) -> str | None:
    """What a reader must know about this load."""
    if load.kind == "open":
        return (
            f"Every {kind(results, 'contestant')} receives {parameters.rate_rps} requests/s, "
            f"{ARRIVING[parameters.arrivals or 'even']}, however fast it answers. Latency counts "
            "from the moment when a request was due, and includes requests that timed out. CPU in "
            "use: of the contestant's limit, at this rate."
        )
    if load.kind == "session":
        visit = parameters.visit
        mean = f" of {visit.think_mean_s:.0f} s on average" if visit else ""
        return (
            f"Users: the most with think time{mean} up to whom errors are few and p95 latency is "
            f"at most {parameters.objective_ms} ms, taken as the middle between that step of the "
            "ladder and the next."
        )
    if load.kind == "capacity":
        return (
            "Capacity: the offered rate up to which no request is dropped and errors are few, "
            f"{parameters.aim.words if parameters.aim else UNDEFINED}. Each measurement raises the "
            "rate until it misses that."
        )
    return None


def header(summary: ServiceSummary) -> Cell:
    """A contestant's name, with its failure or role."""
    detail = summary.failure or ROLE_NOTES.get(summary.role)
    return Cell(summary.display_name, detail, "bad" if summary.failure else "")


def rank_cell(service: ServiceResults, summary: ServiceSummary, *, decides: bool) -> Cell:
    """`1 to 2`, or why there is no rank. `decides`: whether the run may be quoted."""
    if service.rank is None:
        if summary.failure:
            return Cell("failed", tone="bad")
        if not service.trials:
            return Cell("not measured", tone="muted")
        return Cell("not ranked", DATABASE_BOUND if service.database_bound else None, tone="muted")
    return Cell(rank_text(service.rank)) if decides else Cell(UNDEFINED, tone="muted")


def rank_text(rank: tuple[int, int]) -> str:
    best, worst = rank
    return str(best) if best == worst else f"{best} to {worst}"
