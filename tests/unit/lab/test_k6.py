"""What the load generator is given: everything that its scripts read, and nothing of the user's."""

import json
import re

import pytest
import yaml

from levelbench.errors import LabError
from levelbench.lab import k6
from levelbench.lab.k6 import K6, VARIABLES
from levelbench.load.generator import Assignment, User
from levelbench.load.parameters import of_workloads
from levelbench.model.config import COMPOSE_FILE, ROOT, load_config
from tests.unit.lab.memory import Memory, ends

SET_IN_THE_FILE = {"BASE_URL", "K6_ADDRESS", "K6_NO_USAGE_REPORT"}


def users(count: int, token: str = "t" * 300) -> list[User]:
    return [
        {"username": f"u{n}", "password": "p", "token": token, "expires_at_epoch_s": 1.0}
        for n in range(count)
    ]


@pytest.fixture
def engine() -> Memory:
    engine = Memory()
    engine.programs = {"prepare.js": ends(), "workloads/closed.js": lambda site, container: None}
    return engine


def assignment(people: list[User]) -> Assignment:
    config = load_config()
    closed = of_workloads(
        ["closed"], config, config.profile("smoke"), mix="journey", scale=1, seed=1, rates=None
    )["closed"]
    return Assignment(closed, seed=1, prefix="b1n1a1", users=people)


def given(engine: Memory, people: list[User]) -> dict[str, str]:
    """What k6 is given as it starts."""
    site = engine.site("bench", {})
    K6(site).start(assignment(people))
    return dict(site.containers["k6"].variables)


def test_every_variable_that_compose_would_take_from_the_user_is_given(engine: Memory) -> None:
    """A variable without a value in compose.yaml is the user's, unless the lab gives it."""
    services = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))["services"]
    own = services["k6"]["environment"]
    taken = {name for name, value in own.items() if value is None}
    assert taken == set(VARIABLES)
    assert set(given(engine, users(1))) >= taken


def test_every_variable_that_a_script_reads_is_known() -> None:
    read = {
        name
        for path in (ROOT / "k6").rglob("*.js")
        for name in re.findall(
            r"(?:__ENV\.|(?:text|whole|number|json|long)\(')([A-Z][A-Z0-9_]*)",
            path.read_text(encoding="utf-8"),
        )
    }
    assert read - {"PAGES"} <= set(VARIABLES) | SET_IN_THE_FILE


def test_what_a_load_does_not_need_is_empty(engine: Memory) -> None:
    found = given(engine, users(1))
    assert {found[name] for name in ("UNCHECKED", "GATE", "STEPS", "RATE", "PASSWORD")} == {""}


def test_no_variable_is_longer_than_the_kernel_allows(engine: Memory) -> None:
    """600 users ended every trial: `Argument list too long`."""
    people = users(600)
    found = given(engine, people)
    assert max(len(f"{name}={value}") for name, value in found.items()) < 128 * 1024
    assert json.loads("".join(found[name] for name in k6.USERS_VARIABLES)) == people


def test_users_that_fit_nowhere_are_refused_with_the_setting() -> None:
    with pytest.raises(LabError, match=r"2000 users .* load\.users in levelbench\.toml"):
        k6.users_variables(users(2000, "t" * 1000))
