import pytest

from levelbench.analysis.two_runs import counts
from levelbench.errors import LabError
from levelbench.model.count import Counting, CountRecord, Dump
from levelbench.model.folder import Run
from levelbench.report import counted_runs
from tests.unit.factories import environment, make_run

PYTHON = "/usr/bin/python3.13"
DEVIATIONS = (0.0004, -0.0003, 0.0002, -0.0005, 0.0003, 0.0001, -0.0002, 0.0)


def counted(
    run_id: str = "a",
    factor: float = 1.0,
    *,
    valgrind: str = "3.24.0",
    cpu: str = "Intel(R) Xeon(R) Processor",
    seeds: int = 8,
    dumps: int = 2,
    hashing_last: bool = False,
) -> Run:
    """FastAPI and Flask; FastAPI's instructions are multiplied by a factor."""
    run = make_run(throughput={"fastapi": 1.0, "flask": 1.0}, control=None)
    plan = Counting(
        seeds=tuple(range(seeds)),
        warmup={"list": 80},
        requests={"list": 10},
        dumps=dumps,
        hashing_last=hashing_last,
    )
    place = environment().model_copy(update={"cpu_model": cpu})
    record = run.record.model_copy(
        update={"run_id": run_id, "counting": plan, "plan": (), "environment": place}
    )
    own = {"fastapi": factor, "flask": 1.0}
    found = tuple(
        CountRecord(
            service=name,
            seed=seed,
            image="sha256:1",
            valgrind=valgrind,
            idle=Dump(requests=0, seconds=5.0, objects={PYTHON: 0}),
            endpoints={"list": (_dump(own[name] * (1 + factor * DEVIATIONS[seed])),) * dumps},
        )
        for name in own
        for seed in range(seeds)
    )
    return Run(record=record, trials=(), counts=found)


def _dump(factor: float) -> Dump:
    return Dump(requests=10, seconds=5.0, objects={PYTHON: round(1.1e8 * factor)})


def test_an_added_percent_is_more_instructions() -> None:
    found = counts.compare(counted(), counted("b", 1.01))
    assert found.changes["fastapi", "list"].state == "more"
    assert found.changes["flask", "list"].state == "no more"
    assert found.state == "more"
    sentence = counted_runs.outcome(found)
    assert sentence.startswith("More instructions: FastAPI executes 1.00% more instructions")


def test_the_same_code_has_no_more_than_the_limit() -> None:
    found = counts.compare(counted(), counted("b"))
    assert found.state == "no more"
    assert counted_runs.outcome(found) == "No endpoint has more than 0.5% added."
    assert "| FastAPI | list | 11.000 | 11.000 |" in counted_runs.to_markdown(found)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (counted("b", valgrind="3.25.0"), "valgrind was 3.24.0 and is 3.25.0"),
        (counted("b", cpu="AMD EPYC 9B14"), "the processor was Intel.*and is AMD EPYC 9B14"),
        (counted("b", dumps=5), "list was counted after or with other requests"),
        (counted("b", hashing_last=True), "list was counted after or with other requests"),
        (counted("b", seeds=2), "no service has a count with three hash seeds in both"),
    ],
)
def test_what_cannot_be_compared_is_refused(other: Run, reason: str) -> None:
    with pytest.raises(LabError, match=reason):
        counts.compare(counted(), other)


def test_another_processor_of_the_same_vendor_is_compared() -> None:
    other = counted("b", cpu="Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz")
    assert counts.compare(counted(), other).state == "no more"


def test_a_benchmark_is_not_compared_with_a_count() -> None:
    with pytest.raises(LabError, match="counts instructions"):
        counts.are_counts(counted(), make_run())
    assert counts.are_counts(counted(), counted("b"))
    assert not counts.are_counts(make_run(), make_run())
