"""Two contestants verified at a time, each on a site of its own."""

import io
from collections import Counter
from threading import Barrier, Event
from typing import Any

import pytest
from rich.console import Console

from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.lab.site import EngineError
from levelbench.progress import Display
from levelbench.verify import verify
from levelbench.verify.several import TOGETHER, Several
from tests.unit.lab.memory import Memory
from tests.unit.verify.test_verify import outcome

PATIENCE_S = 10.0
JOBS = {name: (service, "k") for name, service in discover().items() if service.base is None}


@pytest.fixture
def several() -> Several:
    display = Display(Console(file=io.StringIO(), force_terminal=False, width=200))
    return Several(Memory(), "standin", 1, display)


def only(*names: str) -> dict[str, Any]:
    return {name: JOBS[name] for name in names}


def test_two_at_a_time_never_share_a_site(
    several: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits until the other one is there, which has another site."""
    together, seen = Barrier(TOGETHER), set()

    def check(service: Any, key: str, site: str, **_: object) -> Any:
        seen.add(site)
        together.wait(PATIENCE_S)
        assert len(seen) == TOGETHER
        together.wait(PATIENCE_S)
        return outcome(True)

    monkeypatch.setattr(verify, "verify", check)
    found = dict(several.outcomes(only("django", "fastapi", "flask", "starlette")))
    assert list(found) == ["django", "fastapi", "flask", "starlette"]


def test_what_fails_alongside_another_one_is_verified_again_on_its_own(
    several: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine may have been the reason: only the second outcome counts."""
    runs: Counter[str] = Counter()
    unlucky = "flask"

    def check(service: Any, *_: object, **__: object) -> Any:
        runs[service.name] += 1
        if service.name == "django":
            raise LabError("service was not ready within 60 s")
        return outcome(service.name != unlucky or runs[unlucky] > 1)

    monkeypatch.setattr(verify, "verify", check)
    found = dict(several.outcomes(only("django", "fastapi", "flask")))
    assert runs == {"django": 2, "fastapi": 1, "flask": 2}
    assert isinstance(found["django"], LabError)
    assert [getattr(found[name], "verified", None) for name in ("fastapi", "flask")] == [True, True]


def test_one_that_fails_on_its_own_is_not_verified_again(
    several: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    def check(service: Any, *_: object, **__: object) -> Any:
        runs.append(service.name)
        return outcome(False)

    monkeypatch.setattr(verify, "verify", check)
    assert not getattr(dict(several.outcomes(only("flask")))["flask"], "verified", True)
    assert runs == ["flask"]


def test_an_interruption_ends_the_others(several: Several, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one waits for its containers, until they are gone, then for its next step. An
    engine that cannot remove a network while a container joins it hides no interruption."""
    begun, gone, ended = Event(), Event(), []

    def remove_site(name: str) -> None:
        gone.set()
        raise EngineError(f"{name} has active endpoints")

    monkeypatch.setattr(several._engine, "remove_site", remove_site)

    def check(service: Any, *_: object, say: Any, **__: object) -> Any:
        if service.name == "django":
            assert begun.wait(PATIENCE_S)
            raise KeyboardInterrupt
        begun.set()
        assert gone.wait(PATIENCE_S)
        try:
            say("the next rule")
        except LabError:
            ended.append(service.name)
            raise
        return outcome(True)

    monkeypatch.setattr(verify, "verify", check)
    with pytest.raises(KeyboardInterrupt):
        dict(several.outcomes(only("django", "fastapi", "flask", "starlette")))
    assert "fastapi" in ended
