"""Verdicts on the article's claims, for runs with known truth."""

from collections import Counter

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.claims.article import article
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from tests.unit.analysis.claims.runs import (
    ALL_EQUAL,
    AS_CLAIMED,
    IN_DIRECTION,
    OPPOSITE,
    claims,
    noisy,
    three_views,
    verdicts,
    with_errors,
)
from tests.unit.factories import NOISY, make_run
from tests.unit.factories.code import coded_run
from tests.unit.factories.standard import standard_run

RATIOS = ("starlette-vs-fastapi", "starlette-vs-django", "flask-vs-django", "fastapi-vs-sync")
UNMEASURABLE = {
    "register-effort": "not_measurable",
    "list-cleanest": "inconsistent",
    "tasks-native": "not_measurable",
    "validation-errors": "not_measurable",
}
ERROR_RATES = {name: row.error_rate for name, row in article().measured.items()}
FAULT = Finding(code="run-ended", severity="error", cause="c", remedy="r")


@pytest.mark.parametrize(
    "run",
    [
        three_views(AS_CLAIMED, alone=IN_DIRECTION),
        three_views(ALL_EQUAL),
        three_views(OPPOSITE),
        standard_run(blocks=5),
        coded_run(),
        with_errors(make_run(), {name: 3 * rate for name, rate in ERROR_RATES.items()}),
        make_run(throughput={n: r for n, r in AS_CLAIMED.items() if n != "starlette"}),
        make_run(
            blocks=1, control=None, profile="smoke", publishable=False, throughput=AS_CLAIMED
        ),
        make_run(findings=(FAULT,), throughput=AS_CLAIMED),
    ],
    ids=["weaker view", "equal", "opposite", "standard", "code", "errors", "absent", "smoke",
         "invalid"],
)  # fmt: skip
def test_text(run: Run, snapshot: SnapshotAssertion) -> None:
    text = "\n\n".join(
        f"{claim.id}: {claim.verdict}\n{claim.claimed}\n{claim.measured}\n{claim.why}"
        for claim in claims(run).values()
    )
    assert text == snapshot


def test_where_the_article_is_right_its_ratios_hold() -> None:
    assert verdicts(three_views(AS_CLAIMED)) == {
        "starlette-vs-fastapi": "holds",
        "starlette-vs-django": "holds",
        "flask-vs-django": "holds",
        "fastapi-vs-sync": "holds",
        "sync-queues": "not_measured",
        "error-order": "does_not_hold",
        **UNMEASURABLE,
    }


def test_where_all_tie_only_a_claim_next_to_a_tie_holds() -> None:
    found = verdicts(three_views(ALL_EQUAL))
    assert {name for name in RATIOS if found[name] == "holds"} == {"flask-vs-django"}


@pytest.mark.parametrize(
    ("rates", "verdict"), [(IN_DIRECTION, "direction_only"), (OPPOSITE, "opposite")]
)
def test_direction_and_size_are_judged_separately(rates: dict[str, float], verdict: str) -> None:
    found = verdicts(three_views(rates))
    assert {found[name] for name in RATIOS} == {verdict}


def test_the_weakest_view_counts() -> None:
    assert verdicts(three_views(AS_CLAIMED, alone=IN_DIRECTION))[RATIOS[0]] == "direction_only"
    assert verdicts(make_run(throughput=AS_CLAIMED))[RATIOS[0]] == "holds"


def test_every_pair_of_a_claim_has_to_hold() -> None:
    rates = AS_CLAIMED | {"flask": 600.0}
    assert verdicts(make_run(throughput=rates))["fastapi-vs-sync"] == "direction_only"


def test_an_absent_contestant_leaves_its_claims_open() -> None:
    rates = {name: rate for name, rate in AS_CLAIMED.items() if name != "starlette"}
    found = verdicts(make_run(throughput=rates))
    assert found["starlette-vs-fastapi"] == found["error-order"] == "not_measured"
    assert found["flask-vs-django"] == "holds"


@pytest.mark.parametrize(
    "run",
    [
        make_run(throughput={"flask": 261.0}, control=None),
        make_run(blocks=1, control=None, profile="smoke", publishable=False, throughput=AS_CLAIMED),
        make_run(findings=(FAULT,), throughput=AS_CLAIMED),
        make_run().model_copy(update={"trials": ()}),
        make_run(workloads={}, plan=()).model_copy(update={"trials": ()}),
    ],
    ids=["one contestant", "smoke", "invalid", "no trials", "nothing"],
)
def test_without_evidence_there_is_no_verdict(run: Run) -> None:
    found = verdicts(run)
    assert {found[name] for name in (*RATIOS, "sync-queues", "error-order")} == {"not_measured"}
    assert len(found) == 10


@pytest.mark.parametrize(
    "run",
    [
        make_run(throughput=AS_CLAIMED, publishable=False),
        make_run(throughput=AS_CLAIMED, control_factor=NOISY),
    ],
    ids=["profile", "noise"],
)
def test_a_run_that_is_not_publishable_decides_no_claim(run: Run) -> None:
    found = claims(run)
    assert {found[name].verdict for name in (*RATIOS, "error-order")} == {"not_measured"}
    assert "the run is not publishable" in found[RATIOS[0]].measured


@pytest.mark.parametrize("blocks", [3, 5])
def test_a_lead_of_a_tenth_does_not_confirm_forty_percent(blocks: int) -> None:
    """Runs of few blocks, with the noise between blocks that real ones have."""
    found = Counter(
        verdicts(noisy({"starlette": 440.0, "fastapi": 400.0}, blocks, seed))[RATIOS[0]]
        for seed in range(100)
    )
    assert found["holds"] <= 2


def test_a_lost_view_never_confirms_a_claim() -> None:
    run = three_views(AS_CLAIMED)
    assert verdicts(run)[RATIOS[0]] == "holds"
    lost = tuple(
        t.model_copy(update={"status": "invalid"})
        if (t.workload, t.service) == ("closed-no-auth", "starlette")
        else t
        for t in run.trials
    )
    assert verdicts(run.model_copy(update={"trials": lost}))[RATIOS[0]] != "holds"


def test_each_pair_has_one_reason() -> None:
    rates = AS_CLAIMED | {"flask": 2000.0}
    why = claims(make_run(throughput=rates))["fastapi-vs-sync"].why
    assert why.startswith(
        "Within 10% of the claim: full mix (FastAPI / Django). "
        "The opposite is shown: full mix (FastAPI / Flask)."
    )


def test_queues_are_judged_by_latency_at_equal_load() -> None:
    assert verdicts(standard_run(blocks=5))["sync-queues"] == "holds"


@pytest.mark.parametrize(
    ("times", "requests", "verdict"),
    [
        (1.0, 40, "holds"),
        (1.0, 1, "undecided"),
        (3.0, 40, "direction_only"),
        (0.0, 1, "does_not_hold"),
    ],
)
def test_error_rates_need_many_requests(times: float, requests: int, verdict: str) -> None:
    rates = {name: times * rate for name, rate in ERROR_RATES.items()}
    run = with_errors(make_run(throughput=AS_CLAIMED), rates, requests)
    assert verdicts(run)["error-order"] == verdict


def test_failed_trials_count_for_error_rates() -> None:
    """Above 0.1% errors a trial fails: a true 0.4% never has a valid one."""
    run = with_errors(make_run(throughput=AS_CLAIMED), ERROR_RATES, 40)
    failing = tuple(
        t.model_copy(update={"status": "failed"}) if ERROR_RATES[t.service] > 0.001 else t
        for t in run.trials
    )
    assert verdicts(run.model_copy(update={"trials": failing}))["error-order"] == "holds"


def test_judging_adds_the_claims_and_nothing_else() -> None:
    results = derive(make_run())
    assert len(judged(results).claims) == 10
    assert judged(results).model_copy(update={"claims": ()}) == results
