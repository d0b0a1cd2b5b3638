"""What is found between two runs whose truth is known."""

from typing import Any

import pytest

from levelbench.analysis.two_runs import compare as comparisons
from levelbench.analysis.two_runs.changes import Change
from levelbench.analysis.two_runs.compare import RunComparison
from levelbench.errors import LabError
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from tests.unit.analysis.two_runs.pairs import BEFORE, THROUGHPUT, repeated
from tests.unit.factories import UNEVEN, make_run, statistics, under
from tests.unit.factories import alone as factories_alone

PAIRS = 60
MARGIN = 0.05


def compare(a: Run, b: Run, margin: float = MARGIN) -> RunComparison:
    return comparisons.compare(a, b, margin)


def before(seed: int = 1, **changes: Any) -> Run:
    return repeated(seed, run_id=BEFORE, **changes)


def of(found: RunComparison, service: str, metric: str = "throughput_rps") -> Change:
    (change,) = [
        c
        for c in found.own
        if c.service == service and c.measure.metric == metric and c.measure.endpoint is None
    ]
    return change


def moved(found: RunComparison) -> list[tuple[str, str | None]]:
    return [(shift.service, shift.verdict) for shift in found.decided]


def test_a_regression_that_is_there_is_found_and_named() -> None:
    found = compare(before(), repeated(2, factors={"flask": 0.8}, noise=0.005))
    assert found.state == "slower"
    assert moved(found) == [("flask", "worse")]


def test_an_improvement_is_no_regression() -> None:
    found = compare(before(), repeated(2, factors={"flask": 1.3}))
    assert moved(found) == [("flask", "better")]
    assert found.state != "slower"


def test_a_run_against_itself_shows_nothing() -> None:
    found = compare(before(), before())
    assert found.decided == ()
    assert of(found, "flask").ratio.value == 1


def test_quiet_runs_show_that_nothing_became_slower() -> None:
    found = compare(before(noise=0.003), repeated(2, noise=0.003))
    assert (found.state, found.reserves) == ("not slower", ())


def test_noisy_runs_decide_nothing() -> None:
    assert compare(before(noise=0.03), repeated(2, noise=0.03)).state == "undecided"


def test_identical_pairs_are_hardly_ever_called_slower() -> None:
    found = [compare(before(2 * n), repeated(2 * n + 1)) for n in range(PAIRS)]
    assert sum(bool(each.decided) for each in found) <= 0.06 * PAIRS
    assert sum(each.state == "slower" for each in found) <= 0.06 * PAIRS


def test_runs_of_days_that_differ_by_five_percent_are_hardly_ever_called_slower() -> None:
    """The speeds of two days differ by 5%, with nothing changed."""
    found = [compare(before(2 * n), repeated(2 * n + 1, machine=0.95)) for n in range(PAIRS)]
    assert sum(each.state == "slower" for each in found) <= 0.06 * PAIRS


def test_a_tenth_is_found_where_blocks_share_their_noise() -> None:
    found = [
        compare(before(2 * n), repeated(2 * n + 1, factors={"flask": 0.9})) for n in range(PAIRS)
    ]
    assert sum(moved(each) == [("flask", "worse")] for each in found) >= 0.9 * PAIRS


def test_a_slower_machine_decides_nothing() -> None:
    found = compare(before(), repeated(2, machine=0.7))
    assert found.decided == ()
    assert of(found, "flask").verdict == "worse"


def test_ratios_name_who_changed_on_a_machine_that_is_faster() -> None:
    found = compare(before(), repeated(2, machine=1.2, factors={"flask": 0.85}))
    assert moved(found) == [("flask", "worse")]
    assert found.decided[0].against == ("django", "fastapi", "starlette")


def test_of_two_contestants_either_may_have_changed() -> None:
    two = make_run(throughput={"django": 180.0, "flask": 260.0}, control=None)
    found = compare(before(run=two), repeated(2, run=two, factors={"flask": 0.8}))
    assert moved(found) == [("django", "better"), ("flask", "worse")]


def test_one_contestant_alone_is_undecided() -> None:
    one = make_run(throughput={"flask": 260.0}, control="flask")
    found = compare(before(run=one), repeated(2, run=one, factors={"flask": 0.5}))
    assert found.state == "undecided"
    assert found.reserves == (
        "no ratio of flask to another contestant can be compared under closed",
    )


QUIET = {"noise": 0.001}


@pytest.mark.parametrize(
    ("after", "reserve"),
    [
        (make_run(throughput=THROUGHPUT, publishable=False), "is not publishable"),
        (make_run(throughput=dict(list(THROUGHPUT.items())[:3])), "starlette is missing in run"),
        (
            make_run(throughput=THROUGHPUT, control_factor=UNEVEN),
            "closed: a framework measured twice shows a bias",
        ),
    ],
    ids=["not publishable", "a contestant is missing", "bias"],
)
def test_what_is_missing_never_yields_status_0(after: Run, reserve: str) -> None:
    assert compare(before(**QUIET), repeated(2, **QUIET)).state == "not slower"
    found = compare(before(**QUIET), repeated(2, run=after, **QUIET))
    assert found.state == "undecided"
    assert any(reserve in each for each in found.reserves)


def test_a_bias_of_the_lab_makes_nobody_slower() -> None:
    after = make_run(throughput=THROUGHPUT, control_factor=UNEVEN)
    found = compare(before(**QUIET), repeated(2, run=after, factors={"flask": 0.7}, **QUIET))
    assert found.state == "undecided"


def test_ratios_share_one_error_rate_and_own_values_do_not() -> None:
    four = compare(before(), repeated(2))
    pair = {name: THROUGHPUT[name] for name in ("django", "flask")}
    names = set(THROUGHPUT) - set(pair)

    def without(run: Run) -> Run:
        kept = {name: s for name, s in run.record.services.items() if name not in names}
        record = run.record.model_copy(update={"services": kept})
        trials = tuple(trial for trial in run.trials if trial.service not in names)
        return Run(record=record, trials=trials)

    two = compare(without(before()), without(repeated(2)))
    assert width(of(two, "flask")) == width(of(four, "flask"))
    (narrow,) = two.ratios
    (wide,) = [c for c in four.ratios if (c.service, c.other) == ("django", "flask")]
    assert width(narrow) < width(wide)


def width(change: Change) -> float:
    bounds = change.ratio.confidence_interval
    assert bounds is not None
    return bounds.high / bounds.low


def test_the_wider_tie_of_the_two_decides() -> None:
    quiet, after = before(noise=0.001), repeated(2, factors={"flask": 0.95}, noise=0.001)
    assert of(compare(quiet, after), "flask").verdict == "worse"
    lenient = quiet.model_copy(
        update={
            "record": quiet.record.model_copy(update={"statistics": statistics(tie_threshold=0.2)})
        }
    )
    for pair in ((lenient, after), (after, lenient)):
        assert of(compare(*pair), "flask").verdict == "equivalent"
        assert compare(*pair).decided == ()


def test_a_reference_decides_nothing() -> None:
    with_reference = make_run(reference=True)
    found = compare(
        before(run=with_reference), repeated(2, run=with_reference, factors={"floor": 0.5})
    )
    assert of(found, "floor").verdict == "worse"
    assert found.decided == ()


def test_latency_is_compared_under_an_open_load_and_not_where_it_follows_from_throughput() -> None:
    closed = compare(before(), repeated(2))
    assert not any(c.measure.metric == "latency_p95_ms" for c in closed.own)
    opened = under(make_run(), "open-50", rate_rps=90)
    found = compare(before(run=opened), repeated(2, run=opened, factors={"flask": 0.8}))
    assert {c.measure.metric for c in found.ratios} == {"latency_p95_ms"}
    assert of(found, "flask", "latency_p95_ms").verdict == "worse"
    assert moved(found) == [("flask", "worse")]


def test_each_isolated_endpoint_decides_for_itself() -> None:
    run = factories_alone.make_run()
    rates = {**factories_alone.RATES}
    rates["django"] = {**rates["django"], "list": 100.0}
    found = compare(run, factories_alone.make_run(rates=rates))
    assert [(s.service, s.measure.endpoint, s.verdict) for s in found.decided] == [
        ("django", "list", "worse")
    ]


def test_one_that_fails_where_it_did_not_is_a_regression() -> None:
    found = compare(before(), repeated(2, run=make_run(failed="flask", throughput=THROUGHPUT)))
    assert found.newly_failing == ("flask",)
    assert found.state == "slower"
    earlier = before(run=make_run(failed="flask", throughput=THROUGHPUT))
    assert compare(earlier, repeated(2)).state != "slower"


def test_throughput_that_the_database_limits_decides_nothing() -> None:
    after = repeated(2, factors={"flask": 0.5})
    finding = Finding(code="database-bound", severity="warning", cause=".", remedy=".")
    bound = tuple(
        t.model_copy(update={"findings": (finding,)}) if t.service == "flask" else t
        for t in after.trials
    )
    found = compare(before(), after.model_copy(update={"trials": bound}))
    assert not any("flask" in (c.service, c.other) for c in found.ratios)
    assert found.decided == ()
    assert any("no ratio of flask" in reserve for reserve in found.reserves)


def test_fewer_than_three_trials_are_refused() -> None:
    smoke = make_run(blocks=1, control=None)
    with pytest.raises(LabError, match="no contestant has 3 valid trials or more in both"):
        compare(smoke, smoke)


def test_a_partial_run_is_compared_by_what_it_has_and_decides_nothing() -> None:
    after = repeated(2, run=make_run(measured_blocks=3), factors={"flask": 0.5}, noise=0.001)
    found = compare(before(), after)
    assert {"Extent": ("complete", "partial")}.items() <= {
        d.what: (d.a, d.b) for d in found.differences
    }.items()
    assert of(found, "flask").ratio.confidence_interval is not None
    assert (found.state, found.decided) == ("undecided", ())
