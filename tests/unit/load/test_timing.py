import json
import math
from dataclasses import replace

import pytest

from levelbench.load import timing
from levelbench.model import workloads
from levelbench.model.config import ROOT, load_config
from tests import DATA

RECORDED = DATA / "k6" / "endpoints-fastapi.json"


def plan(workload: str, profile: str) -> timing.Timing:
    config = load_config()
    return timing.of_workload(workloads.of(workload), config.profile(profile), config)


@pytest.mark.parametrize(
    ("profile", "warmup_s", "measure_s", "load_s"),
    [("smoke", 3, 2, 35), ("quick", 3, 5, 50), ("standard", 3, 13, 90), ("article", 3, 30, 175)],
)
def test_an_endpoint_alone_has_half_of_the_profiles_window(
    profile: str, warmup_s: int, measure_s: int, load_s: int
) -> None:
    planned = plan("endpoints", profile)
    assert (planned.warmup_s, planned.measure_s, planned.load_s) == (warmup_s, measure_s, load_s)


def test_a_mix_has_the_profiles_own_window() -> None:
    profile = load_config().profile("smoke")
    planned = plan("closed", "smoke")
    assert (planned.warmup_s, planned.measure_s) == (profile.warmup_s, profile.measure_s)
    assert planned.pause_s is None
    assert planned.load_s == profile.warmup_s + profile.measure_s


@pytest.mark.parametrize("profile", ["standard", "paired", "nightly"])
def test_a_closed_load_has_its_own_window(profile: str) -> None:
    """The p99 of an open load needs 2,000 answers: 10 s would have too few."""
    for workload in ("closed", "closed-no-auth", "list"):
        planned = plan(workload, profile)
        assert (planned.measure_s, planned.slices, planned.slice_s) == (10, 5, 2)
    for workload in ("open-50", "open-80"):
        planned = plan(workload, profile)
        assert (planned.measure_s, planned.slices, planned.settle_s) == (27, 1, 0)


def test_without_its_own_window_a_closed_load_has_the_profiles() -> None:
    assert load_config().profile("quick").closed_measure_s is None
    assert plan("closed", "quick").measure_s == load_config().profile("quick").measure_s


def test_k6_pauses_as_long_as_the_lab_thinks() -> None:
    assert json.loads(RECORDED.read_text())["settings"]["pause_s"] == timing.PAUSE_S
    ladder = RECORDED.with_name("capacity-held.json")
    assert json.loads(ladder.read_text())["settings"]["pause_s"] == timing.STEP_PAUSE_S


def test_each_workload_has_its_script() -> None:
    scripts = {path.stem for path in (ROOT / "k6" / "workloads").glob("*.js")}
    assert scripts == {workload.kind for workload in workloads.WORKLOADS.values()}


def test_a_ladder_is_as_long_as_its_steps_together() -> None:
    ladder = load_config().capacity
    planned = plan("capacity", "quick")
    pauses_s = (ladder.steps_expected - 1) * timing.STEP_PAUSE_S
    step_s = ladder.warmup_s + ladder.measure_s
    assert planned.load_s == ladder.steps_expected * step_s + pauses_s


def test_a_window_in_slices_takes_what_is_before_and_after_each() -> None:
    changes = {"slices": 6, "warmup_s": 5, "closed_measure_s": 30}
    profile = load_config().profile("standard").model_copy(update=changes)
    planned = timing.of_workload(workloads.of("closed"), profile, load_config())
    assert planned.slice_s == 5
    assert planned.load_s == 5 + math.ceil(6 * (1 + 5 + 0.25))
    assert replace(planned, settle_s=2).load_s == 5 + math.ceil(6 * (2 + 5 + 0.25 + 2))


def test_only_a_closed_mix_is_cut_into_slices() -> None:
    profile = load_config().profile("standard").model_copy(update={"slices": 6})
    for name in ("open-50", "endpoints", "capacity"):
        assert timing.of_workload(workloads.of(name), profile, load_config()).slices == 1
