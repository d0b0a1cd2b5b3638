"""Published nights: timed runs and counts of instructions, with known steps."""

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

from levelbench.analysis.derive import derive
from levelbench.history.store import REPORT_FILE, Published, Store, entry
from levelbench.model.count import Counting
from levelbench.model.files import to_json, write_atomic
from levelbench.model.folder import Run
from levelbench.model.results import RESULTS_FILE
from levelbench.model.run import RUN_FILE, RunArguments, RunRecord, ServiceRecord
from tests.unit.factories import CPU_MS, START, THROUGHPUT, environment, make_run, service
from tests.unit.factories.counts import REQUESTS, count

STEP_AT = 12
"""The first night of FastAPI 1.3.0."""
STEP = 0.03
"""More instructions, and less throughput by three times as much."""
LIST = {"django": 15e6, "fastapi": 11e6, "flask": 14e6, "starlette": 8e6}
NOISE = (0.001, -0.002, 0.0, 0.002, -0.001)
"""Of a night, by its number."""


def nights(number: int = 20, *, step_at: int = STEP_AT) -> tuple[Published, ...]:
    """So many nights: a timed run and a count in each, by their start."""
    return tuple(run for night in range(number) for run in _night(night, stepped=night >= step_at))


def _night(night: int, *, stepped: bool) -> Iterator[Published]:
    noise = night % len(NOISE)
    for kind, hour in (("nightly", 0), ("count", 3)):
        found = (_timed if kind == "nightly" else _counted)(noise, stepped)
        start = START + timedelta(days=night, hours=hour)
        yield renamed(found, f"{start:%Y%m%d-%H%M%S}-{kind}", started_at=start)


def renamed(found: Published, run_id: str, **changes: object) -> Published:
    """The same run with another id, and other fields of its record."""
    record = found.record.model_copy(update={"run_id": run_id, **changes})
    results = found.results.model_copy(update={"run_id": run_id})
    return Published(entry(record, results), results, record)


def published(run: Run) -> Published:
    """A run as the store has it."""
    results = derive(run)
    record = run.record.model_copy(update={"plan": ()})
    return Published(entry(record, results), results, record)


@cache
def _timed(noise: int, stepped: bool) -> Published:
    rates = {name: rate * (1 + NOISE[noise - place]) for place, (name, rate) in _placed()}
    rates["fastapi"] *= (1 - 3 * STEP) if stepped else 1
    return published(
        make_run(
            throughput=rates,
            cpu_ms=CPU_MS,
            reference=True,
            wsgi_reference=True,
            profile="nightly",
            services={
                **{name: _service(name, stepped) for name in rates},
                "floor": service("floor", "reference", display_name="Bare ASGI"),
                "floor-wsgi": service("floor-wsgi", "reference", display_name="Bare WSGI"),
            },
        )
    )


def _placed() -> Iterable[tuple[int, tuple[str, float]]]:
    return enumerate(THROUGHPUT.items())


@cache
def _counted(noise: int, stepped: bool) -> Published:
    more = {"fastapi": 1 + STEP} if stepped else {}
    counts = tuple(
        count(
            name, seed, {"list": per * more.get(name, 1) * (1 + NOISE[noise - place] + seed / 1e3)}
        )
        for place, (name, per) in enumerate(LIST.items())
        for seed in range(3)
    )
    record = RunRecord(
        run_id="count",
        profile="count",
        seed=0,
        status="complete",
        publishable=True,
        started_at=START,
        plan=(),
        environment=environment(),
        services={name: _service(name, stepped) for name in LIST},
        choices=RunArguments(workloads={}, mix="journey", scale=1),
        workloads={},
        counting=Counting(seeds=(0, 1, 2), warmup={"list": 80}, requests={"list": REQUESTS}),
        statistics=make_run(blocks=1).record.statistics,
    )
    return published(Run(record=record, trials=(), counts=counts))


def _service(name: str, stepped: bool) -> ServiceRecord:
    version = "1.3.0" if stepped and name == "fastapi" else "1.2.3"
    return service(name, packages={name: version, "celery": "5.6.0"})


def keep(runs: Sequence[Published], folder: Path) -> Store:
    """A store of these runs in a bare repository within the folder."""
    store = Store(folder / "store.git")
    subprocess.run(["git", "init", "--quiet", "--bare", str(store.repository)], check=True)
    for run in runs:
        own = folder / run.entry.run_id
        write_atomic(own / RUN_FILE, to_json(run.record))
        write_atomic(own / RESULTS_FILE, to_json(run.results))
        write_atomic(own / REPORT_FILE, "<!doctype html><title>Report</title>\n")
        store.publish(own)
    return store
