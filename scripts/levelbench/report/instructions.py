"""The section on counted instructions."""

from dataclasses import replace

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.charts import instructions as charts
from levelbench.report.section import Section
from levelbench.report.tables import instructions as tables


def section(results: Results, run: Run) -> Section:
    """Empty where nothing was counted."""
    if not results.instructions:
        return Section("instructions", "Instructions per request")
    interfaces = {
        name: str(own.traits.get("interface", "")) for name, own in run.record.services.items()
    }
    return Section(
        "instructions",
        "Instructions per request",
        text=charts.sentences(results, interfaces),
        tables=(tables.per_request(results), replace(tables.layers(results), folded=True)),
        plots=charts.bars(results),
    )
