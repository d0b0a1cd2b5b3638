"""Rates, against a lab that only answers as told."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from levelbench.bench import calibration, trial
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.bench.trial import Entry
from levelbench.contestants import discovery
from levelbench.errors import LabError
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.prepare import Prepared
from levelbench.load import parameters
from levelbench.load.parameters import Parameters
from levelbench.model.config import load_config
from levelbench.model.run import Rates
from levelbench.model.trial import TrialRecord, save_trial
from levelbench.progress import Display
from tests.unit.factories import environment, make_run, write_run
from tests.unit.factories import trial as make_trial

LAB = cast(Lab, SimpleNamespace(config=load_config()))
CLOSED = parameters.of_workloads(
    ["closed"],
    LAB.config,
    LAB.config.profile("standard"),
    mix="journey",
    scale=1,
    seed=7,
    rates=None,
)["closed"]
THREE = {"django": (158.0, 191.0, 180.0), "fastapi": (400.0, 380.0, 410.0)}
KNOWN = discovery.discover()


def options(reports: Path, workload: str = "open-50", rates_of: str | None = None) -> Options:
    return Options(
        profile_name="quick", profile=load_config().profile("quick"),
        services={name: KNOWN[name] for name in ("django", "fastapi", "floor")},
        workload="", workloads={workload: 5}, seed=7, mix="journey", scale=1, source="auto",
        rates_of=rates_of, reports=reports,
    )  # fmt: skip


def ensure(run: OngoingRun, chosen: Options) -> Rates | None:
    prepared = {
        name: Prepared(Contestant(service, "image"), name, [], 0, None, {})
        for name, service in chosen.services.items()
    }
    display = Display(Console(file=io.StringIO()))
    calibration.ensure(LAB, prepared, run, chosen, CLOSED, display)
    return run.record.rates


@pytest.fixture
def run(tmp_path: Path) -> OngoingRun:
    folder = tmp_path / "20260102-030405-quick"
    folder.mkdir()
    return OngoingRun(folder, make_run().record)


def calibrated(
    monkeypatch: pytest.MonkeyPatch,
    throughputs: Mapping[str, Sequence[float]],
    status: str = "valid",
    loads: list[Parameters] | None = None,
) -> list[str]:
    """Make trials come out with these throughputs, one after the other; the folders of those that
    were run."""
    started: list[str] = []

    def run_trials(
        lab: Lab, entries: Sequence[Entry], closed: Parameters, say: object
    ) -> list[TrialRecord]:
        (entry,) = entries
        name = entry.planned.label
        started.append(entry.folder.name)
        if loads is not None:
            loads.append(closed)
        rate = throughputs[name][entry.planned.number - 1]
        record = make_trial(0, 0, name, throughput_rps=rate or 1.0, attempt=entry.attempt)
        record = record.model_copy(update={"status": status if rate else "failed"})
        save_trial(entry.folder, record)
        return [record]

    monkeypatch.setattr(trial, "run", run_trials)
    return started


def test_the_slowest_contestant_sets_the_rates(
    run: OngoingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On 5a844a9 the first trial of each did, which was 12% too low here."""
    calibrated(monkeypatch, THREE)
    assert ensure(run, options(run.folder.parent)) == Rates(
        calibrated_by=run.record.run_id,
        slowest="django",
        throughput_rps=180.0,
        trials_rps={"django": (158.0, 191.0, 180.0), "fastapi": (400.0, 380.0, 410.0)},
    )


def test_trials_are_short_and_made_in_rounds(
    run: OngoingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Parameters] = []
    started = calibrated(monkeypatch, THREE, loads=loads)
    ensure(run, options(run.folder.parent))
    assert started == [f"{n}-{k}-attempt1" for k in (1, 2, 3) for n in ("django", "fastapi")]
    assert {(load.timing.measure_s, load.timing.slices) for load in loads} == {(10, 1)}


def test_the_median_is_of_the_trials_that_are_valid(
    run: OngoingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibrated(monkeypatch, {**THREE, "django": (0.0, 170.0, 180.0)})
    rates = ensure(run, options(run.folder.parent))
    assert rates
    assert rates.throughput_rps == 175.0


def test_the_floor_is_not_asked(run: OngoingRun, monkeypatch: pytest.MonkeyPatch) -> None:
    started = calibrated(monkeypatch, THREE)
    ensure(run, options(run.folder.parent))
    assert {name.partition("-")[0] for name in started} == {"django", "fastapi"}


def test_a_load_without_rates_needs_no_calibration(
    run: OngoingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = calibrated(monkeypatch, {})
    assert ensure(run, options(run.folder.parent, "closed")) is None
    assert started == []


def test_a_run_that_goes_on_does_not_calibrate_again_what_it_has(
    run: OngoingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_trial(run.folder / "calibration" / "django-1-attempt1",
               make_trial(1, 0, "django", throughput_rps=181.0))  # fmt: skip
    started = calibrated(monkeypatch, THREE)
    rates = ensure(run, options(run.folder.parent))
    assert rates
    assert rates.throughput_rps == 181.0
    assert "django-1-attempt1" not in started
    assert len(started) == 5


def test_what_the_lab_spoiled_is_tried_again_and_no_figure_is_taken_from_it(
    run: OngoingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = calibrated(monkeypatch, THREE, status="invalid")
    with pytest.raises(LabError, match="no contestant could be calibrated"):
        ensure(run, options(run.folder.parent))
    assert started == [
        f"{name}-{number}-attempt{attempt}"
        for number in (1, 2, 3)
        for name in ("django", "fastapi")
        for attempt in (1, 2)
    ]


RATES = Rates(calibrated_by="20260101-000000-quick", slowest="flask", throughput_rps=99.0)


def earlier(reports: Path, **changes: Any) -> str:
    record = make_run(**changes)
    write_run(reports / "20260101-000000-quick", record)
    return "20260101-000000-quick"


def test_the_rates_of_another_run_are_taken_as_they_are(run: OngoingRun) -> None:
    before = earlier(run.folder.parent, rates=RATES)
    assert ensure(run, options(run.folder.parent, rates_of=before)) == RATES


def test_a_run_without_rates_has_none_to_give(run: OngoingRun) -> None:
    before = earlier(run.folder.parent)
    with pytest.raises(LabError, match="has no calibrated rates"):
        ensure(run, options(run.folder.parent, rates_of=before))


def test_rates_of_another_machine_are_refused(run: OngoingRun) -> None:
    other = environment().model_copy(update={"cpu_model": "Another CPU"})
    before = earlier(run.folder.parent, rates=RATES, environment=other)
    with pytest.raises(LabError, match="calibrated on another machine"):
        ensure(run, options(run.folder.parent, rates_of=before))


def test_a_run_that_is_not_there_has_no_rates(run: OngoingRun) -> None:
    with pytest.raises(LabError, match="there is no run 'nope'"):
        ensure(run, replace(options(run.folder.parent), rates_of="nope"))
