"""The workflows' own steps, run on this machine by act (tests/full/runner.py), in a fresh clone.

Not run: actions/checkout and actions/upload-artifact themselves, and gh against GitHub. Stand-ins
take their place. `.ci/run` is not run within CI either: it is what runs all other tests.
"""

import re
from pathlib import Path

import pytest

from levelbench.model.folder import load_run
from levelbench.model.results import RESULTS_FILE, load_results
from levelbench.report.build import CSV_FILE, HTML_FILE, MARKDOWN_FILE
from tests.full import runner as runners
from tests.full.runner import Job, Runner
from tests.unit.factories.nights import keep, nights

SERVICES = ("fastapi", "starlette")
SERVICE = SERVICES[-1]
CHOICES = {"profile": "smoke", "services": ",".join(SERVICES)}
STEPS = (
    "Set up the machine",
    "Name the series of this run",
    "Fetch the last run of the series",
    "Measure",
    "Write the job summary",
    "Keep the report folder",
)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return runners.clone(tmp_path_factory.mktemp("workflows"))


@pytest.fixture(scope="module")
def night(runner: Runner) -> Job:
    """The first night."""
    return runner.act("workflow_dispatch", "nightly.yml", inputs=CHOICES)


def artifact(job: Job) -> Path:
    """The folder of the one artifact."""
    (folder,) = job.artifacts.iterdir()
    return folder


class TestNightly:
    def test_every_step_succeeds(self, night: Job) -> None:
        assert night.status == 0
        assert {name: night.step(name) for name in STEPS} == dict.fromkeys(STEPS, "Success")

    def test_the_artifact_is_the_whole_report_folder(self, night: Job) -> None:
        folder = artifact(night)
        assert folder.name.startswith(f"levelbench-smoke-{CHOICES['services']}-")
        for name in (RESULTS_FILE, CSV_FILE, MARKDOWN_FILE, HTML_FILE):
            assert (folder / name).stat().st_size > 0
        run, results = load_run(folder), load_results(folder)
        assert results.valid
        assert {trial.service for trial in run.trials} == set(SERVICES)
        for measured in results.workloads["closed"].services.values():
            assert measured.metrics["throughput_rps"].value
        for trial in (folder / "trials").iterdir():
            assert (trial / "k6-summary.json").exists()

    def test_the_job_summary_holds_answer_tables_and_findings(self, night: Job) -> None:
        assert night.says(f"# Levelbench: {load_run(artifact(night)).record.run_id}")
        assert night.says("### Contestants: full speed (closed)")

    def test_the_first_night_is_compared_with_none(self, night: Job) -> None:
        assert not night.step("Compare with the last run of the series")

    def test_the_next_night_is_compared_with_it(self, runner: Runner, night: Job) -> None:
        before = load_run(artifact(night)).record.run_id
        then = runner.act("workflow_dispatch", "nightly.yml", inputs=CHOICES)
        assert then.status == 0
        assert artifact(then).name == artifact(night).name
        assert then.says(f"run={before}")
        assert then.step("Compare with the last run of the series") == "Success"
        now = load_run(artifact(then)).record.run_id
        comparison = (artifact(then) / "comparison.md").read_text()
        assert before in comparison
        assert now in comparison
        assert now != before


def test_what_the_lab_does_not_know_never_reaches_make(runner: Runner) -> None:
    job = runner.act("workflow_dispatch", "nightly.yml", inputs={"services": "x';echo;'"})
    assert job.status != 0
    assert job.says("there is no service")
    assert not job.step("Measure")
    assert list(job.artifacts.iterdir()) == []


def test_an_invalid_run_fails_and_is_kept(tmp_path: Path) -> None:
    runner = runners.clone(tmp_path)
    config = runner.folder / "levelbench.toml"
    text = config.read_text()
    assert text.count("vus_busy_share_min = 0.97") == 1
    # More than any user can wait: no trial is valid.
    config.write_text(text.replace("vus_busy_share_min = 0.97", "vus_busy_share_min = 1.0"))
    runner.commit()
    choices = {**CHOICES, "services": SERVICE}
    job = runner.act("workflow_dispatch", "nightly.yml", inputs=choices)
    assert job.status != 0
    assert job.step("Measure") == "Failure"
    assert job.step("Write the job summary") == "Success"
    assert job.says("not valid")
    assert not load_results(artifact(job)).valid


@pytest.fixture(scope="module")
def pull_request(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """CI, of a branch that touches one contestant."""
    runner = runners.clone(tmp_path_factory.mktemp("pull-request"))
    (runner.folder / ".ci" / "run").write_text("#!/bin/sh\necho the tests themselves\n")
    base = runner.commit()
    with (runner.folder / "services" / SERVICE / "app" / "__init__.py").open("a") as file:
        file.write("# Touched.\n")
    head = runner.commit()
    payload = {"pull_request": {"base": {"sha": base, "ref": "main"}, "head": {"sha": head}}}
    variables = {"SEEDS": "1"}  # decides nothing
    return runner.act("pull_request", "ci.yml", payload=payload, variables=variables)


class TestPullRequest:
    def test_what_it_touches_is_measured_before_and_after(self, pull_request: Job) -> None:
        assert pull_request.says(f'services=["{SERVICE}"]')
        assert pull_request.step("Count base and head in one run") == "Success"
        assert pull_request.says("Undecided: ")
        assert pull_request.step("Write the job summary") == "Success"
        assert (pull_request.artifacts / f"paired-{SERVICE}").is_dir()

    def test_the_last_job_asks_all_others(self, pull_request: Job) -> None:
        assert pull_request.step("Require that no job failed") == "Success"
        assert pull_request.says("success success success")
        assert pull_request.status == 0


def test_published_runs_become_pages(tmp_path: Path) -> None:
    store = keep(nights(1), tmp_path)
    runner = runners.clone(tmp_path)
    redirect = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{store.repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/example/levelbench",
    }
    job = runner.act("workflow_dispatch", "pages.yml", variables=redirect)
    assert job.status == 0
    assert job.step("Build the pages") == "Success"
    assert job.step("Deploy") == "Success"
    assert "Ratios only" in (artifact(job) / "index.html").read_text()


class TestReleases:
    def test_a_newer_release_becomes_a_pull_request(self, tmp_path: Path) -> None:
        runner = runners.clone(tmp_path)
        lock = runner.folder / "services" / SERVICE / "requirements.lock"
        text, number = re.subn(r"^pyjwt==\S+", "pyjwt==2.10.1", lock.read_text(), flags=re.M)
        assert number == 1
        lock.write_text(text)
        base = runner.commit()
        remote = tmp_path / "remote.git"
        runner.git("init", "--quiet", "--bare", str(remote))
        job = runner.act(
            "workflow_dispatch",
            "releases.yml",
            inputs={"services": SERVICE},
            variables={
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"url.{remote}.insteadOf",
                "GIT_CONFIG_VALUE_0": "https://github.com/example/levelbench",
            },
        )
        assert job.status == 0
        branch = f"releases/{SERVICE}"
        assert job.says(f"gh: pr create --head={branch} --base=main ")
        assert job.says(f"gh: workflow run ci.yml --ref={branch} --raw-field=base={base}")
        shown = runner.git("--git-dir", str(remote), "show", "--format=%s", "--name-only", branch)
        assert shown.split("\n\n") == [
            f"Update the packages of {SERVICE}",
            f"services/{SERVICE}/requirements.lock",
        ]
