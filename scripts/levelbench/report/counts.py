"""The guide's rows for counted values, which have no interval: errors, code, dependencies."""

from collections.abc import Mapping

from levelbench.analysis.text import display_name, error_rate, number
from levelbench.model.results import Results
from levelbench.report.needs import figures_of
from levelbench.report.tables import code
from levelbench.report.tables.table import Cell, Table
from levelbench.report.words import display_names, join, load_name

Row = tuple[Cell, ...]


def rows(results: Results) -> list[Row]:
    """Errors, code and dependencies, as far as the run recorded them."""
    written = {
        name: service.code
        for name, service in results.services.items()
        if service.role == "contestant" and service.code
    }
    lines = {name: found.total.lines for name, found in written.items()}
    packages = {name: found.dependencies_all for name, found in written.items()}
    return [
        *_errors(results),
        *_fewest(results, "least code of your own", "lines", lines, code.endpoints(results)),
        *_fewest(results, "fewest dependencies", "packages", packages, code.weight(results)),
    ]


def _fewest(
    results: Results, need: str, noun: str, counted: Mapping[str, int], table: Table
) -> list[Row]:
    """`Starlette: 612 lines. Next: Flask with 655. Last: Django with 701.`"""
    if not counted:
        return []
    ordered = sorted(counted, key=lambda name: (counted[name], name))
    fewest = [name for name in ordered if counted[name] == counted[ordered[0]]]
    others = ordered[len(fewest) :]
    texts = [f"{join(display_names(results, fewest))}: {number(counted[fewest[0]], 0)} {noun}."]
    for place, name in zip(
        ("Next", "Last"), dict.fromkeys([*others[:1], *others[-1:]]), strict=False
    ):
        texts.append(f"{place}: {display_name(results, name)} with {number(counted[name], 0)}.")
    return [(Cell(need), Cell(" ".join(texts)), Cell(table.caption, target=table.anchor))]


def _errors(results: Results) -> list[Row]:
    """Errors are counted over all trials, and have no interval."""
    contestants_of = {
        workload: {
            name: service
            for name, service in measured.services.items()
            if results.services[name].role == "contestant" and service.error_rate is not None
        }
        for workload, measured in results.workloads.items()
    }
    ran = {workload: found for workload, found in contestants_of.items() if found}
    if not ran:
        return []
    failing = sorted(
        (
            (service.error_rate, name, workload)
            for workload, found in ran.items()
            for name, service in found.items()
            if service.error_rate
        ),
        reverse=True,
    )
    asked = list(dict.fromkeys(name for found in ran.values() for name in found))
    if failing:
        clean = [name for name in asked if name not in {failed for _, failed, _ in failing}]
        text = join(
            [
                f"{display_name(results, name)} failed {error_rate(rate)} of its requests at "
                f"{load_name(workload)}"
                for rate, name, workload in failing
            ]
        ) + (f"; {join(display_names(results, clean))} failed none" if clean else "")
    else:
        requests = sum(service.requests for found in ran.values() for service in found.values())
        text = (
            f"None of {number(requests)} requests to {join(display_names(results, asked))} failed"
        )
    shown = failing[0][2] if failing else next(iter(ran))
    table = figures_of(results, shown)
    return [(Cell("no errors"), Cell(f"{text}."), Cell(table.caption, target=table.anchor))]
