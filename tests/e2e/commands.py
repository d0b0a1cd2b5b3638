"""`levelbench` as a user runs it."""

import subprocess
import sys
from pathlib import Path

from levelbench.model.config import ROOT

LEVELBENCH = str(Path(sys.executable).with_name("levelbench"))


def levelbench(*arguments: str, statuses: tuple[int, ...] = (0,)) -> str:
    """Run a command to its end; its output. Its exit status is one of `statuses`."""
    command = [LEVELBENCH, *arguments]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    assert done.returncode in statuses, done.stdout + done.stderr
    return done.stdout


def bench(*options: str, statuses: tuple[int, ...] = (0,)) -> Path:
    """Run a bench to its end; its folder."""
    sys.stdout.write(levelbench("bench", *options, statuses=statuses))
    return (ROOT / "reports" / "latest").resolve()
