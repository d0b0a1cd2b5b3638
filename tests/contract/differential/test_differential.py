"""The same stream of requests to all contestants at once: they answer alike, and live on.

LEVELBENCH_DIFFERENTIAL_SEED=n generates another stream; the databases are to be fresh ones.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from levelbench.lab import waiting
from levelbench.lab.site import ContainerState
from levelbench.verify.contract import Answer, Request, Subject, differences, failures, replay
from levelbench.verify.contract.subject import HEALTHZ, LOGIN
from tests.contract import contestants
from tests.contract.contestants import Up
from tests.contract.differential.stream import GROUPS, seed, stream

CUT_OFF = 20  # clients that go away in the middle of a body
TOGETHER = 6  # contestants that fit into the memory of a small machine
SHOWN = 20  # differences of one group: more of them say no more


@dataclass(frozen=True)
class Container:
    """A contestant's container before the stream and after it, and what it logged."""

    before: ContainerState
    after: ContainerState
    log: str


@dataclass(frozen=True)
class Replayed:
    stream: Sequence[Request]
    answers: dict[str, list[Answer]]
    """By contestant, in the order of the stream."""
    containers: dict[str, Container]


@pytest.fixture(scope="module")
def replayed() -> Replayed:
    """Every contestant's answers to the stream; at most TOGETHER are up at the same time."""
    names = contestants.names()
    if len(names) < 2:
        pytest.skip("needs two contestants")
    secret = contestants.have_secret()
    asked = [request for request in stream(seed()) if secret or not request.needs_secret]
    batches = [names[i : i + TOGETHER] for i in range(0, len(names), TOGETHER)]
    found = [one for batch in batches for one in _replay_all(batch, asked)]
    return Replayed(
        asked,
        {name: answers for name, (answers, _) in zip(names, found, strict=True)},
        {name: ended for name, (_, ended) in zip(names, found, strict=True) if ended},
    )


def _replay_all(
    names: Sequence[str], asked: Sequence[Request]
) -> list[tuple[list[Answer], Container | None]]:
    """The answers of contestants that are up at the same time, in the order of their names."""
    with ExitStack() as stack, ThreadPoolExecutor(len(names)) as pool:
        every = list(
            pool.map(lambda name: stack.enter_context(contestants.up(name, f"diff-{name}")), names)
        )
        return list(pool.map(lambda up: _replay(up, asked), every))


def _replay(up: Up, asked: Sequence[Request]) -> tuple[list[Answer], Container | None]:
    before = waiting.state(up.lab.site, "service") if up.lab else None
    with Subject(up.endpoint) as subject:
        answers = replay(subject, asked)
        _cut_off(subject)
    if up.lab is None or before is None:
        return answers, None
    log = up.lab.secrets.redact(waiting.text(up.lab.site, "service"))
    return answers, Container(before, waiting.state(up.lab.site, "service"), log)


def _cut_off(subject: Subject) -> None:
    """Go away in the middle of a body, some times, and wait until that would have been logged."""
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    for _ in range(CUT_OFF):
        with subject.connect() as connection:
            connection.write(f"{head}Content-Length: 3000\r\n\r\n{{".encode("ascii"))
    time.sleep(0.5)
    subject.call("GET", HEALTHZ)


@pytest.mark.parametrize("group", GROUPS)
def test_contestants_answer_alike(replayed: Replayed, group: str) -> None:
    found = [
        difference
        for difference in differences(replayed.stream, replayed.answers)
        if difference.request.group == group
    ]
    if found:
        count = sum(request.group == group for request in replayed.stream)
        shown = "\n".join(map(str, found[:SHOWN]))
        pytest.fail(
            f"{len(found)} of {count} requests, seed {seed()}, are answered differently:\n{shown}",
            pytrace=False,
        )


def test_every_answer_is_json_and_none_a_server_error(replayed: Replayed) -> None:
    found = failures(replayed.stream, replayed.answers)
    if found:
        pytest.fail("\n".join(found[:SHOWN]), pytrace=False)


def test_no_contestant_was_killed_or_restarted(replayed: Replayed) -> None:
    if not replayed.containers:
        pytest.skip("the containers are not the lab's")
    for service, container in replayed.containers.items():
        assert container.after.running, f"{service} {container.after.end}"
        assert not container.after.out_of_memory, f"{service} ran out of memory"
        assert container.after.id == container.before.id, service
        assert container.after.started_at == container.before.started_at, service


@pytest.mark.parametrize("word", ["Traceback", "SIGKILL"])
def test_no_contestant_logged_a_failure(replayed: Replayed, word: str) -> None:
    """Responses do not show an unhandled exception or a killed worker."""
    if not replayed.containers:
        pytest.skip("the containers are not the lab's")
    for service, container in replayed.containers.items():
        lines = container.log.splitlines()
        places = [index for index, line in enumerate(lines) if word in line]
        if places:
            shown = "\n".join(lines[places[0] :][-SHOWN:])
            pytest.fail(f"{service}: {word} {len(places)} times, such as\n{shown}", pytrace=False)
