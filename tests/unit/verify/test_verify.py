"""What is remembered of a verification, and of what it is forgotten."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.service import Service
from levelbench.lab import up
from levelbench.lab.address import Address
from levelbench.lab.engine import Engine, Image
from levelbench.lab.images import ImageSet
from levelbench.model.config import ROOT
from levelbench.model.ledger import ParityEntry, Verification
from levelbench.verify import parity, verify
from tests.unit.project.test_imports import MAY_IMPORT

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


DECIDING = (
    "scripts/levelbench/errors.py",
    "scripts/levelbench/lab/prepare.py",  # on 8c3f4cc it changed no key, like most that follow
    "scripts/levelbench/lab/compose/site.py",
    "scripts/levelbench/contestants/discovery.py",
    "scripts/levelbench/load/parser.py",
    "scripts/levelbench/model/rules.py",
    "scripts/levelbench/verify/parity/__init__.py",
    "scripts/levelbench/verify/contract/cases/tasks.py",
    "compose/compose.yaml",
    "compose/publish.yaml",
    "compose/postgres/postgresql.conf",
    "compose/images/postgres/entrypoint.sh",
    "levelbench.toml",
    "requirements.lock",
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "scripts" / "levelbench", copy / "scripts" / "levelbench")
    shutil.copytree(ROOT / "compose", copy / "compose")
    for name in ("levelbench.toml", "requirements.lock"):
        shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.mark.parametrize("name", DECIDING)
def test_the_fingerprint_changes_with_any_file_that_decides(
    service: Service, checkout: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(verify, "deciding_files", partial(verify.deciding_files, root=checkout))
    before = fingerprint(service, Images())
    file = checkout / name
    file.write_text(file.read_text() + "\n")
    assert fingerprint(service, Images()) != before


def test_the_fingerprint_changes_with_the_configuration_that_the_environment_names(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(service, Images())
    file = tmp_path / "levelbench.toml"
    file.write_text((ROOT / "levelbench.toml").read_text() + "\n")
    monkeypatch.setenv("LEVELBENCH_CONFIG", str(file))
    assert fingerprint(service, Images()) != before


def test_the_fingerprint_covers_all_that_verify_may_import(service: Service) -> None:
    packages = ROOT / "scripts" / "levelbench"
    files = {str(file.relative_to(ROOT)) for file in verify.deciding_files(service)
             if file.is_relative_to(ROOT)}  # fmt: skip
    importable = {"verify", *MAY_IMPORT["verify"]}
    missing = {
        str(file.relative_to(ROOT))
        for file in packages.rglob("*.py")
        if file.relative_to(packages).parts[0].removesuffix(".py") in importable
    } - files
    assert missing == set()


def test_the_fingerprint_changes_with_a_file_of_an_exhibits_contestant(tmp_path: Path) -> None:
    for name in ("flask", "flask-as-published"):
        shutil.copytree(SERVICES / name, tmp_path / name)
    before = fingerprint(discover(tmp_path)["flask-as-published"], Images())
    app = tmp_path / "flask" / "bin" / "serve"
    app.write_text(app.read_text() + "\n")
    assert fingerprint(discover(tmp_path)["flask-as-published"], Images()) != before


def test_an_exhibit_is_verified_by_what_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make verify-<exhibit>` and a bench take the same way; on 8c3f4cc only the bench did."""
    checked: dict[str, set[str]] = {}

    @contextmanager
    def running(service: Service, *_: object) -> Iterator[SimpleNamespace]:
        contestant = SimpleNamespace(service=service, name=service.name)
        yield SimpleNamespace(contestant=contestant, endpoint=Address("http://x", service.name))

    monkeypatch.setattr(up, "running", running)
    monkeypatch.setattr(parity, "_run", lambda ground, rule, check: None)
    for name in ("flask", "flask-as-published"):
        rules = checked.setdefault(name, set())

        def say(message: str, rules: set[str] = rules) -> None:
            rules.add(message.partition(": ")[2])

        verify.verify(discover()[name], say=say)
    assert checked["flask-as-published"] < checked["flask"]
    assert "data" not in checked["flask-as-published"]
    assert "statements and rows" in checked["flask-as-published"]


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
