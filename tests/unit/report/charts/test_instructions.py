import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.model.count import Counting, CountRecord, Dump, PackageRecord
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import csvfile, instructions
from levelbench.report.charts.instructions import bars
from levelbench.report.plot_text import render
from tests.unit.factories import make_run

PYTHON = "/usr/bin/python3.13"
PARTS = {
    "fastapi": {
        "sqlalchemy/orm": 6.9, "pydantic_core/_pydantic_core": 1.2, "fastapi/routing": 1.2,
        "asyncpg/pgproto": 0.8, "uvloop/loop": 0.2, "python/json": 0.1, "libc.so.6": 0.3,
        "application/queries": 0.3, "python/contextlib": 0.4,
    },
    "starlette": {
        "sqlalchemy/orm": 6.9, "starlette/routing": 0.4, "asyncpg/pgproto": 0.8,
        "uvloop/loop": 0.2, "python/json": 0.9, "libc.so.6": 0.3, "application/schemas": 0.6,
    },
    "django": {
        "django/db": 9.2, "django/core": 1.0, "psycopg/_column": 2.0, "python/json": 0.9,
        "gunicorn/http": 0.4, "libc.so.6": 0.9,
    },
}  # fmt: skip
"""Million instructions of a list."""


def counted(*, by_package: bool = True) -> Run:
    run = make_run(throughput=dict.fromkeys(PARTS, 100.0), control=None)
    plan = Counting(seeds=(0, 1, 2), warmup={"list": 80}, requests={"list": 10}, packages=True)
    record = run.record.model_copy(update={"counting": plan, "plan": (), "workloads": {}})
    idle = Dump(requests=0, seconds=5.0, objects={PYTHON: 0})
    counts = tuple(
        CountRecord(
            service=name,
            seed=seed,
            image="sha256:1",
            valgrind="3.24.0",
            idle=idle,
            endpoints={"list": (_dump(sum(parts.values()) + 0.01 * seed),) * 2},
        )
        for name, parts in PARTS.items()
        for seed in plan.seeds
    )
    packages = tuple(
        PackageRecord(
            service=name,
            seed=0,
            image="sha256:1",
            valgrind="3.24.0",
            endpoints={"list": {part: round(1.1e7 * n) for part, n in parts.items()}},
        )
        for name, parts in PARTS.items()
    )
    return Run(record=record, trials=(), counts=counts, packages=packages if by_package else ())


def _dump(millions: float) -> Dump:
    return Dump(requests=10, seconds=5.0, objects={PYTHON: round(1e7 * millions)})


@pytest.fixture
def results() -> Results:
    return derive(counted())


def test_the_chart_of_layers(results: Results, snapshot: SnapshotAssertion) -> None:
    (plot,) = bars(results)
    assert render(plot, 100) == snapshot


def test_sentences_compare_contestants_of_one_interface(
    results: Results, snapshot: SnapshotAssertion
) -> None:
    section = instructions.section(results, counted())
    assert section.text == snapshot
    assert all("Django" not in sentence for sentence in section.text)


def test_layers_sum_to_the_total(results: Results) -> None:
    for endpoints in results.instructions.values():
        for own in endpoints.values():
            for parts in (own.layers, own.packages, own.objects):
                total = sum(part.value or 0.0 for part in parts.values())
                assert total == pytest.approx(own.value, rel=0.01)


def test_without_a_count_by_package_nothing_is_said_of_packages() -> None:
    run = counted(by_package=False)
    section = instructions.section(derive(run), run)
    assert (section.text, section.plots) == ((), ())


def test_instructions_are_lines_of_the_csv(results: Results) -> None:
    lines = [line.split(",") for line in csvfile.render(results).splitlines()]
    found = {(words[1], words[3], words[4]): words for words in lines}
    line = found["starlette", "list", "instructions"]
    assert float(line[5]) == pytest.approx(10.11e6)
    assert line[9] == "3"
    assert float(found["starlette", "list", "instructions.layer.driver"][5]) == pytest.approx(
        0.8e6, rel=0.01
    )
    assert ("fastapi", "list", "instructions.package.sqlalchemy") in found


def test_a_machine_without_hardware_counters_is_said_to_have_none() -> None:
    run = counted()
    place = run.record.environment.model_copy(update={"hardware_counters": False})
    without = run.model_copy(
        update={"record": run.record.model_copy(update={"environment": place})}
    )
    assert instructions.section(derive(without), without).text[-1] == instructions.HARDWARE
    assert instructions.HARDWARE not in instructions.section(derive(run), run).text


def test_a_correction_above_one_percent_is_said() -> None:
    run = counted()
    idle = Dump(requests=0, seconds=5.0, objects={PYTHON: 2_500_000})
    busy = run.model_copy(
        update={"counts": tuple(one.model_copy(update={"idle": idle}) for one in run.counts)}
    )
    (sentence,) = [t for t in instructions.section(derive(busy), busy).text if "subtracted" in t]
    assert sentence.startswith("Up to 2.5% of what was counted (Starlette, list) is subtracted")
    assert not [t for t in instructions.section(derive(run), run).text if "subtracted" in t]
