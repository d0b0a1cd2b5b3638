"""Running contestants for the contract suite."""

from collections.abc import Iterator

import pytest

from levelbench.verify.contract import CASES, Subject
from tests.contract import contestants


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case of each contestant; a session fixture keeps contestants together."""
    if "contestant" in metafunc.fixturenames:
        metafunc.parametrize("contestant", contestants.names(), indirect=True, scope="session")
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.id for case in CASES])


@pytest.fixture(scope="session")
def contestant(request: pytest.FixtureRequest) -> Iterator[contestants.Up]:
    """The contestant under test, up for as long as its cases run."""
    name = request.param
    with contestants.up(name, f"test-{name}") as up:
        yield up


@pytest.fixture(scope="session")
def subject(contestant: contestants.Up) -> Iterator[Subject]:
    """The contestant under test, as the suite talks to it."""
    with Subject(contestant.endpoint) as subject:
        yield subject
