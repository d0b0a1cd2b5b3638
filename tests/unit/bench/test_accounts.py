"""What containers used over windows with others between them, and what became of tasks."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from levelbench.bench import accounts
from levelbench.contestants.discovery import discover
from levelbench.lab import statements
from levelbench.lab.database import TaskCount
from levelbench.lab.lab import Contestant, Lab, Seat
from levelbench.lab.meters.sampler import Sample
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import Site
from levelbench.lab.statements import Statement
from levelbench.load.parser import parse_summary
from levelbench.load.summary import Answers, Bounds, Summary
from levelbench.model.trial import ContainerUse
from levelbench.model.vocabulary import CONTAINERS, ENDPOINTS, Container
from tests import DATA

RECORDED = DATA / "k6"
SEAT = Seat(cast(Site, None), 0)
CPUS: dict[Container, float] = dict.fromkeys(CONTAINERS, 1.0)


def load(name: str) -> Summary:
    return parse_summary((RECORDED / f"{name}.json").read_text())


def windows(summary: Summary) -> list[Bounds]:
    return [*summary.bounds, *summary.endpoint_bounds.values(), *summary.step_bounds]


def samples(summary: Summary, name: str) -> list[Sample]:
    """Counters from before the load until after it: 300 ms of CPU a second."""
    document = json.loads((RECORDED / f"{name}.json").read_text())
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
        {"service": samples(summary, "endpoints-fastapi")}, summary, CPUS
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
    use = accounts.use({"service": counters}, summary, CPUS)["service"]
    assert use.cpu_ms is not None
    assert abs(use.cpu_ms - 25 * 300) < 0.05
    assert use.cpu_share_of_limit == 0.3
    assert use.memory_peak_mib == max(
        used["service"].memory_peak_mib or 0
        for used in accounts.use_of_endpoints({"service": counters}, summary, CPUS).values()
    )


def test_steps_of_a_ladder_together_leave_out_warm_up_and_pauses() -> None:
    summary = load("capacity-exceeded")
    counters: accounts.Samples = {"k6": samples(summary, "capacity-exceeded")}
    assert accounts.use_of_endpoints(counters, summary, CPUS) == {}
    use = accounts.use(counters, summary, CPUS)["k6"]
    assert use.cpu_ms is not None
    assert abs(use.cpu_ms - 4 * 4 * 300) < 0.05
    assert use.cpu_share_of_limit == 0.3


def test_a_mix_has_one_window() -> None:
    summary = load("closed-fastapi")
    counters: accounts.Samples = {"service": samples(summary, "closed-fastapi")}
    assert accounts.use_of_endpoints(counters, summary, CPUS) == {}
    use = accounts.use(counters, summary, CPUS)["service"]
    assert use.cpu_ms is not None
    assert abs(use.cpu_ms - 30 * 300) < 0.05


class TestBySecond:
    """Each sample of the recording is a quarter of a second after the one before."""

    def counted(self, bytes_each: Callable[[float], int]) -> list[float]:
        summary = load("closed-fastapi")
        read = samples(summary, "closed-fastapi")
        sums = itertools.accumulate(bytes_each(sample.time_s) for sample in read)
        counters = [
            Sample(**{**vars(one), "network_bytes": count})
            for one, count in zip(read, sums, strict=True)
        ]
        return accounts.by_second(counters, summary)

    def test_even_traffic_is_the_throughput_of_the_window(self) -> None:
        window = load("closed-fastapi").window
        assert window.throughput_rps
        found = self.counted(lambda time_s: 1000)
        assert len(found) == window.seconds == 30
        assert found == pytest.approx([window.throughput_rps] * 30, rel=1e-3)

    def test_a_second_without_traffic_has_none(self) -> None:
        (bounds,) = load("closed-fastapi").bounds
        third_s = bounds.start_epoch_ms / 1e3 + 2
        found = self.counted(lambda time_s: 0 if third_s <= time_s <= third_s + 1.26 else 1000)
        assert found[2] == 0
        assert min(found[:2] + found[4:]) > 0

    def test_it_is_unknown_where_bytes_were_not_counted(self) -> None:
        summary = load("closed-fastapi")
        assert accounts.by_second(samples(summary, "closed-fastapi"), summary) == []
        assert self.counted(lambda time_s: 0) == []

    def test_endpoints_that_are_alone_have_no_window_together(self) -> None:
        summary = load("endpoints-fastapi")
        assert accounts.by_second(samples(summary, "endpoints-fastapi"), summary) == []


def test_what_one_window_lacks_all_together_lack() -> None:
    known = ContainerUse(
        cpu_ms=10, cpu_share_of_limit=0.2, periods=3, throttled_periods=1, throttled_ms=2.5,
        memory_peak_mib=5, network_bytes=700, instructions_user=30, instructions_kernel=20,
    )  # fmt: skip
    both = accounts.together([known, known.model_copy(update={"cpu_ms": 20.0})])
    assert (both.cpu_ms, both.periods, both.throttled_periods) == (30, 6, 2)
    assert both.throttled_ms == 5
    assert both.network_bytes == 1400
    assert (both.instructions_user, both.instructions_kernel) == (60, 40)
    assert both.memory_mean_mib is None
    assert accounts.together([known, ContainerUse()]) == ContainerUse()


@pytest.mark.parametrize("name", ["closed-fastapi", "endpoints-fastapi"])
def test_tasks_are_held_against_the_window_in_which_they_were_asked_for(
    name: str, tmp_path: Path
) -> None:
    """That of all endpoints, or the endpoint's own: the times of the tasks are kept."""
    summary = load(name)
    document = json.loads((RECORDED / f"{name}.json").read_text())
    window = document.get("window") or document["endpoints"]["task"]["window"]
    start, end = window["start_epoch_ms"], window["end_epoch_ms"]
    created = [start - 1, *range(start, start + 40), end - 1, end]
    table = "status,created_epoch_ms,finished_epoch_ms\n" + "".join(
        f"succeeded,{moment}.000,{moment + 8}.500\n" for moment in created
    )
    lab = SimpleNamespace(database=SimpleNamespace(task_table=lambda name: table))
    found = accounts.background(cast(Lab, lab), SEAT, summary, tmp_path)
    assert found.accepted == summary.invoices_202
    assert (found.completed, found.lag_p50_ms) == (43, 8.5)
    assert (found.open_at_end, found.drain_s) == (1, 0.007)
    assert (tmp_path / "tasks.csv").read_text() == table


@pytest.mark.parametrize(
    ("name", "each"), [("starlette", 4), ("starlette-as-published", 1), ("flask-as-published", 3)]
)
def test_statements_are_held_against_what_the_service_has_to_run(
    monkeypatch: pytest.MonkeyPatch, name: str, each: int
) -> None:
    summary = load("closed-fastapi").model_copy(
        update={"answers": {"list": Answers(requests=100, errors=2)}}
    )
    run = [Statement("SELECT a FROM orders", 98 * each, 1), Statement("SELECT version()", 9, 9)]
    monkeypatch.setattr(statements, "read", lambda *_: run)
    prepared = Prepared(Contestant(discover()[name], "image"), name, [], 0, None, {})
    lab = cast(Lab, SimpleNamespace(database=None))
    found = accounts.statements_run(lab, SEAT, prepared, summary)
    assert (found.run, found.least, found.most) == (98 * each, 98 * each, 100 * each)


def count(rows: int, open_: int, completed: int) -> TaskCount:
    return TaskCount(rows, open_, completed)


def drain(lab: Lab, counts: list[TaskCount], monkeypatch: pytest.MonkeyPatch) -> TaskCount:
    monkeypatch.setattr(lab.database, "tasks", lambda name: counts.pop(0))
    return accounts.drain(lab, lab.seats[0], accepted=5)


@pytest.mark.parametrize(
    "counts",
    [
        [count(5, 0, 5)],
        [count(5, 1, 4), count(5, 0, 5)],
        [count(6, 1, 5)],  # one row was never promised: its answer was an error
        [count(5, 0, 4)],  # one failed for good
    ],
)
def test_waits_until_what_was_accepted_is_done(
    lab: Lab, counts: list[TaskCount], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = counts[-1]
    left = list(counts)
    assert drain(lab, left, monkeypatch) == last
    assert left == []


def test_waits_on_as_long_as_the_worker_gets_on(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second between looks, a limit of 0.05 s: only where nothing is finished is it reached."""
    clock = itertools.count()
    fake = SimpleNamespace(monotonic=lambda: next(clock) / 30, sleep=lambda seconds: None)
    monkeypatch.setattr(accounts, "time", fake)
    counts = [count(5, 5 - n, n) for n in range(1, 4)] + [count(5, 2, 3)] * 2
    assert drain(lab, counts, monkeypatch) == count(5, 2, 3)
    assert counts == []
    assert next(clock) == 6  # five looks after the start: until 0.05 s had gone without progress
