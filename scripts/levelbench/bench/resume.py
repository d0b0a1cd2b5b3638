"""Resume an interrupted run: no trial is lost, none is counted twice.

It continues where it stopped, on the same machine, with the same images and parameters: trials of
one run must be comparable with each other.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun, describe
from levelbench.contestants import sweep
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab.images import Source
from levelbench.lab.lab import Lab
from levelbench.model.capacity import Objective
from levelbench.model.config import REPORTS, Config
from levelbench.model.folder import load_run
from levelbench.model.references import name_of
from levelbench.model.run import (
    Environment,
    ImageIdentity,
    RunRecord,
    WorkloadParameters,
    load_run_record,
)


class ResumeError(LabError):
    """A run that cannot be resumed; it is left as it was."""


REMEDY = "Start a new run, or restore what was changed."


def options_of(
    run_id: str,
    config: Config,
    services: Mapping[str, Service],
    source: Source,
    reports: Path = REPORTS,
) -> Options:
    """The options of an interrupted run. Raises LabError for one that cannot be resumed."""
    record = unfinished(reports, run_id)
    if record.counting:
        raise LabError(f"run {run_id} counts instructions", f"`make count RESUME={run_id}`")
    swept = record.choices.sweep
    if swept and swept.service in services:
        services = {**services, **sweep.line_up(swept, services)}
    # What was left out before the plan was made stays so: its trials would be from another time.
    names = _planned(record) or record.services.keys()
    require_present(record, names, services)
    return Options(
        profile_name=record.profile,
        profile=config.profile(record.profile),
        services={name: services[name] for name in record.services if name in names},
        workload=record.choices.workload,
        workloads=record.choices.workloads,
        seed=record.seed,
        mix=record.choices.mix,
        scale=record.choices.scale,
        arrivals=record.choices.arrivals,
        objective=Objective.parse(asked, config.limits.error_rate_max)
        if (asked := record.choices.objective)
        else None,
        rate_rps=record.choices.rate_rps,
        size=record.choices.size,
        source=source,
        precision=record.precision,
        sweep=swept,
        resumed=(reports / run_id).resolve().name,  # of `latest`, the run that it stands for
        reports=reports,
    )


def unfinished(reports: Path, run_id: str) -> RunRecord:
    """The record of an interrupted run. Raises LabError where there is none, or it is complete."""
    folder = reports / run_id
    if not folder.is_dir():
        raise LabError(f"there is no run {run_id!r} to resume", "`ls reports` lists the runs.")
    record = load_run_record(folder)
    if record.status == "complete":
        raise LabError(f"run {run_id} is complete", "Start a new one.")
    return record


def require_present(
    record: RunRecord, names: AbstractSet[str], services: Mapping[str, Service]
) -> None:
    """Raises LabError where a service of the run no longer exists."""
    if missing := names - services.keys():
        raise LabError(
            f"cannot resume run {record.run_id}: "
            f"services/{', '.join(sorted(missing))} no longer exists",
            REMEDY,
        )


def reopen(folder: Path, names: Collection[str], lab: Lab) -> OngoingRun:
    """The run as it was left; the line-up of these contestants is made again.

    Raises ResumeError when the machine or one of the lab's own images has changed.
    """
    found = load_run(folder)
    _require_same_machine(found.record, describe(lab))
    run = OngoingRun(folder, found.record, list(found.trials), before=found.record)
    run.resumed(names)
    return run


def _planned(record: RunRecord) -> AbstractSet[str]:
    return {planned.service for planned in record.plan}


def _require_same_machine(record: RunRecord, here: Environment) -> None:
    then = record.environment
    for what, before, now in (
        ("processor", then.cpu_model, here.cpu_model),
        ("kernel", then.kernel, here.kernel),
        ("container engine", then.engine, here.engine),
        ("cores", then.topology, here.topology),
    ):
        if before != now:
            raise ResumeError(
                f"cannot resume run {record.run_id}: its {what} was {before} and is now {now}",
                REMEDY,
            )
    require_same_images(record, here.images)


def _begun(record: RunRecord) -> bool:
    """Whether trials may have been made or instructions counted."""
    return bool(record.plan or record.counting)


def require_same_references(record: RunRecord, now: Iterable[str]) -> None:
    """Raises ResumeError when an image that the run has trials of would change: checked before it
    is built, since building removes the older one.
    """
    then = record.environment.images
    for reference in now:
        name = name_of(reference)
        if _begun(record) and name in then and then[name].reference != reference:
            raise _another_image(record, name)


def _another_image(record: RunRecord, name: str) -> ResumeError:
    return ResumeError(
        f"cannot resume run {record.run_id}: image {name} has changed since the run started",
        REMEDY,
    )


def require_same_images(record: RunRecord, now: Mapping[str, ImageIdentity]) -> None:
    """Raises ResumeError when an image that the run has trials of has changed."""
    then = record.environment.images
    for name, image in now.items():
        if _begun(record) and name in then and then[name] != image:
            raise _another_image(record, name)


def require_equal(
    record: RunRecord, settings: Mapping[str, WorkloadParameters], prepared: Container[str]
) -> None:
    """Raises ResumeError unless parameters and contestants are those of the run."""
    for name, before in record.workloads.items():
        now = settings.get(name)
        changed = before.changed(now) if now else ("workload",)
        if changed:
            raise ResumeError(
                f"cannot resume run {record.run_id}: {', '.join(changed)} of {name} changed",
                REMEDY,
            )
    gone = sorted({planned.service for planned in record.plan if planned.service not in prepared})
    if gone:
        raise ResumeError(
            f"cannot resume run {record.run_id} without {', '.join(gone)}",
            "The lines above say why.",
        )
