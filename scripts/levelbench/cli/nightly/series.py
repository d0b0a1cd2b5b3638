"""A series: runs of one kind on one kind of machine, whose figures can be held against each other.

Its name is that of the artifact that a nightly run is kept under, so that the one before it is
found by name alone.
"""

import re
from collections.abc import Iterable

from levelbench.contestants import discovery
from levelbench.contestants.discovery import Service
from levelbench.model import workloads
from levelbench.model.config import Config

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
    """`levelbench-nightly-amd-epyc-7763-64-core-processor-2-cores`, and between profile and
    processor the services and workloads, where they were chosen.

    Letters, digits, dots, commas and hyphens only: it goes into file names and addresses.
    Raises LabError for a profile, service or workload that there is not.
    """
    config.profile(profile)
    # In one order each: what is asked for otherwise is the same series.
    picked = discovery.select(chosen_services, known) if chosen_services.strip() else {}
    loads = {word.strip() for word in workload.split(",") if word.strip()}
    workloads.expand(loads)
    parts = [
        PREFIX,
        profile,
        ",".join(picked),
        ",".join(sorted(loads)),
        cpu_model or "unknown-processor",
        f"{cores}-cores",
    ]
    return "-".join(_plain(part for part in parts if part))


def _plain(parts: Iterable[str]) -> Iterable[str]:
    return (re.sub(r"[^a-z0-9.,]+", "-", part.lower()).strip("-") for part in parts)
