"""What an engine does, as it says so itself: from it a test sees how far a bench has come."""

import json
import os
import subprocess
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tests.full.private_engine import PrivateEngine

Event = dict[str, Any]
WAIT_S = 600.0


class Events:
    """Follows an engine's events from now on."""

    def __init__(self, engine: PrivateEngine) -> None:
        self._engine = engine
        self._seen: list[Event] = []
        self._next = 0
        self._ended = False
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["docker", "events", "--format", "{{json .}}"],
            env={**os.environ, **self._engine.variables},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._seen.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait(self, wanted: Callable[[Event], bool], what: str) -> Event:
        """The first event, after those waited for before, that is wanted."""
        with self._changed:
            while True:
                while self._next < len(self._seen):
                    self._next += 1
                    if wanted(self._seen[self._next - 1]):
                        return self._seen[self._next - 1]
                assert not self._ended, f"the engine went away before: {what}"
                assert self._changed.wait(WAIT_S), f"not seen within {WAIT_S:g} s: {what}"

    def forget(self) -> None:
        """Wait for nothing that has happened until now."""
        with self._changed:
            self._next = len(self._seen)

    # --- what a bench does ---

    def wait_start(self, service: str) -> str:
        """Wait until a container of a service starts, and return it."""
        event = self.wait(_is("start", service), f"a {service} container starts")
        return str(event["id"])

    def wait_load(self) -> str:
        """Wait for the load generator of a trial, and return its container."""
        while True:
            container = self.wait_start("k6")
            if any("workloads/" in word for word in self._engine.arguments(container)):
                return container

    def wait_end(self, container: str) -> None:
        """Wait until a container has ended."""
        self.wait(
            lambda event: event.get("Action") == "die" and event["id"] == container,
            "the container ends",
        )

    def wait_restore(self) -> None:
        """Wait until the database of the first trial is being made from its template: the first
        SQL to the server itself after a contestant's preparation has emptied the broker.
        """
        self.wait(lambda event: "redis-cli flushall" in event["Action"], "the broker is emptied")
        self.wait(
            lambda event: (
                event["Action"].startswith("exec_start: psql")
                and "--dbname=postgres" in event["Action"]
            ),
            "the trial's database is made",
        )


def _is(action: str, service: str) -> Callable[[Event], bool]:
    def wanted(event: Event) -> bool:
        attributes = event.get("Actor", {}).get("Attributes", {})
        return (
            event.get("Action") == action
            and attributes.get("com.docker.compose.service") == service
        )

    return wanted
