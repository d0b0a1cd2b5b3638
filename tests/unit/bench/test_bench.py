"""Whole runs on an engine in memory: from the choice of contestants to the report."""

import hashlib
import re
from dataclasses import replace

import pytest

from levelbench import report
from levelbench.contestants.discovery import SERVICES
from levelbench.model.results import load_results
from levelbench.model.run import load_run_record
from tests.unit.bench.runs import KNOWN, Bench, numbers
from tests.unit.lab.memory import Container, Program, Site, ends, load


def test_a_run_measures_every_contestant_in_every_block(bench: Bench) -> None:
    run = bench.run(bench.options())
    assert numbers(run) == [(n, 1, "valid") for n in range(1, 5)]
    assert bench.started == [planned.service for planned in run.record.plan]
    assert bench.refreshed == 1  # the last block's report is written at the end
    assert bench.engine.made == {}
    record = load_run_record(run.folder)
    assert record == run.record
    assert (record.status, record.finished_at is not None) == ("complete", True)
    assert record.environment.versions["postgres"] == "17.11"
    fastapi = record.services["fastapi"]
    assert (fastapi.verified, fastapi.image_mib, fastapi.memory_idle_mib) == (True, 1.0, 100.0)
    assert fastapi.choices
    assert any(choice.source.startswith("https://") for choice in fastapi.choices)


def test_a_run_ends_in_a_report(bench: Bench) -> None:
    run = bench.run(bench.options(blocks=1))
    report.build(run.folder)
    results = load_results(run.folder)
    assert set(results.workloads["closed"].services) == {"fastapi", "flask"}
    assert (run.folder / "report.html").exists()


def test_contestants_that_take_turns_are_measured_block_by_block(bench: Bench) -> None:
    run = bench.run(bench.options(slices=2, control=True))
    assert numbers(run) == [(n, 1, "valid") for n in range(1, 7)]
    assert sum(trial.is_control for trial in run.trials) == 2
    assert "up bench-2 service" in bench.engine.asked


def test_open_loads_are_calibrated_by_the_slowest(bench: Bench) -> None:
    run = bench.run(bench.options(workload="open-50", blocks=1))
    assert run.record.rates
    assert run.record.rates.calibrated_by == run.record.run_id
    assert len(bench.started) == 3 * 2  # trials of each
    assert {trial.workload for trial in run.trials} == {"open-50"}


def test_sessions_have_a_ladder_of_users(bench: Bench) -> None:
    run = bench.run(bench.options(workload="session", blocks=1))
    for trial in run.trials:
        assert trial.users_held == 800
        assert [step.users for step in trial.user_steps] == [320, 352, 800]
        assert not {"rows-differ", "statements-differ"} & {f.code for f in trial.findings}


@pytest.mark.parametrize("workload", ["interference", "overload"])
def test_a_disturbed_load_has_each_contestants_own_rates(bench: Bench, workload: str) -> None:
    run = bench.run(bench.options(workload=workload, blocks=1))
    assert run.record.rates
    assert set(run.record.rates.trials_rps) == {"fastapi", "flask"}
    for trial in run.trials:
        assert trial.disturbed
        assert not {"rows-differ", "statements-differ"} & {f.code for f in trial.findings}


def test_an_exhibit_is_measured_on_its_contestants_database(bench: Bench) -> None:
    run = bench.run(bench.options("flask,flask-as-published", workload="list", blocks=1))
    assert len(run.trials) == 2
    assert [a for a in bench.engine.asked if a.endswith("migrate")] == ["up bench migrate"]


@pytest.mark.parametrize("seed", range(4))
def test_a_reference_is_no_control_where_there_is_a_contestant(bench: Bench, seed: int) -> None:
    names = [name for name, one in KNOWN.items() if one.spec.role == "reference"]
    chosen = bench.options(f"fastapi,{names[0]}", control=True, blocks=1)
    run = bench.run(replace(chosen, seed=seed))
    assert {trial.label for trial in run.trials} == {"fastapi", "fastapi@control", names[0]}


class TestSpoiled:
    """Only a block that the lab spoiled is run again, once, and as a whole."""

    def spoil(self, bench: Bench, programs: dict[int, Program]) -> None:
        """Something else than the usual in some trials, by the count of their starts."""

        def start(site: Site, container: Container) -> None:
            if program := programs.get(len(bench.started)):
                program(site, container)

        bench.loading(start)

    @pytest.mark.parametrize(
        ("spoiled", "trials"),
        [
            (
                {1: ends(107)},
                [(1, 1, "invalid"), (2, 1, "valid"), (1, 2, "valid"), (2, 2, "valid")],
            ),
            (
                {1: ends(107), 4: ends(107)},
                [(1, 1, "invalid"), (2, 1, "valid"), (1, 2, "valid"), (2, 2, "invalid")],
            ),
            (
                {1: lambda site, _: site.containers["service"].end(3)},
                [(1, 1, "failed"), (2, 1, "valid")],
            ),
        ],
    )
    def test_trials(
        self, bench: Bench, spoiled: dict[int, Program], trials: list[tuple[int, int, str]]
    ) -> None:
        self.spoil(bench, spoiled)
        assert numbers(bench.run(bench.options(blocks=1))) == trials

    def test_in_turn_all_are_run_again(self, bench: Bench) -> None:
        """On 5a844a9 only the spoiled one was, and its second attempt met the others' first."""

        def fails_once(site: Site, container: Container) -> None:
            if site.name == "bench-1" and len(bench.started) <= 2:
                container.stdout = ""

        bench.loading(fails_once)
        run = bench.run(bench.options(blocks=1, slices=2))
        assert numbers(run) == [
            (1, 1, "valid"), (2, 1, "invalid"), (1, 2, "valid"), (2, 2, "valid"),
        ]  # fmt: skip
        label = run.trials[1].label
        again = f"closed, round 1 is measured again as a whole (attempt 2): {label} invalid"
        assert again in bench.said

    def test_other_blocks_are_not(self, bench: Bench) -> None:
        self.spoil(bench, {3: ends(107)})
        run = bench.run(bench.options())
        attempts = [(trial.block, trial.attempt) for trial in run.trials]
        assert attempts == [(1, 1), (1, 1), (2, 1), (2, 1), (2, 2), (2, 2)]
        assert bench.refreshed == 1


class TestGuest:
    """Somebody's own service, measured by its own requests."""

    @pytest.fixture
    def guest(self, bench: Bench) -> Bench:
        """A bench whose load generator prints what it printed for the example."""
        for kind in ("closed", "open"):
            bench.engine.programs[f"workloads/{kind}.js"] = load(f"{kind}-guest.json")
        bench.loading(lambda site, k6: bench.started.append(k6.variables["JOURNEY"]))
        return bench

    def test_has_trials_without_rows_statements_and_tasks(self, guest: Bench) -> None:
        run = guest.run(guest.options("url-shortener", control=True))
        assert {trial.status for trial in run.trials} == {"valid"}
        assert {trial.label for trial in run.trials} == {"url-shortener", "url-shortener@control"}
        assert set(guest.started) == {str(SERVICES / "url-shortener" / "journey.js")}
        for trial in run.trials:
            assert (trial.rows, trial.statements, trial.tasks) == (None, None, None)
            assert (trial.endpoints, set(trial.requests)) == ({}, {"follow", "create", "stats"})
            assert trial.resources["service"].cpu_ms

    def test_is_recorded_with_its_journey_and_without_a_stack(self, guest: Bench) -> None:
        record = guest.run(guest.options("url-shortener")).record
        service = record.services["url-shortener"]
        assert (service.role, service.verified, service.traits) == ("guest", None, {})
        assert (service.code, service.production, service.choices) == (None, None, None)
        parameters = record.workloads["closed"]
        assert (parameters.weights, parameters.orders, parameters.dataset_sha256) == (None, 0, "")
        journey = (SERVICES / "url-shortener" / "journey.js").read_bytes()
        assert parameters.journey_sha256 == hashlib.sha256(journey).hexdigest()

    def test_a_fixed_rate_is_calibrated_by_the_guest_itself(self, guest: Bench) -> None:
        run = guest.run(guest.options("url-shortener", workload="open-50", blocks=1))
        assert run.record.rates
        assert run.record.rates.slowest == "url-shortener"
        assert [trial.status for trial in run.trials] == ["valid"]

    def test_its_report_names_no_framework(self, guest: Bench) -> None:
        run = guest.run(guest.options("url-shortener"))
        results = report.build(run.folder)
        assert results.workloads["closed"].services["url-shortener"].rank is None
        assert results.workloads["closed"].comparisons == ()
        text = (run.folder / "report.md").read_text()
        assert "Each request of the journey" in text
        assert not re.search(r"[Ff]ramework|the four|\b[Rr]ank", text)
        assert 'href="#equal-work"' not in (run.folder / "report.html").read_text()
