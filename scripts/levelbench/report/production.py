"""What production needs: containers, processes and programs, from the contestants' own files."""

from levelbench.model.folder import Run
from levelbench.model.included import What
from levelbench.model.results import Results
from levelbench.report.section import Section
from levelbench.report.tables import production
from levelbench.report.tables.table import filled
from levelbench.report.words import join

NOT_RECORDED = "This run did not record what production needs."
IN_PROCESS: What = "background-tasks"


def section(results: Results, run: Run) -> Section:
    table = production.needs(results, run)
    text = (*_containers(run), *_tasks(results)) if table.rows else (NOT_RECORDED,)
    return Section("production", "What production needs", text, tables=filled(table))


def _containers(run: Run) -> list[str]:
    """The containers of each contestant, in one sentence where all need the same."""
    by_needs: dict[str, list[str]] = {}
    for service in run.record.services.values():
        if (needed := service.production) is not None:
            own, servers = list(needed.own_containers), list(needed.servers)
            text = f"{len(own)} containers of its own image ({join(own)}), plus {join(servers)}"
            by_needs.setdefault(text, []).append(service.display_name)
    return [
        f"{join(names)}{' each' if len(names) > 1 else ''}: {text}."
        for text, names in by_needs.items()
    ]


def _tasks(results: Results) -> list[str]:
    """Which contestants could run tasks without a broker, and why none does."""
    within = [
        service.display_name
        for service in results.services.values()
        if (entry := (service.included or {}).get(IN_PROCESS)) and entry.shown
    ]
    why = (
        "The contract requires that accepted work survives a crash of the server process, so every "
        "contestant sends it to a worker through a broker."
    )
    if not within:
        return [why]
    return [
        f"{why} {join(within)} can also run tasks in the server process; they are lost with it."
    ]
