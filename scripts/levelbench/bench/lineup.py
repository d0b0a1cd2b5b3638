"""Line-up of a run: the contestants that can be built, pass verification and are prepared.

A contestant that fails is left out with the reason in the report; the run continues without it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.markup import escape

from levelbench.bench import resume
from levelbench.bench.run import OngoingRun
from levelbench.command import CommandError
from levelbench.contestants.extension import ContestantError
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab import images, prepare
from levelbench.lab.dataset import Rows
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import OWN_ROLES, EngineError
from levelbench.model.ledger import Verification
from levelbench.model.rules import Rule
from levelbench.model.vocabulary import Endpoint
from levelbench.progress import Display
from levelbench.verify import verify as verification
from levelbench.verify.several import Outcome, Several

CAPS: Rule = "CPU and memory"
MACHINE = "See the lines of the terminal above; `make doctor` examines this machine."
ELSEWHERE = re.compile(
    r"name resolution|could not resolve|no such host|network is unreachable|connection refused"
    r"|connection (?:timed out|reset)|timed out|timeout|proxy|certificate|no space left"
    r"|cannot connect to|permission denied while|too many requests|toomanyrequests"
    r"|retrying \(retry",
    re.IGNORECASE,
)
"""What a failed build prints that is the network's, the disk's or the engine's."""


@dataclass(frozen=True)
class LineUp:
    """What the steps of a line-up have in common."""

    lab: Lab
    run: OngoingRun
    display: Display

    def build(self, services: dict[str, Service]) -> list[Contestant]:
        """Build the contestants' images; the contestants that have one."""
        engine, shared = self.lab.engine, self.lab.images
        resume.require_same_references(
            self.run.record,
            [images.service_reference(engine, one, shared) for one in services.values()],
        )
        contestants, sizes_mib = [], {}
        for service in services.values():
            try:
                image = images.build_service(engine, service, shared, self.display.say)
            except LabError as error:
                own = built_badly(error)
                self._leave_out(service.name, "its image does not build", error, own=own)
                continue
            contestants.append(Contestant(service, image))
            if (size_mib := images.size_mib(engine, image)) is not None:
                sizes_mib[service.name] = size_mib
        references = images.of_services(contestant.image for contestant in contestants)
        built = images.identities(engine, references)
        resume.require_same_images(self.run.record, built)
        self.run.built(built, sizes_mib)
        return contestants

    def verify(
        self, contestants: Sequence[Contestant], rows: Rows, scale: int, *, force: bool
    ) -> dict[str, Verification]:
        """Verify the contestants; the outcomes of those that break no rule, by name.

        `force` also verifies those with a remembered outcome.
        """
        verified = {}
        by_name = {contestant.name: contestant for contestant in contestants}
        for name, found in self._outcomes(by_name, rows, scale, force=force):
            contestant = by_name[name]
            if isinstance(found, LabError):
                own = failed_itself(found)
                self._leave_out(contestant.name, "it could not be verified", found, own=own)
                continue
            spec, swept = contestant.service.spec, contestant.service.environment
            unlike = bool(spec.exhibit) or spec.is_guest
            holds = None if unlike else found.verified
            self.run.verified(contestant.name, found.entries, holds)
            if found.verified:
                verified[contestant.name] = found
            else:
                promise = "what it declares" if unlike or swept else "equal work"
                remedy = None if of_contestant(found) else MACHINE
                self._left_out(contestant.name, broken_rules(found, promise), remedy)
        return verified

    def _outcomes(
        self, contestants: Mapping[str, Contestant], rows: Rows, scale: int, *, force: bool
    ) -> Iterator[tuple[str, Outcome]]:
        """The outcome of each contestant, or the error that prevented it; new ones are kept."""
        lab, jobs = self.lab, {}
        for name, contestant in contestants.items():
            service = contestant.service
            key = verification.fingerprint(
                lab.engine, service, contestant.image, lab.images, rows.checksum
            )
            known = None if force else verification.remembered(service, key)
            if known is None:
                jobs[name] = service, key
                continue
            self.display.say(f"{name} is verified: {len(known.entries)} checks passed before")
            yield name, known
        several = Several(lab.engine, lab.images.source, scale, self.display)
        for name, found in several.outcomes(jobs):
            if isinstance(found, Verification):
                verification.remember(contestants[name].service, found)
            yield name, found

    def complete(self) -> None:
        """Wait for the images that are built meanwhile, and record them. Raises LabError."""
        self.display.step("waiting for the load generator's image")
        self.lab.images.wait()
        found = images.identities(self.lab.engine, self.lab.images.roles())
        resume.require_same_images(self.run.record, found)
        self.run.built(found, {})

    def prepare(
        self, contestants: Sequence[Contestant], verified: dict[str, Verification], rows: Rows
    ) -> dict[str, Prepared]:
        """Every verified contestant's template database and users. Raises LabError for none."""
        self.run.servers_started(self.lab.server_versions())
        prepared: dict[str, Prepared] = {}
        # An exhibit after the contestant whose database it takes.
        for contestant in sorted(contestants, key=lambda one: one.service.base is not None):
            name = contestant.name
            counts = verified[name].statements_per_request
            try:
                ready = self._prepare(contestant, prepared, rows, counts)
            except LabError as error:
                own = failed_itself(error)
                self._leave_out(name, "it could not be prepared", error, own=own)
                continue
            prepared[name] = ready
            self.run.prepared(name, ready.memory_idle_mib)
        if not prepared:
            raise LabError("no contestant could be measured", "The lines above say why.")
        return prepared

    def _prepare(
        self,
        contestant: Contestant,
        prepared: Mapping[str, Prepared],
        rows: Rows,
        counts: dict[Endpoint, float],
    ) -> Prepared:
        service = contestant.service
        extended = service.base if service.spec.exhibit or service.environment else None
        if extended is None:
            is_guest = contestant.service.spec.is_guest
            steps = "migrate, seed" if is_guest else "migrate, load, register the load's users"
            self.display.say(f"preparing {contestant.name}: {steps}")
            return prepare.prepare(self.lab, contestant, rows, counts)
        if extended.name not in prepared:
            raise LabError(
                f"{contestant.name} needs the database of {extended.name}, which is not measured",
                f"Add {extended.name} to SERVICES.",
            )
        ready = prepared[extended.name]
        if service.environment:  # it runs the statements of its contestant
            counts = ready.statements_per_request
        return prepare.on_database_of(ready, contestant, counts)

    def _leave_out(self, name: str, what: str, error: LabError, *, own: bool) -> None:
        redact = self.lab.secrets.redact  # a program may print a password
        for line in getattr(error, "output", ()):
            self.display.detail(redact(line))
        remedy = None if own else error.remedy or MACHINE
        self._left_out(name, f"{what}: {error}", remedy)

    def _left_out(self, name: str, failure: str, remedy: str | None) -> None:
        failure = self.lab.secrets.redact(failure)
        self.display.say(f"[red]{name} is left out[/]: {escape(failure)}")
        self.run.left_out(name, failure, remedy)


def failed_itself(error: LabError) -> bool:
    """Whether an error is known to be of the contestant's own files or containers."""
    if isinstance(error, EngineError):
        return error.role in OWN_ROLES
    return isinstance(error, ContestantError)


def built_badly(error: LabError) -> bool:
    """Whether a failed build is known to be of the contestant's own files."""
    if isinstance(error, CommandError):
        return bool(error.output) and not any(map(ELSEWHERE.search, error.output))
    return isinstance(error, ContestantError)


def of_contestant(found: Verification) -> bool:
    """Whether a rule is broken that is the contestant's: the engine enforces the caps."""
    return any(not entry.rule.startswith(f"{CAPS}: ") for entry in found.broken)


def broken_rules(found: Verification, promise: str = "equal work") -> str:
    """The rules that a contestant breaks, in one line."""
    first, *others = found.broken
    more = f" (and {len(others)} more)" if others else ""
    return (
        f"it does not do {promise}: {first.rule}: expected {first.expected}; "
        f"seen {first.observed}{more}"
    )
