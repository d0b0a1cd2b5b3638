"""What the rows of the metric table read from a trial."""

from levelbench.model import metrics
from levelbench.model.trial import TrialRecord
from tests.unit.factories import alone, trial

NETWORK = metrics.of("network_bytes_per_request")


def with_network(record: TrialRecord, network_bytes: int | None) -> TrialRecord:
    use = record.resources["service"].model_copy(update={"network_bytes": network_bytes})
    return record.model_copy(update={"resources": {**record.resources, "service": use}})


def test_memory_and_start_are_read_from_the_whole_trial() -> None:
    one = trial(1, 1, "flask", memory_mib=166.0, cold_start_ms=910.0)
    assert metrics.MEMORY.read is not None
    assert metrics.COLD_START.read is not None
    assert metrics.MEMORY.read(one, None) == 166.0
    assert metrics.COLD_START.read(one, None) == 910.0


def test_network_bytes_are_divided_by_the_requests_of_the_window() -> None:
    one = with_network(trial(1, 1, "flask", throughput_rps=400.0), 8_000_000)
    assert NETWORK.read is not None
    assert NETWORK.read(one, None) == 2_000.0


def test_network_bytes_that_were_not_counted_are_unknown() -> None:
    assert NETWORK.read is not None
    assert NETWORK.read(with_network(trial(1, 1, "flask"), None), None) is None


def test_the_processors_count_is_divided_by_the_requests_of_the_endpoint() -> None:
    one = alone.make_run(blocks=1).trials[0]
    used = one.endpoint_resources["list"]["service"].model_copy(
        update={"instructions_user": 11_000_000 * one.endpoints["list"].requests}
    )
    one = one.model_copy(update={"endpoint_resources": {"list": {"service": used}}})
    user, kernel = (
        metrics.of(f"hardware_instructions_per_request.{where}") for where in ("user", "kernel")
    )
    assert user.read is not None
    assert kernel.read is not None
    assert user.read(one, "list") == 11.0
    assert kernel.read(one, "list") is None


def test_isolated_endpoints_together_have_no_cost_per_request() -> None:
    one = alone.make_run(blocks=1).trials[0]
    assert metrics.CPU.read is not None
    assert metrics.CPU.read(one, None) is None
    assert metrics.CPU.read(one, "list") is not None
