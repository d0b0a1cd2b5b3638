"""Whose fault it was, and when the worker is done, against a lab that answers as told."""

import itertools
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from levelbench.bench import accounts, trial
from levelbench.bench.trial import Entry
from levelbench.errors import LabError
from levelbench.lab import environment
from levelbench.lab.database import TaskCount
from levelbench.lab.lab import Lab, Seat, Secrets
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import (
    ContainerGoneError,
    ContainerState,
    EngineError,
    OutOfMemoryError,
    Site,
)
from levelbench.lab.topology import plan
from levelbench.load.parameters import Parameters
from levelbench.model.config import load_config
from levelbench.model.finding import Finding
from levelbench.model.run import PlannedTrial


@dataclass
class FakeLab:
    service: ContainerState | None = None
    counts: list[TaskCount] = field(default_factory=list)
    secrets: Secrets = field(default_factory=Secrets)
    ended: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        limits = load_config().limits.model_copy(update={"drain_timeout_s": -1.0})
        self.config = load_config().model_copy(update={"limits": limits})
        self.site = self.database = self.engine = self
        self.topology = plan([(0,), (1,)])
        self.own = Seat(cast(Site, self), 0)

    def states(self, role: str) -> list[ContainerState]:
        return [self.service] if self.service else []

    def ended_servers(self) -> dict[str, str]:
        return self.ended

    def seat(self, number: int) -> Seat:
        return self.own

    def logs(self, role: str, **_: bool) -> list[str]:
        return []

    def clear(self) -> None: ...

    def answers(self) -> bool:
        return True

    def tasks(self, name: str) -> TaskCount:
        return self.counts.pop(0)


def fault(lab: FakeLab, error: LabError) -> Finding:
    """What a trial that went wrong is recorded with."""
    planned = PlannedTrial(number=3, block=1, workload="closed", service="x", label="x")
    entry = Entry(planned, cast(Prepared, None), Path("nowhere"))
    return trial._fault(cast(Lab, lab), trial._Trial(entry, lab.own), error)


def drain(lab: FakeLab) -> TaskCount:
    return accounts.drain(cast(Lab, lab), lab.own, accepted=5)


def state(*, running: bool = True, out_of_memory: bool = False) -> ContainerState:
    return ContainerState("id", running, 1, 137, out_of_memory, "2026-01-01T00:00:00.0Z")


def count(rows: int, open_: int, completed: int) -> TaskCount:
    return TaskCount(rows, open_, completed)


@pytest.mark.parametrize(
    ("service", "error", "code"),
    [
        (state(running=False, out_of_memory=True), ContainerGoneError("gone"),
         "contestant-out-of-memory"),
        (state(), OutOfMemoryError("one of its processes"), "contestant-out-of-memory"),
        (state(running=False), ContainerGoneError("gone"), "contestant-gone"),
        (state(), EngineError("k6 ended with status 107"), "lab-fault"),
        (state(running=False), EngineError("the engine failed"), "lab-fault"),
        (None, EngineError("no such image"), "lab-fault"),
    ],
)  # fmt: skip
def test_says_whose_fault_it_was(
    service: ContainerState | None, error: LabError, code: str
) -> None:
    finding = fault(FakeLab(service), error)
    assert finding.code == code
    assert finding.trials == (3,)
    assert finding.cause == str(error)


def test_a_server_that_ended_is_the_lab_s_fault_and_named() -> None:
    lab = FakeLab(state(running=False), ended={"postgres": "exited with status 137"})
    finding = fault(lab, ContainerGoneError("service is gone"))
    assert (finding.code, finding.cause) == ("lab-fault", "postgres exited with status 137")


def test_a_finding_holds_no_secret() -> None:
    lab = FakeLab(state())
    error = EngineError(f"connecting to postgresql://x:{lab.secrets.contestant_password}@y failed")
    assert lab.secrets.contestant_password not in fault(lab, error).cause


@pytest.mark.parametrize(
    "counts",
    [
        [count(5, 0, 5)],
        [count(5, 1, 4), count(5, 0, 5)],
        [count(6, 1, 5)],  # one row was never promised: its answer was an error
        [count(5, 0, 4)],  # one failed for good
    ],
)
def test_waits_until_what_was_accepted_is_done(counts: list[TaskCount]) -> None:
    lab = FakeLab(counts=list(counts))
    limits = load_config().limits
    lab.config = load_config().model_copy(update={"limits": limits})
    assert drain(lab) == counts[-1]
    assert lab.counts == []


def test_waits_on_as_long_as_the_worker_gets_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second between looks, a limit of 1.5 s: only where nothing is finished is it reached."""
    clock = itertools.count()
    fake = SimpleNamespace(monotonic=lambda: float(next(clock)), sleep=lambda seconds: None)
    monkeypatch.setattr(accounts, "time", fake)
    counts = [count(5, 5 - n, n) for n in range(1, 4)] + [count(5, 2, 3)] * 2
    lab = FakeLab(counts=list(counts))
    limits = load_config().limits.model_copy(update={"drain_timeout_s": 1.5})
    lab.config = load_config().model_copy(update={"limits": limits})
    assert drain(lab) == counts[-1]
    assert lab.counts == []
    assert next(clock) == 6  # five looks after the start: until 2 s had gone by without progress


def test_gives_up_on_a_worker_that_does_not_finish() -> None:
    lab = FakeLab(counts=[count(5, 2, 3)])
    assert drain(lab).open == 2


def test_nothing_of_an_attempt_that_was_cut_short_passes_for_this_one_s_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was killed within a trial, and resumed: the trial is made in the same folder."""
    folder = tmp_path / "trials" / "002-closed-fastapi"
    folder.mkdir(parents=True)
    (folder / "k6-summary.json").write_text("{}")

    def fail(*_: object) -> None:
        raise EngineError("no k6 this time")

    monkeypatch.setattr(trial, "_measure", fail)
    monkeypatch.setattr(environment, "machine_speed", lambda cpu: None)
    planned = PlannedTrial(number=2, block=1, workload="closed", service="fastapi", label="fastapi")
    entry = Entry(planned, cast(Prepared, None), folder)
    (record,) = trial.run(
        cast(Lab, FakeLab(state())), [entry], cast(Parameters, None), say=lambda phase: None
    )
    assert record.status == "invalid"
    assert {path.name for path in folder.iterdir()} == {
        "trial.json", "service.log", "worker.log", "k6.log",
    }  # fmt: skip


def test_the_harness_keeps_off_the_contestants_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[int]] = []

    def measure(*_: object) -> None:
        seen.append(os.sched_getaffinity(0))
        raise EngineError("enough seen")

    monkeypatch.setattr(trial, "_measure", measure)
    monkeypatch.setattr(environment, "machine_speed", lambda cpu: None)
    before = os.sched_getaffinity(0)
    planned = PlannedTrial(number=2, block=1, workload="closed", service="fastapi", label="fastapi")
    entry = Entry(planned, cast(Prepared, None), tmp_path / "002-closed-fastapi")
    trial.run(cast(Lab, FakeLab(state())), [entry], cast(Parameters, None), say=lambda phase: None)
    assert seen == [{0}]
    assert os.sched_getaffinity(0) == before
