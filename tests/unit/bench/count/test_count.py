"""Whole counts on an engine in memory, with a server that only answers."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from levelbench.analysis.derive import derive
from levelbench.bench import resume
from levelbench.bench import run as running
from levelbench.bench.count import count as counting
from levelbench.bench.count import start, starts
from levelbench.bench.run import OngoingRun
from levelbench.contestants import discovery, selection
from levelbench.errors import LabError
from levelbench.lab import engines, lock, prepare, up
from levelbench.lab.dataset import Rows
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.site import EngineGoneError
from levelbench.model.config import Config
from levelbench.model.count import Dump
from levelbench.model.folder import load_run
from levelbench.model.run import Environment, ImageIdentity, RunRecord
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.progress import Display
from levelbench.verify import verify as verification
from tests.unit.bench.count.server import Served, serving
from tests.unit.bench.count.test_callgrind import DUMP
from tests.unit.factories import make_run, write_run
from tests.unit.lab.memory import Container, Memory, Site
from tests.unit.verify.test_verify import outcome

KNOWN = discovery.discover()


@pytest.fixture
def counted(
    engine: Memory, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator["Counted"]:
    monkeypatch.setattr(engines, "connect", lambda: engine)
    monkeypatch.setattr(running, "measure", lambda folder: None)
    monkeypatch.setattr(lock, "exclusive", _unlocked)
    monkeypatch.setattr(verification, "remembered", lambda *_: None)
    monkeypatch.setattr(verification, "remember", lambda *_: None)
    monkeypatch.setattr(verification, "verify", lambda *_, **__: outcome(True))
    monkeypatch.setattr(start, "IDLE_S", 0.01)
    with serving() as served:
        monkeypatch.setattr(up, "free_port", lambda preferred: served.port)
        engine.service_command = _callgrind
        yield Counted(engine, config, tmp_path / "reports", served)


def _unlocked(engine_id: str) -> AbstractContextManager[None]:
    return nullcontext()


def _callgrind(site: Site, words: tuple[str, ...]) -> str:
    if words == ("valgrind", "--version"):
        return "valgrind-3.24.0\n"
    return DUMP if words[0] == "sh" else ""


class Counted:
    def __init__(self, engine: Memory, config: Config, reports: Path, served: Served) -> None:
        self.engine, self.config, self.reports, self.served = engine, config, reports, served
        self.output = io.StringIO()

    def run(
        self, names: str, seeds: int = 2, endpoints: tuple[Endpoint, ...] = ENDPOINTS
    ) -> OngoingRun:
        chosen = selection.select(names, KNOWN)
        return self.count(counting.Options(chosen, "standin", seeds, self.reports, endpoints))

    def resume(self, run_id: str) -> OngoingRun:
        return self.count(counting.options_of(run_id, KNOWN, "standin", self.reports))

    def count(self, options: counting.Options) -> OngoingRun:
        console = Console(file=self.output, force_terminal=False, width=200)
        with Display(console) as display:
            return counting.count(options, self.config, display)


def test_each_contestant_is_counted_with_each_seed(counted: Counted) -> None:
    run = counted.run("fastapi,flask")
    found = load_run(run.folder)
    assert [(one.service, one.seed) for one in found.counts] == [
        ("fastapi", 0), ("fastapi", 1), ("flask", 0), ("flask", 1),
    ]  # fmt: skip
    assert found.record.status == "complete"
    assert found.counts[0].valgrind == "3.24.0"
    dumps = found.counts[0].endpoints["list"]
    assert [(dump.requests, dump.instructions) for dump in dumps] == [(5, 100)] * 5
    assert "6/6" in counted.output.getvalue()


def test_one_more_start_counts_by_package(counted: Counted) -> None:
    seen: list[str] = []

    def note(site: Site, container: Container) -> None:
        if container.variables.get("PYTHONPERFSUPPORT"):
            seen.append(container.variables["VALGRIND_OPTS"])

    counted.engine.programs["service"] = note
    (found,) = load_run(counted.run("fastapi").folder).packages
    assert found.endpoints["list"] == {"asyncpg/protocol": 50, "python3.13": 50}
    (options,) = seen
    assert "--fn-skip=_Py*" in options


def test_without_a_count_by_package_the_others_are_kept(counted: Counted) -> None:
    def broken(site: Site, container: Container) -> None:
        if container.variables.get("PYTHONPERFSUPPORT"):
            raise LabError("this interpreter has no trampoline")

    counted.engine.programs["service"] = broken
    found = load_run(counted.run("fastapi").folder)
    assert [one.seed for one in found.counts] == [0, 1]
    assert found.packages == ()
    assert "this interpreter has no trampoline" in counted.output.getvalue()


def test_only_the_chosen_endpoints_are_warmed_up_and_counted(counted: Counted) -> None:
    run = load_run(counted.run("fastapi", seeds=1, endpoints=("detail",)).folder)
    assert list(run.counts[0].endpoints) == ["detail"]
    assert run.record.counting
    assert run.record.counting.warmup == {"detail": 60}


def test_a_dump_keeps_the_functions_of_each_object(counted: Counted) -> None:
    dump = load_run(counted.run("fastapi", seeds=1).folder).counts[0].endpoints["detail"][0]
    assert {path: sum(own.values()) for path, own in dump.functions.items()} == dump.objects
    assert dump.functions["/usr/bin/python3.13"] == {"main": 30, "done": 20}


def test_no_password_is_hashed_before_the_other_endpoints_are_counted(counted: Counted) -> None:
    run = counted.run("fastapi", seeds=1)
    first = list(counted.served.requests)  # in the order of their first requests
    assert first.index("POST /invoice") < first.index("POST /register") < first.index("POST /login")
    assert list(load_run(run.folder).counts[0].endpoints) == list(ENDPOINTS)


def test_seeds_of_one_contestant_are_split(counted: Counted) -> None:
    run = counted.run("starlette", seeds=3)
    assert [one.seed for one in load_run(run.folder).counts] == [0, 1, 2]
    sites = {words.split()[1] for words in counted.engine.asked if words.endswith(" service")}
    assert sites == {"count-0", "count-1"}


@pytest.mark.parametrize(("names", "jobs"), [("fastapi,flask", 2), ("fastapi,flask,starlette", 4)])
def test_the_last_of_more_than_two_is_split(counted: Counted, names: str, jobs: int) -> None:
    counted.run(names, seeds=2)
    prepared = [
        a for a in counted.engine.asked if a.startswith("up count") and a.endswith(" migrate")
    ]
    assert len(prepared) == jobs


def test_one_thread_may_count_both_parts_of_the_one_that_is_split(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its database "already exists" among these servers."""
    prepared: list[str] = []

    def prepare_once(lab: Lab, contestant: Contestant, rows: Rows) -> str:
        if contestant.name in prepared:
            raise LabError(f'database "{contestant.name}" already exists')
        prepared.append(contestant.name)
        return prepare_database(lab, contestant, rows)

    prepare_database = prepare.prepare_database
    monkeypatch.setattr(prepare, "prepare_database", prepare_once)
    monkeypatch.setattr(starts, "ThreadPoolExecutor", lambda _: ThreadPoolExecutor(1))
    found = load_run(counted.run("fastapi").folder)
    assert [one.seed for one in found.counts] == [0, 1]
    assert len(found.packages) == 1
    assert prepared == ["fastapi"]


def test_a_seed_is_a_variable_of_the_container(counted: Counted) -> None:
    seen: list[str] = []

    def note(site: Site, container: Container) -> None:
        seen.append(container.variables["PYTHONHASHSEED"])

    counted.engine.programs["service"] = note
    counted.run("fastapi", seeds=3)
    assert sorted(seen) == ["0", "0", "1", "2"]  # one of them by package


@pytest.mark.parametrize(("odd", "seeds"), [(101, 6), (100, 3)])
def test_as_many_seeds_again_are_counted_where_head_and_base_deviate(
    counted: Counted, monkeypatch: pytest.MonkeyPatch, odd: int, seeds: int
) -> None:
    def deviating(site: Site, words: tuple[str, ...]) -> str:
        found = site.containers["service"].variables
        if words[0] == "sh" and (found["SERVICE"], found["PYTHONHASHSEED"]) == ("fastapi", "1"):
            return DUMP.replace("0 30\n", f"0 {odd - 70}\n").replace("s: 100", f"s: {odd}")
        return _callgrind(site, words)

    # The server in memory answers at once, and what it does without requests is not known.
    monkeypatch.setattr(start, "_idle", lambda _: Dump(requests=0, seconds=1.0, objects={}))
    counted.engine.service_command = deviating
    fastapi = KNOWN["fastapi"]
    pair = {"fastapi": fastapi, "fastapi-base": replace(fastapi, name="fastapi-base")}
    options = counting.Options(
        pair, "standin", 3, counted.reports, ("detail",), base_commit="0123456789abcdef"
    )
    run = load_run(counted.count(options).folder)
    assert run.record.counting
    assert run.record.counting.seeds == tuple(range(seeds))
    assert len(run.counts) == 2 * seeds
    assert run.record.status == "complete"
    assert derive(run).paired_instructions is not None


def test_one_that_cannot_be_counted_is_left_out(counted: Counted) -> None:
    def broken(site: Site, words: tuple[str, ...]) -> str:
        if site.containers["service"].variables["SERVICE"] == "flask":
            raise LabError("valgrind: the Impossible happened")
        return _callgrind(site, words)

    counted.engine.service_command = broken
    run = counted.run("fastapi,flask")
    found = load_run(run.folder)
    assert {one.service for one in found.counts} == {"fastapi"}
    (finding,) = found.record.findings
    assert "flask" in finding.cause
    assert "the Impossible happened" in finding.cause


def test_nothing_is_left_on_the_engine(counted: Counted) -> None:
    counted.run("fastapi,flask")
    assert counted.engine.made == {}


def test_a_count_that_was_killed_continues_with_the_missing_starts(counted: Counted) -> None:
    whole = counted.run("fastapi,flask", seeds=3)
    (whole.folder / "counts" / "flask-1.json").unlink()
    (whole.folder / "counts" / "flask-2.json").unlink()
    whole.record = RunRecord(**{**dict(whole.record), "status": "partial", "finished_at": None})
    whole.save()
    kept = (whole.folder / "counts" / "fastapi-0.json").stat().st_mtime_ns

    run = counted.resume(whole.folder.name)

    found = load_run(whole.folder)
    assert run.folder == whole.folder
    assert found.record.status == "complete"
    assert [(one.service, one.seed) for one in found.counts] == [
        (name, seed) for name in ("fastapi", "flask") for seed in range(3)
    ]
    assert (whole.folder / "counts" / "fastapi-0.json").stat().st_mtime_ns == kept
    assert "2/2" in counted.output.getvalue()


def test_an_image_that_changed_since_is_not_counted_with_the_others(counted: Counted) -> None:
    whole = counted.run("fastapi", seeds=2)
    known = whole.record.environment
    images = {
        name: ImageIdentity(**{**dict(image), "id": "sha256:other"})
        for name, image in known.images.items()
    }
    environment = Environment(**{**dict(known), "images": images})
    changed = {"status": "partial", "environment": environment}
    whole.record = RunRecord(**{**dict(whole.record), **changed})
    whole.save()
    with pytest.raises(resume.ResumeError, match="has changed since the run started"):
        counted.resume(whole.folder.name)


def test_a_benchmark_is_no_count_to_resume(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "20260102-030405-quick", make_run(measured_blocks=2))
    with pytest.raises(LabError, match="counts no instructions") as raised:
        counting.options_of(folder.name, KNOWN, "auto", tmp_path)
    assert raised.value.remedy == f"`make bench RESUME={folder.name}`"


def test_an_engine_that_goes_away_keeps_what_was_counted(counted: Counted) -> None:
    def away(site: Site, container: Container) -> None:
        if container.variables["PYTHONHASHSEED"] == "2":
            raise EngineGoneError

    counted.engine.programs["service"] = away
    run = counted.run("fastapi", seeds=4)
    found = load_run(run.folder)
    assert found.counts
    assert found.record.status == "partial"


def test_a_count_of_many_services_has_fewer_seeds() -> None:
    assert [counting.default_seeds("x" * number) for number in (1, 2, 3, 6)] == [8, 8, 3, 3]
