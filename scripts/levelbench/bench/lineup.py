"""The line-up: the contestants that can be built, do equal work and are prepared.

One that cannot is left out with its reason in the report, and the run goes on with the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.markup import escape

from levelbench.bench import resume
from levelbench.bench.run import OngoingRun
from levelbench.contestants.discovery import Service
from levelbench.errors import LabError
from levelbench.lab import images, prepare
from levelbench.lab.dataset import Rows
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.prepare import Prepared
from levelbench.model.finding import CONTESTANT_LEFT_OUT, Finding
from levelbench.model.ledger import Verification
from levelbench.model.vocabulary import Endpoint
from levelbench.progress import Display
from levelbench.verify import verify as verification


@dataclass(frozen=True)
class LineUp:
    """What the steps of a line-up have in common."""

    lab: Lab
    run: OngoingRun
    display: Display

    def build(self, services: dict[str, Service]) -> list[Contestant]:
        """The contestants whose image is here or can be built."""
        engine, base = self.lab.engine, self.lab.images
        resume.require_same_references(
            self.run.record,
            [images.service_reference(engine, one, base.python) for one in services.values()],
        )
        contestants = []
        for service in services.values():
            try:
                image = images.build_service(engine, service, base.python, self.display.say)
            except LabError as error:
                self._leave_out(service.name, f"its image does not build: {error}", error)
                continue
            contestants.append(Contestant(service, image))
            self.run.update_service(service.name, image_mib=images.size_mib(engine, image))
        built = images.identities(engine, [contestant.image for contestant in contestants])
        known = self.run.record.environment
        resume.require_same_images(self.run.record, built)
        self.run.update(environment=known.model_copy(update={"images": {**known.images, **built}}))
        return contestants

    def verify(
        self, contestants: Sequence[Contestant], rows: Rows, scale: int, *, force: bool
    ) -> dict[str, Verification]:
        """The outcome of each contestant for which every rule of equal work holds, by name; and of
        each exhibit that does what it declares, and no more.

        `force` verifies anew what is known to hold.
        """
        verified = {}
        for contestant in contestants:
            try:
                found = self._verification(contestant, rows, scale, force=force)
            except LabError as error:
                self._leave_out(contestant.name, f"it could not be verified: {error}", error)
                continue
            self.run.update(parity=(*self.run.record.parity, *found.entries))
            exhibit = contestant.service.spec.exhibit
            if exhibit is None:  # it was not held to the contract, which it does not keep
                self.run.update_service(contestant.name, verified=found.verified)
            if found.verified:
                verified[contestant.name] = found
            else:
                promise = "what it declares" if exhibit else "equal work"
                self._leave_out(contestant.name, broken_rules(found, promise))
        return verified

    def _verification(
        self, contestant: Contestant, rows: Rows, scale: int, *, force: bool
    ) -> Verification:
        service, lab = contestant.service, self.lab
        key = verification.fingerprint(
            lab.engine, service, contestant.image, lab.images, rows.checksum
        )
        known = None if force else verification.remembered(service, key)
        if known is not None:
            self.display.say(f"{service.name} is verified: {len(known.entries)} checks held before")
            return known
        self.display.say(f"verifying {service.name}: parity rules (under a minute)")
        found = verification.verify(
            service,
            key,
            source=lab.images.source,
            scale=scale,
            say=self.display.step,
        )
        verification.remember(service, found)
        return found

    def prepare(
        self, contestants: Sequence[Contestant], verified: dict[str, Verification], rows: Rows
    ) -> dict[str, Prepared]:
        """Every verified contestant's template database and users. Raises LabError for none."""
        known = self.run.record.environment
        versions = {**known.versions, **self.lab.server_versions()}
        self.run.update(environment=known.model_copy(update={"versions": versions}))
        prepared: dict[str, Prepared] = {}
        # An exhibit after the contestant whose database it takes.
        for contestant in sorted(contestants, key=lambda one: one.service.base is not None):
            name = contestant.name
            counts = verified[name].statements_per_request
            try:
                ready = self._prepare(contestant, prepared, rows, counts)
            except LabError as error:
                self._leave_out(name, f"it could not be prepared: {error}", error)
                continue
            prepared[name] = ready
            self.run.update_service(name, memory_idle_mib=ready.memory_idle_mib)
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
        base = contestant.service.base
        if base is None:
            self.display.say(
                f"preparing {contestant.name}: migrate, load, register the load's users"
            )
            return prepare.prepare(self.lab, contestant, rows, counts)
        if base.name not in prepared:
            raise LabError(f"{base.name}, on whose database it is measured, is not there")
        return prepare.beside(prepared[base.name], contestant, counts)

    def _leave_out(self, name: str, failure: str, error: LabError | None = None) -> None:
        for line in getattr(error, "output", ()):
            self.display.detail(line)
        self.display.say(f"[red]{name} is left out[/]: {escape(failure)}")
        self.run.update_service(name, failure=failure)
        finding = Finding(
            code=CONTESTANT_LEFT_OUT,
            severity="error",
            cause=f"{name} was not measured: {failure}",
            remedy=f"Mend services/{name}, then `make verify-{name}`.",
        )
        self.run.update(findings=(*self.run.record.findings, finding))


def broken_rules(found: Verification, promise: str = "equal work") -> str:
    """What a contestant does not hold, in one line."""
    first, *others = found.broken
    more = f" (and {len(others)} more)" if others else ""
    return (
        f"it does not do {promise}: {first.rule}: expected {first.expected}; "
        f"seen {first.observed}{more}"
    )
