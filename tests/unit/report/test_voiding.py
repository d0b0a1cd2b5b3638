"""Voiding more and more trials never makes a label of a run more favourable.

Values have no noise but that of the block, which all share. With noise, an interval can become
narrower by chance when a block is lost, as it could with any smaller sample; only rules that fail
open could make a label more favourable here.
"""

import random
from collections.abc import Iterator

import pytest

from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive, passed
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.trial import TrialRecord
from levelbench.report.needs import standings
from tests.unit.factories import CPU_MS, MEMORY_MIB, THROUGHPUT, make_run, trial

BLOCKS, STEPS = 10, 20
DECIDED = frozenset({"holds", "direction_only", "does_not_hold", "opposite"})


def quiet_run(bias: float) -> Run:
    """A run in which a twin differs from its own service by `bias` and nothing else varies."""
    run = make_run(blocks=BLOCKS)

    def quiet(record: TrialRecord) -> TrialRecord:
        level = THROUGHPUT[record.service] * (1 + record.block / 100)
        return trial(
            record.number,
            record.block,
            record.label,
            throughput_rps=level * (bias if record.is_control else 1),
            cpu_ms=CPU_MS[record.service],
            memory_mib=MEMORY_MIB[record.service],
        )

    return Run(record=run.record, trials=tuple(map(quiet, run.trials)))


def voided(run: Run, rng: random.Random) -> Iterator[Results]:
    """The results of the run, and after each of more and more voids."""
    numbers = rng.sample([t.number for t in run.trials], len(run.trials))
    per_step = len(numbers) / STEPS
    for step in range(STEPS + 1):
        lost = set(numbers[: round(step * per_step)])
        trials = (
            t.model_copy(update={"status": "invalid"}) if t.number in lost else t
            for t in run.trials
        )
        yield judged(derive(Run(record=run.record, trials=tuple(trials))))


def shown(results: Results) -> set[tuple[object, ...]]:
    """Everything that a run is said to show: a label that is not here is the less favourable."""
    found: set[tuple[object, ...]] = {
        ("status", name)
        for name, holds in (
            ("valid", results.valid),
            ("publishable", results.publishable),
            ("passed", passed(results)),
        )
        if holds
    }
    for workload in results.workloads.values():
        found |= {
            ("verdict", p.metric, p.a, p.b, p.verdict)
            for p in workload.comparisons
            if p.verdict != "inconclusive"
        }
        for name, service in workload.services.items():
            best, worst = service.rank or (1, len(workload.services))
            found |= {
                ("worse ranks excluded", name, place)
                for place in range(worst + 1, 1 + len(workload.services))
            }
            found |= {("better ranks excluded", name, place) for place in range(1, best)}
    for standing in standings(results):
        found |= {("shown best", standing.need.text, name) for name in standing.shown_best}
    found |= {("claim", c.id, c.verdict) for c in results.claims if c.verdict in DECIDED}
    return found


@pytest.mark.parametrize("bias", [1.0, 1.08])
@pytest.mark.parametrize("seed", range(8))
def test_nothing_new_is_shown_by_a_run_that_lost_trials(seed: int, bias: float) -> None:
    runs = voided(quiet_run(bias), random.Random(seed))
    before = shown(next(runs))
    assert ("status", "valid") in before
    for results in runs:
        after = shown(results)
        assert after <= before, after - before
        before = after
    assert before == set()


def test_a_run_without_losses_shows_something() -> None:
    found = {kind for kind, *_ in shown(judged(derive(quiet_run(1.0))))}
    assert found >= {"status", "verdict", "shown best", "better ranks excluded"}


@pytest.mark.parametrize("lost", ["fastapi@control", "fastapi"])
def test_a_run_without_its_control_is_not_publishable(lost: str) -> None:
    """It was publishable as soon as the noise was unknown."""
    run = make_run(blocks=10, control_factor=(0.9, 1.12, 1.0, 1.1, 0.95))
    assert not derive(run).publishable
    kept = {3, 7}
    trials = tuple(
        t.model_copy(update={"status": "invalid"}) if t.label == lost and t.block not in kept else t
        for t in run.trials
    )
    results = derive(Run(record=run.record, trials=trials))
    assert not results.publishable
    assert any("measured twice" in reason for reason in results.reasons) or not results.valid


@pytest.mark.parametrize(
    ("values", "valid", "publishable"),
    [(15, True, True), (12, True, True), (11, True, False), (8, True, False), (7, False, False)],
)
def test_one_contestant_with_few_values_costs_the_run_its_status(
    values: int, valid: bool, publishable: bool
) -> None:
    run = make_run(blocks=15)
    trials = tuple(
        t.model_copy(update={"status": "invalid"}) if t.label == "flask" and t.block > values else t
        for t in run.trials
    )
    results = derive(Run(record=run.record, trials=trials))
    assert (results.valid, results.publishable) == (valid, publishable)
    assert bool(results.reasons) is not publishable
