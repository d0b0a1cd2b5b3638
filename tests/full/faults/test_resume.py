"""A run that was killed, or interrupted, goes on: no trial is lost, and none is counted twice.

Each is a quick run of one contestant and its control: two blocks, four trials.
"""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from levelbench.model.folder import load_run
from tests.full.checkout import Checkout, Command
from tests.full.events import Events
from tests.full.faults import phases
from tests.full.private_engine import PrivateEngine

pytestmark = pytest.mark.usefixtures("slow")

PLANNED = [1, 2, 3, 4]
SAVED_WITHIN_S = 300.0
Moment = Callable[[Command, Events, PrivateEngine, Path], None]
"""Waits until a bench, whose reports are in the folder, has come to a moment."""


def before_there_is_a_plan(
    bench: Command, events: Events, engine: PrivateEngine, reports: Path
) -> None:
    bench.wait_line("preparing ")
    events.wait_start("k6")


def in_the_second_load(
    bench: Command, events: Events, engine: PrivateEngine, reports: Path
) -> None:
    bench.wait_line("trial 1/4")
    events.forget()
    events.wait_load()


def in_the_second_drain(
    bench: Command, events: Events, engine: PrivateEngine, reports: Path
) -> None:
    bench.wait_line("trial 1/4")
    events.forget()
    phases.drain(bench, events)


def between_attempts(bench: Command, events: Events, engine: PrivateEngine, reports: Path) -> None:
    """The second trial is spoiled, and its first attempt saved."""
    in_the_second_load(bench, events, engine, reports)
    engine.docker("kill", engine.container("postgres"))
    deadline = time.monotonic() + SAVED_WITHIN_S
    while not list(newest(reports).glob("trials/002-*/trial.json")):
        assert time.monotonic() < deadline, bench.said()
        time.sleep(0.05)


MOMENTS: dict[Moment, tuple[str, list[tuple[int, int, str]]]] = {
    before_there_is_a_plan: ("starlette", []),
    in_the_second_load: ("starlette", [(1, 1, "valid")]),
    in_the_second_drain: ("slow-worker", [(1, 1, "valid")]),
    between_attempts: ("starlette", [(1, 1, "valid"), (2, 1, "invalid")]),
}
"""The contestant, and (number, attempt, status) of the trials that are saved by then."""

WAYS = {
    "SIGKILL": (signal.SIGKILL, -signal.SIGKILL),
    "Ctrl-C": (signal.SIGINT, 130),
}
"""What is sent, and the exit status."""


def newest(reports: Path) -> Path:
    return max(path.parent for path in reports.glob("2*/run.json"))


def stop(
    checkout: Checkout, engine: PrivateEngine, contestant: str, moment: Moment, way: str
) -> Path:
    """Begin a run and end it at a moment; its folder."""
    number, status = WAYS[way]
    with Events(engine) as events, checkout.start_bench(contestant, profile="quick") as bench:
        moment(bench, events, engine, checkout.folder / "reports")
        bench.send(number, group=way == "Ctrl-C")
        assert bench.end() == status, bench.said()
    engine.wait_no_client()
    return checkout.runs[-1]


def trials(folder: Path) -> list[tuple[int, int, str]]:
    return [(trial.number, trial.attempt, trial.status) for trial in load_run(folder).trials]


def content(folder: Path, pattern: str = "**/*") -> dict[Path, bytes]:
    """Every file, byte for byte."""
    return {path: path.read_bytes() for path in folder.glob(pattern) if path.is_file()}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_it_goes_on(checkout: Checkout, engine: PrivateEngine, moment: Moment, way: str) -> None:
    contestant, expected = MOMENTS[moment]
    folder = stop(checkout, engine, contestant, moment, way)
    before, runs = load_run(folder), checkout.runs
    assert trials(folder) == expected
    assert before.record.status == "partial"
    saved = content(folder, "trials/*/trial.json")
    assert len(saved) == len(expected)
    evidence = {
        path: text for trial in saved for path, text in content(trial.parent).items()
    }  # fmt: skip

    resumed = checkout.resume(folder.name)
    assert resumed.status == 0, resumed.said()
    assert checkout.runs == runs
    after = load_run(folder)
    assert after.record.status == "complete"
    assert len(after.record.plan) == len(PLANNED)
    assert after.record.plan == (before.record.plan or after.record.plan)
    # The block that was cut short, or spoiled, is run again as a whole.
    first_block = 2 if expected else 1
    rest = [(n, first_block if n <= 2 else 1, "valid") for n in PLANNED]
    assert trials(folder) == sorted([*expected, *rest])
    assert {path: path.read_bytes() for path in evidence} == evidence
    assert (engine.leftovers(), engine.clients()) == ([], [])

    results = checkout.results
    assert (results.status, results.run_id) == ("complete", folder.name)
    assert results.workloads["closed"].services[contestant].trials == 2
    assert {path.name for path in folder.iterdir()} >= {"results.csv", "report.md", "report.html"}
    assert (folder.parent / "latest").resolve() == folder.resolve()


def hold_refused(
    checkout: Checkout, engine: PrivateEngine, run: str, said: str, folder: Path
) -> None:
    before = content(folder)
    refused = checkout.resume(run)
    assert refused.status == 2, refused.said()
    assert len(refused.errors) == 1
    assert said in refused.errors[0]
    assert content(folder) == before
    assert (engine.leftovers(), engine.clients()) == ([], [])


def test_a_complete_run_does_not_go_on(checkout: Checkout, engine: PrivateEngine) -> None:
    bench = checkout.bench("starlette")
    assert bench.status == 0, bench.said()
    folder = checkout.runs[-1]
    hold_refused(checkout, engine, folder.name, f"run {folder.name} is complete", folder)
    hold_refused(checkout, engine, "latest", "is complete", folder)


def test_a_run_that_is_not_there_does_not_go_on(checkout: Checkout, engine: PrivateEngine) -> None:
    hold_refused(
        checkout, engine, "20200101-000000-quick",
        "there is no run '20200101-000000-quick' to resume", checkout.folder / "reports",
    )  # fmt: skip


def test_with_another_image_of_its_contestant_it_does_not_go_on_until_that_is_put_back(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    checkout.add("changing", {})
    checkout.take_for_verified("changing")
    folder = stop(checkout, engine, "changing", in_the_second_load, "SIGKILL")
    route = '    Route("/healthz", healthz),\n'
    with checkout.edited("services/changing/app/main.py", route, f"{route}    # as before\n"):
        hold_refused(
            checkout,
            engine,
            folder.name,
            "service-changing has changed since the run started",
            folder,
        )
    resumed = checkout.resume(folder.name)
    assert resumed.status == 0, resumed.said()
    assert trials(folder) == [
        (1, 1, "valid"), (1, 2, "valid"), (2, 2, "valid"), (3, 1, "valid"), (4, 1, "valid"),
    ]  # fmt: skip
