"""The charts of each load, with the tables of their values folded beneath."""

from collections.abc import Iterator, Sequence

from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.vocabulary import Kind
from levelbench.report.answer import found
from levelbench.report.charts import capacity, cpu, disturbed, endpoints, latency, users
from levelbench.report.charts.pairs import picture
from levelbench.report.plot import Plot
from levelbench.report.section import Missing, Section
from levelbench.report.tables import alone, contestants, detail, ladder
from levelbench.report.tables import pairs as pairs_table  # `pairs` is a module of charts
from levelbench.report.tables.table import Table, folded
from levelbench.report.words import join, load_name

KINDS: dict[Kind, str] = {
    "closed": "full speed",
    "endpoints": "each endpoint by itself",
    "open": "latency at a fixed rate",
    "capacity": "capacity",
}
"""Kind of load, each a value of WORKLOAD= -> what it measures."""


def section(results: Results, run: Run, order: Sequence[str]) -> Section:
    """A part for each load, in `order`, and what was not measured."""
    parts = [
        _of_load(results, run, workload, is_main=not place) for place, workload in enumerate(order)
    ]
    return Section("charts", "Charts", sections=(*parts, *_not_measured(results)))


def _not_measured(results: Results) -> tuple[Section, ...]:
    """One panel with one command for all kinds of load that the run does not have."""
    ran = {workloads.of(workload).kind for workload in results.workloads}
    if results.has_guest:
        ran.add("endpoints")  # it has none
    missing = {kind: measures for kind, measures in KINDS.items() if kind not in ran}
    if not missing:
        return ()
    panel = Missing(
        f"This run did not measure {join(list(missing.values()))}.",
        f"make {_target(results)} WORKLOAD={','.join(missing)}",
    )
    return (Section("not-measured", "Not measured", missing=panel),)


def _target(results: Results) -> str:
    """`bench`, or the target of a guest."""
    guests = (name for name, summary in results.services.items() if summary.role == "guest")
    return f"bench-{name}" if (name := next(guests, None)) else "bench"


def _of_load(results: Results, run: Run, workload: str, *, is_main: bool) -> Section:
    """The charts of one load, and all its tables.

    The answer has the sentences on the main load and the picture of its pairs. A run that decides
    nothing says so there, once.
    """
    text, plots = _drawn(results, workload)
    beside = tuple(part for part in _beside(results, run, workload, is_main=is_main) if part.plots)
    placed = {table.caption for part in beside for table in part.tables}
    return Section(
        f"charts-{workload}",
        load_name(workload).capitalize(),
        text if is_main or not results.publishable else (found(results, run, workload), *text),
        tuple(table for table in _tables(results, run, workload) if table.caption not in placed),
        plots=plots,
        sections=beside,
    )


def _drawn(results: Results, workload: str) -> tuple[tuple[str, ...], tuple[Plot, ...]]:
    """What a kind of load shows, and how to read it."""
    load = workloads.of(workload)
    if load.alone:
        return (endpoints.TEXT,), endpoints.panels(results, workload)
    if load.kind == "open":
        return (latency.text(results, workload),), latency.panels(results, workload)
    if load.own_rates:
        return (disturbed.text(results, workload),), disturbed.panels(results, workload)
    if load.kind in ("capacity", "session"):
        return (), capacity.rates(results, workload)
    return (), cpu.bars(results, workload)


def _beside(results: Results, run: Run, workload: str, *, is_main: bool) -> Iterator[Section]:
    """Further charts of a load, each with its table."""
    load, start = workloads.of(workload), f"charts-{workload}"
    if load.kind == "capacity":
        yield Section(
            f"{start}-rates",
            "Latency by offered rate",
            (capacity.latency_text(results, workload),),
            folded(ladder.steps(results, run, workload)),
            plots=capacity.panels(results, run, workload),
        )
    if not is_main and not load.alone and (drawn := picture(results, workload)):
        table = pairs_table.comparisons(results, workload, load.primary.name)
        yield Section(f"{start}-pairs", "Every pair", tables=folded(table), plots=(drawn,))
    if load.kind == "session":
        table = users.steps(results, run, workload)
        text, drawn_p95 = users.TEXT, users.latencies(results, run, workload)
        yield Section(f"{start}-users", "Latency by users", (text,), folded(table), drawn_p95)
    if is_main and load.kind in ("open", "capacity", "session"):
        table = detail.resources(results, run, workload)
        drawn_cpu = cpu.bars(results, workload)
        yield Section(f"{start}-cpu", "CPU time", tables=folded(table), plots=drawn_cpu)


def _tables(results: Results, run: Run, workload: str) -> tuple[Table, ...]:
    load = workloads.of(workload)
    whole = (
        (alone.each_endpoint(results, workload), alone.times_the_reference(results, workload))
        if load.alone
        else (contestants.head_to_head(results, workload),)
    )
    return folded(
        *whole,
        detail.resources(results, run, workload),
        detail.endpoints(results, workload),
        detail.requests(results, run, workload),
        detail.tasks(results, workload),
        ladder.steps(results, run, workload),
        pairs_table.comparisons(results, workload, load.primary.name),
        pairs_table.exploratory(results, workload, load.primary.name),
    )
