from collections.abc import Iterator
from contextlib import closing

import pytest

from levelbench.bench.count import sequence
from levelbench.bench.count.sequence import Client, Request, requests
from levelbench.errors import LabError
from levelbench.model.config import load_config
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from tests.unit.bench.count.server import Served, serving

DATASET = load_config().dataset


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as found:
        yield found


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with closing(Client(f"http://127.0.0.1:{served.port}", "secret")) as found:
        yield found


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_same_requests_are_sent_in_every_dump(endpoint: Endpoint) -> None:
    first, second = (list(requests(endpoint, 5, DATASET, part)) for part in ("a", "b"))
    assert len(first) == 5
    if endpoint == "register":
        assert {one.body for one in first}.isdisjoint(one.body for one in second)
    else:
        assert first == second


def test_one_connection_carries_all_requests(served: Served, client: Client) -> None:
    for endpoint in ENDPOINTS:
        for request in requests(endpoint, 2, DATASET, "a"):
            client.send(request)
    assert served.requests.total() == 10
    assert len(served.connections) == 1


def test_another_status_is_an_error(served: Served, client: Client) -> None:
    served.refusals = 1
    with pytest.raises(LabError, match="GET /readyz: 503 instead of 200"):
        client.send(Request("GET", "/readyz", 200))


def test_the_warm_up_repeats_what_is_refused(
    served: Served, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequence, "PAUSE_S", 0.0)
    served.refusals = 3
    client.warm(Request("GET", "/readyz", 200))
    assert served.requests["GET /readyz"] == 4


def test_the_warm_up_gives_up(
    served: Served, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequence, "PAUSE_S", 0.0)
    served.refusals = sequence.PATIENCE
    with pytest.raises(LabError, match="503 instead of 200"):
        client.warm(Request("GET", "/readyz", 200))


def test_no_answer_is_an_error() -> None:
    with serving() as served:
        url = f"http://127.0.0.1:{served.port}"
    with pytest.raises(LabError, match="GET /readyz: no answer"):
        Client(url, "secret").send(Request("GET", "/readyz", 200))
