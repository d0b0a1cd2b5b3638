"""`verify` names the rule that each cheat breaks: none passes. Some 50 s a cheat."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from levelbench.contestants.service import Service
from levelbench.lab import engines
from levelbench.verify import verify
from tests.full.cheats import CHEATS
from tests.full.cheats.cheat import Cheat, apply


@pytest.fixture
def service(cheat: Cheat, tmp_path: Path) -> Iterator[Service]:
    """The cheating contestant; what was built of it is removed again."""
    service = apply(cheat, tmp_path)
    yield service
    engine = engines.connect()
    for tag in engine.lab_images():
        if tag.startswith(f"levelbench/service-{service.name}:"):
            engine.remove_image(tag)


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_it_is_caught(cheat: Cheat, service: Service) -> None:
    found = verify.verify(service, site=service.name)
    for entry in found.broken:
        print(f"{entry.rule}: expected {entry.expected}; seen {entry.observed}")
    assert not found.verified, f"{cheat.what}, and no rule is broken"
    broken = [entry.rule for entry in found.broken]
    assert any(rule.startswith(cheat.rule) for rule in broken), f"no {cheat.rule!r} in {broken}"
