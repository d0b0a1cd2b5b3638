"""What it takes to run a contestant, from its files."""

from pathlib import Path

import pytest

from levelbench.contestants import production
from levelbench.contestants.discovery import discover
from levelbench.contestants.service import Service
from levelbench.model.config import COMPOSE_FILE

SERVICES = {n: s for n, s in discover().items() if s.spec.role not in ("exhibit", "guest")}


def script(folder: Path, text: str) -> str:
    path = folder / "serve"
    path.write_text(text)
    return production.command(path)


class TestCommand:
    def test_is_the_last_one_without_exec(self, tmp_path: Path) -> None:
        assert script(tmp_path, "#!/bin/sh\nset -e\nexec alembic upgrade head\n") == (
            "alembic upgrade head"
        )

    def test_is_on_one_line(self, tmp_path: Path) -> None:
        text = "#!/bin/sh\nexec celery worker \\\n    --concurrency 1\n\n# done\n"
        assert script(tmp_path, text) == "celery worker --concurrency 1"


def test_containers_are_the_contestants_own_and_the_servers() -> None:
    own, servers = production.containers(COMPOSE_FILE)
    assert own == ("migrate", "service", "worker")
    assert servers == ("postgres", "redis")


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_contestant_says_what_it_starts(service: Service) -> None:
    found = production.of(service, COMPOSE_FILE)
    assert set(found.commands) == {"serve", "worker", "migrate"}
    assert (found.processes, found.threads) == (service.spec.processes, service.spec.threads)
    if service.spec.interface != "own":  # else the framework is the server
        assert found.commands["serve"].split()[0] in found.server
    assert "serve" in found.versions
    worker = service.locked()["celery"] if service.spec.tasks == "celery" else None
    assert found.versions.get("worker") == worker


def test_a_script_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    flask = SERVICES["flask"]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "serve").write_text("exec gunicorn\n")
    (tmp_path / "requirements.lock").write_text("gunicorn==1.0\n")
    found = production.of(Service("x", tmp_path, flask.spec), COMPOSE_FILE)
    assert (found.commands, found.versions) == ({"serve": "gunicorn"}, {"serve": "1.0"})
