"""What each chart shows, read from its specification."""

from typing import Any

import pytest

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.measurement import Timeline
from levelbench.report import charts
from levelbench.report.charts import ladder, latency, overtime, ratios
from levelbench.report.drawing import COLORS, MARK, MUTED_MARK, Chart
from levelbench.report.section import Section
from levelbench.report.sections import sections
from tests.unit.factories import make_run
from tests.unit.factories.standard import LADDER_RPS, standard_run


@pytest.fixture(scope="module")
def run() -> Run:
    return standard_run(blocks=5, others=5)


def rows(chart: Chart | None) -> list[dict[str, Any]]:
    """Those that carry the contestants' figures."""
    assert chart is not None
    found: list[dict[str, Any]] = max(chart.spec["datasets"].values(), key=len)
    return found


def test_every_workload_has_its_charts(run: Run) -> None:
    results = derive(run)
    found = {w: [c.id for c in charts.all_charts(results, run, w)] for w in results.workloads}
    assert found == {
        "closed": ["primary-closed", "ratios-closed", "cpu-closed"],
        "open-50": ["latency-open-50", "ratios-open-50", "cpu-open-50"],
        "open-80": ["latency-open-80", "ratios-open-80", "cpu-open-80"],
        "endpoints": ["throughput-endpoints", "cpu-endpoints"],
        "capacity": ["primary-capacity", "ratios-capacity", "offered-capacity", "cpu-capacity"],
        "closed-no-auth": [
            "primary-closed-no-auth", "ratios-closed-no-auth", "cpu-closed-no-auth",
        ],
    }  # fmt: skip


def walk(parts: list[Section]) -> list[Section]:
    return [section for part in parts for section in (part, *walk(list(part.sections)))]


def test_the_table_of_every_chart_stands_in_the_report(run: Run) -> None:
    parts = walk(sections(derive(run), run))
    tables = {table.anchor for part in parts for table in part.tables}
    drawn = [chart for part in parts for chart in part.charts]
    assert len(drawn) == 18
    assert {chart.table.anchor for chart in drawn} <= tables
    assert len({table.anchor for part in parts for table in part.tables}) == sum(
        len(part.tables) for part in parts
    )


def test_latency_at_equal_load_shows_middle_and_tail_with_intervals(run: Run) -> None:
    results = derive(run)
    shown = rows(latency.percentiles(results, "open-80"))
    (flask,) = [row for row in shown if (row["contestant"], row["percentile"]) == ("Flask", "p99")]
    estimate = results.workloads["open-80"].services["flask"].metrics["latency_p99_ms"]
    assert estimate.confidence_interval is not None
    assert (flask["value"], flask["low"]) == (estimate.value, estimate.confidence_interval.low)
    assert {row["percentile"] for row in shown} == {"p50", "p95", "p99"}


def test_a_ladder_shows_latency_up_to_the_last_rate_that_all_trials_have(run: Run) -> None:
    shown = rows(ladder.latency(derive(run), run, "capacity"))
    flask = [row for row in shown if row["contestant"] == "Flask"]
    offered = [row["offered"] for row in flask]
    assert all(rate <= mean <= 1.1 * rate for rate, mean in zip(LADDER_RPS, offered, strict=False))
    assert 3 < len(offered) < len(LADDER_RPS)
    latencies = [row["value"] for row in flask]
    assert latencies == sorted(latencies)


def test_the_matrix_has_each_pair_from_both_sides(run: Run) -> None:
    shown = rows(ratios.matrix(derive(run), "closed"))
    cells = {(row["line"], row["column"]): row for row in shown}
    assert len(cells) == len(shown) == 4 * 3
    better, worse = cells["FastAPI", "Django"], cells["Django", "FastAPI"]
    assert (better["text"], worse["text"]) == ("▲ 2.23", "▼ 0.45")
    assert better["better"] == pytest.approx(-worse["better"])
    assert better["better"] > 0
    tie = cells["FastAPI", "Starlette"]
    assert (tie["text"][0], tie["better"]) == ("=", 0)


def test_of_latency_the_lower_is_the_better_one(run: Run) -> None:
    shown = rows(ratios.matrix(derive(run), "open-80"))
    (cell,) = [r for r in shown if (r["line"], r["column"]) == ("Starlette", "Django")]
    assert cell["text"].startswith("▲ 0.")
    assert cell["better"] > 0


def test_throughput_over_time_is_the_mean_of_trials_second_by_second() -> None:
    run = make_run(blocks=2, throughput={"flask": 100.0}, control=None)
    first, second = (trial.folder_name for trial in run.trials)
    run = run.model_copy(
        update={
            "timelines": {
                first: Timeline(warmup=(10, 60), window=(100, 102, 104)),
                second: Timeline(warmup=(20, 80), window=(98, 100)),
            }
        }
    )
    chart = overtime.throughput(derive(run), run, "closed")
    assert [(row["second"], row["value"], row["phase"]) for row in rows(chart)] == [
        (1, 15, "warm-up"), (2, 70, "warm-up"), (3, 99, "measurement"), (4, 101, "measurement"),
    ]  # fmt: skip
    assert chart is not None
    assert [{"start": 0.5, "end": 2.5}] in chart.spec["datasets"].values()


def test_a_run_without_timelines_has_no_such_chart() -> None:
    run = make_run()
    assert overtime.throughput(derive(run), run, "closed") is None


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", [*COLORS, MARK, MUTED_MARK])
@pytest.mark.parametrize("card", ["#ffffff", "#181c22"])
def test_marks_stand_out_from_the_light_card_and_the_dark_one(color: str, card: str) -> None:
    assert contrast(color, card) >= 3


@pytest.mark.parametrize("tile", [ratios.BETTER, ratios.TIE, ratios.WORSE])
def test_figures_stand_out_from_their_tile(tile: str) -> None:
    assert contrast(tile, ratios.CELL_INK) >= 7
