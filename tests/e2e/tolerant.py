"""`levelbench` with limits that no other program on this machine exceeds: a trial that is invalid
because the machine is busy fails no test. Run as `python -m tests.e2e.tolerant <arguments>`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from levelbench.cli.app import main
from levelbench.model import config
from levelbench.model.config import ROOT
from tests.full.checkout import TOLERANT, shorten

BENCH = [sys.executable, "-m", "tests.e2e.tolerant", "bench"]


def bench(*options: str, statuses: tuple[int, ...] = (0,)) -> Path:
    """Run a bench to its end; its folder. Its exit status is one of `statuses`."""
    command = [*BENCH, *options]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    sys.stdout.write(done.stdout)
    assert done.returncode in statuses, done.stdout + done.stderr
    return (ROOT / "reports" / "latest").resolve()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / config.CONFIG_FILE.name
        file.write_text(config.CONFIG_FILE.read_text())
        shorten(file, {"limits": TOLERANT})
        config.load_config.__defaults__ = (file,)
        main()
