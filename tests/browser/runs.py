"""The folder of a constructed run, with its report, as `make report` leaves it."""

from pathlib import Path

from levelbench import report
from levelbench.model.files import write_atomic
from tests.unit.factories import write_run
from tests.unit.factories.kinds import HOSTILE, KINDS


def build(kind: str, folder: Path) -> Path:
    """The folder of a run of that kind."""
    run = KINDS[kind]()
    write_run(folder, run)
    for trial in run.trials if kind == "hostile" else ():
        write_atomic(folder / "trials" / trial.folder_name / "service.log", HOSTILE)
    report.build(folder)
    return folder
