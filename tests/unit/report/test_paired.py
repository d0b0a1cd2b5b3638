"""What is said of a contestant beside what it was."""

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.run import RunArguments
from levelbench.report import paired
from levelbench.report.sections import rerun
from tests.unit.factories import alone, make_run

NAMES = ("fastapi", "fastapi-base")


def measured(head: float, base: float, blocks: int = 5) -> Results:
    rates = {"fastapi": head, "fastapi-base": base}
    return derive(make_run(throughput=rates, control="fastapi", blocks=blocks))


def said(results: Results) -> str:
    return " ".join(paired.sentences(paired.against_base(results, *NAMES), *NAMES))


def is_worse(results: Results) -> bool:
    return paired.is_worse(paired.against_base(results, *NAMES))


def test_a_slower_head_is_named_with_its_interval() -> None:
    results = measured(360.0, 400.0)
    assert is_worse(results)
    assert said(results).startswith(
        "closed: fastapi's throughput was 0.902 (0.897 to 0.907) times fastapi-base's: worse."
    )


def test_a_difference_that_may_be_a_tie_is_told_and_does_not_make_it_slower() -> None:
    results = measured(390.0, 400.0)
    assert not is_worse(results)
    assert said(results).endswith(": worse, perhaps no more than a tie.")


def test_the_same_is_not_slower() -> None:
    results = measured(400.0, 400.0)
    assert not is_worse(results)
    assert said(results).endswith(": equivalent.")


def test_a_faster_head_is_not_slower() -> None:
    results = measured(440.0, 400.0)
    assert not is_worse(results)
    assert said(results).endswith(": better.")


def test_one_block_tells_nothing() -> None:
    results = measured(200.0, 400.0, blocks=1)
    assert not is_worse(results)
    assert said(results).endswith(
        "0.50 (without interval) times fastapi-base's: too few trials to tell a difference from "
        "noise."
    )


def test_a_head_that_failed_cannot_be_held_against_anything() -> None:
    run = make_run(throughput={"fastapi": 1.0, "fastapi-base": 1.0}, failed="fastapi", control=None)
    assert said(derive(run)) == (
        "fastapi could not be held against fastapi-base: both need a valid trial in one block."
    )


def test_each_endpoint_that_was_alone_has_a_sentence() -> None:
    rates = {"fastapi": alone.RATES["django"],
             "fastapi-base": alone.RATES["fastapi"]}  # fmt: skip
    results = derive(alone.make_run(rates=rates, reference=False))
    found = paired.sentences(paired.against_base(results, *NAMES), *NAMES)
    assert len(found) == 5
    assert found[2].startswith("endpoints, list: fastapi's throughput was 0.45 (")
    assert is_worse(results)


def test_the_report_says_how_to_run_it_again() -> None:
    run = make_run(throughput={"fastapi": 400.0, "fastapi-base": 400.0}, control="fastapi")
    choices = RunArguments(workloads={"closed": 5}, mix="journey", scale=1, base="0123abcd")
    run = Run(record=run.record.model_copy(update={"choices": choices}), trials=run.trials)
    assert rerun(derive(run), run) == (
        "make bench-paired PROFILE=quick SEED=42 SERVICE=fastapi BASE=0123abcd"
    )
