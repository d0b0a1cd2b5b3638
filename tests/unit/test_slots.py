import json
from pathlib import Path

import pytest

from levelbench import slots
from levelbench.config import ROOT, WORKLOADS, load_config

RECORDED = Path(__file__).parents[1] / "data" / "k6" / "endpoints-fastapi.json"


@pytest.mark.parametrize(
    ("profile", "warmup_s", "measure_s", "load_s"),
    [("smoke", 3, 2, 35), ("quick", 3, 5, 50), ("standard", 3, 15, 100), ("article", 3, 30, 175)],
)
def test_an_endpoint_alone_has_half_of_the_profiles_window(
    profile: str, warmup_s: int, measure_s: int, load_s: int
) -> None:
    planned = slots.plan("endpoints", load_config().profile(profile))
    assert (planned.warmup_s, planned.measure_s, planned.load_s) == (warmup_s, measure_s, load_s)


def test_a_mix_has_the_profiles_own_window() -> None:
    profile = load_config().profile("quick")
    planned = slots.plan("closed", profile)
    assert planned == slots.Slots(profile.warmup_s, profile.measure_s, None)
    assert planned.load_s == profile.warmup_s + profile.measure_s


def test_k6_pauses_as_long_as_the_lab_thinks() -> None:
    assert json.loads(RECORDED.read_text())["settings"]["pause_s"] == slots.PAUSE_S


def test_each_workload_has_its_script() -> None:
    scripts = {path.stem for path in (ROOT / "k6" / "workloads").glob("*.js")}
    assert scripts == set(WORKLOADS)
