"""Contestants that misbehave: each is the lab's Starlette with one thing changed."""

from tests.full.checkout import Checkout

# Appended to the application's module. What stands for the body runs at each request.
WRAPPED = """

class _Wrapped:
    def __init__(self, wrapped):
        self.wrapped, self.loaded = wrapped, False

    async def __call__(self, scope, receive, send):
        path = scope.get("path", "")
        # The load is known by its orders, of which preparation asks for none.
        self.loaded = self.loaded or path.startswith("/api/v1/orders")
        {body}
        await self.wrapped(scope, receive, send)


app = _Wrapped(app)
"""
DIES_WHEN_READY = """
        if path == "/readyz":
            import asyncio, os
            asyncio.get_running_loop().call_later(0.1, os._exit, 4)
"""
DIES_UNDER_LOAD = """
        if self.loaded:
            import os
            print("giving up under load", flush=True)
            os._exit(3)
"""
ANSWERS_500 = """
        if scope.get("method") == "GET" and path.startswith("/api/v1/orders/"):
            await send({"type": "http.response.start", "status": 500, "headers": []})
            return await send({"type": "http.response.body", "body": b"broken"})
"""
ANSWERS_500_UNDER_LOAD = ANSWERS_500.replace("if ", "if self.loaded and ")
EATS_MEMORY = """
        if self.loaded:
            self.eaten = [*getattr(self, "eaten", ()), b"x" * 2**27]
"""
WRITES_NOTHING = """
        if self.loaded and path == "/api/v1/auth/register":
            import json
            name = json.loads((await receive())["body"])["username"]
            body = json.dumps({"id": 1, "username": name, "created_at": "2026-01-01T00:00:00Z"})
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 201, "headers": headers})
            return await send({"type": "http.response.body", "body": body.encode()})
"""
# All that the handler does, twice; one answer is sent.
WRITES_TWICE = """
        if self.loaded and path.endswith("/invoice"):
            async def drop(message):
                pass
            await self.wrapped(dict(scope, state=dict(scope["state"])), receive, drop)
"""
ASKS_MORE = """
        if self.loaded and scope.get("method") == "GET" and path.startswith("/api/v1/orders/"):
            from sqlalchemy import text
            async with scope["state"]["sessions"]() as session:
                await session.execute(text("SELECT count(*) FROM users WHERE id = 1"))
"""
# What it was asked before the first order is not answered either.
HANGS_UNDER_LOAD = """
        import asyncio
        async def hang_or_send(message):
            if self.loaded:
                await asyncio.sleep(1000)
            await send(message)
        return await self.wrapped(scope, receive, hang_or_send)
"""
WAITS = """
        import asyncio
        await asyncio.sleep(0.2)
"""
TWENTY_A_SECOND = """
        import time
        time.sleep(0.05)
"""
# At about a third of the speed: an answer costs 2.5 ms of CPU time otherwise.
SLOWED_TO_A_THIRD = """
        import time
        until = time.thread_time() + 0.005
        while time.thread_time() < until:
            pass
"""
# Long after its answer it is still busy: with what no load generator waits for.
BUSY_AFTER_ITS_ANSWER = """
        if self.loaded:
            import asyncio, time
            async def work():
                for _ in range(400):
                    until = time.thread_time() + 0.005
                    while time.thread_time() < until:
                        pass
                    await asyncio.sleep(0.001)
            if not hasattr(self, "work") or self.work.done():
                self.work = asyncio.get_running_loop().create_task(work())
"""
SLOW_BY_A_FILE = """
        import os, time
        if os.path.exists("/tmp/slow"):
            time.sleep(0.01)
"""
TASK = "def compute_invoice(task_id: str) -> None:\n"
# By its id, so that it is the same one however often it is handed out.
LOSES_TASKS = "    if int(task_id[:2], 16) % 2 == 0:\n        return\n"
SERVED_AGAIN = "#!/bin/sh\nwhile true; do\n{command}\ndone\n"


def _wrapped(checkout: Checkout, body: str) -> dict[str, str]:
    application = checkout.read("app/main.py")
    return {"app/main.py": application + WRAPPED.replace("{body}", body.strip())}


def _working(checkout: Checkout, body: str) -> dict[str, str]:
    """Its worker does something else first."""
    worker = checkout.read("app/worker.py")
    assert worker.count(TASK) == 1
    return {"app/worker.py": worker.replace(TASK, TASK + body)}


def _served_again(checkout: Checkout) -> dict[str, str]:
    """Its server is started again when it has ended, as a server with several processes does."""
    command = checkout.read("bin/serve").partition("exec ")[2]
    return {"bin/serve": SERVED_AGAIN.replace("{command}", command.strip())}


def add_spoilers(checkout: Checkout) -> tuple[str, ...]:
    """Add contestants that behave until the load, and then spoil its figures; their names."""
    eats_memory = _wrapped(checkout, EATS_MEMORY)
    spoilers = {
        "eats-memory": eats_memory,
        "eats-memory-again": {**eats_memory, **_served_again(checkout)},
        "loses-tasks": _working(checkout, LOSES_TASKS),
        "writes-nothing": _wrapped(checkout, WRITES_NOTHING),
        "writes-twice": _wrapped(checkout, WRITES_TWICE),
        "asks-more": _wrapped(checkout, ASKS_MORE),
        "hangs-under-load": _wrapped(checkout, HANGS_UNDER_LOAD),
    }
    for name, files in spoilers.items():
        checkout.add(name, files)
    checkout.take_for_verified(*spoilers)
    return tuple(spoilers)


def add_waiting(checkout: Checkout) -> None:
    """Add one that has time left, whatever it is asked."""
    checkout.add("waits", _wrapped(checkout, WAITS))
    checkout.take_for_verified("waits")


def add_overtaxed(checkout: Checkout) -> None:
    """Add one that answers twenty requests a second at most, however many ask."""
    checkout.add("overtaxed", _wrapped(checkout, TWENTY_A_SECOND))
    checkout.take_for_verified("overtaxed")


def add_for_turns(checkout: Checkout) -> None:
    """Add one at a third of the speed, and one that is busy beyond its turn."""
    checkout.add("slowed-to-a-third", _wrapped(checkout, SLOWED_TO_A_THIRD))
    checkout.add("busy-after-its-answer", _wrapped(checkout, BUSY_AFTER_ITS_ANSWER))
    checkout.take_for_verified("slowed-to-a-third", "busy-after-its-answer")


def add_slow_by_a_file(checkout: Checkout) -> None:
    """Add one that is slow as long as a file is there."""
    checkout.add("slow-by-a-file", _wrapped(checkout, SLOW_BY_A_FILE))
    checkout.take_for_verified("slow-by-a-file")


def add_all(checkout: Checkout) -> tuple[str, ...]:
    """Add one for each way to misbehave; return their names."""

    def wrapped(body: str) -> dict[str, str]:
        return _wrapped(checkout, body)

    broken = {
        "not-built": {"Dockerfile": "ARG PYTHON_IMAGE\nFROM ${PYTHON_IMAGE}\nRUN exit 7\n"},
        "never-ready": {"bin/serve": "#!/bin/sh\necho no server here\nexec sleep 1000\n"},
        "answers-500": wrapped(ANSWERS_500),
    }
    verified_before = {
        "dies-when-ready": wrapped(DIES_WHEN_READY),
        "dies-under-load": wrapped(DIES_UNDER_LOAD),
        "fails-under-load": wrapped(ANSWERS_500_UNDER_LOAD),
    }
    for name, files in (broken | verified_before).items():
        checkout.add(name, files)
    checkout.take_for_verified(*verified_before)
    return (*broken, *verified_before)


def add_slow(checkout: Checkout) -> None:
    """Add contestants that are slow at what is over soon otherwise, for time to interrupt it."""
    checkout.add(
        "slow-build", {"Dockerfile": "ARG PYTHON_IMAGE\nFROM ${PYTHON_IMAGE}\nRUN sleep 600\n"}
    )
    checkout.add("slow-worker", _working(checkout, "    import time; time.sleep(0.2)\n"))
    checkout.take_for_verified("slow-worker")
    checkout.add("unverified", {"app/main.py": checkout.read("app/main.py") + "# another image\n"})
