"""Forecast of a run: how long each of its phases will take, from an earlier run or a table."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from levelbench.bench.options import Options
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab import environment, images, recipes
from levelbench.lab.dataset import generate
from levelbench.lab.engine import Engine
from levelbench.lab.images import Choice, ImageSet
from levelbench.load import parameters
from levelbench.model.config import ROOT, Config
from levelbench.model.files import ResultsError
from levelbench.model.references import python_role
from levelbench.model.run import Phase, PhaseName, load_run_record
from levelbench.progress import OVERHEAD_S
from levelbench.verify import verify
from levelbench.verify.several import TOGETHER

UNIT_S: Mapping[PhaseName, float] = {
    "images": 20.0,
    "build": 10.0,
    "verify": 60.0 / TOGETHER,
    "prepare": 8.0,
}
"""Seconds of one stand-in, contestant's image, verification and preparation. Reasoned, for 2 cores
of an idle machine; an earlier run on this machine replaces them."""
BASE_S, K6_S, FREE_THREADED_S, PULL_S = 45.0, 150.0, 1_500.0, 15.0
"""Of the images that take longer or shorter than others; K6_S on 2 cores."""
CORES = 2
SETUP_FILE = ROOT / ".venv" / ".levelbench-setup-seconds"
RUNS_MAX = 20
"""Earlier runs that are read, the newest first."""


def setup(file: Path = SETUP_FILE) -> list[Phase]:
    """The phase of scripts/bootstrap.sh, if no run has recorded it yet."""
    try:
        seconds = float(file.read_text())
        file.unlink()
    except (OSError, ValueError):
        return []
    return [Phase(name="setup", seconds=seconds)]


def forecast(options: Options, config: Config, engine: Engine) -> tuple[Phase, ...]:
    """The phases in their order, as far as they can be known before the run."""
    services = tuple(options.services.values())
    cores = environment.cores()
    unit_s = {**UNIT_S, **learned(options.reports, cores)}
    pythons = sorted({service.spec.python for service in services})
    choice = images.choose(engine, config.images.references(pythons), options.source)
    images_s, k6_s = _images_s(engine, config, choice, pythons, unit_s["images"])
    missing, unverified = _to_do(options, config, engine, choice)
    build_s, verify_s = missing * unit_s["build"], unverified * unit_s["verify"]
    # It is built from the base on, in parallel with all that comes before the load.
    k6_left_s = max(0.0, k6_s - build_s - verify_s - max(0.0, images_s - BASE_S))
    trials = sum(options.workloads.values()) * (len(services) + options.profile.control)
    return (
        Phase(name="images", seconds=images_s),
        Phase(name="build", seconds=build_s, units=missing),
        Phase(name="verify", seconds=verify_s, units=unverified),
        Phase(name="load generator", seconds=k6_left_s),
        Phase(name="prepare", seconds=len(services) * unit_s["prepare"], units=len(services)),
        Phase(name="measure", seconds=trials * _trial_s(options, config), units=trials),
    )


def learned(reports: Path, cores: int) -> dict[PhaseName, float]:
    """Seconds of one unit of each phase, from the newest run with as many cores that had it."""
    found: dict[PhaseName, float] = {}
    for file in sorted(reports.glob("*/run.json"), reverse=True)[:RUNS_MAX]:
        try:
            record = load_run_record(file.parent)
        except ResultsError:
            continue
        if record.environment.cores != cores:
            continue
        for phase in record.phases:
            if phase.units:
                found.setdefault(phase.name, phase.seconds / phase.units)
    return found


def _images_s(
    engine: Engine, config: Config, choice: Choice, pythons: list[str], unit_s: float
) -> tuple[float, float]:
    """Seconds until contestants can be built, and those of the load generator's image."""
    if choice.source == "registry":
        return PULL_S * len(choice.missing), 0.0
    official = config.images.references(pythons)
    standins = {role: recipes.standin(role, name) for role, name in official.items()}
    absent = {role for role, one in standins.items() if engine.image(one.reference) is None}
    scale = CORES / max(CORES, environment.cores())
    found = unit_s * len(absent - {"k6"})
    found += BASE_S * bool(absent and engine.image(recipes.BASE.reference) is None)
    for version in pythons:
        if python_role(version) not in official:
            python = official.get("python", "")
            known = recipes.free_threaded(version, standins["python"].reference or python)
            found += FREE_THREADED_S * scale * (engine.image(known.reference) is None)
    return found, K6_S * scale * ("k6" in absent)


def _to_do(options: Options, config: Config, engine: Engine, choice: Choice) -> tuple[int, int]:
    """Numbers of contestants without an image, and without a remembered verification."""
    rows = generate(config.dataset, options.scale)
    missing = unverified = 0
    for service, shared in _with_images(options.services, config, choice):
        try:
            image = images.service_reference(engine, service, shared)
        except LabError:  # its Python has no image yet
            image = ""
        if not image or engine.image(image) is None:
            missing, unverified = missing + 1, unverified + 1
            continue
        key = verify.fingerprint(engine, service, image, shared, rows.checksum)
        unverified += options.verify_anew or verify.remembered(service, key) is None
    return missing, unverified


def _with_images(
    services: Mapping[str, Service], config: Config, choice: Choice
) -> Iterator[tuple[Service, ImageSet]]:
    """Each contestant with the images that it will start from."""
    for service in services.values():
        version = service.spec.python
        found = config.images.references([version])
        if choice.source == "standin":
            found = {role: recipes.standin(role, name).reference for role, name in found.items()}
        like = found.get(python_role(version))
        if like is None:
            like = recipes.free_threaded(version, found["python"]).reference
        yield (
            service,
            ImageSet(
                found["python"],
                found["postgres"],
                found["redis"],
                found["k6"],
                choice.source,
                {version: like},
            ),
        )


def _trial_s(options: Options, config: Config) -> float:
    """Seconds of one trial, as long as one of the closed workload."""
    closed = parameters.of_workloads(
        ["closed"],
        config,
        options.profile,
        mix=options.mix,
        scale=options.scale,
        arrivals=options.arrivals,
        seed=options.seed,
        rates=None,
    )["closed"]
    return closed.timing.load_s + OVERHEAD_S
