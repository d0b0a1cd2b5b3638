import json
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from levelbench.errors import LabError
from levelbench.load import parameters
from levelbench.load.parameters import Parameters
from levelbench.model import workloads
from levelbench.model.capacity import Objective
from levelbench.model.config import load_config
from levelbench.model.files import to_json
from levelbench.model.run import Rates, WorkloadParameters
from levelbench.model.vocabulary import Mix

RATES = Rates(calibrated_by="20260102-030405-quick", slowest="django", throughput_rps=181.7)


def of(name: str, rates: Rates | None = RATES, mix: Mix = "journey") -> Parameters:
    config = load_config()
    found = parameters.of_workloads(
        [name], config, config.profile("quick"), mix=mix, scale=10, seed=7, rates=rates
    )  # fmt: skip
    return found[name]


def test_an_open_load_offers_its_share_of_the_slowest_ones_throughput() -> None:
    assert of("open-50").rate_rps == 90
    assert of("open-80").variables()["RATE"] == "145"


def test_an_open_load_may_have_more_requests_in_flight_than_a_closed_one_has_users() -> None:
    assert of("open-50").vus == load_config().load.open_vus
    assert of("closed").vus == load_config().load.vus


def test_rates_that_are_needed_must_be_there() -> None:
    with pytest.raises(ValueError, match="open-50 needs calibrated rates"):
        of("open-50", rates=None)


def test_a_closed_load_knows_no_rate() -> None:
    assert "RATE" not in of("closed", rates=None).variables()
    assert "rate_rps" not in to_json(of("closed").recorded("d3"))


def test_a_ladder_climbs_by_equal_steps_from_below_what_is_expected() -> None:
    own = of("capacity").around(200.0, block=3)
    growth, below = load_config().capacity.growth, load_config().capacity.below
    assert own.ladder_shift == pytest.approx(0.3443, abs=1e-4)
    assert own.steps_rps[0] == round(200 * growth ** (0.3443 - below))
    ratios = [high / low for low, high in pairwise(own.steps_rps)]
    assert ratios == pytest.approx([growth] * len(ratios), abs=0.01)
    assert json.loads(own.variables()["STEPS"]) == list(own.steps_rps)
    assert own.timing.steps == len(own.steps_rps)


def test_no_step_is_so_low_that_its_p95_is_undefined() -> None:
    own = of("capacity")
    steps = own.around(20.0, block=1).steps_rps
    assert steps[0] == own.lowest_rps
    assert own.lowest_rps * own.timing.measure_s * 0.999 >= 400
    assert len(steps) == len(set(steps))


@pytest.mark.parametrize(
    ("objective", "limit_ms", "errors"),
    [
        ("p95<200ms", "200", "0.001"),
        ("p99<50ms", "50", "0.001"),
        ("errors<0.05%", "60000", "0.0005"),
    ],
)
def test_the_load_generator_ends_a_ladder_by_p95_and_errors(
    objective: str, limit_ms: str, errors: str
) -> None:
    config = load_config()
    found = parameters.of_workloads(
        ["capacity"], config, config.profile("quick"), mix="journey", scale=1, seed=7, rates=RATES,
        objective=Objective.parse(objective, 0.001),
    )["capacity"].around(200.0, 1)  # fmt: skip
    variables = found.variables()
    assert (variables["OBJECTIVE_MS"], variables["ERROR_RATE_MAX"]) == (limit_ms, errors)
    assert found.recorded("d3").objective == objective


def test_each_workload_records_what_it_was_run_with() -> None:
    recorded = of("open-80").recorded("d3")
    assert recorded.rate_rps == 145
    assert (recorded.orders, recorded.scale, recorded.dataset_sha256) == (100_000, 10, "d3")
    assert (recorded.warmup_s, recorded.measure_s) == (3, 10)
    assert of("capacity").recorded("d3").objective == "p95<200ms"


def test_a_workloads_own_mix_goes_before_the_runs() -> None:
    assert of("closed-no-auth", mix="uniform").weights == {
        "register": 0, "login": 0, "list": 46, "detail": 46, "task": 4,
    }  # fmt: skip
    assert of("closed", mix="uniform").recorded("d3").mix == "uniform"


def test_the_list_is_asked_for_alone() -> None:
    asked = {endpoint for endpoint, weight in (of("list").weights or {}).items() if weight}
    assert asked == {"list"}
    assert of("list").variables()["K6_SCRIPT"] == "workloads/closed.js"


@pytest.mark.parametrize("change", [{"seed": 8}, {"workload": workloads.of("open-50")}])
def test_seed_workload_and_block_change_by_which_part_of_a_step(change: dict[str, Any]) -> None:
    own = of("capacity")
    shifts = {
        one.around(200.0, block).ladder_shift
        for one, block in ((own, 3), (own, 4), (replace(own, **change), 3))
    }
    assert len(shifts) == 3


def test_a_given_rate_is_offered_for_long_enough() -> None:
    config = load_config()

    def given(rate_rps: int | None, profile: str = "smoke") -> Parameters:
        return parameters.of_workloads(
            ["fixed"], config, config.profile(profile), mix="journey", scale=1, seed=7, rates=None,
            rate_rps=rate_rps,
        )["fixed"]  # fmt: skip

    found = given(100)
    assert (found.rate_rps, found.variables()["RATE"], found.vus) == (100, "100", 200)
    lengths = [given(rate).timing.measure_s for rate in (1, 20, 100)]
    assert lengths == [120, 40, 10]
    assert given(100, "standard").timing.measure_s == 27
    with pytest.raises(ValueError, match="fixed needs a given rate"):
        given(None)


def test_arrivals_are_recorded_and_never_compared_with_others() -> None:
    config = load_config()
    drawn = parameters.of_workloads(
        ["open-50", "closed"], config, config.profile("quick"), mix="journey", scale=10, seed=7,
        rates=RATES, arrivals="poisson",
    )  # fmt: skip
    assert drawn["open-50"].variables()["ARRIVALS"] == "poisson"
    even, other = of("open-50").recorded("d3"), drawn["open-50"].recorded("d3")
    assert even.changed(other) == ("arrivals",)
    assert drawn["closed"].recorded("d3").arrivals is None


def test_open_loads_recorded_before_arrivals_were_had_even_ones() -> None:
    recorded = of("open-50").recorded("d3")
    before = {name: value for name, value in dict(recorded).items() if name != "arrivals"}
    assert WorkloadParameters.model_validate(before) == recorded
    assert "arrivals" not in to_json(of("closed").recorded("d3"))


def test_slices_with_a_gate_are_not_compared_with_slices_that_begin_by_the_clock() -> None:
    gated = of("closed").recorded("d3")
    before = {name: value for name, value in dict(gated).items() if name != "gated"}
    assert gated.gated is True
    assert WorkloadParameters.model_validate(before).changed(gated) == ("gated",)
    assert "gated" not in to_json(of("open-50").recorded("d3"))


def test_a_ladder_of_users_asks_from_half_of_the_slowest_ones_throughput() -> None:
    users = of("session").steps_users
    mean_s = load_config().session.visit.think_mean_s
    assert users[0] == math.ceil(mean_s * int(0.5 * RATES.throughput_rps))
    assert [high / low for low, high in pairwise(users)] == pytest.approx(
        [load_config().session.growth] * (len(users) - 1), abs=0.01
    )
    assert users[-1] * load_config().session.growth <= load_config().session.users_max
    block = of("session").of_block(3)
    assert json.loads(block.variables()["STEPS"]) == list(block.steps_users)
    assert block.steps_users[-1] <= load_config().session.users_max
    recorded = of("session").recorded("d3")
    assert (recorded.vus, recorded.steps_users, recorded.weights) == (users[-1], users, None)


def test_more_users_than_one_load_generator_may_have_are_refused() -> None:
    fast = RATES.model_copy(update={"throughput_rps": 600.0})
    with pytest.raises(LabError, match=r"would begin with 2,101 users, .* may have 1,000\. Raise"):
        of("session", fast)


def test_a_disturbed_load_has_shares_of_each_services_own_throughput() -> None:
    rates = RATES.model_copy(update={"trials_rps": {"flask": (100.0, 141.0, 150.0)}})
    flask = of("overload", rates).of_service("flask")
    assert flask.disturbed_rps == (70, 282, 70)
    assert json.loads(flask.variables()["DISTURBANCE"])["rates_rps"] == [70, 282, 70]
    assert of("interference", rates).of_service("flask").disturbed_rps == (70, 70, 70)
    recorded = of("overload", rates).recorded("d3")
    assert (recorded.disturbance, recorded.vus) == (load_config().overload, 1000)
    with pytest.raises(LabError, match="django has no calibrated throughput"):
        of("overload", rates).of_service("django")
    assert of("closed").of_service("django") == of("closed")
