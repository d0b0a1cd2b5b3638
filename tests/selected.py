"""The services that tests with containers cover: core contestants, references, exhibits, and
whatever differs from the merge base with the main branch; no guest, which no contract applies to.

LEVELBENCH_TEST_SERVICES=<words of SERVICES>    these services instead; `make test-full`: all
"""

import os

from levelbench.contestants import touched
from levelbench.contestants.discovery import discover
from levelbench.contestants.selection import select, with_role
from levelbench.contestants.service import Service

CHOSEN = "LEVELBENCH_TEST_SERVICES"


def services() -> dict[str, Service]:
    """The services to test, by name, in alphabetical order."""
    known = discover()
    if words := os.environ.get(CHOSEN):
        return select(words, known)
    covered = set(select("", known, references=True)) | set(touched.differing(known))
    covered |= set(with_role("exhibit", known))
    return {name: one for name, one in known.items() if name in covered and not one.spec.is_guest}
