from levelbench.analysis.derive import derive
from levelbench.report.tables import ladder
from tests.unit.factories.standard import standard_run


def test_each_rate_says_in_how_many_trials_it_was_offered_and_dropped() -> None:
    run = standard_run(blocks=1, others=3)
    table = ladder.steps(derive(run), run, "capacity")
    assert [column.label for column in table.columns][:3] == [
        "Contestant", "Offered, requests/s", "Answered, requests/s",
    ]  # fmt: skip
    flask = [row for row in table.rows if row[0].text == "Flask"]
    first, last = flask[0], flask[-1]
    assert (first[1].text, first[1].detail) == ("95", "92 to 97")
    assert (first[5].text, first[6].text) == ("3", "—")
    assert last[5].text in ("1", "2", "3")
    assert table.folded


def test_latency_is_undefined_where_a_trial_was_not_offered_the_rate() -> None:
    run = standard_run(blocks=1, others=3)
    steps = ladder.of_contestant(run, "capacity", "flask")
    for step in steps:
        if step.trials < 3 or step.dropped_in:
            assert step.latency_p95_ms.value is None
    held = [step for step in steps if step.trials == 3 and not step.dropped_in]
    assert all(step.latency_p95_ms.confidence_interval for step in held)
    assert len(held) > 3


def test_a_load_without_a_ladder_has_no_rows() -> None:
    run = standard_run(blocks=1, others=1)
    assert ladder.steps(derive(run), run, "closed").rows == ()
