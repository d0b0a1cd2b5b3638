import pytest

from levelbench.analysis.verdict import DIRECTIONS
from levelbench.errors import LabError
from levelbench.model import workloads


def test_open_stands_for_both_of_its_rates() -> None:
    assert workloads.expand(["closed", "open"]) == ("closed", "open-50", "open-80")


def test_a_workload_that_is_chosen_twice_runs_once() -> None:
    assert workloads.expand(["open", "open"]) == ("open-50", "open-80")


def test_an_unknown_choice_names_the_known_ones() -> None:
    with pytest.raises(LabError, match=r"there is no workload 'opened'\. Choose from: closed, "):
        workloads.expand(["opened"])


def test_an_unknown_key_of_results_is_refused() -> None:
    with pytest.raises(LabError, match="there is no workload 'open'"):
        workloads.of("open")


@pytest.mark.parametrize(
    ("name", "primary"),
    [
        ("closed", "throughput_rps"),
        ("list", "throughput_rps"),
        ("open-80", "latency_p95_ms"),
        ("endpoints", "throughput_rps"),
        ("capacity", "capacity_rps"),
    ],
)
def test_each_workload_has_one_primary_metric(name: str, primary: str) -> None:
    assert workloads.of(name).primary == primary


def test_it_is_known_of_every_metric_which_way_is_better() -> None:
    compared = {metric for load in workloads.WORKLOADS.values() for metric in load.metrics}
    assert compared <= DIRECTIONS.keys()
