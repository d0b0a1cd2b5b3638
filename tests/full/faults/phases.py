"""The phases of a bench, and how a test sees that one has begun."""

from collections.abc import Callable

from tests.full.checkout import Command
from tests.full.events import Events


def build(bench: Command, events: Events) -> None:
    bench.wait_line("building slow-build")


def verify(bench: Command, events: Events) -> None:
    bench.wait_line("verifying unverified")
    events.wait_start("service")


def start(bench: Command, events: Events) -> None:
    bench.wait_line("starting PostgreSQL and Redis")


def prepare(bench: Command, events: Events) -> None:
    bench.wait_line("preparing slow-worker")
    events.wait_start("k6")


def restore(bench: Command, events: Events) -> None:
    bench.wait_line("preparing slow-worker")
    events.wait_restore()


def load(bench: Command, events: Events) -> None:
    events.wait_load()


def drain(bench: Command, events: Events) -> None:
    events.wait_end(events.wait_load())


PHASES: dict[str, Callable[[Command, Events], None]] = {
    function.__name__: function
    for function in (build, verify, start, prepare, restore, load, drain)
}
