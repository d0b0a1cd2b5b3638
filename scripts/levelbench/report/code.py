"""The section "What it costs in code": size, dependencies and source of each contestant."""

from levelbench.model.code import SHOWN_ENDPOINT
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.section import Passage, Section, Source
from levelbench.report.tables import code
from levelbench.report.tables.table import filled

NOT_RECORDED = "This run did not record what the code costs."
RULE = (
    "Counted at the start of the run, only in app/, by the same rule for all. An endpoint includes "
    "its handler and everything that the handler refers to, directly or indirectly. Code used by "
    "three or more of the five endpoints is shared; it is counted with the rest of app/."
)


def section(results: Results, run: Run) -> Section:
    tables = filled(
        code.endpoints(results),
        code.weight(results),
        code.included(results, run),
        code.counted(run),
    )
    recorded = any(service.code for service in results.services.values())
    return Section(
        "code",
        "What it costs in code",
        (RULE,) if recorded else (NOT_RECORDED,),
        tables=tables,
        source_title=f"Source of the {SHOWN_ENDPOINT} endpoint, side by side",
        sources=_sources(run),
    )


def _sources(run: Run) -> tuple[Source, ...]:
    return tuple(
        Source(
            service.display_name,
            tuple(
                Passage(f"{name}/{passage.path}, line {passage.line}", passage.text)
                for passage in service.code.source
            ),
        )
        for name, service in run.record.services.items()
        if service.code and service.code.source
    )
