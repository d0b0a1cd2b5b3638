import pytest
from rich.console import Console

from levelbench import report
from levelbench.derive import derive
from levelbench.report import numbers, tables
from levelbench.report.tables import Table
from levelbench.results import Comparison, Estimate, Interval, Run
from tests.unit.factories import make_run


def head(run: Run) -> Table:
    return tables.head_to_head(derive(run), "closed")


def row(table: Table, name: str) -> dict[str, tuple[str, str | None]]:
    cells = next(row for row in table.rows if row[0].text == name)
    return {
        column.label: (cell.text, cell.detail)
        for column, cell in zip(table.columns, cells, strict=True)
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1247.4, "1,247"),
        (404.16, "404"),
        (41.27, "41.3"),
        (5.4, "5.40"),
        (0.512, "0.512"),
        (0.0213, "0.021"),
        (0.0, "0"),
        (None, "—"),
    ],
)
def test_three_significant_digits(value: float | None, text: str) -> None:
    assert numbers.number(value) == text


def test_an_interval_has_the_decimals_of_its_value() -> None:
    estimate = Estimate(value=9.99, confidence_interval=Interval(low=9.0, high=10.98))
    assert numbers.interval(estimate) == "9.00 to 10.98"
    assert numbers.interval(Estimate(value=1.0)) is None


@pytest.mark.parametrize(
    ("rate", "text"), [(None, "—"), (0.0, "0%"), (0.00001, "under 0.01%"), (0.0123, "1.23%")]
)
def test_error_rates(rate: float | None, text: str) -> None:
    assert numbers.error_rate(rate) == text


def test_every_figure_has_its_interval() -> None:
    flask = row(head(make_run(floor=True)), "flask")
    for label, (text, detail) in flask.items():
        if label not in ("Contestant", "Rank", "Errors", "Trials"):
            assert detail is not None, label
            assert " to " in detail
            assert text != "—"
    assert flask["Rank"] == ("3", None)
    assert flask["CPU a request, ms"][0] == "3.70"


def test_latency_in_the_closed_workload_is_marked() -> None:
    table = head(make_run())
    assert {"Latency mean, ms†", "Latency p95, ms†"} <= {c.label for c in table.columns}
    assert table.notes[0].startswith(
        "† In the closed workload the mean latency is 100 / throughput"
    )


def test_the_floor_has_its_column_only_when_it_ran() -> None:
    label = "CPU, times the floor's"
    assert label in row(head(make_run(floor=True)), "flask")
    assert label not in row(head(make_run()), "flask")
    assert row(head(make_run(floor=True)), "floor")["Contestant"][1] == "reference, not ranked"


def test_best_first_then_references_then_the_failed() -> None:
    table = head(make_run(floor=True, failed="fastapi", control=None))
    assert [cells[0].text for cells in table.rows] == [
        "starlette",
        "flask",
        "django",
        "floor",
        "fastapi",
    ]
    assert row(table, "fastapi")["Rank"] == ("failed", None)


def test_the_better_one_stands_first_in_each_pair() -> None:
    pair = Comparison(
        metric="latency_p95_ms",
        primary=False,
        a="fast",
        b="slow",
        ratio=Estimate(value=0.5, confidence_interval=Interval(low=0.4, high=0.625)),
        verdict="faster",
    )
    assert tables.better_first(pair)[:2] == ("fast", "slow")
    turned = pair.model_copy(update={"metric": "throughput_rps", "verdict": "slower"})
    first, second, ratio, verdict = tables.better_first(turned)
    assert (first, second, ratio.value, verdict) == ("slow", "fast", 2.0, "faster")
    assert ratio.confidence_interval == Interval(low=1.6, high=2.5)


def test_ratios_near_one_have_a_third_decimal() -> None:
    table = tables.comparisons(derive(make_run()), "closed", "throughput_rps")
    assert row(table, "starlette / fastapi")["Ratio"][0] == "1.007"
    assert row(table, "starlette / flask")["Ratio"][0] == "1.55"


def test_checks_show_the_worst_trial() -> None:
    run = make_run()
    first = next(t for t in run.trials if t.label == "flask")
    assert first.window is not None
    idle = first.window.model_copy(update={"vus_busy_share": 0.972})
    trials = [t.model_copy(update={"window": idle}) if t is first else t for t in run.trials]
    run = run.model_copy(update={"trials": tuple(trials)})
    checks = tables.validity(derive(run), run, "closed")
    assert row(checks, "flask")["VUs kept busy, lowest (97% or more)"][0] == "97.2%"
    assert row(checks, "flask")["Rows written = answers"][0] == "yes"


def test_the_order_of_trials_tells_what_was_not_run() -> None:
    run = make_run(measured_blocks=3)
    shown = tables.order(run).rows
    assert "(not run)" not in shown[2][1].text
    assert shown[3][1].text.count("(not run)") == 5


def test_the_terminal_shows_the_same_table() -> None:
    console = Console(width=200, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(report.terminal_table(derive(make_run(failed="flask"))))
    text = captured.get()
    assert "Contestants under the closed load" in text
    assert "1 to 2" in text
    assert "failed" in text


def test_brackets_in_a_name_are_no_markup() -> None:
    table = Table("a [red]b[/]", (tables.Column("c"),), ((tables.Cell("[bold]x[/bold]"),),))
    console = Console(width=80)
    with console.capture() as captured:
        console.print(tables.to_rich(table))
    assert "[bold]x[/bold]" in captured.get()
