"""Check whether two runs can be compared: what forbids it, and what else differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from levelbench.analysis import verdict
from levelbench.analysis.text import accounting_words
from levelbench.errors import LabError
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.run import ServiceRecord

REMEDY = "Compare runs of one machine, made with the same caps, data and load."

DEMANDED = (
    "CPU and memory: ",
    "schema and indexes: columns of ",
    "schema and indexes: keys of ",
    "schema and indexes: indexes of ",
    "data: rows of ",
    "password hash: parameters",
    "server settings: PostgreSQL",
)
"""Entries of the parity ledger that state the conditions of a measurement: caps, schema, data.
Runs under other conditions are not compared."""


@dataclass(frozen=True)
class Side:
    """One of the two runs: its records, and the results derived from them."""

    run: Run
    results: Results

    @property
    def name(self) -> str:
        return self.run.record.run_id


@dataclass(frozen=True)
class Difference:
    """A difference between the runs that does not forbid the comparison."""

    what: str
    a: str | None
    b: str | None


@dataclass(frozen=True)
class Common:
    """The workloads and services that two runs have in common."""

    workloads: tuple[str, ...]
    services: tuple[str, ...]
    left_out: tuple[str, ...]
    """Why a workload that both have is not compared."""
    without_cpu: str | None = None
    """Why CPU per request is not compared: the kernels account CPU time differently."""
    cpu_unknown: str | None = None
    """A warning where that is not known of both kernels."""


def require(a: Side, b: Side) -> Common:
    """What can be compared. Raises LabError, with the reason, when nothing can be."""
    for side in (a, b):
        if not side.results.valid:
            causes = [f.cause for f in side.results.findings if f.severity == "error"]
            said = f": {causes[0]}" if causes else ""
            raise LabError(f"run {side.name} is not valid{said}", "Compare valid runs.")
    _require_same_place(a, b)
    services = tuple(n for n in a.results.services if n in b.results.services)
    if not services:
        raise _refused(a, b, "they have no contestant in common")
    _require_same_conditions(a, b)
    shared = [name for name in a.results.workloads if name in b.results.workloads]
    if not shared:
        raise _refused(
            a,
            b,
            f"they have no workload in common: {', '.join(a.results.workloads) or 'none'} "
            f"and {', '.join(b.results.workloads) or 'none'}",
        )
    reasons = {name: list(_parameters(a, b, name)) for name in shared}
    usable = tuple(name for name in shared if not reasons[name])
    left_out = tuple(f"{name}: {'; '.join(reasons[name])}" for name in shared if reasons[name])
    if not usable:
        raise _refused(a, b, left_out[0])
    return Common(usable, services, left_out, *_accounting(a, b))


def _require_same_place(a: Side, b: Side) -> None:
    one, other = a.run.record.environment, b.run.record.environment
    for what, before, now in (
        ("processor", one.cpu_model, other.cpu_model),
        ("number of cores", one.cores, other.cores),
        ("cores given to each container", _words(one.topology), _words(other.topology)),
    ):
        if before != now:
            raise _refused(a, b, f"the {what} was {before} and is {now}")


def _accounting(a: Side, b: Side) -> tuple[str | None, str | None]:
    """Why CPU per request is not compared, and a warning where the kernels' options are unknown."""
    before, now = (side.run.record.environment.cpu_accounting for side in (a, b))
    if before is None or now is None:
        unknown = [s.name for s, known in ((a, before), (b, now)) if known is None]
        return None, (
            f"It is not known how the kernel of {' and '.join(unknown)} accounts CPU time: a "
            "difference of CPU per request may be one of the kernels"
        )
    if before == now:
        return None, None
    return f"CPU per request: the kernel had {before.words()} and has {now.words()}", None


def _require_same_conditions(a: Side, b: Side) -> None:
    """Raises LabError where the parity ledger demanded something else of a common contestant."""
    before, now = _demands(a), _demands(b)
    for key in before.keys() & now.keys():
        if before[key] != now[key]:
            service, rule = key
            raise _refused(
                a, b, f"{rule} ({service}) had to be {before[key]} and has to be {now[key]}"
            )


def _demands(side: Side) -> dict[tuple[str, str], str]:
    return {
        (entry.service, entry.rule): entry.expected
        for entry in side.run.record.parity
        if entry.rule.startswith(DEMANDED)
    }


def _parameters(a: Side, b: Side, workload: str) -> Iterator[str]:
    """The parameters of a workload that differ, offered rates included."""
    before, now = (side.results.workloads[workload].parameters for side in (a, b))
    for name in before.changed(now):
        yield f"{name} was {_words(getattr(before, name))} and is {_words(getattr(now, name))}"


def _refused(a: Side, b: Side, reason: str) -> LabError:
    return LabError(f"runs {a.name} and {b.name} cannot be compared: {reason}", REMEDY)


def _words(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    return str(value)


def differences(a: Side, b: Side) -> tuple[Difference, ...]:
    """Differences that a reader has to know of: versions, images, extent."""
    before, now = _described(a), _described(b)
    names = [*before, *(name for name in now if name not in before)]
    return tuple(
        Difference(name, before.get(name), now.get(name))
        for name in names
        if before.get(name) != now.get(name)
    )


def _described(side: Side) -> dict[str, str | None]:
    record, place = side.run.record, side.run.record.environment
    return {
        "Profile": record.profile,
        "Extent": record.status,
        "Contestants": ", ".join(sorted(record.services)),
        "Workloads": ", ".join(record.workloads),
        "Steady enough to publish": _steady(side),
        "Commit": place.git_commit,
        "Kernel": place.kernel,
        "CPU time accounting": accounting_words(place),
        "Container engine": place.engine,
        "Control groups": place.cgroup,
        "Memory": None if place.memory_mib is None else f"{place.memory_mib:,.0f} MiB",
        **{f"Version of {name}": version for name, version in place.versions.items()},
        **{f"Image {name}": i.digest or i.id for name, i in place.images.items()},
        **_packages(record.services),
        **_settings(side.run),
    }


def _steady(side: Side) -> str:
    noisy = [
        name
        for name, workload in side.results.workloads.items()
        if workload.control
        and verdict.too_wide(workload.control.ratio, side.run.record.statistics.control_limit)
    ]
    return f"not under {', '.join(noisy)}" if noisy else "yes"


def _packages(services: Mapping[str, ServiceRecord]) -> dict[str, str | None]:
    return {
        f"{package} of {name}": version
        for name, service in services.items()
        for package, version in service.packages.items()
    }


def _settings(run: Run) -> dict[str, str | None]:
    """PostgreSQL settings: all values that a run's trials had."""
    found: dict[str, set[str]] = {}
    for trial in run.trials:
        for name, value in trial.postgres_settings.items():
            found.setdefault(name, set()).add(value)
    return {f"PostgreSQL {name}": ", ".join(sorted(values)) for name, values in found.items()}
