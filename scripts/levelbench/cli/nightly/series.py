"""Series: runs of one kind on one kind of machine, whose results can be compared.

The artifact of a nightly run has the name of its series, so that the next night finds it by name.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from levelbench.analysis.two_runs.counts import vendor
from levelbench.analysis.two_runs.since import since
from levelbench.bench.count.count import PROFILE as COUNT
from levelbench.contestants import selection
from levelbench.contestants.service import Service
from levelbench.model import workloads
from levelbench.model.config import REPORTS, Config
from levelbench.model.files import ResultsError, save
from levelbench.model.folder import load_run
from levelbench.model.results import load_results
from levelbench.model.run import RunRecord, load_run_record
from levelbench.model.since import SINCE_FILE

PREFIX = "levelbench"


def name(
    profile: str,
    chosen_services: str,
    workload: str,
    config: Config,
    known: dict[str, Service],
    cpu_model: str | None,
    cores: int,
) -> str:
    """The name of a series: profile, chosen services and workloads, processor and cores, such as
    `levelbench-nightly-amd-epyc-7763-64-core-processor-2-cores`.

    Counts of instructions (profile `count`) have the processor's vendor in place of its model and
    cores: `levelbench-count-amd`.
    Only letters, digits, dots, commas and hyphens: it is used in file names and URLs.
    Raises LabError for an unknown profile, service or workload.
    """
    if profile != COUNT:
        config.profile(profile)
    # Sorted: another order of the same choices is the same series.
    picked = {word.strip() for word in chosen_services.split(",") if word.strip()}
    selection.select(",".join(picked), known)
    loads = {word.strip() for word in workload.split(",") if word.strip()}
    workloads.expand(loads)
    machine: tuple[str, ...] = (cpu_model or "unknown-processor", f"{cores}-cores")
    if profile == COUNT:
        machine = (vendor(cpu_model or "unknown-processor"),)
    parts = [
        PREFIX,
        profile,
        ",".join(sorted(picked)),
        ",".join(sorted(loads)),
        *machine,
    ]
    return "-".join(_plain(part for part in parts if part))


def _plain(parts: Iterable[str]) -> Iterable[str]:
    return (re.sub(r"[^a-z0-9.,]+", "-", part.lower()).strip("-") for part in parts)


def last(record: RunRecord, reports: Path = REPORTS) -> Path | None:
    """The folder of the last complete and publishable run of a run's series before it, if any."""
    for folder in sorted(reports.iterdir(), reverse=True):
        if not folder.is_dir() or folder.is_symlink() or folder.name == record.run_id:
            continue
        try:
            other = load_run_record(folder)
            if _series(other) != _series(record) or other.started_at >= record.started_at:
                continue
            if other.status == "complete" and load_results(folder).publishable:
                return folder
        except ResultsError:
            continue
    return None


def _series(record: RunRecord) -> tuple[object, ...]:
    """What the runs of a series have in common, from their records."""
    asked, place = record.choices, record.environment
    workloads_asked = sorted(asked.workload.replace(" ", "").split(","))
    return (
        record.profile, sorted(record.services), workloads_asked, asked.mix, asked.scale,
        asked.arrivals, asked.base, asked.release, place.cpu_model, place.cores,
    )  # fmt: skip


def record_since(folder: Path, reports: Path = REPORTS) -> None:
    """Write what moved since the last run of the series next to the run's other evidence.

    A paired bench has its comparison within.
    """
    run = load_run(folder)
    before = None if run.record.choices.paired else last(run.record, reports)
    if before:
        save(folder / SINCE_FILE, since(load_run(before), run))
