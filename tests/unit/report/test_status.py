"""One status word for every kind of run, with reason, cause and remedy."""

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.report.status import Status, status
from tests.unit.factories import NOISY, UNEVEN, alone, make_run
from tests.unit.factories.loads import capacity_run, open_run
from tests.unit.report.test_sentences import BROKEN, with_status

FOREIGN = "other programs used {}% of the contestant's core, CPU 1"


def of(run: Run) -> Status:
    return status(derive(run), run)


def lost(run: Run, codes: dict[int, tuple[str, str]], attempts: int = 1) -> Run:
    """The run with trials that a check voided: number -> (code, cause)."""
    trials = []
    for trial in run.trials:
        if trial.number not in codes:
            trials.append(trial)
            continue
        code, cause = codes[trial.number]
        finding = Finding(code=code, severity="error", cause=cause, remedy="Read the logs.")
        voided = {"status": "invalid", "findings": (finding,)}
        trials += [trial.model_copy(update={**voided, "attempt": 1 + n}) for n in range(attempts)]
    return run.model_copy(update={"trials": tuple(trials)})


SMOKE = make_run(blocks=1, control=None, profile="smoke", publishable=False)
DISTURBED = lost(
    make_run(),
    {number: ("noisy-neighbour", FOREIGN.format(number)) for number in range(16, 26)},
    attempts=2,
)
RUNS = {
    "publishable": make_run(cores=8),
    "ratios only": make_run(),
    "endpoints": alone.make_run(),
    "open": open_run(),
    "capacity": capacity_run(),
    "one": make_run(throughput={"flask": 250.0}, control=None),
    "without control": make_run(control=None),
    "one lost": lost(make_run(blocks=10), {7: ("core-stolen", "the host took 9% of it")}),
    "two causes": lost(
        make_run(blocks=20),
        {
            3: ("noisy-neighbour", FOREIGN.format(9)),
            8: ("noisy-neighbour", FOREIGN.format(70)),
            50: ("vus-idle", "the server kept 90% of the VUs busy"),
        },
    ),
    "disturbed": DISTURBED,
    "failed": make_run(failed="starlette"),
    "failed once": with_status(make_run(), "flask", "failed", blocks=1),
    "partial": make_run(measured_blocks=2),
    "smoke": SMOKE,
    "noisy": make_run(control_factor=NOISY),
    "biased": make_run(control_factor=UNEVEN),
    "too few": with_status(make_run(), "django", "invalid", blocks=3),
    "broken": make_run(findings=(BROKEN,)),
    "no trials": make_run().model_copy(update={"trials": ()}),
    "nothing": make_run(workloads={}, plan=()).model_copy(update={"trials": ()}),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_word_reason_cause_and_remedy(run: Run, snapshot: SnapshotAssertion) -> None:
    found = of(run)
    assert f"{found.shape} {found.word} ({found.tone})\n{found.text}" == snapshot


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_verdicts_count_only_where_the_run_may_be_quoted(run: Run) -> None:
    assert of(run).decides is derive(run).publishable


def test_a_measurement_of_another_attempt_is_lost_to_what_its_round_was() -> None:
    run = make_run(blocks=10)
    block = [trial.number for trial in run.trials if trial.block == 3]
    first, *others = block
    again = lost(run, {number: ("noisy-neighbour", FOREIGN.format(40)) for number in others})
    second = [
        trial.model_copy(update={"attempt": 2, "status": "valid", "findings": ()})
        for trial in again.trials
        if trial.number in others
    ]
    run = again.model_copy(update={"trials": (*again.trials, *second)})
    assert first not in {trial.number for trial in second}
    assert "1 was lost to other programs (up to 40% of a core)" in of(run).reason


def test_a_run_lost_to_other_programs_says_to_stop_them() -> None:
    found = of(DISTURBED)
    assert found.word == "Do not quote"
    assert found.remedy.startswith("Stop what else runs on this machine")
