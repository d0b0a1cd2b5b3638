"""Who is left out of a run, against a lab that only answers as told."""

import io
import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from levelbench.bench.lineup import LineUp, built_badly, failed_itself
from levelbench.bench.resume import ResumeError
from levelbench.bench.run import OngoingRun
from levelbench.command import CommandError
from levelbench.contestants.discovery import discover
from levelbench.contestants.extension import ContestantError
from levelbench.errors import LabError
from levelbench.lab import images, prepare
from levelbench.lab.dataset import Rows
from levelbench.lab.lab import Contestant, Lab, Secrets
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import (
    ContainerFailedError,
    ContainerGoneError,
    EngineError,
    EngineGoneError,
    NoContainerError,
)
from levelbench.model.run import ImageIdentity
from levelbench.progress import Display
from levelbench.verify import verify as verification
from tests.unit.factories import make_run, service
from tests.unit.verify.test_verify import outcome

ROWS = Rows("", "", "")


@pytest.fixture
def display() -> Iterator[Display]:
    with Display(Console(file=io.StringIO(), force_terminal=False, width=200)) as display:
        yield display


@pytest.fixture
def lineup(tmp_path: Path, display: Display) -> LineUp:
    lab = SimpleNamespace(
        engine=None, images=SimpleNamespace(python="p", source="standin"), secrets=Secrets()
    )
    return LineUp(cast(Lab, lab), OngoingRun(tmp_path, make_run().record), display)


@pytest.fixture
def contestants() -> list[Contestant]:
    return [Contestant(discover()[name], f"{name}:1") for name in ("fastapi", "flask")]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is remembered, by service; what is verified anew goes into it."""
    known: dict[str, Any] = {}
    monkeypatch.setattr(verification, "fingerprint", lambda *_: "k")
    monkeypatch.setattr(verification, "remembered", lambda service, key: known.get(service.name))
    monkeypatch.setattr(
        verification, "remember", lambda service, found: known.update({service.name: found})
    )
    return known


def said(lineup: LineUp) -> str:
    return cast(io.StringIO, lineup.display.console.file).getvalue()


def test_a_contestant_whose_image_does_not_build_is_left_out_with_its_reason(
    lineup: LineUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(engine: object, service: object, python: str, say: object) -> str:
        raise CommandError("no such file", output=["COPY app: no such file"])

    monkeypatch.setattr(images, "service_reference", lambda *_: "levelbench/service-flask:1")
    monkeypatch.setattr(images, "build_service", build)
    monkeypatch.setattr(images, "identities", lambda *_: {})
    assert lineup.build({"flask": discover()["flask"]}) == []
    record = lineup.run.record
    assert record.services["flask"].failure == "its image does not build: no such file"
    assert record.findings[-1].code == "contestant-left-out"
    assert "flask is left out: its image does not build: no such file" in said(lineup)


def test_a_run_that_may_not_go_on_builds_nothing(
    lineup: LineUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Building would remove the image that the run began with, and with it the way back."""
    before = ImageIdentity(reference="levelbench/service-flask:1", id="sha256:1")
    lineup.run.built({"service-flask": before}, {})
    built: list[object] = []
    monkeypatch.setattr(images, "service_reference", lambda *_: "levelbench/service-flask:2")
    monkeypatch.setattr(images, "build_service", lambda *asked: built.append(asked))
    with pytest.raises(ResumeError, match="image service-flask has changed since the run started"):
        lineup.build({"flask": discover()["flask"]})
    assert built == []


def test_a_contestant_that_breaks_a_rule_is_left_out_and_the_others_go_on(
    lineup: LineUp,
    contestants: list[Contestant],
    memory: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcomes = {"fastapi": outcome(True), "flask": outcome(True, False, False)}
    monkeypatch.setattr(verification, "verify", lambda service, *_, **__: outcomes[service.name])
    assert list(lineup.verify(contestants, ROWS, 1, force=False)) == ["fastapi"]
    services = lineup.run.record.services
    assert (services["fastapi"].verified, services["flask"].verified) == (True, False)
    assert services["flask"].failure == (
        "it does not do equal work: data: 1: expected 1; seen 2 (and 1 more)"
    )
    assert len(lineup.run.record.parity) == 4


def test_what_is_known_to_hold_is_not_verified_again(
    lineup: LineUp,
    contestants: list[Contestant],
    memory: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory["fastapi"] = outcome(True)
    ran: list[str] = []

    def verify(service: Any, *_: object, **__: object) -> Any:
        ran.append(service.name)
        return outcome(True)

    monkeypatch.setattr(verification, "verify", verify)
    assert len(lineup.verify(contestants, ROWS, 1, force=False)) == 2
    assert ran == ["flask"]
    assert len(lineup.verify(contestants, ROWS, 1, force=True)) == 2
    assert sorted(ran[1:]) == ["fastapi", "flask"]


def test_a_contestant_that_does_not_come_up_is_left_out(
    lineup: LineUp,
    contestants: list[Contestant],
    memory: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def verify(service: Any, *_: object, **__: object) -> Any:
        raise LabError("service was not ready within 60 s")

    monkeypatch.setattr(verification, "verify", verify)
    assert lineup.verify(contestants, ROWS, 1, force=False) == {}
    failure = lineup.run.record.services["flask"].failure
    assert failure == "it could not be verified: service was not ready within 60 s"


class TestExhibit:
    NAMES = ("fastapi", "fastapi-as-published")

    @pytest.fixture
    def beside(self, lineup: LineUp) -> list[Contestant]:
        services = {
            "fastapi": service("fastapi", verified=None),
            "fastapi-as-published": service("x", "exhibit", verified=None),
        }
        lineup.run.record = lineup.run.record.model_copy(update={"services": services})
        return [Contestant(discover()[name], f"{name}:1") for name in reversed(self.NAMES)]

    @pytest.fixture
    def prepared(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The contestants that were prepared through their own API."""
        names: list[str] = []

        def prepare_one(lab: Lab, one: Contestant, rows: Rows, counts: Any) -> Prepared:
            if one.name in names:
                raise LabError("prepared twice")
            names.append(one.name)
            users = [{"username": "u", "expires_at_epoch_s": 0}]
            return Prepared(one, one.name, users, 1_100, 60.0, counts)

        monkeypatch.setattr(prepare, "prepare", prepare_one)
        return names

    def test_that_does_what_it_declares_is_not_called_verified(
        self,
        lineup: LineUp,
        beside: list[Contestant],
        memory: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(verification, "verify", lambda *_, **__: outcome(True))
        assert len(lineup.verify(beside, ROWS, 1, force=False)) == 2
        found = lineup.run.record.services
        assert [found[name].verified for name in self.NAMES] == [True, None]

    def test_that_does_other_work_is_left_out(
        self,
        lineup: LineUp,
        beside: list[Contestant],
        memory: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(verification, "verify", lambda one, *_, **__: outcome(one.base is None))
        assert list(lineup.verify(beside, ROWS, 1, force=False)) == ["fastapi"]
        failure = lineup.run.record.services["fastapi-as-published"].failure
        assert failure == "it does not do what it declares: data: 0: expected 1; seen 2"

    def test_is_measured_on_its_contestants_database(
        self, lineup: LineUp, beside: list[Contestant], prepared: list[str]
    ) -> None:
        verified = dict.fromkeys(self.NAMES, outcome(True))
        vars(lineup.lab)["server_versions"] = dict
        found = lineup.prepare(beside, verified, ROWS)
        assert prepared == ["fastapi"]
        exhibit = found["fastapi-as-published"]
        assert exhibit.contestant.name == "fastapi-as-published"
        assert (exhibit.template, exhibit.user_rows) == ("fastapi", 1_100)
        assert exhibit.memory_idle_mib is None

    def test_needs_no_token_that_still_lasts(
        self, lineup: LineUp, beside: list[Contestant], prepared: list[str]
    ) -> None:
        """It could not renew one."""
        verified = dict.fromkeys(self.NAMES, outcome(True))
        vars(lineup.lab)["server_versions"] = dict
        found = lineup.prepare(beside, verified, ROWS)
        assert found["fastapi"].tokens_last_s() < 0
        assert found["fastapi-as-published"].tokens_last_s() == math.inf

    def test_without_its_contestant_is_left_out(
        self, lineup: LineUp, beside: list[Contestant], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> Prepared:
            raise LabError("no room")

        monkeypatch.setattr(prepare, "prepare", fail)
        verified = dict.fromkeys(self.NAMES, outcome(True))
        vars(lineup.lab)["server_versions"] = dict
        with pytest.raises(LabError, match="no contestant could be measured"):
            lineup.prepare(beside, verified, ROWS)
        assert lineup.run.record.services["fastapi-as-published"].failure == (
            "it could not be prepared: fastapi-as-published needs the database of fastapi, which "
            "is not measured. Add fastapi to SERVICES."
        )


@pytest.mark.parametrize(
    ("error", "own"),
    [
        (ContainerGoneError("service exited with status 1").of("service"), True),
        (ContainerFailedError("migrate exited with status 1", ()).of("migrate"), True),
        (EngineError("no other container reaches the contestant").of("service"), True),
        (ContestantError("bin/serve is missing"), True),
        (ContainerGoneError("postgres exited with status 1").of("postgres"), False),
        (EngineError("the engine has no addresses left for another network"), False),
        (EngineError("k6 exited with status 137").of("k6"), False),
        (NoContainerError("service"), False),
        (EngineGoneError(), False),
        (LabError("not understood"), False),
    ],
    ids=lambda value: str(value),
)
def test_a_contestant_is_blamed_on_evidence_only(error: LabError, own: bool) -> None:
    assert failed_itself(error) == own


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("ERROR: No matching distribution found for starlette==99", True),
        ('failed to solve: "/app": not found', True),
        ("SyntaxError: invalid syntax", True),
        ("Temporary failure in name resolution", False),
        ("WARNING: Retrying (Retry(total=4, connect=None)) after connection broken", False),
        ("ProxyError('Cannot connect to proxy.')", False),
        ("write /srv/app: no space left on device", False),
        ("dial tcp 192.0.2.1:443: i/o timeout", False),
    ],
)
def test_a_build_that_fails_for_the_network_is_not_the_contestants(line: str, own: bool) -> None:
    assert built_badly(CommandError("`docker build` failed", output=["step 3", line])) == own


def test_nobody_is_told_to_mend_a_contestant_for_a_fault_of_the_machine(
    lineup: LineUp,
    contestants: list[Contestant],
    memory: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def verify(service: object, *_: object, **__: object) -> None:
        raise EngineError("the engine has no addresses left", "Remove networks.")

    monkeypatch.setattr(verification, "verify", verify)
    assert lineup.verify(contestants, ROWS, 1, force=False) == {}
    found = lineup.run.record.findings[-1]
    assert (found.code, found.remedy) == ("left-out-by-lab", "Remove networks.")


def test_a_cap_that_is_not_enforced_is_the_machines(
    lineup: LineUp,
    contestants: list[Contestant],
    memory: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = outcome(False).entries[0].model_copy(update={"rule": "CPU and memory: service"})
    broken = outcome(False).model_copy(update={"entries": (entry,)})
    monkeypatch.setattr(verification, "verify", lambda *_, **__: broken)
    assert lineup.verify(contestants, ROWS, 1, force=False) == {}
    found = lineup.run.record.findings[-1]
    assert found.code == "left-out-by-lab"
    assert "make doctor" in found.remedy
