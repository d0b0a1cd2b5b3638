"""Part 3 of the report: charts. Each one links to the table with its values."""

from collections.abc import Iterable

from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.charts import alone, cpu, ladder, latency, overtime, primary, ratios
from levelbench.report.drawing import Chart
from levelbench.report.section import Section
from levelbench.report.tables import ladder as ladder_table
from levelbench.report.tables import overtime as overtime_table
from levelbench.report.words import load_name


def section(results: Results, run: Run, order: list[str]) -> Section:
    """The charts of all workloads, in `order`."""
    parts = [_of_workload(results, run, workload) for workload in order]
    first, *others = parts or [Section("charts", "Charts")]
    return Section(
        "charts",
        "Charts",
        tables=first.tables,
        charts=first.charts,
        sections=tuple(part for part in others if not part.is_empty),
    )


def _of_workload(results: Results, run: Run, workload: str) -> Section:
    tables = (ladder_table.steps(results, run, workload), overtime_table.throughput(run, workload))
    return Section(
        f"charts-{workload}",
        f"Charts: {load_name(workload)}",
        tables=tuple(table for table in tables if table.rows),
        charts=tuple(all_charts(results, run, workload)),
    )


def all_charts(results: Results, run: Run, workload: str) -> list[Chart]:
    """The charts of a workload, without those that have no values."""
    return [chart for chart in _drawn(results, run, workload) if chart]


def _drawn(results: Results, run: Run, workload: str) -> Iterable[Chart | None]:
    load = workloads.of(workload)
    if load.alone:
        yield alone.throughput(results, run, workload)
        yield alone.cpu(results, run, workload)
        return
    yield (
        latency.percentiles(results, workload)
        if load.kind == "open"
        else primary.primary(results, workload)
    )
    yield ratios.matrix(results, workload)
    yield ladder.latency(results, run, workload)
    yield cpu.split(results, run, workload)
    yield overtime.throughput(results, run, workload)
