"""An interrupted run that goes on: no trial lost, none counted twice.

It goes on where it stopped, on the same machine, with the same images and parameters: trials of
one run have to be comparable with each other.
"""

from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun, describe
from levelbench.contestants.discovery import Service
from levelbench.errors import LabError
from levelbench.lab import images
from levelbench.lab.images import Source
from levelbench.lab.lab import Lab
from levelbench.model.config import REPORTS, Config
from levelbench.model.finding import CONTESTANT_LEFT_OUT
from levelbench.model.folder import load_run
from levelbench.model.run import (
    Environment,
    ImageIdentity,
    RunRecord,
    WorkloadParameters,
    load_run_record,
)


class ResumeError(LabError):
    """A run that cannot go on, and is left as it was."""


REMEDY = "Start a new run, or put back what was changed."


def options_of(
    run_id: str,
    config: Config,
    services: Mapping[str, Service],
    source: Source,
    reports: Path = REPORTS,
) -> Options:
    """What an interrupted run was asked for. Raises LabError for one that cannot go on."""
    folder = reports / run_id
    if not folder.is_dir():
        raise LabError(f"there is no run {run_id!r} to go on with", "`ls reports` shows them.")
    record = load_run_record(folder)
    if record.status == "complete":
        raise LabError(f"run {run_id} is complete", "Start a new one.")
    # What was left out before the plan was made stays so: its trials would be of another time.
    names = _planned(record) or record.services.keys()
    if missing := names - services.keys():
        raise LabError(f"run {run_id} has {', '.join(sorted(missing))}, which is gone", REMEDY)
    return Options(
        profile_name=record.profile,
        profile=config.profile(record.profile),
        services={name: services[name] for name in record.services if name in names},
        workload=record.choices.workload,
        workloads=record.choices.workloads,
        seed=record.seed,
        mix=record.choices.mix,
        scale=record.choices.scale,
        source=source,
        resumed=folder.resolve().name,  # of `latest`, the run that it stands for
        reports=reports,
    )


def reopen(options: Options, lab: Lab) -> OngoingRun:
    """The run as it was left. What its line-up found of those that go on is found again.

    Raises ResumeError when the machine or an image of the lab's own is another.
    """
    if options.resumed is None:
        raise ValueError("no run is to be resumed")
    folder = options.reports / options.resumed
    found = load_run(folder)
    _require_same_place(found.record, describe(lab))
    record, going_on = found.record, options.services.keys()
    run = OngoingRun(folder, record, list(found.trials), before=record)
    run.update(
        findings=tuple(f for f in record.findings if record.plan and f.code == CONTESTANT_LEFT_OUT),
        parity=tuple(entry for entry in record.parity if entry.service not in going_on),
        services={
            name: service.model_copy(update={"failure": None} if name in going_on else {})
            for name, service in record.services.items()
        },
        finished_at=None,
    )
    return run


def _planned(record: RunRecord) -> AbstractSet[str]:
    return {planned.service for planned in record.plan}


def _require_same_place(record: RunRecord, here: Environment) -> None:
    then = record.environment
    for what, before, now in (
        ("processor", then.cpu_model, here.cpu_model),
        ("kernel", then.kernel, here.kernel),
        ("container engine", then.engine, here.engine),
        ("cores", then.topology, here.topology),
    ):
        if before != now:
            raise ResumeError(
                f"run {record.run_id} cannot go on: its {what} was {before} and is {now}", REMEDY
            )
    require_same_images(record, here.images)


def require_same_references(record: RunRecord, now: Iterable[str]) -> None:
    """Raises ResumeError when an image that the run has trials of would be another one: asked
    before it is built, since building removes the one before it.
    """
    then = record.environment.images
    for reference in now:
        name = images.name_of(reference)
        if record.plan and name in then and then[name].reference != reference:
            raise _another_image(record, name)


def _another_image(record: RunRecord, name: str) -> ResumeError:
    return ResumeError(f"run {record.run_id} cannot go on: image {name} is another", REMEDY)


def require_same_images(record: RunRecord, now: Mapping[str, ImageIdentity]) -> None:
    """Raises ResumeError when an image that the run has trials of is another."""
    then = record.environment.images
    for name, image in now.items():
        if record.plan and name in then and then[name] != image:
            raise _another_image(record, name)


def require_equal(
    record: RunRecord, settings: Mapping[str, WorkloadParameters], prepared: Container[str]
) -> None:
    """Raises ResumeError unless the run's parameters are these and its contestants all there."""
    for name, before in record.workloads.items():
        now = settings.get(name)
        changed = before.changed(now) if now else ("workload",)
        if changed:
            raise ResumeError(
                f"run {record.run_id} cannot go on: {', '.join(changed)} of {name} changed since",
                REMEDY,
            )
    gone = sorted({planned.service for planned in record.plan if planned.service not in prepared})
    if gone:
        raise ResumeError(
            f"run {record.run_id} cannot go on without {', '.join(gone)}",
            "The lines above say why.",
        )
