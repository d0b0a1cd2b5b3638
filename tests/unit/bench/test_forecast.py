"""How long a run will take, before it begins."""

from pathlib import Path

import pytest

from levelbench.bench.forecast import BASE_S, K6_S, UNIT_S, forecast, learned, setup
from levelbench.lab import environment, images
from levelbench.model.run import Phase, RunRecord
from tests.unit.bench.runs import Bench
from tests.unit.factories import make_run


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "cores", lambda: 2)


def phases(bench: Bench) -> dict[str, Phase]:
    options = bench.options()
    return {one.name: one for one in forecast(options, bench.config, bench.engine)}


def test_everything_is_made_on_a_bare_machine(bench: Bench) -> None:
    bench.engine.held.clear()
    found = phases(bench)
    assert list(found) == ["images", "build", "verify", "load generator", "prepare", "measure"]
    assert found["images"].seconds == BASE_S + 3 * UNIT_S["images"]
    assert (found["build"].units, found["verify"].units) == (2, 2)
    assert found["measure"].units == 4  # two blocks of two contestants


def test_the_load_generator_is_waited_for_as_long_as_the_rest_does_not_take(bench: Bench) -> None:
    found = phases(bench)
    before = sum(found[name].seconds for name in ("images", "build", "verify")) - BASE_S
    assert found["load generator"].seconds == pytest.approx(max(0, K6_S - before), abs=BASE_S)


def test_nothing_is_expected_of_what_is_here(bench: Bench) -> None:
    shared = images.ensure(
        bench.engine, bench.config.images, "standin", print, bench.options().services.values()
    )
    for service in bench.options().services.values():
        images.build_service(bench.engine, service, shared, print)
    found = phases(bench)
    assert (found["images"].seconds, found["load generator"].seconds) == (0, 0)
    assert found["build"].units == 0


def test_an_earlier_run_with_as_many_cores_is_learned_from(tmp_path: Path) -> None:
    known = make_run().record
    cores = known.environment.cores
    assert cores is not None
    for name, seconds in (("20260101-000000-quick", 90.0), ("20260102-000000-quick", 40.0)):
        spent = (Phase(name="verify", seconds=seconds, units=2), Phase(name="build", seconds=0.1))
        record = RunRecord(**{**dict(known), "run_id": name, "phases": spent})
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(record.model_dump_json())
    assert learned(tmp_path, cores) == {"verify": 20.0}
    assert learned(tmp_path, cores + 1) == {}


def test_a_run_records_its_phases(bench: Bench) -> None:
    record = bench.run(bench.options()).record
    assert [phase.name for phase in record.phases if phase.name != "setup"] == [
        "images", "build", "verify", "load generator", "prepare", "measure",
    ]  # fmt: skip
    assert {one.name: one.units for one in record.phases}["measure"] == 4


def test_the_first_run_records_the_setup(tmp_path: Path) -> None:
    file = tmp_path / "seconds"
    file.write_text("95\n")
    assert setup(file) == [Phase(name="setup", seconds=95)]
    assert setup(file) == []
