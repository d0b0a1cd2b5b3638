"""Cores for a load: CPU time per request, converted to the cores that a rate of requests needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from levelbench.analysis.estimates import scaled
from levelbench.analysis.text import interval, value_text
from levelbench.model import workloads
from levelbench.model.estimate import UNDEFINED, Estimate
from levelbench.model.metric import Metric
from levelbench.model.metrics import CPU, CPU_WITH_POSTGRES
from levelbench.model.results import Answered, Results
from levelbench.model.vocabulary import COMPARED, Endpoint
from levelbench.report.standing import ordered, ordered_on
from levelbench.report.tables.table import Cell, Column, Table, Tone, pointer
from levelbench.report.words import kind, load_name, number_word

RATES_RPS = (50, 300, 1000)
SMALL_RPS = RATES_RPS[0]

CAPTION = "Cores for your load"
NOTE = (
    "Requests/s x CPU time per request at {load}: by CPU time, linear, without headroom and "
    "without the worker."
)
PARTS = (
    (0.1, "a tenth of a core"),
    (0.25, "a quarter of a core"),
    (1 / 3, "a third of a core"),
    (0.5, "half a core"),
)


@dataclass(frozen=True)
class Source:
    """Where CPU time per request is read: a workload, or one isolated endpoint of it."""

    workload: str
    endpoint: Endpoint | None = None

    @property
    def load(self) -> str:
        """`full speed (closed)`, or with the endpoint."""
        return f"{load_name(self.workload)}{f', {self.endpoint}' if self.endpoint else ''}"

    @property
    def requests(self) -> str:
        return f"{self.endpoint} requests/s" if self.endpoint else "requests/s"


@dataclass(frozen=True)
class Use:
    """CPU milliseconds per request of one contestant: cores at 1,000 requests/s."""

    name: str
    own: Estimate
    with_postgres: Estimate | None

    @property
    def most(self) -> float | None:
        """The upper end of its own interval, or the value without one."""
        bounds = self.own.confidence_interval
        return bounds.high if bounds else self.own.value


def source(results: Results) -> Source | None:
    """The first workload with CPU time of a mix of requests; else the list, isolated."""
    alone = None
    for name in workloads.WORKLOADS:
        if name not in results.workloads:
            continue
        kind = workloads.of(name).kind
        if kind in ("closed", "open") and uses(results, Source(name)):
            return Source(name)
        if kind == "endpoints":
            alone = Source(name, "list")
    return alone if alone and uses(results, alone) else None


def uses(results: Results, of: Source) -> list[Use]:
    """Contestants with a known CPU time per request, in the order of the overview."""
    found = []
    order = (
        ordered_on(results, of.workload, of.endpoint)
        if of.endpoint
        else ordered(results, of.workload)
    )
    for name in order:
        measured = _measured(results, of, name)
        own = measured.estimate(CPU) if measured else None
        if results.services[name].role in COMPARED and own and own.value is not None:
            total = measured.estimate(CPU_WITH_POSTGRES) if measured else None
            found.append(Use(name, own, total if total and total.value is not None else None))
    return found


def _measured(results: Results, of: Source, name: str) -> Answered | None:
    service = results.workloads[of.workload].services[name]
    return service.endpoints.get(of.endpoint) if of.endpoint else service


def table(results: Results) -> Table:
    """A row per contestant: cores at each rate, and with PostgreSQL at the highest one."""
    of = source(results)
    found = uses(results, of) if of else []
    if of is None or not found:
        return Table(CAPTION, (), ())
    last = RATES_RPS[-1]
    shown = [
        (Column(f"{rate:,} {of.requests}", short=f"{rate:,}/s"), rate, CPU) for rate in RATES_RPS
    ]
    if any(use.with_postgres for use in found):
        both = Column(f"{last:,}, with PostgreSQL", short=f"{last:,}/s with database")
        shown.append((both, last, CPU_WITH_POSTGRES))
    return Table(
        CAPTION,
        (Column(kind(results, "Framework"), numeric=False), *(column for column, _, _ in shown)),
        tuple(
            (
                Cell(results.services[use.name].display_name, data=tuple(_data(use))),
                *(_cell(of, use, metric, rate) for _, rate, metric in shown),
            )
            for use in found
        ),
        (NOTE.format(load=of.load),),
    )


def _data(use: Use) -> Iterator[tuple[str, str]]:
    """What the page's input converts: `ms`, `low` and `high`, and the same with PostgreSQL."""
    for prefix, estimate in (("", use.own), ("postgres-", use.with_postgres)):
        if estimate is None or estimate.value is None:
            continue
        yield f"{prefix}ms", repr(estimate.value)
        if bounds := estimate.confidence_interval:
            yield f"{prefix}low", repr(bounds.low)
            yield f"{prefix}high", repr(bounds.high)


def _cell(of: Source, use: Use, metric: Metric, rate: int) -> Cell:
    place = ("endpoints", of.endpoint) if of.endpoint else ()
    parts = "services", use.name, *place, *metric.name.split(".")
    figure = pointer("workloads", of.workload, *parts)
    factor = rate / 1000
    found = use.own if metric == CPU else use.with_postgres
    cores = scaled(found, factor) if found else UNDEFINED
    tone: Tone = "muted" if cores.value is None else ""
    return Cell(
        value_text(cores), interval(cores), tone=tone, figure=figure,
        data=(("scale", f"{factor:g}"),),
    )  # fmt: skip


def so_what(results: Results) -> str:
    """What CPU time per request means at a small load; empty where it is unknown."""
    of = source(results)
    found = uses(results, of) if of else []
    needs = [use.most * SMALL_RPS / 1000 for use in found if use.most is not None]
    if of is None or not needs:
        return ""
    at = f"At {SMALL_RPS} {of.requests}"
    subject, verb = f"all {number_word(len(needs))}", "need"
    if len(needs) == 1:
        subject, verb = results.services[found[0].name].display_name, "needs"
    elif len(needs) == 2:
        subject = "both"
    most = max(needs)
    part = next((words for limit, words in PARTS if most <= limit), None)
    if part:
        advice = ": choose by something else" if len(needs) > 1 else ""
        return f"{at}, {subject} {verb} less than {part}{advice}."
    if most <= 1:
        return f"{at}, {subject} {verb} less than one core."
    if len(needs) == 1:
        return f"{at}, {subject} {verb} up to {most:.1f} cores."
    least = min(needs)
    return f"{at}, the frameworks need between {least:.1f} and {most:.1f} cores."
