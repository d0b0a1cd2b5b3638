"""A busy machine fails no test: every command has limits that no other program exceeds."""

from collections.abc import Iterator

import pytest

from tests.full import checkout

FIRST = "test_verify.py"
"""Its outcomes are remembered: what the other tests measure is not verified again."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name != FIRST)


@pytest.fixture(scope="session", autouse=True)
def tolerant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEVELBENCH_CONFIG", str(checkout.tolerant(tmp_path_factory.mktemp("config"))))
        yield
