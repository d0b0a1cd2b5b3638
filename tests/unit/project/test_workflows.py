"""The workflows' habits that no linter holds: least privilege, and no list of contestants."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from levelbench.contestants.discovery import discover
from levelbench.model.config import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WRITES = {
    ("nightly", "publish"): {"contents"},
    ("nightly", "pages"): {"pages", "id-token"},  # which it hands to the workflow that it calls
    ("pages", "deploy"): {"pages", "id-token"},
    ("releases", "propose"): {"actions", "contents", "pull-requests"},
}
"""What a job may write; no other one may write anything."""


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs() -> list[Any]:
    return [
        pytest.param(job, id=f"{path.stem}-{name}")
        for path in WORKFLOWS
        for name, job in read(path)["jobs"].items()
        if "uses" not in job  # has no steps of its own
    ]


def workflows() -> list[Any]:
    return [pytest.param(path, id=path.stem) for path in WORKFLOWS]


def test_there_are_these() -> None:
    assert [path.name for path in WORKFLOWS] == [
        "ci.yml", "nightly.yml", "pages.yml", "releases.yml",
    ]  # fmt: skip


@pytest.mark.parametrize("path", workflows())
def test_nothing_may_be_done_but_what_a_job_says(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        permissions = job.get("permissions", {})
        assert set(permissions.values()) <= {"read", "write"}
        written = {what for what, right in permissions.items() if right == "write"}
        assert written == WRITES.get((path.stem, name), set())


@pytest.mark.parametrize("path", workflows())
def test_no_workflow_knows_a_secret(path: Path) -> None:
    assert "secrets." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", workflows())
def test_every_action_is_pinned_and_says_its_version(path: Path) -> None:
    uses = re.findall(r"uses: +([^ .].*)", path.read_text(encoding="utf-8"))
    assert uses
    for used in uses:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)


def test_an_action_is_of_one_version_everywhere() -> None:
    used = {
        use.partition("@")[::2]
        for path in WORKFLOWS
        for use in re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8"))
    }
    assert len(used) == len({action for action, _ in used})


@pytest.mark.parametrize("path", workflows())
def test_no_workflow_holds_a_list_of_contestants(path: Path) -> None:
    words = set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    assert not words & set(discover())


@pytest.mark.parametrize("job", jobs())
def test_every_job_has_a_time_limit_within_the_hosted_one(job: Any) -> None:
    assert 0 < job["timeout-minutes"] < 360


@pytest.mark.parametrize("job", jobs())
def test_nothing_from_outside_stands_in_a_shell_line(job: Any) -> None:
    assert not [step["run"] for step in job["steps"] if "${{" in step.get("run", "")]


@pytest.mark.parametrize("job", jobs())
def test_no_checkout_leaves_its_token_behind(job: Any) -> None:
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_the_last_job_waits_for_all_others() -> None:
    ci = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    assert set(ci["required"]["needs"]) == set(ci) - {"required"}
    assert ci["required"]["if"] == "always()"


def test_one_job_of_the_nightly_measures() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "nightly.yml")["jobs"]
    measures = re.compile(r"make (bench|count)\b")
    assert [n for n, job in jobs.items() if measures.search(str(job.get("steps")))] == ["bench"]


def test_a_job_that_can_deploy_runs_nothing_of_the_repository() -> None:
    steps = read(ROOT / ".github" / "workflows" / "pages.yml")["jobs"]["deploy"]["steps"]
    assert [step for step in steps if "run" in step or "checkout" in step["uses"]] == []


@pytest.mark.parametrize(
    ("workflow", "command", "number"), [("ci", "bench-paired", 1), ("nightly", "compare", 2)]
)
def test_undecided_is_neutral(workflow: str, command: str, number: int) -> None:
    """Status 3 ends a step with a notice: neither a failure nor silence."""
    steps = [
        step["run"]
        for job in read(ROOT / ".github" / "workflows" / f"{workflow}.yml")["jobs"].values()
        for step in job.get("steps", ())
        if f"levelbench {command} " in step.get("run", "")
    ]
    assert len(steps) == number
    assert all('3) echo "::notice title=Undecided::' in step for step in steps)
    # make replaces every status by its own.
    assert f"make {command}" not in (ROOT / ".github" / "workflows" / f"{workflow}.yml").read_text()
    assert all("GITHUB_STEP_SUMMARY" in step for step in steps)
