from levelbench.model.folder import Run
from levelbench.model.trial import TrialRecord
from levelbench.report.tables import evidence
from tests.unit.factories import make_run


def test_the_order_of_trials_tells_what_was_not_run() -> None:
    run = make_run(measured_blocks=3)
    shown = evidence.order(run).rows
    assert "(not run)" not in shown[2][1].text
    assert shown[3][1].text.count("(not run)") == 5


def test_the_order_of_turns_is_that_of_each_slice() -> None:
    """On 5a844a9 the table listed seats, the order in which the containers were started."""
    run = make_run(control=None)
    turns = {"django": (2, 1), "fastapi": (1, 2), "flask": (4, 3), "starlette": (3, 4)}
    trials = tuple(TrialRecord(**{**dict(t), "turns": turns[t.label]}) for t in run.trials)
    shown = evidence.order(Run(record=run.record, trials=trials)).rows
    assert shown[0][1].text == (
        "fastapi, django, starlette, flask | django, fastapi, flask, starlette"
    )
