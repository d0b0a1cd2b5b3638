"""The gate between turns: who waits for whom, on a clock that the test moves."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from levelbench.lab import gate
from levelbench.lab.gate import Gate, Plan, Turn

START_MS = 1_700_000_000_000
SLOW = 10.0
"""Seconds that no test takes: a gate that does not give up."""


def plan(*orders: list[int], vus: int = 2, timeout_s: float = SLOW) -> Plan:
    """Warm-ups of 3 s in the first order, slices of 2.5 s in the others."""
    rounds: list[gate.Round] = [
        {
            "warmup_ms": 0 if number else 3_000,
            "window_ms": 2_500 if number else 0,
            "order": order,
        }
        for number, order in enumerate(orders)
    ]
    return {
        "vus": vus, "settle_ms": 500, "tail_ms": 250, "timeout_ms": round(1e3 * timeout_s),
        "rounds": rounds,
    }  # fmt: skip


class Load:
    """A gate, its log, and users that ask it."""

    def __init__(self, made: Plan) -> None:
        self.now_ms = START_MS
        self.log: list[Any] = []
        self.gate = Gate(made, self.log.append, lambda: self.now_ms / 1e3)
        self.running = asyncio.ensure_future(self.gate.run())

    async def asks(self, contestant: int, *vus: int) -> list[asyncio.Future[Turn | None]]:
        """Users of a contestant ask for their next turn."""
        asked = [asyncio.ensure_future(self.gate.ask(contestant, vu)) for vu in vus]
        await settle()
        return asked

    def opened(self) -> list[int]:
        return [line["contestant"] for line in self.log if "start_ms" in line]


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


def scenario(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test that runs on an event loop."""

    def run() -> None:
        asyncio.run(asyncio.wait_for(test(), SLOW))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


async def answers(asked: list[asyncio.Future[Turn | None]]) -> set[Turn | None]:
    return {await one for one in asked}


@scenario
async def test_no_turn_opens_before_every_user_of_every_contestant_is_there() -> None:
    load = Load(plan([0, 1], [1, 0]))
    await load.asks(0, 1, 2)
    await load.asks(1, 1)
    assert load.log == []
    await load.asks(1, 2)
    assert load.opened() == [0]
    load.running.cancel()


@scenario
async def test_a_turn_opens_when_the_one_before_has_nothing_in_flight() -> None:
    """Its users come back one by one, long after its turn: nobody else is asked meanwhile."""
    load = Load(plan([0, 1], [1, 0]))
    first = await load.asks(0, 1, 2)
    waiting = await load.asks(1, 1, 2)
    assert await answers(first) == {Turn(START_MS, *[START_MS + 3_000] * 3)}
    load.now_ms += 9_000
    await load.asks(0, 1)
    assert load.opened() == [0]
    assert not any(one.done() for one in waiting)
    await load.asks(0, 2)
    assert load.opened() == [0, 1]
    (turn,) = await answers(waiting)
    assert turn
    assert turn.start_ms == START_MS + 9_000
    load.running.cancel()


@scenario
async def test_the_order_is_the_plan_s_and_at_the_end_there_are_no_more_turns() -> None:
    load = Load(plan([0, 1], [1, 0], [1, 0]))

    async def user(contestant: int, vu: int) -> int:
        turns = 0
        while turn := await load.gate.ask(contestant, vu):
            load.now_ms = max(load.now_ms, turn.until_ms)
            turns += 1
        return turns

    users: list[Awaitable[int]] = [user(contestant, vu) for contestant in (0, 1) for vu in (1, 2)]
    assert await asyncio.gather(*users) == [3] * 4
    await load.running
    assert load.opened() == [0, 1, 1, 0, 1, 0]
    assert load.log[-1] == {"over": True}
    turns = [line for line in load.log if "start_ms" in line]
    for before, after in itertools.pairwise(turns):
        assert after["start_ms"] >= before["until_ms"]
    assert await load.gate.ask(0, 1) is None


@pytest.mark.parametrize(("drain_ms", "settle_ms"), [(200, 500), (700, 700)])
def test_a_window_begins_after_as_long_as_the_contestant_s_own_answers_took(
    drain_ms: int, settle_ms: int
) -> None:
    """And after the least time at any rate; the drain of another contestant is no measure."""

    @scenario
    async def run() -> None:
        load = Load(plan([1, 0], [0, 1]))
        await load.asks(0, 1, 2)
        await load.asks(1, 1, 2)
        load.now_ms += 3_000 + 5_000  # of the other's warm-up and of its slow answers
        await load.asks(1, 1, 2)
        load.now_ms += 3_000 + drain_ms
        (turn,) = await answers(await load.asks(0, 1, 2))
        assert turn
        assert turn.measure_ms - turn.start_ms == settle_ms
        assert turn.end_ms - turn.measure_ms == 2_500
        assert turn.until_ms - turn.end_ms == 250
        load.running.cancel()

    run()


@scenario
async def test_a_contestant_whose_user_never_comes_is_given_up_and_named() -> None:
    load = Load(plan([0, 1], [0, 1], vus=2, timeout_s=0.05))
    rest = await load.asks(0, 1)  # its second user never comes
    other = await load.asks(1, 1, 2)
    assert await answers(rest) == {None}
    turns = []
    while (turn := (await answers(other)).pop()) is not None:
        turns.append(turn)
        load.now_ms = turn.until_ms
        other = await load.asks(1, 1, 2)
    await load.running
    assert load.log[0] == {"contestant": 0, "missing": 1}
    assert load.opened() == [1, 1]
    assert len(turns) == 2
    assert await load.gate.ask(0, 2) is None  # late, and too late


@scenario
async def test_users_ask_over_http_and_a_health_check_disturbs_nothing() -> None:
    log: list[Any] = []
    served = asyncio.ensure_future(gate.serve(plan([0], [0], vus=1), log.append, port=0))
    while not log:
        await asyncio.sleep(0.001)
    port = log[0]["port"]

    async def get(path: str) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: turns\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        return json.loads(body)

    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    warmup, own, over = await get("/0/1"), await get("/0/1"), await get("/0/1")
    await served
    assert warmup["end_ms"] - warmup["start_ms"] == 3_000
    assert own["end_ms"] - own["measure_ms"] == 2_500
    assert over is None
    assert log[-1] == {"over": True}
