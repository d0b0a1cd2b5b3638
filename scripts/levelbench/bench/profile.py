"""Profile: sample the stacks of one or two contestants under load, in trials that are never ranked.

Each trial has one window. Its first half runs unsampled and gives the CPU time per request; in the
second half py-spy samples every process of the contestant, within the contestant's container.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from levelbench import interruption
from levelbench.bench.run import describe
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab import engines, images, prepare, sites
from levelbench.lab.dataset import generate
from levelbench.lab.images import Source
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.meters import sampler as meters
from levelbench.lab.meters.sampler import Sampler
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import EngineError
from levelbench.load import parameters
from levelbench.load.generator import Assignment
from levelbench.load.parameters import Parameters
from levelbench.model import workloads
from levelbench.model.config import REPORTS, Config
from levelbench.model.files import require_writable, save, write_atomic
from levelbench.model.loads import Load
from levelbench.model.profile import (
    PROFILE_FILE,
    STACKS_FOLDER,
    ProfiledService,
    ProfileRecord,
    ProfileTrial,
)
from levelbench.progress import Display

TRIALS = 3
RATE_HZ = 200
"""Measured: at 100, two runs have 8 of the ten functions that cost most in common, by chance."""
VUS = 20
"""Enough to keep one core busy; fewer than a bench's, since each is logged in first."""
WARMUP_S = 3
HALF_S = 9
SLACK_S = 1.5
"""Between the middle of the window, as the lab estimates it, and the first sample."""
_RECORD = (
    "py-spy record --pid 1 --subprocesses --function --format raw --rate {rate} "
    "--duration {seconds} --output /tmp/stacks >/tmp/py-spy.log 2>&1 && cat /tmp/stacks "
    "|| {{ tail -1 /tmp/py-spy.log >&2; exit 1; }}"
)
_REFUSED = (
    "A kernel may allow no process to look at another: `sudo sysctl kernel.yama.ptrace_scope=0`. "
    "py-spy knows released versions of CPython, without free threading."
)


@dataclass(frozen=True)
class Options:
    """What to profile."""

    services: Mapping[str, Service]
    workload: str = "closed"
    source: Source = "auto"
    trials: int = TRIALS
    reports: Path = REPORTS


def profile(options: Options, config: Config, display: Display) -> Path:
    """Profile, and leave stacks and record in a folder of their own, which is returned.

    Raises LabError where a contestant cannot be profiled.
    """
    load = workloads.of(options.workload)
    if load.kind != "closed" or load.alone:
        raise LabError(
            f"a profile under {options.workload} is not possible",
            "Choose a load at full speed: closed, closed-no-auth or list.",
        )
    require_writable(options.reports)
    own = Config(
        **{**dict(config), "load": Load(**{**dict(config.load), "users": VUS, "vus": VUS})}
    )
    with engines.reserved(
        own, options.source, display.say, options.services.values(), timed=False
    ) as place:
        lab = Lab(place.engine, own, place.topology, place.images, sites.BENCH)
        with interruption.terminable():
            try:
                return _run(lab, options, display)
            finally:
                with interruption.ignored():
                    display.say("removing the containers")
                    lab.down()


def _run(lab: Lab, options: Options, display: Display) -> Path:
    started = datetime.now(UTC)
    folder = options.reports / f"{started:%Y%m%d-%H%M%S}-profile"
    lab.start()
    rows = generate(lab.config.dataset)
    settings = _settings(lab, options.workload)
    prepared = {}
    for name, service in options.services.items():
        image = images.build_service(lab.engine, service, lab.images, display.say)
        image = images.build_instrumented(lab.engine, image, "profile", display.say)
        display.say(f"preparing {name}: migrate, load, register {VUS} users")
        prepared[name] = prepare.prepare(lab, Contestant(service, image), rows, {})
    place = describe(lab)
    trials: dict[str, list[ProfileTrial]] = {name: [] for name in prepared}
    total = options.trials * len(prepared)
    for number in range(1, options.trials + 1):
        for name, one in prepared.items():
            done = sum(map(len, trials.values()))
            left_s = (total - done) * (WARMUP_S + 2 * HALF_S + 6)
            display.say(f"{done + 1}/{total} sampling {name} ({left_s:.0f} s left)")
            trials[name].append(_trial(lab, one, settings, number, folder))
    record = ProfileRecord(
        run_id=folder.name,
        started_at=started,
        workload=options.workload,
        vus=VUS,
        sampler=_version(lab, prepared),
        rate_hz=RATE_HZ,
        cpu_model=place.cpu_model,
        git_commit=place.git_commit,
        services={
            name: ProfiledService(
                display_name=one.contestant.service.spec.display_name,
                packages=one.contestant.service.versions(),
                trials=tuple(trials[name]),
            )
            for name, one in prepared.items()
        },
    )
    save(folder / PROFILE_FILE, record)
    return folder


def _settings(lab: Lab, workload: str) -> Parameters:
    """The workload's, in one window without turns."""
    profile = lab.config.profile("quick")
    (own,) = parameters.of_workloads(
        [workload], lab.config, profile, mix="journey", scale=1, seed=1, rates=None
    ).values()
    timing = replace(own.timing, warmup_s=WARMUP_S, measure_s=2 * HALF_S, slices=1)
    return replace(own, vus=VUS, timing=timing)


def _trial(
    lab: Lab, prepared: Prepared, settings: Parameters, number: int, folder: Path
) -> ProfileTrial:
    """A start of the contestant on a restored database, sampled in its second half."""
    seat, name = lab.seats[0], prepared.contestant.name
    lab.clear()
    lab.database.restore({seat.database: prepared.template})
    lab.start_contestant(prepared.contestant, seat.database)
    lab.wait_contestant()
    with Sampler({"service": seat.site.sources("service")[0]}) as counters:
        seat.generator.start(Assignment(settings, number, f"p{number}", prepared.users))
        time.sleep(WARMUP_S + HALF_S + SLACK_S)
        stacks = _sample(lab)
        seat.generator.wait(lab.config.limits.generator_exit_timeout_s)
    outputs = seat.generator.outputs()
    for file, output in outputs.items():
        write_atomic(folder / "load" / f"{name}-{number}-{file}", output)
    window = seat.generator.summary(outputs)
    (bounds,) = window.bounds
    start_s = bounds.start_epoch_ms / 1e3
    used = meters.use(counters.samples["service"], start_s, start_s + HALF_S, 1.0)
    halves = window.window.halves
    if not halves or not halves[0] or used.cpu_ms is None:
        raise LabError(f"{name} answered nothing while it was profiled", "Run `make doctor`.")
    file = f"{STACKS_FOLDER}/{name}-{number}.folded"
    write_atomic(folder / file, stacks)
    return ProfileTrial(
        number=number,
        stacks=file,
        samples=sum(int(line.rpartition(" ")[2]) for line in stacks.splitlines()),
        cpu_ms_per_request=used.cpu_ms / (halves[0] * HALF_S),
        throughput_rps=halves[0],
        throughput_sampled_rps=halves[1],
    )


def _sample(lab: Lab) -> str:
    script = _RECORD.format(rate=RATE_HZ, seconds=int(HALF_S - SLACK_S - 0.5))
    try:
        found = lab.site.exec("service", ["sh", "-c", script])
    except EngineError as error:
        raise LabError(f"py-spy could not sample the contestant: {error.cause}", _REFUSED) from None
    if not found.strip():
        raise LabError("py-spy saw no stack of the contestant", _REFUSED)
    return found


def _version(lab: Lab, prepared: Mapping[str, Prepared]) -> str:
    return lab.site.exec("service", ["py-spy", "--version"]).strip()
