"""What containers used over windows with others between them."""

import json
from pathlib import Path

from levelbench import accounts, k6
from levelbench.k6summary import Bounds
from levelbench.records import ContainerUse
from levelbench.resources import Sample
from levelbench.topology import plan
from levelbench.words import ENDPOINTS

DATA = Path(__file__).parents[1] / "data" / "k6"
TWO_CORES = plan([(0,), (1,)])


def load(name: str) -> k6.Summary:
    return k6.parse_summary((DATA / f"{name}.json").read_text())


def windows(summary: k6.Summary) -> list[Bounds]:
    one = [summary.bounds] if summary.bounds else []
    return [*one, *summary.endpoint_bounds.values(), *summary.step_bounds]


def samples(summary: k6.Summary, name: str) -> list[Sample]:
    """Counters from before the load until after it: 300 ms of CPU a second."""
    document = json.loads((DATA / f"{name}.json").read_text())
    start_s = document["scenario_start_epoch_ms"] / 1e3 - 1
    ends_ms = [bounds.end_epoch_ms for bounds in windows(summary)]
    end_s = max(ends_ms) / 1e3 + 2
    moments = [start_s + i / 4 for i in range(int(4 * (end_s - start_s)))]
    return [
        Sample(moment, 300 * (moment - start_s), int(10 * (moment - start_s)), 0, 50.0 + i / 100)
        for i, moment in enumerate(moments)
    ]


def test_each_endpoints_window_has_its_own_use() -> None:
    summary = load("endpoints-fastapi")
    used = accounts.use_of_endpoints(
        {"service": samples(summary, "endpoints-fastapi")}, summary, TWO_CORES
    )
    assert tuple(used) == ENDPOINTS
    for endpoint in ENDPOINTS:
        use = used[endpoint]["service"]
        assert use.cpu_ms is not None
        assert abs(use.cpu_ms - 1500) < 0.01
        assert use.cpu_share_of_limit == 0.3
    peaks = [used[endpoint]["service"].memory_peak_mib or 0 for endpoint in ENDPOINTS]
    assert peaks == sorted(set(peaks))


def test_windows_together_leave_out_warm_up_and_pauses() -> None:
    summary = load("endpoints-fastapi")
    counters = samples(summary, "endpoints-fastapi")
    use = accounts.use({"service": counters}, summary, TWO_CORES)["service"]
    assert use.cpu_ms is not None
    assert abs(use.cpu_ms - 25 * 300) < 0.05
    assert use.cpu_share_of_limit == 0.3
    assert use.memory_peak_mib == max(
        used["service"].memory_peak_mib or 0
        for used in accounts.use_of_endpoints({"service": counters}, summary, TWO_CORES).values()
    )


def test_steps_of_a_ladder_together_leave_out_warm_up_and_pauses() -> None:
    summary = load("capacity-exceeded")
    counters: accounts.Samples = {"k6": samples(summary, "capacity-exceeded")}
    assert accounts.use_of_endpoints(counters, summary, TWO_CORES) == {}
    use = accounts.use(counters, summary, TWO_CORES)["k6"]
    assert use.cpu_ms is not None
    assert abs(use.cpu_ms - 4 * 4 * 300) < 0.05
    assert use.cpu_share_of_limit == 0.3


def test_a_mix_has_one_window() -> None:
    summary = load("closed-fastapi")
    counters: accounts.Samples = {"service": samples(summary, "closed-fastapi")}
    assert accounts.use_of_endpoints(counters, summary, TWO_CORES) == {}
    use = accounts.use(counters, summary, TWO_CORES)["service"]
    assert use.cpu_ms is not None
    assert abs(use.cpu_ms - 30 * 300) < 0.05


def test_what_one_window_lacks_all_together_lack() -> None:
    known = ContainerUse(
        cpu_ms=10, cpu_share_of_limit=0.2, periods=3, throttled_periods=1, memory_peak_mib=5
    )
    both = accounts.together([known, known.model_copy(update={"cpu_ms": 20.0})])
    assert (both.cpu_ms, both.periods, both.throttled_periods) == (30, 6, 2)
    assert both.memory_mean_mib is None
    assert accounts.together([known, ContainerUse()]) == ContainerUse()
