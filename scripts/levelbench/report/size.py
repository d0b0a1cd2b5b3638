"""The section "Size": what a rate of requests needs, and how the prediction was checked."""

from collections.abc import Iterator

from levelbench.analysis.estimates import scaled
from levelbench.analysis.text import UNDEFINED, interval, number, percent, value_text
from levelbench.model.capacity import Objective
from levelbench.model.estimate import Estimate
from levelbench.model.results import Results
from levelbench.model.size import Size
from levelbench.report.section import Section
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import capital

LINEAR = (
    "This is an extrapolation: {measured:g} of {cores} cores was measured. It assumes that each "
    "further core adds as much, and that the database keeps up. No interval is known for it."
)
WITHOUT = (
    "Cores and memory are those of the service. The background worker, PostgreSQL and Redis need "
    "their own, and so does headroom for peaks."
)


def section(results: Results) -> Section:
    """Empty where a run checks no size."""
    found = results.size
    if found is None:
        return Section("size", "Size")
    name = results.services[found.service].display_name
    return Section(
        "size",
        f"Size: {name} at {found.rate_rps:,} requests/s",
        sentences(results),
        (_table(found),),
    )


def sentences(results: Results) -> tuple[str, ...]:
    """The answer, its limits and its check; empty where a run checks no size."""
    found = results.size
    if found is None:
        return ()
    return tuple(_sentences(results.services[found.service].display_name, found))


def _sentences(name: str, found: Size) -> Iterator[str]:
    aim = Objective.parse(found.objective).words
    cores = "1 core" if found.cores == 1 else f"{found.cores} cores"
    processes = "1 process" if found.processes == 1 else f"{found.processes} processes"
    yield (
        f"{name} needs {cores} for {found.rate_rps:,} requests/s {aim}: {processes}, up to "
        f"{found.connections} database connections and {_amount(_memory(found))} MiB of memory."
    )
    per = "a core" if found.measured_cores == 1 else f"{found.measured_cores:g} cores"
    yield (
        f"Its capacity on {per} is {_amount(found.capacity_rps)} requests/s "
        f"(run {found.capacity_of})."
    )
    if found.extrapolates:
        yield LINEAR.format(measured=found.measured_cores, cores=found.cores)
    yield WITHOUT
    yield _check(found)


def _check(found: Size) -> str:
    """`Check at 100 requests/s on one core: the objective was met, p95 was 41.3 ms; ...`"""
    at = f"Check at {found.share_rps:,} requests/s on a core"
    if found.met is None:
        return f"{at}: not decided, since there is no valid measurement with enough requests."
    outcome = "was met" if found.met else "was not met: do not rely on this size"
    parts = [f"{at}: the objective {outcome}"]
    if found.latency_p95_ms is not None:
        parts.append(f"the latency was {number(found.latency_p95_ms)} ms")
    if found.cores_measured and found.cores_used:
        error = found.cores_measured / found.cores_used - 1
        parts.append(
            f"CPU in use was {number(found.cores_measured)} of a core, predicted "
            f"{number(found.cores_used)} ({'+' if error > 0 else ''}{percent(error, 0)})"
        )
    return f"{', '.join(parts)}."


def _memory(found: Size) -> Estimate:
    return _linear(found, found.memory_peak_mib, found.cores / found.measured_cores)


def _linear(found: Size, estimate: Estimate, factor: float) -> Estimate:
    """So many times as much; without an interval where that is an extrapolation."""
    known = scaled(estimate, factor)
    return Estimate(value=known.value) if found.extrapolates else known


def _amount(estimate: Estimate) -> str:
    """`312 (305 to 319)`; a dash where it is unknown."""
    bounds = interval(estimate)
    return f"{value_text(estimate)} ({bounds})" if bounds else value_text(estimate)


def _table(found: Size) -> Table:
    each = _linear(found, found.cpu_ms_per_request, found.rate_rps / 1000)
    rows = (
        ("Cores, whole", str(found.cores), ""),
        ("CPU time, in cores", value_text(each), interval(each)),
        ("Processes", str(found.processes), ""),
        ("Database connections, at most", str(found.connections), ""),
        ("Memory, MiB", value_text(_memory(found)), interval(_memory(found))),
        ("Capacity of one core, requests/s", value_text(_one(found)), interval(_one(found))),
    )
    return Table(
        "What it needs",
        (Column("Resource", numeric=False), Column("Predicted"), Column("95% interval")),
        tuple((Cell(capital(a)), Cell(b), Cell(c or UNDEFINED)) for a, b, c in rows),
    )


def _one(found: Size) -> Estimate:
    return scaled(found.capacity_rps, 1 / found.measured_cores)
