"""The last section: the machine, the parameters, the versions, and the command of the run."""

import shlex
from collections.abc import Mapping, Sequence

from levelbench.model.count import Counting
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report.section import Section
from levelbench.report.tables import provenance
from levelbench.report.tables.table import folded


def section(results: Results, run: Run, order: Sequence[str]) -> Section:
    """One line of the machine; the rest is folded."""
    return Section(
        "machine",
        "The machine",
        (_machine(results),),
        tables=folded(
            provenance.environment(run),
            *(provenance.parameters(results, workload) for workload in order),
            provenance.versions(run),
            provenance.images(run),
        ),
        command=rerun(results, run),
    )


def _machine(results: Results) -> str:
    """`2 cores of AMD EPYC, 7.8 GiB; database and load generator share a core.`"""
    place, parts = results.environment, [cores(results)]
    if place.memory_mib is not None:
        parts.append(f"{place.memory_mib / 1024:.1f} GiB of memory")
    shared = " The database and the load generator share a core." * place.development_grade
    return f"{', '.join(parts)}.{shared}"


def cores(results: Results) -> str:
    """`2 cores of AMD EPYC`."""
    place = results.environment
    number = f"{place.cores} {'core' if place.cores == 1 else 'cores'}"
    return f"{number} of {place.cpu_model}" if place.cpu_model else number


def rerun(results: Results, run: Run) -> str:
    """The command that repeats the run."""
    if run.record.counting:
        return _count_again(run, run.record.counting)
    planned = dict.fromkeys(planned.service for planned in run.record.plan)
    services = planned or run.record.services  # a published run has no plan
    asked = run.record.choices
    target, chosen = "bench", {"PROFILE": results.profile, "SEED": str(results.seed)}
    if asked.paired:
        target, sides = _sides(run)
        chosen |= {**sides, "BY": "time"}
    elif swept := asked.sweep:
        target, values = "sweep", map(str, swept.values.values())
        chosen |= {"SERVICE": swept.service, "OVER": f"{swept.setting}={','.join(values)}"}
    elif sized := asked.size:
        target, chosen = "size", {"SERVICE": sized.service, "RATE": str(sized.rate_rps)}
        return _make(target, {**chosen, "P95": sized.objective.removeprefix("p95<")})
    else:  # sorted, since the plan lists them in the order of the first block
        chosen["SERVICES"] = ",".join(sorted(services))
    chosen["WORKLOAD"] = asked.workload
    chosen["OBJECTIVE"] = asked.objective or ""
    chosen["RATE"] = str(asked.rate_rps or "")
    chosen["MIX"] = asked.mix if asked.mix != "journey" else ""
    chosen["PRECISION"] = f"{100 * aim.target:g}%" if (aim := run.record.precision) else ""
    chosen["SCALE"] = str(asked.scale) if asked.scale != 1 else ""
    return _make(target, chosen)


def _count_again(run: Run, counting: Counting) -> str:
    asked, names = run.record.choices, tuple(run.record.services)
    some = set(counting.requests) != set(ENDPOINTS)
    target, chosen = "count", {"SERVICES": ",".join(names)}
    if asked.paired:
        target, sides = _sides(run)
        chosen = {**sides, "BY": "instructions"}
    chosen["SEEDS"] = str(len(counting.seeds))
    chosen["ENDPOINTS"] = ",".join(counting.requests) if some else ""
    return _make(target, chosen)


def _sides(run: Run) -> tuple[str, dict[str, str]]:
    """The target that compares a contestant with itself, and the variables that name both sides."""
    asked = run.record.choices
    if release := asked.release:
        return "bench-release", {
            "PACKAGE": release.package,
            "FROM": release.from_version,
            "TO": release.to_version,
            "SERVICE": release.service,
        }
    name = next(iter(run.record.services))
    return "bench-paired", {"SERVICES": name, "BASE": asked.base or ""}


def _make(target: str, variables: Mapping[str, str]) -> str:
    assignments = (f"{key}={shlex.quote(value)}" for key, value in variables.items() if value)
    return f"make {target} {' '.join(assignments)}"
