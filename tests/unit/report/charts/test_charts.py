"""Which charts and tables each load has, and what a run did not measure."""

from collections.abc import Iterator
from functools import cache

import pytest

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import charts
from levelbench.report.section import Section
from tests.unit.factories import alone, make_run
from tests.unit.factories.kinds import KINDS
from tests.unit.factories.loads import capacity_run, open_run
from tests.unit.factories.standard import standard_run


@cache
def run() -> Run:
    """Every kind of load."""
    return standard_run(blocks=5, others=5)


@cache
def results() -> Results:
    return derive(run())


def section(of: Run) -> Section:
    return charts.section(derive(of), of, list(of.record.workloads))


@cache
def parts() -> dict[str, Section]:
    found = charts.section(results(), run(), list(results().workloads))
    return {part.id: part for part in walk(found)}


def walk(part: Section) -> Iterator[Section]:
    yield part
    for within in part.sections:
        yield from walk(within)


def test_every_load_has_its_charts() -> None:
    shown = {name: [plot.id for plot in part.plots] for name, part in parts().items()}
    rates = shown.pop("charts-capacity-rates")
    assert len(rates) == 6
    assert shown == {
        "charts": [],
        "charts-closed": ["cpu-closed"],
        "charts-open-50": ["open-50-p50", "open-50-p95", "open-50-p99"],
        "charts-open-50-pairs": ["pairs-open-50"],
        "charts-open-80": ["open-80-p50", "open-80-p95", "open-80-p99"],
        "charts-open-80-pairs": ["pairs-open-80"],
        "charts-endpoints": [
            f"endpoints-{endpoint}" for endpoint in ("register", "login", "list", "detail", "task")
        ],
        "charts-capacity": ["capacity-rate"],
        "charts-capacity-pairs": ["pairs-capacity"],
        "charts-closed-no-auth": ["cpu-closed-no-auth"],
        "charts-closed-no-auth-pairs": ["pairs-closed-no-auth"],
    }


def test_every_table_of_a_load_is_folded_and_stands_once() -> None:
    tables = [table for part in parts().values() for table in part.tables]
    assert all(table.folded and table.rows for table in tables)
    anchors = [table.anchor for table in tables]
    assert len(set(anchors)) == len(anchors)
    for workload in results().workloads:
        own = walk(parts()[f"charts-{workload}"])
        captions = {table.caption.partition(":")[0] for part in own for table in part.tables}
        assert {"Where the CPU time goes", "Every pair"} <= captions


def test_the_table_of_the_pairs_stands_beneath_their_picture() -> None:
    captions = {name: [table.caption for table in part.tables] for name, part in parts().items()}
    assert "Every pair: full speed (closed), throughput" in captions["charts-closed"]
    assert captions["charts-open-80-pairs"] == ["Every pair: fixed rate (open-80), p95 latency"]
    assert captions["charts-capacity-rates"] == ["Latency by offered rate: capacity"]


def test_the_answer_has_the_sentence_on_the_main_load() -> None:
    assert parts()["charts-closed"].text == ()
    assert "90 requests/s" in " ".join(parts()["charts-open-50"].text)


@pytest.mark.parametrize(
    ("of", "command"),
    [
        (make_run(), "make bench WORKLOAD=endpoints,open,capacity"),
        (alone.make_run(), "make bench WORKLOAD=closed,open,capacity"),
        (open_run(), "make bench WORKLOAD=closed,endpoints,capacity"),
        (KINDS["nothing"](), "make bench WORKLOAD=endpoints,open,capacity"),
    ],
    ids=["closed", "endpoints", "open", "nothing"],
)
def test_one_panel_names_what_was_not_measured_and_the_command(of: Run, command: str) -> None:
    panel = section(of).sections[-1]
    assert panel.id == "not-measured"
    assert panel.missing is not None
    assert panel.missing.command == command
    assert panel.missing.text.startswith("This run did not measure ")


def test_a_run_of_every_kind_of_load_lacks_nothing() -> None:
    assert "not-measured" not in parts()


@pytest.mark.parametrize("of", [open_run(), capacity_run()])
def test_the_cpu_time_of_a_main_load_is_drawn_too(of: Run) -> None:
    (workload,) = of.record.workloads
    found = {part.id: part for part in walk(section(of))}
    assert [plot.id for plot in found[f"charts-{workload}-cpu"].plots] == [f"cpu-{workload}"]


@pytest.mark.parametrize("kind", ["disturbed", "partial", "failed", "one", "smoke", "hostile"])
def test_every_run_has_plots_whose_marks_lie_on_their_axis(kind: str) -> None:
    plots = [plot for part in walk(section(KINDS[kind]())) for plot in part.plots]
    assert plots
    for plot in plots:
        assert plot.rows
        for row in plot.rows:
            for mark in row.marks:
                bounds = (mark.low, mark.high) if mark.is_bar else (mark.value, mark.low, mark.high)
                ends = [end for end in bounds if end is not None]
                assert all(plot.axis.has(end) for end in ends)
