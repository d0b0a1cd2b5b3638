"""A busy machine fails no test: every command has limits that no other program exceeds."""

from collections.abc import Iterator

import pytest

from tests.full import checkout


@pytest.fixture(scope="session", autouse=True)
def tolerant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEVELBENCH_CONFIG", str(checkout.tolerant(tmp_path_factory.mktemp("config"))))
        yield
