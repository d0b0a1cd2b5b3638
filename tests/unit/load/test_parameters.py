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


def test_a_ladder_climbs_from_its_first_step_each_higher_than_the_last() -> None:
    steps = of("capacity").steps_rps
    assert (steps[0], steps[1], steps[-1]) == (90, 99, 555)
    assert list(steps) == sorted(set(steps))
    assert json.loads(of("capacity").variables()["STEPS"]) == list(steps)


def test_no_step_is_so_low_that_its_p95_is_undefined() -> None:
    """400 right answers in 8 s."""
    slow = RATES.model_copy(update={"throughput_rps": 60.0})
    steps = of("capacity", slow).steps_rps
    assert steps[:3] == (51, 53, 58)
    assert steps[-1] == 183
    assert len(steps) == len(set(steps))


def test_each_workload_records_what_it_was_run_with() -> None:
    recorded = of("open-80").recorded("d3")
    assert recorded.rate_rps == 145
    assert (recorded.orders, recorded.scale, recorded.dataset_sha256) == (100_000, 10, "d3")
    assert (recorded.warmup_s, recorded.measure_s) == (3, 10)
    assert of("capacity").recorded("d3").objective_ms == 200


def test_a_workloads_own_mix_goes_before_the_runs() -> None:
    assert of("closed-no-auth", mix="uniform").weights == {
        "register": 0, "login": 0, "list": 46, "detail": 46, "task": 4,
    }  # fmt: skip
    assert of("closed", mix="uniform").recorded("d3").mix == "uniform"


def test_the_list_is_asked_for_alone() -> None:
    asked = {endpoint for endpoint, weight in (of("list").weights or {}).items() if weight}
    assert asked == {"list"}
    assert of("list").variables()["K6_SCRIPT"] == "workloads/closed.js"


def test_each_block_climbs_a_ladder_of_its_own_shifted_by_less_than_a_step() -> None:
    """On 5a844a9 all blocks had the same steps, so that repetition did not refine a capacity."""
    workload = of("capacity")
    blocks = [workload.of_block(block) for block in range(1, 16)]
    assert len({own.steps_rps for own in blocks}) == 15
    for own in blocks:
        assert own.ladder_shift is not None
        assert 0 <= own.ladder_shift < 1
        for shifted, (low, high) in zip(own.steps_rps, pairwise(workload.steps_rps), strict=False):
            assert low <= shifted <= high
        assert json.loads(own.variables()["STEPS"]) == list(own.steps_rps)


def test_a_blocks_ladder_follows_from_what_the_run_records() -> None:
    own = of("capacity").of_block(3)
    assert own == of("capacity").of_block(3)
    assert own.ladder_shift == pytest.approx(0.3443, abs=1e-4)
    assert of("capacity").recorded("d3").steps_rps == of("capacity").steps_rps
    assert own.steps_rps[0] == int(90 * 1.1**own.ladder_shift)


@pytest.mark.parametrize("change", [{"seed": 8}, {"workload": workloads.of("open-50")}])
def test_seed_and_workload_change_a_blocks_ladder(change: dict[str, Any]) -> None:
    one, other = of("capacity"), replace(of("capacity"), **change)
    assert one.of_block(3).ladder_shift != other.of_block(3).ladder_shift


def test_other_loads_are_the_same_in_every_block() -> None:
    assert of("open-50").of_block(3) == of("open-50")


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


def test_a_ladder_of_users_asks_at_the_rates_of_the_other_ladder() -> None:
    users, rates = of("session").steps_users, of("capacity").steps_rps
    assert users[:2] == (631, 694)
    mean_s = load_config().session.visit.think_mean_s
    steps = [math.ceil(mean_s * rate) for rate in rates]
    assert users == tuple(step for step in steps if 1.1 * step <= 2000)
    block = of("session").of_block(3)
    assert json.loads(block.variables()["STEPS"]) == list(block.steps_users)
    assert block.steps_users[-1] <= load_config().session.users_max
    recorded = of("session").recorded("d3")
    assert (recorded.vus, recorded.steps_users, recorded.weights) == (users[-1], users, None)


def test_more_users_than_one_load_generator_may_have_are_refused() -> None:
    fast = RATES.model_copy(update={"throughput_rps": 600.0})
    with pytest.raises(LabError, match=r"would begin with 2,101 users, .* may have 2,000\. Raise"):
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
