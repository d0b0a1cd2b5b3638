"""The section "Can you trust it?": every measurement, what the checks found, and the noise."""

from collections.abc import Sequence

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.section import Section
from levelbench.report.tables import checks, evidence, grid, noise
from levelbench.report.tables.table import filled, folded
from levelbench.report.words import join, load_name

NOTHING_AMISS = "All checks passed."


def section(results: Results, run: Run, order: Sequence[str]) -> Section:
    """The grid of the first workload is open; all else is folded."""
    text = unknown_noise(results)
    if not results.findings:
        text.append(NOTHING_AMISS)
    grids = filled(*(grid.measurements(results, run, workload) for workload in order))
    return Section(
        "trust",
        "Can you trust it?",
        tuple(text),
        tables=(
            *grids[:1],
            *filled(evidence.findings(results, run)),
            *folded(*grids[1:]),
            *filled(noise.floors(results)),
            *folded(*(checks.validity(results, run, workload) for workload in order)),
            *filled(evidence.order(run)),
        ),
    )


def unknown_noise(results: Results) -> list[str]:
    """A sentence on the loads without an A/A control, if any."""
    without = [
        load_name(name) for name, measured in results.workloads.items() if measured.control is None
    ]
    if not without:
        return []
    return [f"{join(without)}: no contestant was measured twice, so the noise is unknown."]
