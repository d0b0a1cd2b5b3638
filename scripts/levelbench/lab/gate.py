"""Gate: barrier between the turns of contestants. It runs in a container of its own, without the
rest of the package: only the standard library is there.

Before each turn every VU of every load generator asks the gate, and so says that it has nothing in
flight. A turn opens once all of them wait. The answer is the turn's times, or null at the end.

PLAN (environment): {"vus", "settle_ms", "tail_ms", "timeout_ms", "rounds": [{"warmup_ms",
"window_ms", "order": [contestant, ...]}, ...]}. Request: GET /<contestant>/<VU>. Standard output: a
JSON line with the port, then one per turn, per contestant that is given up, and at the end.
"""

import asyncio
import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

PORT = 8000


class Round(TypedDict):
    """One turn of each contestant, in this order; a warm-up has no window."""

    warmup_ms: int
    window_ms: int
    order: list[int]


class Plan(TypedDict):
    """All turns of a load."""

    vus: int
    """Of each contestant."""
    settle_ms: int
    """Least time from a turn's start to its window."""
    tail_ms: int
    """From a window's end to the last request of its turn."""
    timeout_ms: int
    """How long users may take to come back."""
    rounds: list[Round]


@dataclass(frozen=True)
class Turn:
    """Times of one turn, in milliseconds since the epoch."""

    start_ms: int
    measure_ms: int
    end_ms: int
    until_ms: int


class Gate:
    """Opens one turn after the other."""

    def __init__(
        self, plan: Plan, say: Callable[[object], None], now_s: Callable[[], float] = time.time
    ) -> None:
        """`say`: writes a line of the log."""
        self._plan, self._say, self._now_s = plan, say, now_s
        contestants = {number for one in plan["rounds"] for number in one["order"]}
        self._waiting: dict[int, dict[int, asyncio.Future[Turn | None]]] = {
            number: {} for number in sorted(contestants)
        }
        self._drain_ms = dict.fromkeys(contestants, 0)
        """How long each contestant's requests in flight took to finish after its last turn."""
        self._changed = asyncio.Condition()

    async def ask(self, contestant: int, vu: int) -> Turn | None:
        """Wait for the contestant's next turn; None when there is none."""
        if contestant not in self._waiting:
            return None
        answer: asyncio.Future[Turn | None] = asyncio.get_running_loop().create_future()
        async with self._changed:
            self._waiting[contestant][vu] = answer
            self._changed.notify_all()
        return await answer

    async def run(self) -> None:
        """Open all turns, then tell every user that there are no more."""
        await self._all_wait(self._now_ms())
        for one in self._plan["rounds"]:
            for contestant in one["order"]:
                if contestant not in self._waiting:
                    continue
                turn = self._turn(one, contestant)
                self._say({"contestant": contestant, **vars(turn)})
                self._answer(contestant, turn)
                await self._all_wait(turn.until_ms)
                self._drain_ms[contestant] = max(0, self._now_ms() - turn.until_ms)
        for contestant in list(self._waiting):
            self._answer(contestant, None)
        self._waiting.clear()
        self._say({"over": True})

    def _turn(self, one: Round, contestant: int) -> Turn:
        """The turn that begins now. A window waits for about one answer of each user: as long as
        the contestant's requests in flight took to finish before."""
        start_ms = self._now_ms()
        if not one["window_ms"]:
            end_ms = start_ms + one["warmup_ms"]
            return Turn(start_ms, end_ms, end_ms, end_ms)
        measure_ms = start_ms + max(self._plan["settle_ms"], self._drain_ms[contestant])
        end_ms = measure_ms + one["window_ms"]
        return Turn(start_ms, measure_ms, end_ms, end_ms + self._plan["tail_ms"])

    async def _all_wait(self, until_ms: int) -> None:
        """Wait until no user has a request in flight; give up a contestant whose users do not come
        back in time after `until_ms`."""
        left_ms = until_ms + self._plan["timeout_ms"] - self._now_ms()
        async with self._changed:
            try:
                async with asyncio.timeout(left_ms / 1e3):
                    await self._changed.wait_for(lambda: not self._missing())
            except TimeoutError:
                for contestant, missing in self._missing().items():
                    self._say({"contestant": contestant, "missing": missing})
                    self._answer(contestant, None)
                    del self._waiting[contestant]

    def _missing(self) -> dict[int, int]:
        """Contestant -> its users that do not wait, where there are any."""
        counts = {number: self._plan["vus"] - len(own) for number, own in self._waiting.items()}
        return {number: count for number, count in counts.items() if count}

    def _answer(self, contestant: int, turn: Turn | None) -> None:
        waiting, self._waiting[contestant] = self._waiting[contestant], {}
        for answer in waiting.values():
            answer.set_result(turn)

    def _now_ms(self) -> int:
        return round(self._now_s() * 1e3)


async def serve(plan: Plan, say: Callable[[object], None], port: int = PORT) -> None:
    """Serve the gate over HTTP until the load is over."""
    gate = Gate(plan, say)

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            words = (await reader.readline()).split()
            while (await reader.readline()).strip():
                pass
            if words:  # a health check sends none
                _, contestant, vu = words[1].split(b"/")
                turn = await gate.ask(int(contestant), int(vu))
                body = json.dumps(vars(turn) if turn else None).encode()
                head = (
                    f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                )
                writer.write(head.encode() + body)
                await writer.drain()
        except ConnectionError:
            pass  # a load generator that has gone does not come back
        finally:
            writer.close()

    async with await asyncio.start_server(respond, "0.0.0.0", port, backlog=4096) as server:
        say({"port": server.sockets[0].getsockname()[1]})
        await gate.run()
        server.close()
        await server.wait_closed()  # every user has its answer


def _print(line: object) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a connection per user
    asyncio.run(serve(json.loads(os.environ["PLAN"]), _print))
