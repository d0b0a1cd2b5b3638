import json
from pathlib import Path

from levelbench.model.config import load_config
from levelbench.model.run import RUN_FILE, load_run_record
from tests.unit.factories import make_run, statistics, write_run


def test_a_run_records_the_limits_of_its_verdicts(tmp_path: Path) -> None:
    run = make_run(statistics=statistics(control_limit=0.07))
    assert load_run_record(write_run(tmp_path, run)).statistics.control_limit == 0.07


def test_a_run_without_them_has_those_of_its_time(tmp_path: Path) -> None:
    folder = write_run(tmp_path, make_run())
    content = json.loads((folder / RUN_FILE).read_text())
    del content["statistics"]
    content["tie_threshold"] = 0.03
    (folder / RUN_FILE).write_text(json.dumps(content))
    found = load_run_record(folder)
    assert found.statistics == load_config().statistics.model_copy(update={"tie_threshold": 0.03})
    assert found.tie_threshold == 0.03
