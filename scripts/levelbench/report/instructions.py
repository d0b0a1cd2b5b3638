"""The section on counted instructions."""

from dataclasses import replace

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.charts import instructions as charts
from levelbench.report.section import Section
from levelbench.report.tables import instructions as tables

IDLE_SHARE_SAID = 0.01
IDLE = (
    "Up to {share:.1%} of what was counted ({name}, {endpoint}) is subtracted: timers and idle "
    "processes execute instructions without requests too, and more of them where other load makes "
    "a count longer."
)
HARDWARE = (
    "This machine has no hardware counters. Where a processor has them, `make bench "
    "WORKLOAD=endpoints` counts instructions under load, those of the kernel too."
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
        text=(*charts.sentences(results, interfaces), *_idle(results), *_hardware(run)),
        tables=(tables.per_request(results), replace(tables.layers(results), folded=True)),
        plots=charts.bars(results),
    )


def _idle(results: Results) -> tuple[str, ...]:
    shares = [
        (own.idle_share_max, results.services[name].display_name, endpoint)
        for name, endpoints in results.instructions.items()
        for endpoint, own in endpoints.items()
        if own.idle_share_max is not None and own.idle_share_max > IDLE_SHARE_SAID
    ]
    if not shares:
        return ()
    share, name, endpoint = max(shares)
    return (IDLE.format(share=share, name=name, endpoint=endpoint),)


def _hardware(run: Run) -> tuple[str, ...]:
    return (HARDWARE,) if run.record.environment.hardware_counters is False else ()
