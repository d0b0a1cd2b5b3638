"""Results of a sweep: ratios to the declared value, and which values are best."""

import json
from pathlib import Path
from typing import Any

import pytest

from levelbench.analysis import verdict
from levelbench.analysis.derive import derive
from levelbench.analysis.estimates import observations
from levelbench.model.files import save, to_json
from levelbench.model.folder import Run
from levelbench.model.metrics import THROUGHPUT
from levelbench.model.results import RESULTS_FILE, load_results
from levelbench.model.sweep import Sweep, SweptLoad
from tests.unit.factories import make_run
from tests.unit.factories.sweeps import RATES, name_of, sweep_run

RUN = sweep_run()
RESULTS = derive(RUN)


def swept() -> Sweep:
    assert RESULTS.sweep is not None
    return RESULTS.sweep


def load_of(rates: dict[int, float], **changes: Any) -> SweptLoad:
    found = derive(sweep_run(rates, **changes)).sweep
    assert found is not None
    return found.workloads["closed"]


def test_each_value_is_a_ratio_to_the_declared_one_within_blocks() -> None:
    found = swept().workloads["closed"].values["fastapi-pool-4"]
    four, twelve = (
        observations([one for one in RUN.trials if one.label == name_of(value)], THROUGHPUT)
        for value in (4, 12)
    )
    assert found.ratios["throughput_rps"] == verdict.ratio(verdict.paired(four, twelve))
    assert found.blocks == 5
    assert {"cpu_ms_per_request.service", "memory_peak_mib"} <= found.ratios.keys()


def test_the_declared_value_has_no_ratio_to_itself() -> None:
    assert swept().workloads["closed"].values["fastapi"].ratios == {}


def test_values_are_in_numerical_order() -> None:
    assert swept().ordered == [name_of(value) for value in sorted(RATES)]
    assert list(swept().workloads["closed"].values) == swept().ordered


def test_the_best_are_those_that_no_other_is_shown_better_than() -> None:
    assert swept().workloads["closed"].best == (name_of(8), "fastapi", name_of(24))
    assert load_of({4: 500.0, 12: 400.0, 24: 300.0}).best == (name_of(4),)
    assert load_of({4: 300.0, 12: 400.0, 24: 300.0}).best == ("fastapi",)


def test_with_few_blocks_no_value_is_worse_than_another() -> None:
    assert len(load_of(RATES, blocks=4).best) == len(RATES)


def test_a_value_that_failed_is_not_best() -> None:
    found = load_of({4: 900.0, 12: 400.0}, failed=name_of(4))
    assert list(found.values) == ["fastapi"]
    assert found.best == ("fastapi",)


def test_without_the_declared_value_there_is_no_ratio() -> None:
    found = load_of({4: 500.0, 12: 400.0}, failed="fastapi", control=None)
    assert found.values[name_of(4)].ratios == {}
    assert found.values[name_of(4)].blocks == 0


def test_a_value_is_neither_ranked_nor_compared_as_a_contestant() -> None:
    closed = RESULTS.workloads["closed"]
    others = {name_of(value) for value in RATES} - {"fastapi"}
    assert not {name for name in others if closed.services[name].rank}
    assert not others & {side for one in closed.comparisons for side in (one.a, one.b)}
    assert closed.effects == ()


def test_results_of_a_sweep_read_back_as_they_were_written(tmp_path: Path) -> None:
    save(tmp_path / RESULTS_FILE, RESULTS)
    assert load_results(tmp_path) == RESULTS


@pytest.mark.parametrize("run", [make_run(), sweep_run()], ids=["other", "sweep"])
def test_only_a_sweep_has_the_field(run: Run) -> None:
    found = json.loads(to_json(derive(run)))
    assert ("sweep" in found) == (run == RUN)
