"""Tables of the machine, parameters, versions and images of a run."""

from levelbench.analysis.text import UNDEFINED, accounting_words
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.run import Precision
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import load_name


def environment(run: Run) -> Table:
    place = run.record.environment
    record = run.record
    lines = {
        "Kernel": place.kernel,
        "CPU time accounting": accounting_words(place),
        "Container engine": place.engine,
        "Control groups": place.cgroup,
        "Cores by container": ", ".join(f"{name} {cpus}" for name, cpus in place.topology.items()),
        "Commit": place.git_commit,
        **({"Precision": _precision(record.precision)} if record.precision else {}),
        "Started": f"{record.started_at:%Y-%m-%d %H:%M:%S} UTC",
        "Finished": f"{record.finished_at:%Y-%m-%d %H:%M:%S} UTC" if record.finished_at else None,
    }
    settings = sorted({pair for t in run.trials for pair in t.postgres_settings.items()})
    if settings:
        lines["PostgreSQL settings"] = ", ".join(f"{name} = {value}" for name, value in settings)
    return Table(
        "Environment",
        (Column("Property", numeric=False), Column("Value", numeric=False)),
        tuple((Cell(name), Cell(value or UNDEFINED)) for name, value in lines.items()),
    )


def _precision(aim: Precision) -> str:
    """The target of a run, its looks, and how it ended."""
    looks = ", ".join(
        f"{UNDEFINED if one.half_width is None else f'±{one.half_width:.1%}'} after {one.blocks}"
        for one in aim.made
    )
    ends = {"precise": "reached", "last look": "not reached at the last look", None: "not reached"}
    target = f"{aim.workload}: target ±{aim.target:.1%}, {ends[aim.ended]}"
    planned = ", ".join(map(str, aim.looks))
    return f"{target}; looks after {planned} rounds" + (f"; found {looks}" if looks else "")


def parameters(results: Results, workload: str) -> Table:
    recorded = results.workloads[workload].parameters.model_dump()

    def text(value: object) -> str:
        if isinstance(value, dict):
            return ", ".join(f"{key} {part}" for key, part in value.items())
        if isinstance(value, tuple):
            return ", ".join(map(str, value))
        return str(value)

    return Table(
        f"Parameters: {load_name(workload)}",
        (Column("Parameter", numeric=False), Column("Value", numeric=False)),
        tuple((Cell(name), Cell(text(value) or UNDEFINED)) for name, value in recorded.items()),
    )


def versions(run: Run) -> Table:
    place = run.record.environment
    rows = [(Cell(name), Cell(version)) for name, version in place.versions.items()]
    for service in run.record.services.values():
        locked = ", ".join(f"{package} {version}" for package, version in service.packages.items())
        interface = str(service.traits.get("interface", UNDEFINED)).upper()
        suffix = "" if service.role == "guest" else f" ({interface})"
        rows.append((Cell(f"{service.display_name}{suffix}"), Cell(locked or UNDEFINED)))
    return Table(
        "Versions",
        (Column("Component", numeric=False), Column("Version", numeric=False)),
        tuple(rows),
    )


def images(run: Run) -> Table:
    return Table(
        "Images",
        (
            Column("Name", numeric=False),
            Column("Reference", numeric=False),
            Column("Digest, or ID of a local build", numeric=False),
        ),
        tuple(
            (Cell(name), Cell(image.reference), Cell(image.digest or image.id or UNDEFINED))
            for name, image in run.record.environment.images.items()
        ),
    )
