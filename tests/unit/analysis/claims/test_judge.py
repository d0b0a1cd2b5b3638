"""The article's claims, judged by runs about which the truth is known."""

import re

from levelbench.analysis.claims.article import article
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from tests.unit.analysis.claims.runs import (
    ALL_EQUAL,
    AS_CLAIMED,
    IN_DIRECTION,
    OPPOSITE,
    claims,
    three_views,
    verdicts,
    with_errors,
)
from tests.unit.factories import make_run
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


def test_where_all_tie_only_what_is_next_to_a_tie_holds() -> None:
    found = claims(three_views(ALL_EQUAL))
    assert {name: found[name].verdict for name in RATIOS} == {
        "starlette-vs-fastapi": "does_not_hold",
        "starlette-vs-django": "does_not_hold",
        "flask-vs-django": "holds",
        "fastapi-vs-sync": "does_not_hold",
    }
    assert found["flask-vs-django"].why.startswith(
        "Within 10% of the claim: mix, mix without authentication, list alone. Yet no difference "
        "beyond a tie was shown: mix, mix without authentication, list alone."
    )


def test_the_direction_alone_is_told_apart_from_the_size() -> None:
    found = verdicts(three_views(IN_DIRECTION))
    assert {found[name] for name in RATIOS} == {"direction_only"}


def test_where_the_opposite_is_so_nothing_holds() -> None:
    found = claims(three_views(OPPOSITE))
    for name in RATIOS:
        assert found[name].verdict == "does_not_hold"
        assert found[name].why.startswith(
            "Neither the size nor the direction is shown: mix, mix without authentication, list "
            "alone. The opposite is shown: mix, mix without authentication, list alone."
        )


def test_the_weakest_view_counts() -> None:
    claim = claims(three_views(AS_CLAIMED, alone=IN_DIRECTION))["starlette-vs-fastapi"]
    assert claim.verdict == "direction_only"
    assert claim.why.startswith(
        "Within 10% of the claim: mix, mix without authentication. In the claimed direction beyond "
        "the tie threshold, but of another size: list alone."
    )


def test_a_view_that_was_not_measured_is_said_and_has_no_say() -> None:
    claim = claims(make_run(throughput=AS_CLAIMED))["starlette-vs-fastapi"]
    assert claim.verdict == "holds"
    assert claim.claimed == "Starlette is 40% faster than FastAPI (starlette / fastapi 1.4)"
    assert re.fullmatch(
        r"mix: 1\.4\d? \(1\.3\d to 1\.4\d?\); mix without authentication: not measured in this "
        r"run; list alone: not measured in this run",
        claim.measured,
    ), claim.measured
    assert (
        "Not told by this run: mix without authentication, list alone. The article's own figure "
        "is measured on less work"
    ) in claim.why


def test_every_pair_of_a_claim_has_to_hold() -> None:
    rates = AS_CLAIMED | {"flask": 600.0}
    claim = claims(make_run(throughput=rates))["fastapi-vs-sync"]
    assert claim.verdict == "direction_only"
    assert re.match(r"mix: fastapi / django 3\.1\d .*, fastapi / flask 1\.4\d? ", claim.measured)


def test_a_contestant_that_took_no_part_leaves_its_claims_open() -> None:
    rates = {name: rate for name, rate in AS_CLAIMED.items() if name != "starlette"}
    found = claims(make_run(throughput=rates))
    assert found["starlette-vs-fastapi"].verdict == "not_measured"
    assert found["starlette-vs-fastapi"].measured == (
        "mix: starlette took no part; mix without authentication: not measured in this run; list "
        "alone: not measured in this run"
    )
    assert found["flask-vs-django"].verdict == "holds"
    assert found["error-order"].verdict == "not_measured"
    assert "fewer than 3 valid trials of starlette" in found["error-order"].measured


def test_one_contestant_alone_decides_nothing() -> None:
    found = verdicts(make_run(throughput={"flask": 261.0}, control=None))
    assert {found[name] for name in (*RATIOS, "sync-queues", "error-order")} == {"not_measured"}


def test_without_intervals_there_is_no_verdict() -> None:
    run = make_run(blocks=1, control=None, profile="smoke", throughput=AS_CLAIMED)
    found = claims(run)
    for name in (*RATIOS, "sync-queues", "error-order"):
        assert found[name].verdict == "not_measured"
        assert found[name].why.startswith("This run has no figures that decide it.")
    assert "mix: 1.4" in found["starlette-vs-fastapi"].measured
    assert ", too few trials for an interval;" in found["starlette-vs-fastapi"].measured


def test_a_partial_run_decides_what_it_has_enough_trials_for() -> None:
    assert verdicts(make_run(measured_blocks=4, throughput=AS_CLAIMED))[RATIOS[0]] == "holds"
    assert verdicts(make_run(measured_blocks=2, throughput=AS_CLAIMED))[RATIOS[0]] == "not_measured"


def test_an_invalid_run_decides_nothing() -> None:
    fault = Finding(code="run-ended", severity="error", cause="c", remedy="r")
    found = claims(make_run(findings=(fault,), throughput=AS_CLAIMED))
    for name in (*RATIOS, "error-order"):
        assert found[name].verdict == "not_measured"
        assert "the run is not valid" in found[name].measured


def test_a_run_without_trials_or_workloads_still_has_every_claim() -> None:
    for run in (
        make_run().model_copy(update={"trials": ()}),
        make_run(workloads={}, plan=()).model_copy(update={"trials": ()}),
    ):
        found = verdicts(run)
        assert len(found) == 10
        assert set(found.values()) == {"not_measured", "not_measurable", "inconsistent"}
    assert claims(run)["starlette-vs-fastapi"].measured == "not measured in this run"


def test_queues_are_judged_by_latency_at_equal_load() -> None:
    claim = claims(standard_run(blocks=5))["sync-queues"]
    assert claim.verdict == "holds"
    assert claim.measured.startswith("at half of the slowest one's throughput: django / fastapi ")
    assert "; at 80% of the slowest one's throughput: django / fastapi " in claim.measured
    assert claim.why.startswith("In the claimed direction beyond the tie threshold: at half of")
    assert "3 processes of 4 threads" in claim.why


def test_error_rates_as_claimed_hold() -> None:
    run = with_errors(make_run(throughput=AS_CLAIMED), ERROR_RATES)
    assert verdicts(run)["error-order"] == "holds"


def test_error_rates_in_the_claimed_order_hold_in_direction() -> None:
    run = with_errors(make_run(), {name: 3 * rate for name, rate in ERROR_RATES.items()})
    claim = claims(run)["error-order"]
    assert claim.verdict == "direction_only"
    assert claim.why.startswith("In the claimed order, but of other sizes: mix. Not told by")


def test_a_run_without_errors_says_how_many_were_to_be_expected() -> None:
    claim = claims(make_run(throughput=dict.fromkeys(AS_CLAIMED, 400.0)))["error-order"]
    assert claim.verdict == "does_not_hold"
    assert re.match(
        r"mix: django 0% of [\d,]+, flask 0% of [\d,]+, fastapi 0% of [\d,]+, starlette 0% of "
        r"[\d,]+; as claimed, 150 of these requests would have failed;",
        claim.measured,
    ), claim.measured


def test_effort_gives_what_can_be_counted() -> None:
    found = claims(coded_run())
    assert found["register-effort"].measured == (
        "register: django 30 lines (complexity 1), flask 20 lines (complexity 1), fastapi 25 lines "
        "(complexity 1); login: django 31 lines (complexity 2), flask 21 lines (complexity 2), "
        "fastapi 26 lines (complexity 2)"
    )
    assert found["list-cleanest"].measured == (
        "list: django 32 lines (complexity 3), flask 22 lines (complexity 3), fastapi 27 lines "
        "(complexity 3)"
    )
    assert claims(make_run())["list-cleanest"].measured == "no code was counted in this run"


def test_background_work_is_counted() -> None:
    claim = claims(make_run(throughput={"flask": 100.0}, control=None))["tasks-native"]
    assert claim.measured == "flask 200 tasks accepted, 0 lost"


def test_who_brings_background_tasks_of_its_own_is_named_where_that_was_shown() -> None:
    measured = claims(coded_run())["tasks-native"].measured
    assert measured.endswith("; shown to run work in the server's own process: fastapi")


def test_who_keeps_the_contract_is_named() -> None:
    run = make_run(throughput={"flask": 100.0, "starlette": 90.0}, control=None)
    claim = claims(run)["validation-errors"]
    assert claim.measured == "flask keeps the contract; starlette keeps the contract"


def test_judging_adds_the_claims_and_nothing_else() -> None:
    results = derive(make_run())
    assert len(judged(results).claims) == 10
    assert judged(results).model_copy(update={"claims": ()}) == results
