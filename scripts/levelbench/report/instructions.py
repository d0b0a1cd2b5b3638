"""The section on counted instructions."""

from dataclasses import replace

from levelbench.model.results import Results
from levelbench.report.section import Section
from levelbench.report.tables import instructions as tables


def section(results: Results) -> Section:
    """Empty where nothing was counted."""
    if not results.instructions:
        return Section("instructions", "Instructions per request")
    return Section(
        "instructions",
        "Instructions per request",
        tables=(tables.per_request(results), replace(tables.layers(results), folded=True)),
    )
