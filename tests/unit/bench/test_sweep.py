"""Sweeps on an engine in memory: each value in its blocks, with its variable."""

import pytest

from levelbench import report
from levelbench.bench import resume
from levelbench.errors import LabError
from levelbench.model.results import load_results
from levelbench.model.run import load_run_record
from tests.unit.bench.runs import KNOWN, Bench, numbers, swept
from tests.unit.lab.memory import Container, Site

VALUES = {"fastapi": None, "fastapi-pool-2": "2", "fastapi-pool-24": "24"}


@pytest.fixture
def pools(bench: Bench) -> list[tuple[str, str | None]]:
    """What each trial's contestant was started with."""
    found: list[tuple[str, str | None]] = []

    def load(site: Site, _: Container) -> None:
        variables = site.containers["service"].variables
        found.append((variables["SERVICE"], variables.get("POOL_SIZE")))

    bench.loading(load)
    return found


def test_each_value_is_measured_in_every_block_with_its_variable(
    bench: Bench, pools: list[tuple[str, str | None]]
) -> None:
    run = bench.run(swept(bench, "fastapi", "pool=2,24"))
    assert numbers(run) == [(n, 1, "valid") for n in range(1, 7)]
    assert sorted(pools[:3]) == sorted(pools[3:]) == sorted(VALUES.items())


def test_all_values_have_one_image_and_one_database(bench: Bench) -> None:
    bench.run(swept(bench, "fastapi", "pool=2,24", blocks=1))
    built = [asked for asked in bench.engine.asked if asked.startswith("build levelbench/service")]
    assert len(built) == 1
    assert [one for one in bench.engine.asked if one.endswith("migrate")] == ["up bench migrate"]


def test_a_sweep_ends_in_a_report_of_its_values(bench: Bench) -> None:
    run = bench.run(swept(bench, "fastapi", "pool=2,24", blocks=1))
    report.build(run.folder)
    found = load_results(run.folder)
    assert found.sweep is not None
    assert (found.sweep.setting, found.sweep.declared) == ("pool", 12)
    assert list(found.sweep.workloads["closed"].values) == found.sweep.ordered
    roles = {name: one.role for name, one in found.services.items()}
    assert roles == dict.fromkeys(VALUES, "variant") | {"fastapi": "contestant"}
    assert "Sweep: pool of FastAPI" in (run.folder / "report.md").read_text()


def test_an_equal_load_follows_from_the_slowest_of_all_values(bench: Bench) -> None:
    run = bench.run(swept(bench, "fastapi", "pool=2", workload="open-50", blocks=1))
    assert run.record.rates
    assert run.record.rates.trials_rps.keys() == {"fastapi", "fastapi-pool-2"}


def test_an_interrupted_sweep_resumes_with_its_values(
    bench: Bench, pools: list[tuple[str, str | None]]
) -> None:
    bench.display.at = lambda text: text.endswith(": restore") and len(pools) == 3
    run = bench.run(swept(bench, "fastapi", "pool=2,24"))
    assert run.interrupted
    bench.display.at = lambda text: False
    assert len(bench.run(bench.resumed(run)).trials) == 6
    assert sorted(pools[3:]) == sorted(VALUES.items())
    assert load_run_record(run.folder).status == "complete"


def test_without_its_contestant_a_sweep_cannot_be_resumed(bench: Bench) -> None:
    bench.display.at = lambda text: text.endswith(": restore") and len(bench.started) == 1
    run = bench.run(swept(bench, "fastapi", "pool=2"))
    others = {name: one for name, one in KNOWN.items() if name != "fastapi"}
    with pytest.raises(LabError, match=r"services/fastapi, fastapi-pool-2 no longer exists"):
        resume.options_of(run.record.run_id, bench.config, others, "standin", bench.reports)
