"""What the ledger counts for 1,000 requests of each kind is what PostgreSQL's own log shows."""

import pytest

from levelbench.contestants.discovery import discover
from levelbench.contestants.selection import select
from levelbench.lab import up
from levelbench.lab.statements import DATA_STATEMENTS
from levelbench.verify.contract import Subject
from levelbench.verify.parity import statements
from levelbench.verify.parity.ground import Ground

REQUESTS = 1_000


@pytest.mark.parametrize("name", list(select("all", discover())))
def test_ledger_and_log_count_the_same(name: str) -> None:
    with (
        up.running(discover()[name], f"count-{name}") as running,
        Subject(running.endpoint) as subject,
    ):
        ground = Ground(running, subject, REQUESTS)
        statements.audit(ground)
    print(*(f"{e.rule}: {e.observed}" for e in ground.entries), sep="\n")
    broken = [entry for entry in ground.entries if not entry.holds]
    assert not broken, "\n".join(f"{e.rule}: {e.expected} / {e.observed}" for e in broken)
    assert ground.statements_per_request == DATA_STATEMENTS
