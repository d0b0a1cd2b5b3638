"""Contestants that misbehave: each is the lab's Starlette with one thing changed."""

from tests.full.checkout import Checkout

# Appended to the application's module. What stands for the body runs at each request.
WRAPPED = """

class _Wrapped:
    def __init__(self, wrapped):
        self.wrapped, self.open, self.loaded = wrapped, 0, False

    async def __call__(self, scope, receive, send):
        self.open += 1
        # The load is known by how many ask at once, which no preparation or audit does.
        self.loaded = self.loaded or self.open >= 15
        try:
            await self.answer(scope, receive, send)
        finally:
            self.open -= 1

    async def answer(self, scope, receive, send):
        path = scope.get("path", "")
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


def add_all(checkout: Checkout) -> tuple[str, ...]:
    """Add one for each way to misbehave; return their names."""
    application = checkout.read("app/main.py")

    def wrapped(body: str) -> dict[str, str]:
        return {"app/main.py": application + WRAPPED.replace("{body}", body.strip())}

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
    task = "def compute_invoice(task_id: str) -> None:\n"
    worker = checkout.read("app/worker.py")
    assert worker.count(task) == 1
    worker = worker.replace(task, f"{task}    import time; time.sleep(0.5)\n")
    checkout.add("slow-worker", {"app/worker.py": worker})
    checkout.take_for_verified("slow-worker")
    checkout.add("unverified", {"app/main.py": checkout.read("app/main.py") + "# another image\n"})
