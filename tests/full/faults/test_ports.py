"""A port in use: the one that `up` was told to take, and the one that it likes to take."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.full.checkout import Checkout
from tests.full.private_engine import PrivateEngine

LISTEN = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
sys.stdin.read()
"""
PORT = 8000
"""What `up` takes without --port."""


@contextmanager
def taken(engine: PrivateEngine, port: int) -> Iterator[None]:
    """A port that somebody else listens on."""
    words = engine.inside([sys.executable, "-c", LISTEN, str(port)])
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as listener:
        assert listener.stdout is not None
        assert listener.stdout.readline() == "listening\n"
        yield
        listener.communicate("")


@pytest.mark.usefixtures("checkout")
def test_a_port_asked_for_that_is_taken(checkout: Checkout, engine: PrivateEngine) -> None:
    with taken(engine, 8123), checkout.start("up", "starlette", "--port=8123") as up:
        assert up.end() == 2
    assert len(up.errors) == 1
    assert "8123" in up.errors[0]
    assert engine.leftovers() == []


def test_another_port_where_none_is_asked_for(checkout: Checkout, engine: PrivateEngine) -> None:
    with taken(engine, PORT), checkout.start("up", "starlette") as up:
        assert up.end() == 0, up.said()
    port = int(up.output[-1].removeprefix("http://127.0.0.1:"))
    assert port != PORT
    assert engine.leftovers() != []
    with checkout.start("down") as down:
        assert down.end() == 0
    assert engine.leftovers() == []
