"""Series of published runs: what belongs together, and the steps that are known to be in them."""

import math
from datetime import timedelta

import pytest

from levelbench.history.archive import Archive
from levelbench.history.store import Published
from levelbench.model.run import RunArguments
from tests.unit.factories import START, make_run, parameters
from tests.unit.factories.nights import STEP, STEP_AT, nights, published, renamed
from tests.unit.factories.sweeps import sweep_run

CLOSED = "Full speed (closed): throughput relative to the baseline, Bare ASGI"
COUNT = "Instructions per request: list"


@pytest.fixture(scope="module")
def archive() -> Archive:
    return Archive(nights())


def two(one: Published, other: Published) -> Archive:
    return Archive((renamed(one, "one"), renamed(other, "two", started_at=START + timedelta(1))))


def test_a_step_is_found_in_its_series_and_in_no_other(archive: Archive) -> None:
    found = {change.series.title: change for change in archive.changes}
    assert len(archive.changes) == 2
    assert {change.series.of for change in archive.changes} == {("fastapi",)}
    assert found.keys() == {CLOSED, COUNT}
    for title, ratio in ((COUNT, 1 + STEP), (CLOSED, 1 - 3 * STEP)):
        change = found[title]
        assert change.alert.change.first == STEP_AT
        assert change.ratio.value == pytest.approx(ratio, rel=0.01)
        assert change.alert.night - STEP_AT <= 2


def test_a_change_point_names_what_differs(archive: Archive) -> None:
    for change in archive.changes:
        assert change.changed == ("fastapi 1.2.3 to 1.3.0",)


def test_what_was_found_stays_as_more_nights_follow(archive: Archive) -> None:
    longer = Archive(nights(25))
    assert {change.urn for change in longer.changes} == {change.urn for change in archive.changes}
    assert {change.size for change in longer.changes} == {change.size for change in archive.changes}


def test_nights_without_a_step_have_no_change_point() -> None:
    assert Archive(nights(30, step_at=30)).changes == ()


def test_a_series_has_one_machine_and_one_set_of_parameters() -> None:
    run = published(make_run(reference=True))
    other_cores = published(make_run(reference=True, cores=4))
    longer = published(make_run(reference=True, workloads={"closed": parameters(measure_s=30)}))
    for other in (other_cores, longer):
        first, second = two(run, other).of("django")
        assert [point.run.entry.run_id for point in first.points] == ["two"]
        assert [point.run.entry.run_id for point in second.points] == ["one"]
        assert first.machine != second.machine
    (one,) = two(run, run).of("django")
    assert len(one.points) == 2


def test_counts_are_kept_by_vendor(archive: Archive) -> None:
    count = next(run for run in archive.runs if run.record.counting)
    models = ("AMD EPYC 7763", "AMD EPYC 9V74", "Intel Xeon 8370C")
    runs = []
    for day, model in enumerate(models):
        place = count.record.environment.model_copy(update={"cpu_model": model})
        start = START + timedelta(day)
        runs.append(renamed(count, f"run-{day}", environment=place, started_at=start))
    intel, amd = Archive(tuple(runs)).of("django")
    assert [len(series.points) for series in (intel, amd)] == [1, 2]
    assert "vendor amd" in amd.machine


def test_without_a_baseline_values_are_relative_to_the_mean_of_contestants() -> None:
    archive = Archive((published(make_run()),))
    found = [series for name in archive.names for series in archive.of(name)]
    assert len(found) == 4
    assert "the mean of four contestants" in found[0].title
    shares = [series.points[0].value.value or 0.0 for series in found]
    assert math.prod(shares) == pytest.approx(1)


def test_only_runs_that_compare_contestants_and_may_be_quoted_are_in_series() -> None:
    smoke = published(make_run(blocks=1, control=None, profile="smoke", publishable=False))
    asked = RunArguments(workloads={"closed": 5}, mix="journey", scale=1, base="0123456789ab")
    paired = published(make_run(choices=asked))
    archive = Archive((smoke, paired, published(sweep_run())))
    assert archive.series == {}
    assert archive.newest is None
    assert archive.names == {}


def test_a_pair_has_the_ratio_of_each_run(archive: Archive) -> None:
    (series,) = archive.of("django", "fastapi")
    assert len(series.points) == 20
    for point in series.points:
        assert point.value.value == pytest.approx(180 / 400, rel=0.15)
        assert point.value.confidence_interval
    assert series.changes == ()


def test_names_that_are_no_part_of_an_address_have_no_page() -> None:
    rates = {"../x": 100.0, "django": 180.0, "flask": 260.0}
    run = published(make_run(throughput=rates, control="django"))
    assert set(Archive((run,)).names) == {"django", "flask"}
