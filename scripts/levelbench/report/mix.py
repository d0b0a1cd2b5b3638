"""A reader's mix: CPU time per request at any weights of the endpoints, from isolated endpoints."""

import json
from collections.abc import Mapping

from levelbench.analysis import estimates, stats, verdict
from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import interval, value_text
from levelbench.analysis.verdict import Observations
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.metrics import CPU
from levelbench.model.results import Results
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.section import Section
from levelbench.report.standing import ordered_on
from levelbench.report.tables.table import Cell, Column, Inputs, Table
from levelbench.report.words import display_names, load_name, percent_range

ALONE, MEASURED = "endpoints", "closed"
TEXT = (
    "CPU milliseconds of the contestant per request, for your own weights of the endpoints: the "
    "weighted sum of endpoints that were measured separately, with 95% intervals over rounds. What "
    "one endpoint does to another, such as a hash that keeps a list waiting, is not in it."
)
CHECK = (
    "At this run's own weights the sum differs from what was measured at {load} by {range}, over "
    "all contestants."
)
Costs = Mapping[int, tuple[float, ...]]
"""Block -> CPU milliseconds per request of each endpoint."""
Weights = Mapping[Endpoint, float]


def section(results: Results, run: Run) -> Section:
    """Empty without isolated endpoints."""
    found = costs(results, run)
    if not found:
        return Section("mix", "Your mix")
    weights = weights_of(results)
    measured = deviation(results, found, weights)
    check = CHECK.format(load=load_name(MEASURED), range=measured) if measured else None
    return Section(
        "mix", "Your mix", tuple(filter(None, (TEXT, check))), (table(results, found, weights),)
    )


def costs(results: Results, run: Run) -> dict[str, Costs]:
    """The contestants that have CPU time of every endpoint, in the blocks in which they do."""
    if ALONE not in results.workloads:
        return {}
    found: dict[str, Costs] = {}
    trials = [one for one in final_trials(run.trials) if one.workload == ALONE]
    for name in ordered_on(results, ALONE, "list"):
        own = [one for one in trials if one.label == name]
        each = [estimates.observations(own, CPU, endpoint) for endpoint in ENDPOINTS]
        common = sorted(set.intersection(*(set(observed) for observed in each)))
        if common and results.services[name].role == "contestant":
            found[name] = {block: tuple(one[block] for one in each) for block in common}
    return found


def weights_of(results: Results) -> Weights:
    """The weights of the run's own mix; equal ones where it measured none."""
    load = results.workloads.get(MEASURED)
    own = load.parameters.weights if load else None
    return own or dict.fromkeys(ENDPOINTS, 100 / len(ENDPOINTS))


def of_mix(found: Costs, weights: Weights) -> Observations:
    """Block -> CPU milliseconds per request of the mix."""
    parts = [weights[endpoint] for endpoint in ENDPOINTS]
    return {
        block: sum(part * cost for part, cost in zip(parts, own, strict=True)) / sum(parts)
        for block, own in found.items()
    }


def estimate(observed: Observations) -> Estimate:
    return estimates.estimate(list(observed.values()))


def deviation(results: Results, found: Mapping[str, Costs], weights: Weights) -> str | None:
    """By how much the sum differs from the measured mix, from the least to the most."""
    load = results.workloads.get(MEASURED)
    shares = []
    for name, own in found.items():
        service = load.services.get(name) if load else None
        measured = service.estimate(CPU) if service else None
        summed = estimate(of_mix(own, weights)).value
        if summed and measured and measured.value:
            shares.append(summed / measured.value - 1)
    return percent_range(min(shares), max(shares)) if shares else None


def table(results: Results, found: Mapping[str, Costs], weights: Weights) -> Table:
    """A row per contestant, with what the page needs to compute it again at other weights."""
    mixed = {name: of_mix(own, weights) for name, own in found.items()}
    values = {name: estimate(own) for name, own in mixed.items()}
    least = min(values, key=lambda name: values[name].value or 0.0)
    rows = []
    for name, shown in zip(found, display_names(results, found), strict=True):
        own = {block: [round(ms, 6) for ms in each] for block, each in found[name].items()}
        pairs = verdict.paired(mixed[name], mixed[least])
        ratio = verdict.ratio(pairs) if name != least else Estimate(value=1.0)
        rows.append(
            (
                Cell(shown, data=(("costs", json.dumps(own)),)),
                *(Cell(value_text(one), interval(one)) for one in (values[name], ratio)),
            )
        )
    most = max(len(own) for own in found.values())
    quantiles = {n: round(stats.t_quantile(n - 1), 6) for n in range(stats.MIN_TRIALS, most + 1)}
    return Table(
        "CPU for your mix",
        (
            Column("Framework", numeric=False),
            Column("CPU per request, ms"),
            Column("Times the least"),
        ),
        tuple(rows),
        (f"With no other weights: {', '.join(f'{e} {weights[e]:g}' for e in ENDPOINTS)}.",),
        inputs=Inputs(
            tuple((endpoint, weights[endpoint]) for endpoint in ENDPOINTS), json.dumps(quantiles)
        ),
    )
