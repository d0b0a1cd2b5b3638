import shutil
from pathlib import Path

import pytest

from levelbench.contestants.discovery import SERVICES


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder of services with one real contestant."""
    shutil.copytree(SERVICES / "fastapi", tmp_path / "fastapi")
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of services with a guest that has the least that a guest needs."""
    guest = tmp_path / "services" / "mine"
    (guest / "bin").mkdir(parents=True)
    (guest / "service.toml").write_text('display_name = "Mine"\nrole = "guest"\npython = "3.14"\n')
    for script in ("serve", "migrate"):
        (guest / "bin" / script).write_text("#!/bin/sh\n")
    (guest / "journey.js").write_text("export const requests = {};\n")
    return guest.parent
