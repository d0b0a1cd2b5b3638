from pathlib import Path

import pytest

from tests.evidence import laboratory
from tests.evidence.laboratory import Laboratory


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    return laboratory.copy(Path(tmp_path_factory.mktemp("evidence")) / "levelbench")
