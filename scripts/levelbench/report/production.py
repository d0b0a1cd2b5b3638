"""What production needs: containers, processes and programs, from the contestants' own files."""

from levelbench.model.folder import Run
from levelbench.model.included import What
from levelbench.model.results import Results
from levelbench.report.section import Section
from levelbench.report.tables import production
from levelbench.report.words import join

NOT_RECORDED = "What production needs was not recorded in this run."
IN_PROCESS: What = "background-tasks"


def section(results: Results, run: Run) -> Section:
    """Part 6 of the report."""
    table = production.needs(results, run)
    text = (*_containers(run), *_tasks(results)) if table.rows else (NOT_RECORDED,)
    return Section("production", "What production needs", text, (table,) if table.rows else ())


def _containers(run: Run) -> list[str]:
    """Who needs which containers; one sentence where all need the same."""
    by_needs: dict[str, list[str]] = {}
    for name, service in run.record.services.items():
        if (needed := service.production) is not None:
            own, servers = list(needed.own_containers), list(needed.servers)
            text = f"{len(own)} containers of its own image ({join(own)}), beside {join(servers)}"
            by_needs.setdefault(text, []).append(name)
    return [
        f"{join(names)}: {'each ' if len(names) > 1 else ''}{text}."
        for text, names in by_needs.items()
    ]


def _tasks(results: Results) -> list[str]:
    """Who could run tasks without a broker, and why none does."""
    within = [
        name
        for name, service in results.services.items()
        if (entry := (service.included or {}).get(IN_PROCESS)) and entry.shown
    ]
    why = (
        "The contract demands that accepted work outlives the server's process, so every "
        "contestant hands it to a worker through a broker."
    )
    if not within:
        return [why]
    return [f"{why} {join(within)} can also run tasks within that process, where they end with it."]
