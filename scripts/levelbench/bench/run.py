"""Run record under way: named events change it, and each is saved to run.json."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict, Unpack

from levelbench.analysis.checks import table
from levelbench.bench.options import Options
from levelbench.contestants import git, production
from levelbench.contestants.code.measure import measure
from levelbench.contestants.diff import added_lines
from levelbench.contestants.service import Service
from levelbench.lab import environment, images
from levelbench.lab.lab import Lab
from levelbench.model.config import COMPOSE_FILE
from levelbench.model.count import Counting
from levelbench.model.files import save
from levelbench.model.finding import Finding
from levelbench.model.ledger import ParityEntry
from levelbench.model.run import (
    RUN_FILE,
    Environment,
    ImageIdentity,
    Phase,
    PlannedTrial,
    Precision,
    Rates,
    RunArguments,
    RunRecord,
    RunStatus,
    ServiceRecord,
    WorkloadParameters,
)
from levelbench.model.trial import TrialRecord
from levelbench.model.variant import Variant

LEFT_OUT = frozenset(check.code for check in (table.CONTESTANT_LEFT_OUT, table.LEFT_OUT_BY_LAB))


class _RunChanges(TypedDict, total=False):
    """Fields of a run's record that change while it is under way."""

    status: RunStatus
    finished_at: datetime | None
    plan: tuple[PlannedTrial, ...]
    environment: Environment
    services: dict[str, ServiceRecord]
    rates: Rates
    workloads: dict[str, WorkloadParameters]
    parity: tuple[ParityEntry, ...]
    findings: tuple[Finding, ...]
    precision: Precision | None
    counting: Counting
    phases: tuple[Phase, ...]


class _ServiceChanges(TypedDict, total=False):
    """Fields of a service's record that change while the run is under way."""

    verified: bool | None
    failure: str | None
    image_mib: float
    memory_idle_mib: float | None


@dataclass
class OngoingRun:
    """A run, and the folder that its evidence goes to."""

    folder: Path
    record: RunRecord
    trials: list[TrialRecord] = field(default_factory=list)
    interrupted: bool = False
    before: RunRecord | None = None
    """Of a resumed run: its record as it was found."""

    # --- events, each of them saved ---

    def built(self, images: Mapping[str, ImageIdentity], sizes_mib: Mapping[str, float]) -> None:
        """Contestants have images: name -> identity, contestant -> size."""
        known = self.record.environment
        environment = Environment(**{**dict(known), "images": {**known.images, **images}})
        for name, image_mib in sizes_mib.items():
            self._change_service(name, image_mib=image_mib)
        self._change(environment=environment)

    def verified(self, name: str, entries: Sequence[ParityEntry], holds: bool | None) -> None:
        """A contestant was verified. `holds`: None for an exhibit, which breaks the contract."""
        self._change_service(name, verified=holds)
        self._change(parity=(*self.record.parity, *entries))

    def servers_started(self, versions: Mapping[str, str]) -> None:
        """Database and broker are up."""
        known = self.record.environment
        environment = Environment(**{**dict(known), "versions": {**known.versions, **versions}})
        self._change(environment=environment)

    def prepared(self, name: str, memory_idle_mib: float | None) -> None:
        """A contestant has its template database and its users."""
        self._change_service(name, memory_idle_mib=memory_idle_mib)

    def left_out(self, name: str, failure: str, remedy: str | None = None) -> None:
        """A contestant cannot be measured. `remedy`: where it is not known to be the cause."""
        self._change_service(name, failure=failure)
        check = table.CONTESTANT_LEFT_OUT if remedy is None else table.LEFT_OUT_BY_LAB
        self._add_finding(check.finding(name=name, why=failure, remedy=remedy))

    def commit_unknown(self, cause: str, remedy: str) -> None:
        """No commit identifies the sources of this run."""
        self._add_finding(table.COMMIT_UNKNOWN.finding(why=cause, remedy=remedy))

    def calibrated(self, rates: Rates) -> None:
        """The rates of open and capacity loads are known."""
        self._change(rates=rates)

    def planned(
        self, plan: tuple[PlannedTrial, ...], workloads: dict[str, WorkloadParameters]
    ) -> None:
        """All trials are planned, and the parameters of each workload fixed."""
        self._change(plan=plan, workloads=workloads)

    def extended(self, counting: Counting) -> None:
        """Hash seeds of a head and its base deviate, so that more are counted."""
        self._change(counting=counting)

    def has_no_ratio(self) -> None:
        """Fewer than two contestants can be measured: there is no precision to reach."""
        self._change(precision=None)

    def looked(self, precision: Precision) -> None:
        """A look at the precision was made. If it ends the workload, its other blocks are no longer
        planned: they were never begun."""
        plan, last = self.record.plan, precision.made[-1].blocks
        if precision.ended:
            plan = tuple(
                one for one in plan if one.workload != precision.workload or one.block <= last
            )
        self._change(precision=precision, plan=plan)

    def ended_early(self, cause: str, remedy: str) -> None:
        """An error ended the run after its first trial."""
        remedy = f"{remedy} " if remedy else ""
        self._add_finding(table.RUN_ENDED.finding(error=cause, remedy=remedy))

    def completed(self) -> None:
        """Every planned trial has been measured."""
        self._change(status="complete")

    def finished(self, phases: Sequence[Phase] = ()) -> None:
        """The run ends, completed or not. A resumed run that did nothing stays as it was."""
        if self.record != self.before:
            self._change(finished_at=datetime.now(UTC), phases=tuple(phases))

    def resumed(self, names: Collection[str]) -> None:
        """The run continues with these contestants: their line-up is made again."""
        record = self.record
        for name in names:
            self._change_service(name, failure=None)
        self._change(
            findings=tuple(
                one
                for one in record.findings
                if one.code == table.COMMIT_UNKNOWN.code or (record.plan and one.code in LEFT_OUT)
            ),
            parity=tuple(entry for entry in record.parity if entry.service not in names),
            finished_at=None,
        )

    def restore(self) -> None:
        """Leave a run that cannot be resumed as it was found."""
        if self.before is not None:
            self.record = self.before
            self.save()

    # --- how ---

    def save(self) -> None:
        """Write run.json."""
        save(self.folder / RUN_FILE, self.record)

    def _change(self, **changes: Unpack[_RunChanges]) -> None:
        self.record = RunRecord.model_validate({**dict(self.record), **changes})
        self.save()

    def _change_service(self, name: str, **changes: Unpack[_ServiceChanges]) -> None:
        changed = ServiceRecord.model_validate({**dict(self.record.services[name]), **changes})
        self._change(services={**self.record.services, name: changed})

    def _add_finding(self, finding: Finding) -> None:
        self._change(findings=(*self.record.findings, finding))

    def point_latest(self) -> None:
        """Let the link `latest`, next to the folder, point at this run."""
        temporary = self.folder.parent / f".latest-{self.folder.name}"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(self.folder.name)
        temporary.replace(self.folder.parent / "latest")


def create(options: Options, lab: Lab) -> OngoingRun:
    """A new run in a folder of its own, its record saved."""
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%d-%H%M%S}-{options.profile_name}"
    record = RunRecord(
        run_id=run_id,
        profile=options.profile_name,
        seed=options.seed,
        status="partial",
        publishable=options.profile.publishable,
        started_at=started,
        plan=(),
        environment=describe(lab),
        services={name: recorded(service) for name, service in options.services.items()},
        choices=RunArguments(
            workload=options.workload,
            workloads=options.workloads,
            mix=options.mix,
            scale=options.scale,
            arrivals=options.arrivals,
            objective=str(options.objective) if options.objective else None,
            rate_rps=options.rate_rps,
            size=options.size,
            base=options.base_commit,
            sweep=options.sweep,
            release=options.release,
            live=options.live,
        ),
        workloads={},
        precision=options.precision,
        statistics=lab.config.statistics,
    )
    folder = options.reports / run_id
    folder.mkdir(parents=True)
    run = OngoingRun(folder, record)
    run.save()
    if record.environment.git_commit is None:
        known = git.commit()
        run.commit_unknown(known.cause, known.remedy)
    return run


def recorded(service: Service) -> ServiceRecord:
    """What is known of a service before its first trial. The code of an exhibit and of a variant is
    not counted: it is its contestant's but for a few lines; a guest has no endpoints. A value of a
    sweep is recorded as a variant, which is not ranked, with its contestant's code."""
    spec = service.spec
    has_code = not (service.base or spec.is_guest)
    has_stack = not (spec.exhibit or spec.is_guest)
    variant = (
        Variant(extends=spec.extends, changes=spec.changes, lines=added_lines(service))
        if spec.extends and not service.environment
        else None
    )
    return ServiceRecord(
        role="variant" if service.environment else spec.role,
        display_name=spec.display_name,
        traits=dict(spec.traits),
        packages=service.versions(),
        exhibit=spec.exhibit,
        variant=variant,
        code=measure(service.folder) if has_code else None,
        included=tuple(entry.recorded() for entry in spec.included) if has_code else None,
        production=production.of(service, COMPOSE_FILE) if has_stack else None,
        choices=service.own_choices if has_stack else None,
    )


def describe(lab: Lab) -> Environment:
    """Where the lab is, and the images that it starts from."""
    identities = images.identities(lab.engine, lab.images.roles())
    return environment.describe(lab.engine, lab.topology, identities, {})
