"""A run that goes on, against a machine that says what it is told to."""

from pathlib import Path
from typing import Any, cast

import pytest

from levelbench.analysis.checks.table import CONTESTANT_LEFT_OUT
from levelbench.bench import resume
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.contestants import discovery
from levelbench.errors import LabError
from levelbench.lab.lab import Lab
from levelbench.model.config import load_config
from levelbench.model.finding import Finding
from levelbench.model.ledger import ParityEntry
from levelbench.model.run import Environment, ImageIdentity, load_run_record
from tests.unit.factories import environment, make_run, service, write_run

LAB = cast(Lab, None)
RUN_ID = "20260102-030405-quick"


def interrupted(reports: Path, **changes: Any) -> Path:
    return write_run(reports / RUN_ID, make_run(measured_blocks=2, **changes))


def options(reports: Path) -> Options:
    return resume.options_of(RUN_ID, load_config(), discovery.discover(), "auto", reports)


def reopen(
    reports: Path, monkeypatch: pytest.MonkeyPatch, here: Environment | None = None
) -> OngoingRun:
    monkeypatch.setattr(resume, "describe", lambda lab: here or environment())
    found = options(reports)
    return resume.reopen(reports / (found.resumed or ""), found.services, LAB)


def test_what_was_asked_for_is_asked_for_again(tmp_path: Path) -> None:
    interrupted(tmp_path)
    found = options(tmp_path)
    assert found.workloads == {"closed": 5}
    assert (found.profile_name, found.seed, found.mix, found.scale) == ("quick", 42, "journey", 1)
    assert sorted(found.services) == ["django", "fastapi", "flask", "starlette"]
    assert found.resumed == RUN_ID


def test_the_trials_that_are_there_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(tmp_path)
    run = reopen(tmp_path, monkeypatch)
    assert [trial.number for trial in run.trials] == list(range(1, 11))
    assert run.record.finished_at is None


def test_a_complete_run_has_nothing_to_go_on_with(tmp_path: Path) -> None:
    write_run(tmp_path / RUN_ID, make_run())
    with pytest.raises(LabError, match="is complete"):
        options(tmp_path)


def test_a_contestant_that_is_gone_ends_it(tmp_path: Path) -> None:
    interrupted(tmp_path, throughput={"django": 180.0, "gone": 300.0}, control=None)
    with pytest.raises(LabError, match="services/gone no longer exists"):
        options(tmp_path)


def test_one_that_was_left_out_stays_so_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out = Finding(
        code=CONTESTANT_LEFT_OUT.code, severity="error", cause="flask was not measured", remedy="-"
    )
    entry = ParityEntry(rule="data: x", service="flask", expected="a", observed="b", holds=False)
    known = {name: service(name) for name in ("django", "fastapi")}
    interrupted(
        tmp_path,
        throughput={"django": 180.0, "fastapi": 400.0},
        control=None,
        services={**known, "flask": service("flask", failure="it does not build")},
        findings=(left_out,),
        parity=(entry, entry.model_copy(update={"service": "django"})),
    )
    assert sorted(options(tmp_path).services) == ["django", "fastapi"]
    run = reopen(tmp_path, monkeypatch)
    assert run.record.findings == (left_out,)
    assert run.record.services["flask"].failure == "it does not build"
    assert run.record.parity == (entry,)  # the others are verified anew


def test_before_there_is_a_plan_the_line_up_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out = Finding(
        code=CONTESTANT_LEFT_OUT.code, severity="error", cause="flask was not measured", remedy="-"
    )
    run = make_run(services={"flask": service("flask", failure="port in use")})
    record = run.record.model_copy(
        update={"plan": (), "status": "partial", "findings": (left_out,)}
    )
    write_run(tmp_path / RUN_ID, run.model_copy(update={"record": record, "trials": ()}))
    again = reopen(tmp_path, monkeypatch)
    assert again.record.findings == ()
    assert again.record.services["flask"].failure is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cpu_model": "Another CPU"}, "processor was Example CPU 2.4 GHz and is now Another CPU"),
        ({"engine": "docker 29"}, "its container engine was docker 28.0.1 and is now docker 29"),
        ({"images": {"postgres": ImageIdentity(reference="postgres:17.11", id="other")}},
         "image postgres has changed since the run started"),
    ],
)  # fmt: skip
def test_another_machine_or_image_is_refused_and_the_run_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], said: str
) -> None:
    folder = interrupted(tmp_path)
    before = load_run_record(folder)
    with pytest.raises(resume.ResumeError, match=said):
        reopen(tmp_path, monkeypatch, environment().model_copy(update=change))
    assert load_run_record(folder) == before


def test_a_run_that_cannot_go_on_is_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = interrupted(tmp_path, findings=(
        Finding(code="run-ended", severity="error", cause="the engine went away", remedy="-"),
    ))  # fmt: skip
    before = load_run_record(folder)
    run = reopen(tmp_path, monkeypatch)
    assert load_run_record(folder) != before
    run.restore()
    assert load_run_record(folder) == before


def test_other_parameters_are_named() -> None:
    record = make_run().record
    same = record.workloads
    names = {trial.service for trial in record.plan}
    resume.require_equal(record, same, names)
    other = {"closed": same["closed"].model_copy(update={"measure_s": 11, "mix": "uniform"})}
    with pytest.raises(resume.ResumeError, match="measure_s, mix of closed changed"):
        resume.require_equal(record, other, names)


def test_it_does_not_go_on_without_one_of_its_contestants() -> None:
    record = make_run().record
    with pytest.raises(resume.ResumeError, match=r"cannot resume run .* without flask"):
        resume.require_equal(record, record.workloads, {"django", "fastapi", "starlette"})
