"""Compare a pair in one view, and give the reason where that decides nothing."""

import pytest

from levelbench.analysis.claims.views import (
    ALONE,
    EQUAL_LOAD,
    LIST_ALONE,
    MIX,
    NO_AUTH,
    Reading,
    View,
    read,
)
from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from tests.unit.factories import UNEVEN, alone, make_run, parameters
from tests.unit.factories.standard import standard_run

RATE = "throughput_rps"


def of(run: Run, view: View = MIX, numerator: str = "starlette") -> Reading:
    return read(derive(run), view, RATE, numerator, "django")


def test_a_ratio_may_be_read_either_way_round() -> None:
    results = derive(make_run())
    one = read(results, MIX, RATE, "fastapi", "django")
    other = read(results, MIX, RATE, "django", "fastapi")
    assert (one.outcome, one.shown, one.silence) == ("better", "above", None)
    assert (other.outcome, other.shown, other.silence) == ("worse", "below", None)
    assert one.deciding
    assert other.deciding
    assert one.deciding.low == pytest.approx(1 / other.deciding.high)
    assert one.ratio.value == pytest.approx(400 / 180, rel=0.01)


def test_no_difference_is_no_direction() -> None:
    reading = read(derive(make_run()), MIX, RATE, "starlette", "fastapi")
    assert (reading.outcome, reading.shown) == ("equivalent", None)


def test_slower_by_latency_is_above() -> None:
    results = derive(standard_run(blocks=5))
    reading = read(results, EQUAL_LOAD[0], "latency_p95_ms", "django", "fastapi")
    assert (reading.outcome, reading.shown) == ("worse", "above")


def test_an_endpoint_alone_is_a_view_of_its_own() -> None:
    run = alone.make_run()
    on_list, on_login = (of(run, ALONE[endpoint]) for endpoint in ("list", "login"))
    assert on_list.ratio.value == pytest.approx(400 / 180, rel=0.02)
    assert on_login.ratio.value == pytest.approx(51 / 50, rel=0.02)


def test_the_list_alone_is_seen_in_either_workload_that_asks_for_nothing_else() -> None:
    run = make_run()
    record = run.record.model_copy(update={"workloads": {"list": run.record.workloads["closed"]}})
    trials = tuple(t.model_copy(update={"workload": "list"}) for t in run.trials)
    run = run.model_copy(update={"record": record, "trials": trials})
    assert of(run, LIST_ALONE).ratio.value == pytest.approx(400 / 180, rel=0.01)
    assert of(alone.make_run(), LIST_ALONE).view == LIST_ALONE
    assert of(make_run(), LIST_ALONE).silence == "not measured in this run"


FAULT = Finding(code="run-ended", severity="error", cause="c", remedy="r")
BOUND = Finding(code="database-bound", severity="warning", cause="c", remedy="r")


def bound(name: str) -> Run:
    run = make_run()
    trials = tuple(
        t.model_copy(update={"findings": (BOUND,)}) if t.service == name else t for t in run.trials
    )
    return run.model_copy(update={"trials": trials})


@pytest.mark.parametrize(
    ("run", "view", "silence"),
    [
        (make_run(), NO_AUTH, "not measured in this run"),
        (make_run(throughput={"django": 180.0}, control=None), MIX, "Starlette did not take part"),
        (make_run(failed="starlette"), MIX, "Starlette has no valid measurement"),
        (make_run(blocks=2), MIX, "fewer than 3 rounds in common"),
        (make_run(findings=(FAULT,)), MIX, "the run is not valid"),
        (make_run(publishable=False), MIX, "the run is not publishable"),
        (
            bound("starlette"),
            MIX,
            "not ranked: a measurement failed, or the database was the limit",
        ),
        (
            make_run(control_factor=UNEVEN),
            MIX,
            "a framework measured twice shows a bias that may exceed 5%",
        ),
        (
            alone.make_run(control_factor={"list": UNEVEN}),
            ALONE["list"],
            "a framework measured twice shows a bias that may exceed 5%",
        ),
    ],
    ids=[
        "view",
        "absent",
        "failed",
        "few",
        "invalid",
        "unpublishable",
        "database",
        "uneven",
        "uneven alone",
    ],
)
def test_no_decision_gives_the_reason(run: Run, view: View, silence: str) -> None:
    reading = of(run, view)
    assert reading.silence == silence
    assert reading.deciding is None


def test_one_uneven_endpoint_silences_no_other() -> None:
    run = alone.make_run(control_factor={"list": UNEVEN})
    assert of(run, ALONE["detail"]).deciding


def test_another_weighing_of_the_mix_is_named() -> None:
    workloads = {"closed": parameters(mix="uniform")}
    assert MIX.title(derive(make_run(workloads=workloads))) == "full mix (uniform)"
    assert MIX.title(derive(make_run())) == "full mix"
