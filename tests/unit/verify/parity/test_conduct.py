"""What becomes of the idle connection of a contestant that cannot be asked."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from levelbench.verify.contract import MismatchError
from levelbench.verify.parity.conduct import IdleConnection
from levelbench.verify.parity.ground import Ground


class NobodySignsIn:
    """A subject that connects, and whose contestant registers nobody."""

    def __init__(self) -> None:
        self.closed = 0

    def connect(self) -> Any:
        return SimpleNamespace(close=self._close)

    def _close(self) -> None:
        self.closed += 1

    @property
    def token(self) -> str:
        raise MismatchError("status 201", "404 from POST /api/v1/auth/register")


def test_a_connection_on_which_nothing_can_be_asked_is_closed_again() -> None:
    subject = NobodySignsIn()
    ground = cast(Ground, SimpleNamespace(subject=subject))
    with pytest.raises(MismatchError, match="status 201"):
        IdleConnection(ground)
    assert subject.closed == 1
