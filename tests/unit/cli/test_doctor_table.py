import io
import json

import pytest
from rich.console import Console

from levelbench.cli.doctor_table import exit_status, table, terminal_table, to_json
from levelbench.lab.doctor.diagnosis import Diagnosis, Grade


def check(grade: Grade = "ok", code: str = "steal", **changes: object) -> Diagnosis:
    fields = {
        "code": code,
        "name": code.capitalize(),
        "found": "0.3% of the CPU that lost most [of 2]",
        "grade": grade,
        "effect": "What the host takes is missing from throughput, and comes and goes. " * 2,
        "remedy": "" if grade == "ok" else "Use a machine that is not shared.",
        "figures": {"steal": {"0": 0.003}, "unknown": None},
    }
    return Diagnosis.model_validate(fields | changes)


GOOD, NOTED, BAD = check(), check("note", "speed"), check("bad", "load")
LACKING = check("bad", "engine", required=True)


@pytest.mark.parametrize(
    ("checks", "status", "sentence"),
    [
        ([GOOD], 0, "Trustworthy runs are possible on this machine."),
        ([GOOD, NOTED], 0, "Trustworthy runs are possible on this machine, with 1 note."),
        ([NOTED, NOTED], 0, "Trustworthy runs are possible on this machine, with 2 notes."),
        ([GOOD, BAD], 1, "The lab gives no usable results on this machine: load."),
        ([BAD, LACKING], 2, "The lab cannot run on this machine: load, engine."),
    ],
)
def test_status_and_last_line_say_what_it_comes_to(
    checks: list[Diagnosis], status: int, sentence: str
) -> None:
    assert exit_status(checks) == status
    assert table(checks).notes == (sentence,)


def printed(checks: list[Diagnosis], **options: object) -> str:
    stream = io.StringIO()
    Console(file=stream, soft_wrap=True, **options).print(terminal_table(checks))  # type: ignore[arg-type]
    return stream.getvalue()


def test_the_table_fits_eighty_columns() -> None:
    said = printed([GOOD, NOTED, BAD], width=80)
    assert max(len(line) for line in said.splitlines()) <= 80
    words = " ".join(said.split())
    assert "Load bad 0.3% of the CPU that lost most [of 2]" in words
    assert "→ Use a machine that is not shared." in words


def test_the_table_is_plain_when_it_is_piped() -> None:
    assert "\x1b" not in printed([GOOD, NOTED, BAD])


def test_programs_get_every_figure() -> None:
    said = json.loads(to_json([GOOD, NOTED]))
    assert said["trustworthy"] is True
    assert [found["grade"] for found in said["checks"]] == ["ok", "note"]
    assert said["checks"][0]["figures"] == {"steal": {"0": 0.003}, "unknown": None}
    assert json.loads(to_json([BAD]))["trustworthy"] is False
