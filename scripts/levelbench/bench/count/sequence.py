"""Requests of a count: one after the other, the same for all contestants and hash seeds."""

import http.client
import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from levelbench.errors import LabError
from levelbench.model.config import Dataset
from levelbench.model.vocabulary import Endpoint
from levelbench.verify.contract import tokens

ANSWER_TIMEOUT_S = 120.0
"""A request takes 0.1 to 0.4 s under callgrind, and longer if other programs run."""
PATIENCE = 40
"""Attempts of a request of the warm-up: a database pool that times out answers 503 at first."""
PAUSE_S = 0.1
SEED = 20_260_101
PAGE_SIZE = 20
PASSWORD = "correct horse 1"
COUNTED_USER = "counted"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    status: int
    body: str | None = None


def requests(endpoint: Endpoint, number: int, dataset: Dataset, part: str) -> Iterator[Request]:
    """`number` requests of an endpoint; `part` makes names of registered users unique."""
    draw = random.Random(SEED)
    pages = math.ceil(dataset.orders / PAGE_SIZE)
    for place in range(number):
        if endpoint == "list":
            yield Request("GET", f"/api/v1/orders?page={draw.randint(1, pages)}", 200)
        elif endpoint == "detail":
            yield Request("GET", f"/api/v1/orders/{draw.randint(1, dataset.orders)}", 200)
        elif endpoint == "task":
            order = draw.randint(1, dataset.orders)
            yield Request("POST", f"/api/v1/orders/{order}/invoice", 202)
        else:
            name = COUNTED_USER if endpoint == "login" else f"count_{part}_{place}"
            body = json.dumps({"username": name, "password": PASSWORD})
            status = 200 if endpoint == "login" else 201
            yield Request("POST", f"/api/v1/auth/{endpoint}", status, body)


class Client:
    """One connection that stays open: a server with several processes answers with one of them."""

    def __init__(self, base_url: str, jwt_secret: str) -> None:
        url = urlsplit(base_url)
        self._address = (url.hostname or "", url.port)
        self._headers = {"Authorization": f"Bearer {tokens.sign(tokens.claims('1'), jwt_secret)}"}
        self._connection: http.client.HTTPConnection | None = None

    def send(self, request: Request) -> None:
        """Send one request. Raises LabError for another status or no answer."""
        try:
            status = self._status(request)
        except (OSError, http.client.HTTPException) as error:
            raise LabError(f"{request.method} {request.path}: no answer ({error})") from None
        if status != request.status:
            raise LabError(f"{request.method} {request.path}: {status} instead of {request.status}")

    def warm(self, request: Request) -> None:
        """Send a request until it succeeds. Raises LabError after PATIENCE attempts."""
        for _ in range(PATIENCE - 1):
            try:
                return self.send(request)
            except LabError:
                self.close()
                time.sleep(PAUSE_S)
        return self.send(request)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _status(self, request: Request) -> int:
        if self._connection is None:
            host, port = self._address
            self._connection = http.client.HTTPConnection(host, port, timeout=ANSWER_TIMEOUT_S)
        headers = dict(self._headers)
        if request.body:
            headers["Content-Type"] = "application/json"
        self._connection.request(request.method, request.path, body=request.body, headers=headers)
        response = self._connection.getresponse()
        response.read()
        return response.status
