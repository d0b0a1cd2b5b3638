"""Verify several contestants, two at a time: each has servers, a network and a port of its own.

Nothing is timed meanwhile. A contestant that fails alongside another one is verified again on its
own, since the machine may have been the reason: only that outcome counts.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from queue import SimpleQueue
from threading import Event

from rich.markup import escape

from levelbench import interruption
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab import engines, images, sites
from levelbench.lab.dataset import generate
from levelbench.lab.engine import Engine
from levelbench.lab.images import Source
from levelbench.model.config import Config
from levelbench.model.files import require_writable
from levelbench.model.ledger import ParityEntry, Verification
from levelbench.progress import Display
from levelbench.verify import verify

TOGETHER = 2
"""Contestants verified at the same time. Reasoned: one waits while the other works; the lab needs
two cores in any case."""

Outcome = Verification | LabError
"""What was found, or why nothing was."""


class _StoppedError(LabError):
    """The others were interrupted."""


class Several:
    """The verifications of some contestants, by name; each has the key of its outcome."""

    def __init__(self, engine: Engine, source: Source, scale: int, display: Display) -> None:
        self._engine, self._source, self._scale = engine, source, scale
        self._display = display
        self._stopped = Event()
        self._sites: SimpleQueue[str] = SimpleQueue()
        for number in range(TOGETHER):
            self._sites.put(sites.verify_site(number))

    def outcomes(self, jobs: Mapping[str, tuple[Service, str]]) -> Iterator[tuple[str, Outcome]]:
        """Each contestant with its outcome, as soon as it is known."""
        again = []
        with ThreadPoolExecutor(TOGETHER) as threads:
            futures = {
                name: threads.submit(self._verify, service, key)
                for name, (service, key) in jobs.items()
            }
            try:
                for name, future in futures.items():
                    found = future.result()
                    if len(jobs) > 1 and not _holds(found):
                        again.append(name)
                    else:
                        yield name, found
            except BaseException:
                self._stop(list(futures.values()))
                raise
        for name in again:
            self._display.say(f"{name} failed alongside another one: verifying it on its own")
            yield name, self._verify(*jobs[name])

    def _verify(self, service: Service, key: str) -> Outcome:
        self._display.say(f"verifying {service.name}: parity rules (about two minutes)")
        site = self._sites.get()
        try:
            return verify.verify(
                service, key, site, source=self._source, scale=self._scale, say=self._step
            )
        except LabError as error:
            return error
        finally:
            self._sites.put(site)

    def _step(self, message: str) -> None:
        if self._stopped.is_set():
            raise _StoppedError("interrupted")
        self._display.step(message)

    def _stop(self, futures: list[Future[Outcome]]) -> None:
        """Let the threads end: at their next step, or because their containers are gone. What one
        of them starts at the same moment cannot be removed here: it removes that as it ends."""
        self._stopped.set()
        for future in futures:
            future.cancel()
        with interruption.ignored():
            for number in range(TOGETHER):
                with suppress(LabError):
                    self._engine.remove_site(sites.verify_site(number))


def _holds(found: Outcome) -> bool:
    return isinstance(found, Verification) and found.verified


def verify_all(
    services: dict[str, Service], config: Config, source: Source, display: Display
) -> dict[str, Verification]:
    """Verify each service, even if its outcome is remembered, and remember the new one.

    Raises LabError without the engine or the shared images.
    """
    require_writable(verify.FOLDER)
    found: dict[str, Verification] = {}
    reserved = engines.reserved(
        config, source, display.say, services.values(), timed=False, load=False
    )
    with interruption.terminable(), reserved as place:
        engine, shared = place.engine, place.images
        rows = generate(config.dataset)
        jobs, outcomes = {}, []
        for name, service in services.items():
            try:
                image = images.build_service(engine, service, shared, display.say)
            except LabError as error:
                outcomes.append((name, error))
                continue
            key = verify.fingerprint(engine, service, image, shared, rows.checksum)
            jobs[name] = service, key
        several = Several(engine, shared.source, 1, display)
        for name, outcome in chain(outcomes, several.outcomes(jobs)):
            if isinstance(outcome, LabError):
                for line in getattr(outcome, "output", ()):
                    display.detail(line)
                display.say(escape(f"{name}: {outcome}"))
                outcome = _not_up(services[name], outcome)
            found[name] = outcome
            verify.remember(services[name], outcome)
            display.say(_outcome(outcome))
    return {name: found[name] for name in services}


def _not_up(service: Service, error: LabError) -> Verification:
    entry = ParityEntry(
        rule="behaviour: starts",
        service=service.name,
        expected="yes",
        observed=f"no: {error}",
        holds=False,
    )
    return Verification(
        service=service.name, key="", started_at=datetime.now(UTC), duration_s=0.0, entries=(entry,)
    )


def _outcome(found: Verification) -> str:
    checks, broken = len(found.entries), len(found.broken)
    if found.verified:
        return f"{found.service}: [green]all {checks} checks pass[/]  ({found.duration_s:.0f} s)"
    return f"{found.service}: [red]{broken} of {checks} checks fail[/]  ({found.duration_s:.0f} s)"
