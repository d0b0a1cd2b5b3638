"""results.json is held against its JSON Schema when it is written and when it is read."""

import json
from pathlib import Path
from typing import Any

import pytest

from levelbench.analysis.derive import derive
from levelbench.model import results
from levelbench.model.files import ResultsError
from tests.unit.factories import make_run


def written(folder: Path, **changes: Any) -> Path:
    text = results.to_results_json(derive(make_run(reference=True)), folder)
    content = json.loads(text) | changes
    (folder / results.RESULTS_FILE).write_text(json.dumps(content))
    return folder


def error_of(folder: Path) -> str:
    with pytest.raises(ResultsError) as error:
        results.load_results(folder)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 500
    return message


def test_results_pass_on_write_and_on_read(tmp_path: Path) -> None:
    assert results.load_results(written(tmp_path)) == derive(make_run(reference=True))


def test_what_the_schema_does_not_allow_is_named_by_its_place(tmp_path: Path) -> None:
    message = error_of(written(tmp_path, seed="a number"))
    assert "results.schema.json" in message
    assert "$.seed" in message


def test_a_field_that_the_schema_does_not_know_is_refused(tmp_path: Path) -> None:
    assert "'extra' was unexpected" in error_of(written(tmp_path, extra={"much": "x" * 1000}))


def test_results_against_the_schema_are_not_written(tmp_path: Path) -> None:
    wrong = derive(make_run()).model_copy(update={"status": "nearly"})
    with pytest.raises(ResultsError, match=r"\$\.status: 'nearly' is not one of"):
        results.to_results_json(wrong, tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"schema_version": 3}', "schema_version 3; this version of the lab reads 1 and 2"),
        ('{"schema_version": 2, "run_', "is not complete JSON"),
        ("", "is not complete JSON"),
        ('{"schema_version": 2}', "is a required property"),
    ],
)
def test_future_truncated_and_empty_results_are_said_in_one_line(
    tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / results.RESULTS_FILE).write_text(content)
    assert said in error_of(tmp_path)
