"""The two sentences, for each kind of run."""

import pytest

from levelbench.analysis.derive import derive, passed
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.report.answer import answer, labels
from tests.unit.factories import NOISY, UNEVEN, make_run, statistics


def said(run: Run) -> tuple[str, str]:
    return answer(derive(run), run)


def label_texts(run: Run) -> list[str]:
    return [label.text for label in labels(derive(run), run)]


def test_a_clear_result_names_ratios_and_ties() -> None:
    found, trust = said(make_run())
    assert found.startswith(
        "Under a closed load of 100 users starlette and fastapi were equivalent"
    )
    assert "fastapi handled 1.53 to 1.55 times flask's requests" in found
    assert "flask handled 1.44 to 1.46 times django's requests" in found
    assert trust.startswith("The run is valid: 25 of 25 planned trials were run; ")
    assert trust.endswith("differences below 2.0% count as ties.")


def test_the_order_follows_the_data() -> None:
    found, _ = said(make_run(throughput={"django": 900.0, "starlette": 100.0}, control=None))
    assert "django handled" in found
    assert "starlette's requests" in found


def test_a_difference_that_may_be_a_tie_is_told_with_its_reserve() -> None:
    found, _ = said(make_run(throughput={"a": 400.0, "b": 408.0}, control=None))
    assert found.startswith("Under a closed load of 100 users b handled 1.0")
    assert found.endswith(" times a's requests, perhaps no more than a tie.")


def test_a_difference_that_cannot_be_told_is_not_told() -> None:
    run = make_run(throughput={"a": 400.0, "b": 401.0}, control=None, measured_blocks=3)
    narrow = run.record.model_copy(update={"statistics": statistics(tie_threshold=0.005)})
    found, _ = said(run.model_copy(update={"record": narrow}))
    assert "b and a could not be told apart (ratio " in found


def test_one_contestant_has_nothing_beside_it() -> None:
    found, trust = said(make_run(throughput={"flask": 250.0}, control=None))
    assert "flask handled 250 requests a second (" in found
    assert "nothing stands beside it" in found
    assert "its noise is unknown" in trust


def test_smoke_claims_no_difference() -> None:
    run = make_run(blocks=1, control=None, profile="smoke", publishable=False)
    found, trust = said(run)
    assert "no difference can be told from noise" in found
    assert "times" not in found
    assert trust.endswith("its numbers are not for publication.")
    assert "numbers unpublishable" in label_texts(run)


def test_a_partial_run_says_how_much_of_it_there_is() -> None:
    run = make_run(measured_blocks=3)
    _, trust = said(run)
    assert trust.startswith("The run is partial but valid: 15 of 25 planned trials were run")
    assert "partial" in label_texts(run)


def test_noise_alone_hides_nobody_who_is_far_apart() -> None:
    run = make_run(control_factor=NOISY)
    found, trust = said(run)
    assert "flask handled 1.44 to 1.46 times django's requests" in found
    assert trust.endswith("its numbers are not for publication.")
    (unpublishable,) = [label for label in labels(derive(run), run) if "unpub" in label.text]
    assert unpublishable.why == "one contestant against itself reaches beyond 5%"


def test_an_uneven_lab_ranks_nobody() -> None:
    run = make_run(control_factor=UNEVEN)
    found, trust = said(run)
    assert "nobody is ranked" in found
    assert "times" not in found
    assert trust.startswith("The run is valid")
    assert "fastapi against itself came out as" in trust
    assert trust.endswith("its numbers are not for publication.")
    assert "numbers unpublishable" in label_texts(run)


def test_a_failed_contestant_is_named() -> None:
    run = make_run(failed="flask")
    found, _ = said(run)
    assert found.endswith("; flask failed.")
    assert "flask failed" in label_texts(run)


def test_the_labs_fault_is_not_laid_at_the_contestants_door() -> None:
    run = make_run()
    trials = [
        t.model_copy(update={"status": "invalid"}) if t.label == "flask" else t for t in run.trials
    ]
    run = run.model_copy(update={"trials": tuple(trials)})
    assert said(run)[0].endswith("; flask has no valid trial.")
    assert not any("failed" in text for text in label_texts(run))
    assert not passed(derive(run))


def test_when_all_failed_there_is_no_figure() -> None:
    found, trust = said(make_run(throughput={"flask": 1.0}, control=None, failed="flask"))
    assert found == "No contestant has a valid figure; flask failed."
    assert trust.startswith("The run is not valid: none of its trials is")


def test_a_run_level_error_is_its_cause() -> None:
    finding = Finding(code="engine-died", severity="error", cause="the engine died", remedy="r")
    _, trust = said(make_run(findings=(finding,)))
    assert trust == "The run is not valid: the engine died."


def test_an_empty_run() -> None:
    run = make_run().model_copy(update={"trials": ()})
    assert said(run)[1].startswith("The run is not valid")


@pytest.mark.parametrize(("cores", "labelled"), [(2, True), (3, True), (4, False), (16, False)])
def test_few_cores_are_development_grade(cores: int, labelled: bool) -> None:
    assert (f"development-grade: {cores} cores" in label_texts(make_run(cores=cores))) is labelled


def test_a_difference_that_only_lies_between_the_distant_is_said() -> None:
    """Steps of 1.5% are ties each; three of them together are a difference."""
    rates = {"starlette": 400.0, "fastapi": 394.0, "flask": 388.0, "django": 382.0}
    found, _ = said(make_run(throughput=rates))
    assert "starlette and fastapi" in found
    assert "; but starlette handled" in found
    assert "times django's requests" in found


def test_a_difference_between_neighbours_is_said_once() -> None:
    found, _ = said(make_run())
    assert "but" not in found
