"""The section "Sweep": one contestant at several values of a setting, in numerical order."""

from collections.abc import Iterator, Sequence

from levelbench.analysis import verdict as comparison
from levelbench.analysis.text import UNDEFINED
from levelbench.model import workloads
from levelbench.model.metrics import CPU, MEMORY
from levelbench.model.results import Results
from levelbench.model.sweep import ADVICE, MEANS, Sweep, SweptLoad
from levelbench.model.topology import cpu_count
from levelbench.report import metrics
from levelbench.report.charts.pairs import HIGH, LEGEND, LOW, TICKS, UNDECIDED, ends, texts
from levelbench.report.plot import Axis, Mark, Plot, Row
from levelbench.report.section import Section
from levelbench.report.tables.cells import change_cell
from levelbench.report.tables.table import Cell, Column, Link, Table, filled, pointer
from levelbench.report.words import capital, join, load_name, noun

CONTEXT = (
    "All values have the same image, database and rounds; {means} differ. Each 95% interval holds "
    "by itself. The best values are decided by comparisons that hold together. None is ranked."
)
NO_VALUE = "no valid measurement, or a failed one"


def section(results: Results, order: Sequence[str]) -> Section:
    """Empty where a run is no sweep."""
    found = results.sweep
    if found is None:
        return Section("sweep", "Sweep")
    name = results.services[found.service].display_name
    return Section(
        "sweep",
        f"Sweep: {found.setting} of {name}",
        (CONTEXT.format(means=MEANS[found.setting]),),
        filled(*(_values(results, found, load) for load in order), _advice(results, found)),
        tuple(_picture(results, found, load) for load in order),
    )


def sentences(results: Results) -> tuple[str, ...]:
    """The best value under each workload; empty where a run is no sweep."""
    found = results.sweep
    if found is None:
        return ()
    return tuple(
        f"{capital(f'at {load_name(name)}, {part}')}."
        for name, load in found.workloads.items()
        for part in _parts(results, found, name, load)
    )


def _parts(results: Results, found: Sweep, name: str, load: SweptLoad) -> Iterator[str]:
    """`FastAPI is best with pool 8: +4% throughput relative to the declared 12 (1 to 7%)`."""
    who, setting = results.services[found.service].display_name, found.setting
    primary = workloads.of(name).primary
    worse = [one for one in load.values if one not in load.best]
    if not results.publishable:
        yield f"this run decides no best {setting}"
    elif len(load.values) < 2:
        yield f"no two values of {setting} can be compared"
    elif load.best == (found.service,):
        yield f"{who} is best with its declared {setting}, {found.declared}"
    elif len(load.best) == 1:
        (best,) = load.best
        value = f"{who} is best with {setting} {found.values[best]}"
        ratio = load.values[best].ratios.get(primary.name)
        if ratio and ratio.value is not None:
            change, detail = texts(ratio)
            value += f": {change} {noun(primary.label)} relative to the declared {found.declared}"
            value += f" ({detail})" if detail else ""
        yield value
    elif load.best:
        are = "is" if len(worse) == 1 else "are"
        rest = f"; {_join(found, worse)} {are} shown worse than another" if worse else ""
        yield f"no difference is shown between {setting} {_join(found, load.best)}{rest}"
    if missing := [one for one in found.ordered if one not in load.values]:
        has = "has" if len(missing) == 1 else "have"
        yield f"{setting} {_join(found, missing)} {has} {NO_VALUE}"
    services = results.workloads[name].services
    if bound := [one for one in load.values if services[one].database_bound]:
        yield f"with {setting} {_join(found, bound)} the database was the limit"


def _join(found: Sweep, names: Sequence[str]) -> str:
    """`8, 12 and 24`."""
    return join([str(found.values[name]) for name in found.ordered if name in names])


def _picture(results: Results, found: Sweep, workload: str) -> Plot:
    """Each value by the primary metric, relative to the declared one."""
    tie = comparison.Tie(results.statistics.tie_threshold)
    label = workloads.of(workload).primary.label
    rows = tuple(_row(results, found, workload, name, tie) for name in found.ordered)
    kinds = {mark.kind for row in rows for mark in row.marks}
    words = LEGEND if results.publishable else LEGEND | {"hollow": UNDECIDED}
    return Plot(
        f"sweep-{workload}",
        f"{label} relative to {found.setting} {found.declared}",
        f"{capital(load_name(workload))}: each interval is right with 95% confidence.",
        Axis(LOW, HIGH, TICKS, "%", log=True, band=(tie.low, tie.high), change=True),
        rows,
        legend=(
            ("band", f"tie: under {100 * tie.threshold:g}%"),
            ("diamond", "declared"),
            *((kind, text) for kind, text in words.items() if kind in kinds),
        ),
    )


def _row(results: Results, found: Sweep, workload: str, name: str, tie: comparison.Tie) -> Row:
    label = f"{found.setting} {found.values[name]}"
    primary, value = workloads.of(workload).primary, found.workloads[workload].values.get(name)
    if value and name == found.service:
        return Row(label, (Mark("diamond", 1.0, title=f"{label}: declared"),), "0%", "declared")
    ratio = value.ratios.get(primary.name) if value else None
    if value is None or ratio is None or ratio.value is None:
        return Row(label, (), UNDEFINED, NO_VALUE, tone="muted")
    enough = results.publishable and value.blocks >= results.statistics.verdict_blocks_min
    bounds = ratio.confidence_interval if enough else None
    decided = comparison.verdict(bounds, tie, primary.better) in ("better", "worse")
    shown, detail = texts(ratio)
    low, high = ends(ratio)
    title = f"{label}: {shown} ({detail})" if detail else f"{label}: {shown}"
    return Row(
        label,
        (Mark("filled" if decided else "hollow", ratio.value, low, high, title=title),),
        shown,
        detail,
        figure=_place(workload, name, primary.name),
        reading="change",
    )


def _place(workload: str, name: str, metric: str) -> str:
    return pointer("sweep", "workloads", workload, "values", name, "ratios", metric)


def _values(results: Results, found: Sweep, workload: str) -> Table:
    """A row per value: what was measured, and relative to the declared value."""
    load, measured = workloads.of(workload), results.workloads[workload].services
    swept = found.workloads[workload]
    shown = [one for one in dict.fromkeys((load.primary, CPU, MEMORY)) if one in load.metrics]
    rows = []
    for name in found.ordered:
        if name not in measured:
            continue
        ratios = swept.values[name].ratios if name in swept.values else {}
        notes = ["declared"] if name == found.service else []
        notes += ["among the best"] if results.publishable and name in swept.best else []
        row = [Cell(str(found.values[name]), ", ".join(notes) or None)]
        for metric in shown:
            summary, ratio = results.services[name], ratios.get(metric.name)
            row.append(metrics.cell(metric, workload, name, measured[name], summary))
            row.append(
                change_cell(ratio, _place(workload, name, metric.name))
                if ratio
                else Cell(UNDEFINED, tone="muted")
            )
        rows.append(tuple(row))
    relative = f"relative to {found.declared}"
    return Table(
        f"Values of {found.setting}: {load_name(workload)}",
        (
            Column(capital(found.setting), numeric=False),
            *(
                column
                for metric in shown
                for column in (Column(metric.heading), Column(f"{metric.label}, {relative}"))
            ),
        ),
        tuple(rows),
    )


def _advice(results: Results, found: Sweep) -> Table:
    """What documentation says about the setting, and what follows for the cores of this run."""
    traits = results.services[found.service].traits
    parts = {str(traits.get("server")), str(traits.get("data_layer"))}
    rows = []
    for one in ADVICE:
        if one.setting == found.setting and (not one.parts or parts & set(one.parts)):
            least, most = one.values(cpu_count(results.environment.topology[one.cores_of]))
            here = str(least) if least == most else f"{least} to {most}"
            link = Link(one.source.removeprefix("https://"), one.source)
            rows.append((Cell(one.project), Cell(one.says), Cell(here), Cell("", links=(link,))))
    return Table(
        f"What documentation says about {found.setting}",
        (
            Column("Documentation of", numeric=False),
            Column("Rule", numeric=False),
            Column("Here"),
            Column("Source", numeric=False),
        ),
        tuple(rows),
        ("Here: for the cores that the contestant, or the database, has in this run.",),
    )
