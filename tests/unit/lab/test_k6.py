"""What the load generator is given: everything that its scripts read, and nothing of the user's."""

import json
import re
from pathlib import Path

import pytest
import yaml

from levelbench.contestants.extension import ContestantError
from levelbench.errors import LabError
from levelbench.lab import k6
from levelbench.lab.k6 import K6, VARIABLES
from levelbench.load.generator import Assignment, User
from levelbench.load.parameters import of_workloads
from levelbench.model.config import COMPOSE_FILE, ROOT, load_config
from tests import DATA
from tests.unit.lab.memory import Container, Memory, Site, ends

SET_IN_THE_FILE = {"BASE_URL", "K6_ADDRESS", "K6_NO_USAGE_REPORT"}
LOGGED = {
    "journey-noexport": "it does not export `requests`, an object with at least one request",
    "journey-syntax": "Line 18:5 Unexpected identifier (and 9 more errors)",
    "journey-weight": 'the weight of create is "10", not a whole number from 1 to 1000',
    "journey-throws": "line 20: TypeError: Cannot read property 'x' of undefined",
}
"""Recorded logs of a journey.js that is malformed -> what is said of it."""


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


class TestJourney:
    """What k6/try_journey.js says of a guest's journey, as one line that names the file."""

    @pytest.fixture
    def journey(self, tmp_path: Path) -> Path:
        path = tmp_path / "services" / "mine" / "journey.js"
        path.parent.mkdir(parents=True)
        path.write_text("export const requests = {};\n")
        return path

    def tried(self, journey: Path, stdout: str = "", stderr: str = "", status: int = 0) -> str:
        """The error of a journey, if k6 prints and logs this; empty without one."""

        def program(site: Site, container: Container) -> None:
            assert container.variables["JOURNEY"] == str(journey)
            container.stdout, container.stderr = stdout, stderr
            container.end(status)

        engine = Memory()
        engine.programs = {"try_journey.js": program}
        try:
            K6(engine.site("bench", {})).try_journey(journey, timeout_s=1.0)
        except ContestantError as error:
            return str(error)
        return ""

    def test_passes_where_no_check_fails(self, journey: Path) -> None:
        assert self.tried(journey, '{"sent": 9, "failed": []}\n') == ""

    def test_a_failed_check_is_named_with_its_request(self, journey: Path) -> None:
        failed = ["follow failed the check redirects: GET /1 got status 404: ", "b", "c"]
        assert self.tried(journey, json.dumps({"sent": 9, "failed": failed})) == (
            "services/mine/journey.js: follow failed the check redirects: GET /1 got status 404:  "
            "(and 2 more). Correct it: docs/your-own-service.md describes the file."
        )

    @pytest.mark.parametrize(("log", "cause"), LOGGED.items())
    def test_a_journey_that_cannot_be_read_is_one_line(
        self, journey: Path, log: str, cause: str
    ) -> None:
        said = self.tried(journey, "", (DATA / "k6" / f"{log}.log").read_text(), status=107)
        assert said.startswith(f"services/mine/journey.js: {cause}. Correct it")
        assert "\n" not in said

    def test_a_missing_one_is_named(self, journey: Path) -> None:
        journey.unlink()
        assert self.tried(journey).startswith("services/mine/journey.js is missing. ")
