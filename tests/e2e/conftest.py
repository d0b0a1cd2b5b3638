"""Limits that no other program on this machine exceeds: a trial that is invalid because the machine
is busy fails no test.
"""

from collections.abc import Iterator

import pytest

from levelbench.model.config import CONFIG_FILE
from tests.full.checkout import TOLERANT, shorten


@pytest.fixture(scope="session", autouse=True)
def tolerant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Configure every command that a test runs."""
    file = tmp_path_factory.mktemp("config") / CONFIG_FILE.name
    file.write_text(CONFIG_FILE.read_text())
    shorten(file, {"limits": TOLERANT})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEVELBENCH_CONFIG", str(file))
        yield
