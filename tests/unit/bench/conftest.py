"""A lab on an engine in memory, fast: nothing in a test waits for the wall clock."""

import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from levelbench.bench import accounts, generate
from levelbench.bench import run as running
from levelbench.bench.trial import Entry
from levelbench.contestants.discovery import discover
from levelbench.lab import engines, environment, lock, prepare, waiting
from levelbench.lab.dataset import Rows
from levelbench.lab.images import ImageSet
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.meters import cpus
from levelbench.lab.meters.sampler import Sampler
from levelbench.lab.prepare import Prepared
from levelbench.lab.topology import plan
from levelbench.model.config import Config, load_config
from levelbench.model.run import PlannedTrial
from levelbench.verify import verify as verification
from tests.unit.bench.runs import Bench, Interrupting
from tests.unit.lab.machines import singles
from tests.unit.lab.memory import Memory
from tests.unit.verify.test_verify import outcome

SHARED = ImageSet("python:1", "postgres:1", "redis:1", "k6:1", "standin")
ROWS = Rows("1\tu\th\tt\n", "", "")


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "Sampler", partial(Sampler, interval_s=0.01))
    monkeypatch.setattr(generate, "WATCH_S", 0.01)
    monkeypatch.setattr(accounts, "DRAIN_POLL_S", 0.001)
    monkeypatch.setattr(waiting, "POLL_S", 0.001)
    monkeypatch.setattr(waiting, "END_POLL_S", 0.001)
    monkeypatch.setattr(environment, "machine_speed", lambda cpu: 10.0)


@pytest.fixture
def config() -> Config:
    """The lab's own, with a short patience. All contestants in memory work at the same time."""
    known = load_config()
    changed = {"ready_timeout_s": 0.05, "drain_timeout_s": 0.05, "generator_exit_timeout_s": 1.0}
    limits = known.limits.model_copy(update={**changed, "others_cpu_share_max": 1.0})
    many = known.session.model_copy(update={"users_max": 10_000})  # these answer at once
    return known.model_copy(update={"limits": limits, "session": many})


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Memory:
    engine = Memory()
    monkeypatch.setattr(cpus, "read", engine.cpus)
    return engine


@pytest.fixture
def lab(engine: Memory, config: Config) -> Lab:
    """A lab whose servers are up."""
    lab = Lab(engine, config, plan(singles(2)), SHARED, "bench")
    lab.start()
    return lab


@pytest.fixture
def prepared(lab: Lab) -> Callable[[str], Prepared]:
    """A contestant by name, ready to be measured."""
    return lambda name: prepare.prepare(lab, Contestant(discover()[name], f"{name}:1"), ROWS, {})


@pytest.fixture
def entry(prepared: Callable[[str], Prepared], tmp_path: Path) -> Callable[..., Entry]:
    """The trial of a contestant, by its name and number."""

    def make(name: str = "fastapi", number: int = 1) -> Entry:
        planned = PlannedTrial(number=number, block=1, workload="closed", service=name, label=name)
        return Entry(planned, prepared(name), tmp_path / "trials" / f"{number:03d}-closed-{name}")

    return make


@pytest.fixture
def bench(
    engine: Memory, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    monkeypatch.setattr(lock, "FOLDER", tmp_path)
    monkeypatch.setattr(engines, "connect", lambda: engine)
    monkeypatch.setattr(running, "measure", lambda folder: None)  # counting code takes seconds
    monkeypatch.setattr(verification, "remembered", lambda *_: None)
    monkeypatch.setattr(verification, "remember", lambda *_: None)
    monkeypatch.setattr(verification, "verify", lambda *_, **__: outcome(True))
    small = config.model_copy(
        update={
            "dataset": config.dataset.model_copy(update={"users": 10, "orders": 20}),
            "profiles": dict(config.profiles),
        }
    )
    console = Console(file=io.StringIO(), force_terminal=False, width=200)
    with Interrupting(console) as display:
        found = Bench(engine, small, tmp_path / "reports", display)
        found.loading(
            lambda site, _: found.started.append(site.containers["service"].variables["SERVICE"])
        )
        yield found
