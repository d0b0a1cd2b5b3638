"""What is found between two runs whose truth is known."""

from typing import Any

import pytest

from levelbench.analysis.two_runs.changes import Change
from levelbench.analysis.two_runs.compare import RunComparison, compare
from levelbench.errors import LabError
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from tests.unit.analysis.two_runs.pairs import BEFORE, THROUGHPUT, repeated
from tests.unit.factories import alone as factories_alone
from tests.unit.factories import make_run, statistics, under

PAIRS = 60


def before(seed: int = 1, **changes: Any) -> Run:
    return repeated(seed, run_id=BEFORE, **changes)


def of(found: RunComparison, service: str, metric: str = "throughput_rps") -> Change:
    (change,) = [
        c
        for c in found.own
        if c.service == service and c.measure.metric == metric and c.measure.endpoint is None
    ]
    return change


def verdicts(found: RunComparison) -> dict[str, str]:
    return {change.service: change.verdict for change in found.own if change.primary}


def moved(found: RunComparison) -> list[tuple[str, str]]:
    return [(shift.service, shift.verdict) for shift in found.shifts]


def test_a_regression_that_is_there_is_found_and_named() -> None:
    found = compare(before(), repeated(2, factors={"flask": 0.8}, noise=0.005))
    assert found.regressed
    assert [change.service for change in found.decided] == ["flask"]
    ratio = of(found, "flask").ratio
    assert ratio.confidence_interval is not None
    assert ratio.confidence_interval.low < 0.8 < ratio.confidence_interval.high


def test_an_improvement_is_no_regression() -> None:
    found = compare(before(), repeated(2, factors={"flask": 1.3}))
    assert verdicts(found)["flask"] == "better"
    assert not found.regressed


def test_a_run_against_itself_shows_nothing() -> None:
    found = compare(before(), before())
    assert not found.regressed
    assert of(found, "flask").ratio.value == 1


def test_identical_pairs_are_hardly_ever_called_different() -> None:
    called = [compare(before(2 * n), repeated(2 * n + 1)).decided for n in range(PAIRS)]
    assert sum(bool(changes) for changes in called) <= 0.06 * PAIRS
    by_ratio = [
        compare(before(2 * n), repeated(2 * n + 1), by_ratio=True).decided for n in range(PAIRS)
    ]
    assert sum(bool(shifts) for shifts in by_ratio) <= 0.06 * PAIRS


def test_a_tenth_is_found_by_ratios_where_blocks_share_their_noise() -> None:
    found = [
        moved(compare(before(2 * n), repeated(2 * n + 1, factors={"flask": 0.9}), by_ratio=True))
        for n in range(PAIRS)
    ]
    assert sum(shifts == [("flask", "worse")] for shifts in found) >= 0.9 * PAIRS


def test_ratios_do_not_see_a_slower_machine_and_figures_do() -> None:
    slower = repeated(2, machine=0.7)
    assert compare(before(), slower).regressed
    by_ratio = compare(before(), slower, by_ratio=True)
    assert not by_ratio.regressed
    assert by_ratio.decided == ()


def test_ratios_name_who_changed_on_a_machine_that_is_faster() -> None:
    found = compare(before(), repeated(2, machine=1.2, factors={"flask": 0.85}), by_ratio=True)
    assert moved(found) == [("flask", "worse")]
    assert found.shifts[0].against == ("django", "fastapi", "starlette")
    assert found.regressed


def test_one_that_became_faster_makes_nobody_regress() -> None:
    found = compare(before(), repeated(2, factors={"flask": 1.2}), by_ratio=True)
    assert moved(found) == [("flask", "better")]
    assert not found.regressed


def test_of_two_contestants_either_may_have_changed() -> None:
    two = make_run(throughput={"django": 180.0, "flask": 260.0}, control=None)
    found = compare(before(run=two), repeated(2, run=two, factors={"flask": 0.8}), by_ratio=True)
    assert moved(found) == [("django", "better"), ("flask", "worse")]


def test_ratios_take_two_contestants() -> None:
    one = make_run(throughput={"flask": 260.0}, control=None)
    with pytest.raises(LabError, match="that takes two contestants that both have"):
        compare(before(run=one), repeated(2, run=one), by_ratio=True)


def test_primary_figures_share_one_error_rate_and_the_others_do_not() -> None:
    found = compare(before(), repeated(2))
    assert [c.service for c in found.own if c.primary] == list(THROUGHPUT)
    assert {c.measure.metric for c in found.own if not c.primary} == {
        "cpu_ms_per_request.service",
        "memory_peak_mib",
    }
    alone = make_run(throughput={"flask": 260.0}, control=None)
    single = compare(before(run=alone), repeated(2, run=alone))
    assert width(of(single, "flask")) < width(of(found, "flask"))


def width(change: Change) -> float:
    bounds = change.ratio.confidence_interval
    assert bounds is not None
    return bounds.high / bounds.low


def test_the_wider_tie_of_the_two_decides() -> None:
    quiet, after = before(noise=0.001), repeated(2, factors={"flask": 0.95}, noise=0.001)
    assert verdicts(compare(quiet, after))["flask"] == "worse"
    lenient = quiet.model_copy(
        update={
            "record": quiet.record.model_copy(update={"statistics": statistics(tie_threshold=0.2)})
        }
    )
    for pair in ((lenient, after), (after, lenient)):
        assert verdicts(compare(*pair))["flask"] == "equivalent"


def test_a_reference_decides_nothing() -> None:
    with_reference = make_run(reference=True)
    found = compare(
        before(run=with_reference), repeated(2, run=with_reference, factors={"floor": 0.5})
    )
    assert not of(found, "floor").primary
    assert of(found, "floor").verdict == "worse"
    assert not found.regressed


def test_latency_is_compared_under_an_open_load_and_not_where_it_follows_from_throughput() -> None:
    closed = compare(before(), repeated(2))
    assert not any(c.measure.metric == "latency_p95_ms" for c in closed.own)
    opened = under(make_run(), "open-50", rate_rps=90)
    found = compare(before(run=opened), repeated(2, run=opened, factors={"flask": 0.8}))
    assert {c.measure.metric for c in found.own if c.primary} == {"latency_p95_ms"}
    assert of(found, "flask", "latency_p95_ms").verdict == "worse"
    assert found.regressed


def test_each_endpoint_that_was_alone_decides_for_itself() -> None:
    run = factories_alone.make_run()
    rates = {**factories_alone.RATES}
    rates["django"] = {**rates["django"], "list": 100.0}
    found = compare(run, factories_alone.make_run(rates=rates))
    assert [(c.service, c.measure.endpoint, c.verdict) for c in found.own if c.primary
            and c.verdict == "worse"] == [("django", "list", "worse")]  # fmt: skip
    assert [(s.service, s.measure.endpoint, s.verdict) for s in found.shifts] == [
        ("django", "list", "worse")
    ]


def test_one_that_fails_where_it_did_not_is_a_regression() -> None:
    found = compare(before(), repeated(2, run=make_run(failed="flask", throughput=THROUGHPUT)))
    assert found.newly_failing == ("flask",)
    assert found.regressed
    assert not compare(
        before(run=make_run(failed="flask", throughput=THROUGHPUT)), repeated(2)
    ).regressed


def test_a_figure_that_is_the_databases_decides_nothing() -> None:
    after = repeated(2, factors={"flask": 0.5})
    finding = Finding(code="database-bound", severity="warning", cause=".", remedy=".")
    bound = tuple(
        t.model_copy(update={"findings": (finding,)}) if t.service == "flask" else t
        for t in after.trials
    )
    found = compare(before(), after.model_copy(update={"trials": bound}))
    assert "flask" not in verdicts(found)
    assert not found.regressed
    assert not any("flask" in (c.service, c.other) for c in found.ratios)


def test_fewer_than_three_trials_are_refused() -> None:
    smoke = make_run(blocks=1, control=None)
    with pytest.raises(LabError, match="no contestant has 3 valid trials or more in both"):
        compare(smoke, smoke)


def test_a_partial_run_is_compared_by_what_it_has() -> None:
    found = compare(before(), repeated(2, run=make_run(measured_blocks=3)))
    assert {"Extent": ("complete", "partial")}.items() <= {
        d.what: (d.a, d.b) for d in found.differences
    }.items()
    assert of(found, "flask").ratio.confidence_interval is not None
