"""Output of any encoding and width, to readers that go away: the status is the command's."""

import os
import subprocess
import sys

import pytest

from levelbench.cli import app
from levelbench.cli.output import correct_width
from levelbench.model.config import ROOT

PROGRAM = """
import sys
from levelbench.cli import output
output.prepare()
{body}
"""


def run(body: str, redirection: str = "", **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program with prepared streams, its output redirected by a shell."""
    return subprocess.run(
        ["bash", "-c", f'set -o pipefail; "$0" -c "$1" {redirection}', sys.executable,
         PROGRAM.format(body=body)],
        capture_output=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts"), **variables},
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_encoding_that_lacks_a_character_is_no_error(encoding: str) -> None:
    text = r"print('3 \u00b1 1 \u2192 4 \u2026 \U0001f600')"
    done = run(text, PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    said = done.stdout.decode(encoding)
    assert "-> 4 " in said
    assert said.endswith("?\n")


@pytest.mark.parametrize("status", [0, 1, 3])
def test_a_reader_that_goes_away_does_not_change_the_status(status: int) -> None:
    """Status 1 of `compare` means slower: a closed pipe gave it, too."""
    body = f"[print(n, flush=True) for n in range(20000)]; sys.exit({status})"
    done = run(body, '| { read -r line; echo "$line"; }')
    assert (done.returncode, done.stdout, done.stderr) == (status, b"0\n", b"")


def test_what_follows_a_closed_pipe_still_happens() -> None:
    body = "[print(n, flush=True) for n in range(20000)]; sys.stderr.write('done')"
    assert run(body, "| true").stderr == b"done"


def test_closed_output_is_no_error() -> None:
    assert run("print('x'); sys.exit(3)", ">&- 2>&-").returncode == 3


def test_a_full_disk_is_one_line_and_status_2() -> None:
    body = "from levelbench.cli import app\napp.app = lambda **_: print('x')\napp.main()"
    done = run(body, ">/dev/full")
    assert done.returncode == 2
    assert done.stderr == b"levelbench: No space left on device\n"


def test_a_file_of_another_user_is_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(**_: object) -> None:
        raise PermissionError(13, "Permission denied", "/reports/latest")

    monkeypatch.setattr(app, "app", command)
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "levelbench: /reports/latest: Permission denied\n"


@pytest.mark.parametrize(
    ("columns", "corrected"), [("0", None), ("00", None), ("7", "40"), ("40", "40"), ("x", "x")]
)
def test_a_width_that_nobody_could_read_is_corrected(columns: str, corrected: str | None) -> None:
    variables = {"COLUMNS": columns}
    correct_width(variables)
    assert variables.get("COLUMNS") == corrected


def test_a_width_of_zero_still_prints() -> None:
    """COLUMNS=0 printed nothing at all."""
    body = "from levelbench.cli.terminal import show; from rich.text import Text; show(Text('it'))"
    assert run(body, COLUMNS="0").stdout == b"it\n"
