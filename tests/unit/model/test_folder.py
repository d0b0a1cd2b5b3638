import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from levelbench.model.files import ResultsError
from levelbench.model.folder import load_run
from levelbench.model.trial import TrialRecord
from tests.unit.factories import make_run, trial, write_run


def test_a_run_reads_back_as_it_was_written(tmp_path: Path) -> None:
    run = make_run()
    assert load_run(write_run(tmp_path, run)) == run


def test_a_trial_that_was_never_saved_is_no_trial(tmp_path: Path) -> None:
    write_run(tmp_path, make_run(blocks=1))
    (tmp_path / "trials" / "099-closed-flask").mkdir()
    assert len(load_run(tmp_path).trials) == 5


def test_both_attempts_of_a_trial_are_kept_in_order(tmp_path: Path) -> None:
    run = make_run(blocks=1)
    again = run.trials[0].model_copy(update={"attempt": 2})
    write_run(tmp_path, run.model_copy(update={"trials": (*run.trials, again)}))
    assert [t.attempt for t in load_run(tmp_path).trials][:2] == [1, 2]


def error_of(folder: Path) -> str:
    with pytest.raises(ResultsError) as error:
        load_run(folder)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_a_missing_run_is_said_in_one_line(tmp_path: Path) -> None:
    assert "run.json is missing" in error_of(tmp_path)


def test_json_cut_short_is_said_in_one_line(tmp_path: Path) -> None:
    write_run(tmp_path, make_run(blocks=1))
    path = next(tmp_path.glob("trials/*/trial.json"))
    path.write_text(path.read_text()[:-40])
    assert f"{path} is not complete JSON" in error_of(tmp_path)


@pytest.mark.parametrize("content", ['{"schema_version": 2}', "{}", "[]", '"text"'])
def test_an_unknown_schema_version_is_said_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    assert "this version of the lab reads 1." in error_of(tmp_path)


def test_an_unknown_field_is_named(tmp_path: Path) -> None:
    write_run(tmp_path, make_run(blocks=1))
    path = tmp_path / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"surprise": 1}))
    assert "surprise: Extra inputs are not permitted" in error_of(tmp_path)


def test_an_unknown_parameter_of_a_workload_is_named(tmp_path: Path) -> None:
    write_run(tmp_path, make_run(blocks=1))
    path = tmp_path / "run.json"
    content = json.loads(path.read_text())
    content["workloads"]["closed"]["measured_s"] = 10
    path.write_text(json.dumps(content))
    message = error_of(tmp_path)
    assert "workloads.closed.measured_s: Extra inputs are not permitted" in message


def test_a_trial_of_a_service_that_the_run_has_not_is_refused(tmp_path: Path) -> None:
    run = make_run(blocks=1)
    write_run(tmp_path, run.model_copy(update={"trials": (trial(1, 1, "stranger"),)}))
    assert "'stranger'" in error_of(tmp_path)


def test_infinity_is_no_figure() -> None:
    with pytest.raises(ValidationError):
        TrialRecord.model_validate(trial(1, 1, "flask").model_dump() | {"machine_speed": 1e999})


def test_records_are_frozen() -> None:
    record = trial(1, 1, "flask")
    with pytest.raises(ValidationError):
        record.number = 2


def test_a_complete_run_without_one_of_its_trials_is_refused(tmp_path: Path) -> None:
    run = make_run(blocks=2)
    write_run(tmp_path, run)
    (tmp_path / "trials" / run.trials[3].folder_name / "trial.json").unlink()
    message = error_of(tmp_path)
    assert f"{run.trials[3].folder_name}/trial.json is missing" in message
    assert "the run is complete" in message


def test_a_partial_run_without_one_of_its_trials_was_interrupted_there(tmp_path: Path) -> None:
    run = make_run(blocks=2, status="partial")
    write_run(tmp_path, run)
    (tmp_path / "trials" / run.trials[3].folder_name / "trial.json").unlink()
    assert len(load_run(tmp_path).trials) == len(run.trials) - 1


def test_attempts_have_folders_of_their_own() -> None:
    first = trial(7, 1, "flask@control")
    assert first.folder_name == "007-closed-flask@control"
    again = first.model_copy(update={"attempt": 2})
    assert again.folder_name == "007-closed-flask@control-attempt2"
