"""Contestant under test: calls, shared users and control of its containers."""

import json
import secrets
import string
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, TypeVar

from levelbench.lab.address import Address
from levelbench.model.vocabulary import Container
from levelbench.verify.contract import expect
from levelbench.verify.contract.client import ANSWER_TIMEOUT_S, Client, Connection, NoAnswerError
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.violation import MismatchError

REGISTER = "/api/v1/auth/register"
LOGIN = "/api/v1/auth/login"
ORDERS = "/api/v1/orders"
TASKS = "/api/v1/tasks"
HEALTHZ = "/healthz"
READYZ = "/readyz"

UNKNOWN_TASK = "00000000-0000-4000-8000-000000000000"

RECOVERY_LIMIT_S = 15.0  # after a stopped container starts again
POOL_SIZE = 12  # database connections of a contestant (parity rule "connections")

T = TypeVar("T")


@dataclass(frozen=True)
class User:
    """A user registered by the suite."""

    id: int
    username: str
    password: str

    @property
    def credentials(self) -> dict[str, str]:
        return {"username": self.username, "password": self.password}


class Subject:
    """A contestant during a run of the suite. Its containers run again afterwards."""

    def __init__(self, endpoint: Address) -> None:
        self.endpoint = endpoint
        self.client = Client(endpoint.base_url)
        self._down: Container | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._down is not None:
            self.start_again()
        self.client.close()

    # Calls

    def call(
        self,
        method: str,
        target: str,
        *,
        body: bytes | None = None,
        token: str | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> Reply:
        """Send a request; a body is sent as JSON, a token in the Authorization header."""
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json"
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self.client.send(method, target, body=body, headers=sent, timeout_s=timeout_s)

    def get(self, target: str, **options: Any) -> Reply:
        """Send a GET request as the shared user."""
        return self.call("GET", target, token=self.token, **options)

    def post(self, target: str, value: Any, **options: Any) -> Reply:
        """Send `value` as JSON in a POST request, with non-ASCII characters escaped."""
        return self.call("POST", target, body=json.dumps(value).encode("ascii"), **options)

    def reconnect(self) -> None:
        """Close all connections, so that new ones are assigned to processes again."""
        self.client.close()
        self.client = Client(self.endpoint.base_url)

    def connect(self, timeout_s: float = ANSWER_TIMEOUT_S) -> Connection:
        try:
            return Connection(self.client.address, timeout_s)
        except OSError as error:
            raise MismatchError("an open port", type(error).__name__) from None

    def is_gone(self) -> bool:
        """Whether /healthz gets no response."""
        try:
            self.call("GET", HEALTHZ)
        except NoAnswerError:
            return True
        return False

    def at_once(self, calls: Iterable[Callable[[], T]]) -> list[T]:
        """Run all `calls` concurrently, in one thread each."""
        waiting = list(calls)
        with ThreadPoolExecutor(len(waiting)) as pool:
            return [future.result() for future in [pool.submit(call) for call in waiting]]

    # Users

    def new_username(self, length: int = 16) -> str:
        """A random valid username. A name of 3 characters may be taken already."""
        letters = string.ascii_lowercase + string.digits + "_"
        return "".join(secrets.choice(letters) for _ in range(length))

    def register(self, username: str | None = None, password: str = "correct horse 1") -> User:
        username = username or self.new_username()
        reply = self.post(REGISTER, {"username": username, "password": password})
        expect.status(reply, 201)
        found = expect.shape(reply.json(), expect.USER, "the user", reply)
        return User(found["id"], username, password)

    def sign_in(self, user: User, **options: Any) -> str:
        """Log in and return the access token."""
        reply = self.post(LOGIN, user.credentials, **options)
        expect.status(reply, 200)
        found = reply.json()
        token = found.get("access_token") if isinstance(found, dict) else None
        if not isinstance(token, str):
            raise MismatchError("access_token, a string", str(reply))
        return token

    @cached_property
    def user(self) -> User:
        """The user that all cases share."""
        return self.register()

    @cached_property
    def token(self) -> str:
        return self.sign_in(self.user)

    @cached_property
    def other_user(self) -> User:
        return self.register()

    @cached_property
    def other_token(self) -> str:
        return self.sign_in(self.other_user)

    @property
    def secret(self) -> str:
        if self.endpoint.jwt_secret is None:
            raise ValueError("this case needs the run's JWT key")
        return self.endpoint.jwt_secret

    # Data

    @cached_property
    def first_page(self) -> dict[str, Any]:
        return expect.page(self.get(ORDERS), 1)

    @cached_property
    def order(self) -> dict[str, Any]:
        """The first order of the list."""
        found: dict[str, Any] = self.first_page["results"][0]
        return found

    # Containers

    def arrange(self, down: Container | None) -> None:
        """Stop the container that a case needs stopped, or start it again.

        Before the stop, it logs in and fills the contestant's connection pool, so that the outage
        breaks open connections, as in production.
        """
        if down == self._down:
            return
        if self._down is not None:
            self.start_again()
        if down is None:
            return
        if self.endpoint.stop is None:
            raise ValueError("this case needs control over the containers")
        order = self.order["id"]
        self.at_once([lambda: self.get(f"{ORDERS}/{order}")] * POOL_SIZE)
        self._down = down
        self.endpoint.stop(down)

    def start_again(self) -> None:
        """Start the stopped container and wait until the contestant is ready."""
        self.start()
        deadline = time.monotonic() + RECOVERY_LIMIT_S
        while (reply := self.call("GET", READYZ)).status != 200:
            if time.monotonic() > deadline:
                raise MismatchError(f"readiness within {RECOVERY_LIMIT_S:g} s", str(reply))
            time.sleep(0.2)

    def start(self) -> None:
        """Start the stopped container, without waiting."""
        if self._down is None or self.endpoint.start is None:
            raise ValueError("no container was stopped")
        self.endpoint.start(self._down)
        self._down = None
