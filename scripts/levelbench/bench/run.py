"""A run under way: its record grows, and its folder is consistent at every moment."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from levelbench.bench.options import Options
from levelbench.contestants import production
from levelbench.contestants.code.measure import measure
from levelbench.contestants.discovery import Service
from levelbench.lab import environment, images
from levelbench.lab.lab import Lab
from levelbench.model.config import COMPOSE_FILE
from levelbench.model.files import save
from levelbench.model.run import RUN_FILE, Environment, RunArguments, RunRecord, ServiceRecord
from levelbench.model.trial import TrialRecord


@dataclass
class OngoingRun:
    """A run, and the folder that its evidence goes to."""

    folder: Path
    record: RunRecord
    trials: list[TrialRecord] = field(default_factory=list)
    interrupted: bool = False
    before: RunRecord | None = None
    """Of a run that goes on: its record as it was found."""

    def update(self, **changes: object) -> None:
        """Change the record and save it."""
        self.record = self.record.model_copy(update=changes)
        save(self.folder / RUN_FILE, self.record)

    def update_service(self, name: str, **changes: object) -> None:
        """Change what is recorded of one service and save it."""
        services = dict(self.record.services)
        services[name] = services[name].model_copy(update=changes)
        self.update(services=services)

    def restore(self) -> None:
        """Leave a run that cannot go on as it was found."""
        if self.before is not None:
            self.update(**dict(self.before))

    def point_latest(self) -> None:
        """Let `latest`, beside the folder, point at this run."""
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
        services={
            name: ServiceRecord(
                role=service.spec.role,
                display_name=service.spec.display_name,
                interface=service.spec.interface,
                packages=service.versions(),
                exhibit=service.spec.exhibit,
                **_of_its_code(service),
            )
            for name, service in options.services.items()
        },
        choices=RunArguments(
            workload=options.workload,
            workloads=options.workloads,
            mix=options.mix,
            scale=options.scale,
            base=options.base,
        ),
        workloads={},
        statistics=lab.config.statistics,
    )
    folder = options.reports / run_id
    folder.mkdir(parents=True)
    run = OngoingRun(folder, record)
    run.update()
    return run


def _of_its_code(service: Service) -> dict[str, Any]:
    """What is counted of a contestant's code; nothing of an exhibit, which is its contestant's but
    for a handler that does other work."""
    if service.spec.exhibit:
        return {}
    return {
        "code": measure(service.folder),
        "included": tuple(entry.recorded() for entry in service.spec.included),
        "production": production.of(service, COMPOSE_FILE),
    }


def describe(lab: Lab) -> Environment:
    """Where the lab is, and the images that it starts from."""
    references = [lab.images.python, lab.images.postgres, lab.images.redis, lab.images.k6]
    identities = images.identities(lab.engine, references)
    return environment.describe(lab.engine, lab.topology, identities, {})
