"""What is remembered of a verification, and of what it is forgotten."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from levelbench.contestants.discovery import SERVICES, Service, discover
from levelbench.lab.engine import Engine, Image
from levelbench.lab.images import ImageSet
from levelbench.model.ledger import ParityEntry, Verification
from levelbench.verify import verify

BASE = ImageSet("python:1", "postgres:1", "redis:1", "k6:1", "standin")


class Images:
    """An engine as far as it is asked for images."""

    def __init__(self) -> None:
        self.ids = {name: name for name in ("app:1", "postgres:1", "redis:1")}

    def image(self, reference: str) -> Image | None:
        return Image(id=self.ids[reference]) if reference in self.ids else None


@pytest.fixture
def service(tmp_path: Path) -> Service:
    shutil.copytree(SERVICES / "flask", tmp_path / "flask")
    return discover(tmp_path)["flask"]


def fingerprint(service: Service, images: Images, dataset: str = "rows") -> str:
    return verify.fingerprint(cast(Engine, images), service, "app:1", BASE, dataset)


def outcome(*holds: bool, key: str = "k") -> Verification:
    entries = tuple(
        ParityEntry(rule=f"data: {n}", service="flask", expected="1", observed="2", holds=held)
        for n, held in enumerate(holds)
    )
    return Verification(
        service="flask", key=key, started_at=datetime.now(UTC), duration_s=1, entries=entries
    )


def test_the_fingerprint_is_the_same_for_the_same(service: Service) -> None:
    assert fingerprint(service, Images()) == fingerprint(service, Images())


def test_the_fingerprint_changes_with_what_the_outcome_depends_on(service: Service) -> None:
    known = {fingerprint(service, Images()), fingerprint(service, Images(), "other rows")}
    for reference in ("app:1", "postgres:1", "redis:1"):
        images = Images()
        images.ids[reference] = "another"
        known.add(fingerprint(service, images))
    spec = service.folder / "service.toml"
    spec.write_text(spec.read_text() + "\n# changed\n")
    known.add(fingerprint(service, Images()))
    assert len(known) == 6


def test_an_outcome_is_remembered_for_its_key_alone(tmp_path: Path, service: Service) -> None:
    verify.remember(service, outcome(True, True), tmp_path)
    assert verify.remembered(service, "k", tmp_path) == outcome(True, True).model_copy(
        update={"started_at": verify.load_verification(tmp_path / "flask.json").started_at}
    )
    assert verify.remembered(service, "another", tmp_path) is None


def test_a_broken_rule_is_looked_at_again(tmp_path: Path, service: Service) -> None:
    verify.remember(service, outcome(True, False), tmp_path)
    assert verify.remembered(service, "k", tmp_path) is None


@pytest.mark.parametrize("text", [None, "", "{", '{"schema_version": 99}', '{"schema_version": 1}'])
def test_a_damaged_memory_is_none(tmp_path: Path, service: Service, text: str | None) -> None:
    if text is not None:
        (tmp_path / "flask.json").write_text(text)
    assert verify.remembered(service, "k", tmp_path) is None


def test_the_report_names_each_outcome(tmp_path: Path) -> None:
    found = {"flask": outcome(True), "django": outcome(True, False)}
    path = verify.write_report(found, tmp_path)
    report = verify.VerifyReport.model_validate_json(path.read_text())
    assert path.name == "verify.json"
    assert not report.verified
    assert [entry.rule for entry in report.services["django"].broken] == ["data: 1"]
