"""What a bench does with its trials, against a lab that only answers as told."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from rich.console import Console

from levelbench.bench import bench, trial
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.bench.trial import Entry
from levelbench.contestants import discovery
from levelbench.lab.dataset import Rows
from levelbench.lab.lab import Lab
from levelbench.lab.prepare import Prepared
from levelbench.load import parameters
from levelbench.load.parameters import Parameters
from levelbench.model.config import load_config
from levelbench.model.run import PlannedTrial
from levelbench.model.trial import TrialRecord
from levelbench.progress import Display
from tests.unit.factories import make_run

LAB, PREPARED = cast(Lab, SimpleNamespace(config=load_config())), cast(Prepared, None)


@pytest.fixture
def run(tmp_path: Path) -> OngoingRun:
    return OngoingRun(tmp_path, make_run().record)


@pytest.fixture
def display() -> Iterator[Display]:
    with Display(Console(file=io.StringIO(), force_terminal=False, width=200)) as display:
        yield display


def said(display: Display) -> str:
    return cast(io.StringIO, display.console.file).getvalue()


def trials_that_end(
    monkeypatch: pytest.MonkeyPatch, ends: Mapping[str, Sequence[str]]
) -> list[list[str]]:
    """Make trials end with these states, label -> one for each attempt; which folders were measured
    together."""
    template = make_run().trials[0]
    together: list[list[str]] = []

    def run_trials(
        lab: Lab, entries: Sequence[Entry], settings: Parameters, say: object
    ) -> list[TrialRecord]:
        together.append([entry.folder.name for entry in entries])
        return [
            template.model_copy(
                update={
                    **entry.planned.model_dump(),
                    "attempt": entry.attempt,
                    "status": ends.get(entry.planned.label, ["valid"] * 9)[entry.attempt - 1],
                }
            )
            for entry in entries
        ]

    monkeypatch.setattr(trial, "run", run_trials)
    return together


@pytest.mark.parametrize(
    ("statuses", "attempts"),
    [
        (["valid"], 1),
        (["failed"], 1),
        (["invalid", "valid"], 2),
        (["invalid", "failed"], 2),
        (["invalid", "invalid"], 2),
    ],
)
def test_only_what_the_lab_spoiled_is_run_again_and_once(
    monkeypatch: pytest.MonkeyPatch,
    small: OngoingRun,
    display: Display,
    statuses: list[str],
    attempts: int,
) -> None:
    together = trials_that_end(monkeypatch, {"flask": statuses})
    small.record = small.record.model_copy(update={"plan": small.record.plan[:1]})
    run_trials(small, display)
    assert [record.status for record in small.trials] == statuses
    folders = ["001-closed-flask", "001-closed-flask-attempt2"]
    assert together == [[folder] for folder in folders[:attempts]]


def options(workload: str, names: str, profile: str = "quick") -> Options:
    return Options(
        profile_name=profile, profile=load_config().profile(profile),
        services=discovery.select(names, discovery.discover()),
        workload=workload, workloads={workload: 5}, seed=7, mix="journey", scale=1, source="auto",
    )  # fmt: skip


def planned(run: OngoingRun, chosen: Options) -> OngoingRun:
    prepared = dict.fromkeys(chosen.services, PREPARED)
    settings = parameters.of_workloads(
        chosen.workloads, load_config(), chosen.profile,
        mix=chosen.mix, scale=chosen.scale, seed=chosen.seed, rates=None,
    )  # fmt: skip
    run.record = run.record.model_copy(update={"plan": ()})
    bench._plan(run, prepared, settings, Rows(users="", orders="", order_items=""), chosen)
    return run


def test_a_mix_records_its_weights(run: OngoingRun) -> None:
    recorded = planned(run, options("closed", "fastapi,flask")).record.workloads["closed"]
    assert recorded.weights is not None
    assert recorded.weights["list"] == 46
    assert (recorded.mix, recorded.warmup_s, recorded.measure_s) == ("journey", 3, 10)
    assert recorded.pause_s is None


def test_endpoints_that_are_alone_have_no_weights_but_pauses(run: OngoingRun) -> None:
    recorded = planned(run, options("endpoints", "fastapi,flask")).record.workloads["endpoints"]
    assert (recorded.weights, recorded.mix) == (None, None)
    assert (recorded.warmup_s, recorded.measure_s) == (3, 5)
    assert recorded.pause_s is not None
    assert recorded.pause_s["register"] == 4


@pytest.mark.parametrize("seed", range(8))
def test_the_floor_is_no_control_where_there_is_a_contestant(run: OngoingRun, seed: int) -> None:
    chosen = replace(options("endpoints", "fastapi,floor"), seed=seed)
    labels = {trial.label for trial in planned(run, chosen).record.plan}
    assert labels == {"fastapi", "fastapi@control", "floor"}


def run_trials(run: OngoingRun, display: Display, slices: int = 1) -> list[OngoingRun]:
    """Run what a run still has to; the refreshed reports."""
    refreshed: list[OngoingRun] = []
    chosen = options("closed", "fastapi,flask")
    profile = chosen.profile.model_copy(update={"slices": slices})
    settings = parameters.of_workloads(
        ["closed"], load_config(), profile, mix="journey", scale=1, seed=7, rates=None
    )
    prepared = dict.fromkeys(chosen.services, PREPARED)
    bench._run_trials(LAB, prepared, settings, run, display, refreshed.append)
    return refreshed


@pytest.fixture
def small(run: OngoingRun) -> OngoingRun:
    """Two blocks of two contestants, none of them measured yet."""
    plan = tuple(
        PlannedTrial(number=n, block=block, workload="closed", service=name, label=name)
        for n, (block, name) in enumerate(
            [(1, "flask"), (1, "fastapi"), (2, "fastapi"), (2, "flask")], start=1
        )
    )
    run.record = run.record.model_copy(update={"plan": plan})
    return run


def test_the_report_is_refreshed_between_blocks(
    small: OngoingRun, monkeypatch: pytest.MonkeyPatch, display: Display
) -> None:
    together = trials_that_end(monkeypatch, {})
    assert len(run_trials(small, display)) == 1  # the last block's is written at the end
    assert together == [
        ["001-closed-flask"], ["002-closed-fastapi"], ["003-closed-fastapi"], ["004-closed-flask"],
    ]  # fmt: skip


def test_contestants_that_take_turns_are_measured_block_by_block(
    small: OngoingRun, monkeypatch: pytest.MonkeyPatch, display: Display
) -> None:
    together = trials_that_end(monkeypatch, {"fastapi": ["invalid", "valid"]})
    run_trials(small, display, slices=5)
    assert together == [
        ["001-closed-flask", "002-closed-fastapi"],
        ["002-closed-fastapi-attempt2"],  # only what was spoiled
        ["003-closed-fastapi", "004-closed-flask"],
        ["003-closed-fastapi-attempt2"],
    ]
    assert len(small.trials) == 6


def test_turns_begin_by_the_slowest_answers_so_far(
    small: OngoingRun, monkeypatch: pytest.MonkeyPatch, display: Display
) -> None:
    window = make_run().trials[0].window
    assert window
    rates = iter((110.0, 300.0, 300.0, 100.0))
    settled = []

    def answered(
        lab: Lab, entries: Sequence[Entry], settings: Parameters, say: object
    ) -> list[TrialRecord]:
        settled.append(round(settings.timing.settle_s, 2))
        return [
            measured(entry.planned).model_copy(
                update={"window": window.model_copy(update={"throughput_rps": next(rates)})}
            )
            for entry in entries
        ]

    monkeypatch.setattr(trial, "run", answered)
    run_trials(small, display, slices=5)
    assert settled == [2, 2.18]


def measured(one: PlannedTrial, status: str = "valid", attempt: int = 1) -> TrialRecord:
    changes = {**one.model_dump(), "status": status, "attempt": attempt}
    return make_run().trials[0].model_copy(update=changes)


@pytest.mark.parametrize("slices", [1, 5])
def test_a_run_that_goes_on_repeats_no_trial_that_it_has(
    small: OngoingRun, monkeypatch: pytest.MonkeyPatch, display: Display, slices: int
) -> None:
    together = trials_that_end(monkeypatch, {})
    small.trials = [measured(one) for one in small.record.plan[:3]]
    run_trials(small, display, slices)
    assert together == [["004-closed-flask"]]
    assert [record.number for record in small.trials] == [1, 2, 3, 4]


def test_a_run_that_goes_on_gives_a_spoiled_trial_its_second_attempt(
    small: OngoingRun, monkeypatch: pytest.MonkeyPatch, display: Display
) -> None:
    together = trials_that_end(monkeypatch, {})
    first, second = small.record.plan[:2]
    small.trials = [measured(first), measured(second, "invalid")]
    assert len(run_trials(small, display)) == 1
    assert together[0] == ["002-closed-fastapi-attempt2"]


def test_a_failed_trial_is_a_result_and_not_run_again(
    small: OngoingRun, monkeypatch: pytest.MonkeyPatch, display: Display
) -> None:
    together = trials_that_end(monkeypatch, {})
    small.trials = [measured(one, "failed") for one in small.record.plan]
    run_trials(small, display)
    assert together == []
