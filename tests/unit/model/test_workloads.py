import pytest

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
    assert workloads.of(name).primary.name == primary


def test_contestants_are_compared_by_the_primary_metric_first() -> None:
    assert [metric.name for metric in workloads.of("open-50").metrics] == [
        "latency_p95_ms",
        "latency_mean_ms",
        "latency_p50_ms",
        "latency_p99_ms",
        "cpu_ms_per_request.service",
        "memory_peak_mib",
        "network_bytes_per_request",
        "cold_start_ms",
    ]
