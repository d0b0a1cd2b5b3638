"""Who else was on the cores: two CPUs, CPU 1 the contestant's, CPU 0 all others'."""

import json
from collections.abc import Sequence

import pytest

from levelbench.lab.meters import cpus, neighbours
from levelbench.lab.meters.neighbours import Beside, Samples, Seen
from levelbench.lab.meters.sampler import Sample
from levelbench.lab.topology import plan
from levelbench.load.parser import parse_summary
from levelbench.load.summary import Summary
from levelbench.model.trial import CoreUse
from levelbench.model.vocabulary import CONTAINERS, ENDPOINTS
from tests import DATA
from tests.unit.lab.machines import singles

RECORDED = DATA / "k6"
TWO_CORES = plan(singles(2))


def load(name: str) -> Summary:
    return parse_summary((RECORDED / f"{name}.json").read_text())


def moments(name: str) -> list[float]:
    """Four a second, from before the load until after it."""
    start_s = (
        json.loads((RECORDED / f"{name}.json").read_text())["scenario_start_epoch_ms"] / 1e3 - 1
    )
    summary = load(name)
    windows = (*summary.bounds, *summary.endpoint_bounds.values(), *summary.step_bounds)
    end_s = max(bounds.end_epoch_ms for bounds in windows) / 1e3 + 2
    return [start_s + i / 4 for i in range(int(4 * (end_s - start_s)))]


def every_container(name: str, share: float = 0.3) -> Samples:
    """Each uses so much of a CPU: the contestant of CPU 1, the other four of CPU 0."""
    found = [Sample(at_s, 250 * i * share, 0, 0, 50.0) for i, at_s in enumerate(moments(name))]
    return dict.fromkeys(CONTAINERS, found)


def readings(name: str, busy: float, stolen: float = 0.0) -> list[cpus.Reading]:
    """Both CPUs busy and stolen for shares of their time."""
    share = cpus.CpuTimes(busy, stolen, 1 - busy - stolen)
    return [
        cpus.Reading(at_s, dict.fromkeys((0, 1), share * (250 * i)))
        for i, at_s in enumerate(moments(name))
    ]


def seen(
    name: str,
    busy: float,
    stolen: float = 0.0,
    samples: Samples | None = None,
    beside: Sequence[Beside] = (),
) -> Seen:
    own = every_container(name) if samples is None else samples
    return Seen(readings(name, busy, stolen), own, beside, TWO_CORES)


def of_mix(found: Seen, name: str = "closed-fastapi") -> dict[str, CoreUse]:
    return neighbours.of_mix(found, load(name))


def test_what_the_containers_did_not_use_of_a_core_somebody_else_did() -> None:
    found = of_mix(seen("closed-fastapi", busy=0.5, stolen=0.125))
    assert found["1"] == CoreUse(foreign_share=0.2, stolen_share=0.125, idle_share=0.375)
    # Less is busy than the containers say that they used: what they counted was not all at once.
    assert found["0"] == CoreUse(foreign_share=0.0, stolen_share=0.125, idle_share=0.375)


def test_contestants_in_turn_are_no_strangers() -> None:
    name = "closed-fastapi"
    beside = [Beside("flask", every_container(name, share=0.05), frozenset())] * 2
    assert of_mix(seen(name, busy=0.5, beside=beside))["1"].foreign_share == 0.1


def test_one_of_them_that_has_ended_is_not_waited_for() -> None:
    name = "closed-fastapi"
    ended: Samples = {"service": every_container(name)["service"][:3]}
    beside = [Beside("flask", ended, frozenset({"service"}))]
    assert of_mix(seen(name, busy=0.5, beside=beside))["1"].foreign_share == 0.2


def of_others(*beside: Beside) -> dict[str, float | None]:
    name = "closed-fastapi"
    return neighbours.of_others(seen(name, busy=0.5, beside=beside), load(name))


def test_cpu_time_of_each_other_contestant_is_a_share_of_the_contestants_core() -> None:
    name = "closed-fastapi"
    flask, django = every_container(name, share=0.05), every_container(name, share=0.25)
    shares = of_others(Beside("flask", flask, frozenset()), Beside("django", django, frozenset()))
    assert shares == {"flask": 0.1, "django": 0.5}  # of contestant and worker together
    assert of_others() == {}


def test_cpu_time_of_another_contestant_until_it_ended_counts() -> None:
    name = "closed-fastapi"
    whole = every_container(name, share=0.2)
    half = whole["service"][: len(whole["service"]) // 2]
    until: Samples = {**whole, "service": half}
    found = of_others(Beside("flask", until, frozenset({"service"})))
    assert found == {"flask": 0.285}  # its last sample is 12.75 s into the 30 s


def test_cpu_time_of_another_contestant_that_was_not_read_is_unknown() -> None:
    name = "closed-fastapi"
    whole = every_container(name)
    for lost in ({"worker": whole["worker"]}, {**whole, "service": whole["service"][:9]}):
        assert of_others(Beside("flask", lost, frozenset())) == {"flask": None}
    ended_unread = Beside("flask", {"worker": whole["worker"]}, frozenset({"service"}))
    assert of_others(ended_unread) == {"flask": None}


def test_each_endpoints_window_has_its_own_neighbours() -> None:
    name = "endpoints-fastapi"
    found = neighbours.of_endpoints(seen(name, busy=0.5), load(name))
    shares = {endpoint: used["1"].foreign_share for endpoint, used in found.items()}
    assert shares == dict.fromkeys(ENDPOINTS, 0.2)
    assert of_mix(seen(name, busy=0.5), name) == {}


def test_all_steps_of_a_ladder_have_the_same_neighbours() -> None:
    name = "capacity-exceeded"
    found = of_mix(seen(name, busy=0.5), name)
    assert found["1"] == CoreUse(foreign_share=0.2, stolen_share=0.0, idle_share=0.5)


def test_slices_together_have_the_mean_of_their_shares() -> None:
    slices = [
        CoreUse(foreign_share=0.1, stolen_share=0.0, idle_share=0.25),
        CoreUse(foreign_share=0.2, stolen_share=0.5),
    ]
    assert neighbours.together(slices) == CoreUse(foreign_share=0.15, stolen_share=0.25)


def test_who_else_was_there_is_unknown_where_the_machine_does_not_tell() -> None:
    found = Seen([], every_container("closed-fastapi"), (), TWO_CORES)
    assert of_mix(found)["1"] == CoreUse()


@pytest.mark.parametrize("left", [[], 3])
def test_who_else_was_there_is_unknown_where_a_container_was_not_counted_throughout(
    left: int | list[Sample],
) -> None:
    name = "closed-fastapi"
    worker = left if isinstance(left, list) else every_container(name)["worker"][:left]
    found = of_mix(seen(name, busy=0.5, samples={**every_container(name), "worker": worker}))
    assert found["0"] == CoreUse()
    assert found["1"].foreign_share == 0.2
