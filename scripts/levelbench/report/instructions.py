"""The section on counted instructions."""

from dataclasses import replace

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.charts import instructions as charts
from levelbench.report.section import Section
from levelbench.report.tables import instructions as tables

HARDWARE = (
    "This machine has no hardware counters. Instructions of the kernel, and those under load, "
    "could only be counted with them (`perf stat`)."
)


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
        text=(*charts.sentences(results, interfaces), *_hardware(run)),
        tables=(tables.per_request(results), replace(tables.layers(results), folded=True)),
        plots=charts.bars(results),
    )


def _hardware(run: Run) -> tuple[str, ...]:
    return (HARDWARE,) if run.record.environment.hardware_counters is False else ()
