"""Series: runs of one kind on one kind of machine, whose results can be compared.

The artifact of a nightly run has the name of its series, so that the next night finds it by name.
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
    """The name of a series: profile, chosen services and workloads, processor and cores, such as
    `levelbench-nightly-amd-epyc-7763-64-core-processor-2-cores`.

    Only letters, digits, dots, commas and hyphens: it is used in file names and URLs.
    Raises LabError for an unknown profile, service or workload.
    """
    config.profile(profile)
    # Sorted: another order of the same choices is the same series.
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
