"""`size`: what a service needs for a rate, from its capacity, checked by one measurement."""

import sys
from dataclasses import replace

import typer

from levelbench.analysis import size as sizing
from levelbench.analysis.derive import derive
from levelbench.bench.options import Options
from levelbench.cli import options as cli
from levelbench.cli.bench import MEASURE, conclude, run, seed_of
from levelbench.cli.terminal import INTERRUPTED, one_service, run_folder, say
from levelbench.contestants import discovery, selection
from levelbench.contestants.sweep import connections
from levelbench.errors import LabError
from levelbench.lab import environment
from levelbench.model.capacity import Objective
from levelbench.model.config import Config, load_config
from levelbench.model.folder import Run, load_run

commands = typer.Typer()
CHECK = "smoke"
"""The profile of the check: one measurement, no A/A control."""


@commands.command(rich_help_panel=MEASURE)
def size(
    name: cli.Service,
    rate: cli.NeededRate,
    p95: cli.P95 = "200ms",
    capacity_run: cli.CapacityRun = "",
    profile: cli.Profile = "quick",
    seed: cli.Seed = None,
    source: cli.Images = "auto",
) -> None:
    """Say what a service needs for a rate of requests, and check it by a measurement."""
    config, known = load_config(), discovery.discover()
    service = one_service(name, known)
    selection.require_no_guest([service], "a size")
    objective = Objective.parse(f"p95<{p95}", config.limits.error_rate_max)
    options = Options(
        profile_name=profile,
        profile=config.profile(profile),
        services={name: service},
        workload="capacity",
        workloads={"capacity": config.profile(profile).blocks},
        seed=seed_of(seed),
        mix="journey",
        scale=1,
        source=source,
        objective=objective,
    )
    options.require_served(config.load)
    record = sizing.predict(
        derive(_earlier(capacity_run, objective) if capacity_run else _measure(options, config)),
        name,
        rate,
        measured_cores=config.caps.service.cpus or 1.0,
        processes=service.spec.processes,
        connections=connections(service),
    )
    check = replace(
        options,
        profile_name=CHECK,
        profile=config.profile(CHECK),
        workload=sizing.WORKLOAD,
        workloads={sizing.WORKLOAD: 1},
        objective=None,
        rate_rps=record.share_rps,
        size=record,
    )
    sys.exit(conclude(run(check, config)))


def _measure(options: Options, config: Config) -> Run:
    """Measure the capacity; ends the command where that fails."""
    done = run(options, config)
    status = conclude(done)
    if status == INTERRUPTED:
        name = done.folder.name
        say(f"`make bench RESUME={name}`, then repeat this command with RUN={name}.")
    if status:
        sys.exit(status)
    return load_run(done.folder)


def _earlier(name: str, objective: Objective) -> Run:
    """A run that measured the capacity. Raises LabError for another objective or machine."""
    found = load_run(run_folder(name))
    measured = found.record.workloads.get(sizing.CAPACITY_WORKLOAD)
    if measured is None or measured.objective != str(objective):
        has = f"has {measured.objective}" if measured else "measured no capacity"
        raise LabError(
            f"run {found.record.run_id} {has}, and {objective} is asked for",
            "Leave RUN out: the capacity is then measured.",
        )
    here = environment.cpu_model(), environment.cores()
    place = found.record.environment
    if (place.cpu_model, place.cores) != here:
        raise LabError(
            f"run {found.record.run_id} is of another machine",
            "Leave RUN out: the capacity is then measured here.",
        )
    return found
