"""What the ledger counts for 1,000 requests of each kind is what PostgreSQL's own log shows."""

import pytest

from levelbench import stack
from levelbench.contract import Subject
from levelbench.parity import statements
from levelbench.parity.ground import Ground
from levelbench.services import discover, select

REQUESTS = 1_000


@pytest.mark.parametrize("name", list(select("", discover(), references=True)))
def test_ledger_and_log_count_the_same(name: str) -> None:
    with (
        stack.running(discover()[name], f"count-{name}") as running,
        Subject(running.endpoint) as subject,
    ):
        ground = Ground(running, subject)
        per_request = statements.audit(ground, REQUESTS)
    print(*(f"{e.rule}: {e.observed}" for e in ground.entries), sep="\n")
    broken = [entry for entry in ground.entries if not entry.holds]
    assert not broken, "\n".join(f"{e.rule}: {e.expected} / {e.observed}" for e in broken)
    assert per_request == {"register": 1, "login": 1, "list": 4, "detail": 3, "task": 3}
