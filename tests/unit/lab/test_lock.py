import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from levelbench.errors import LabError
from levelbench.lab.lock import exclusive

ENGINE = f"test-{os.getpid()}"


def test_the_second_bench_is_told_who_holds_the_engine() -> None:
    with (
        exclusive(ENGINE),
        pytest.raises(LabError, match=rf"another bench is running.*process {os.getpid()}"),
        exclusive(ENGINE),
    ):
        pass


def test_the_engine_is_free_again_afterwards() -> None:
    for _ in range(2):
        with exclusive(ENGINE):
            pass


def test_two_engines_are_two_locks() -> None:
    with exclusive(ENGINE), exclusive(ENGINE + "other"):
        pass


def test_a_killed_bench_lets_go() -> None:
    program = f"""
import os, signal
from levelbench.lab.lock import exclusive
with exclusive({ENGINE!r}):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    with exclusive(ENGINE):
        pass


def test_another_temporary_folder_is_the_same_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two users, or one with two values of TMPDIR, measured at the same time."""
    with exclusive(ENGINE):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with pytest.raises(LabError, match="another bench is running"), exclusive(ENGINE):
            pass
