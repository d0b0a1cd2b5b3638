"""A metric of the table is in results.json, in the report, in the CSV and in `compare`."""

import csv
import io

import pytest

from levelbench.analysis.derive import derive
from levelbench.analysis.two_runs.compare import compare
from levelbench.model.folder import Run
from levelbench.model.trial import TrialRecord
from levelbench.report import csvfile
from levelbench.report.compared import to_markdown
from levelbench.report.tables.contestants import head_to_head
from tests.unit.factories import make_run
from tests.unit.report.reading import row

NETWORK, HEADING = "network_bytes_per_request", "Network per request, bytes"


def counted(run: Run, per_request: float, **record: str) -> Run:
    """The run, its contestants' network bytes counted."""

    def with_bytes(trial: TrialRecord) -> TrialRecord:
        assert trial.window is not None
        use = trial.resources["service"].model_copy(
            update={"network_bytes": round(per_request * trial.window.requests)}
        )
        return trial.model_copy(update={"resources": {**trial.resources, "service": use}})

    return Run(
        record=run.record.model_copy(update=record),
        trials=tuple(with_bytes(trial) for trial in run.trials),
    )


@pytest.fixture(scope="module")
def run() -> Run:
    return counted(make_run(), 5_120)


def test_the_report_shows_network_bytes_per_request(run: Run) -> None:
    table = head_to_head(derive(run), "closed")
    assert row(table, "flask")[HEADING][0] == "5,120"


def test_a_run_that_did_not_count_them_has_no_column() -> None:
    table = head_to_head(derive(make_run()), "closed")
    assert HEADING not in {column.label for column in table.columns}
    comparisons = derive(make_run()).workloads["closed"].comparisons
    assert NETWORK not in {pair.metric for pair in comparisons}


def test_the_csv_has_network_bytes_per_request(run: Run) -> None:
    lines = csv.DictReader(io.StringIO(csvfile.render(derive(run))))
    (found,) = [x for x in lines if (x["service"], x["metric"]) == ("flask", NETWORK)]
    assert round(float(found["value"])) == 5_120
    assert found["unit"] == "bytes"


def test_two_runs_are_compared_by_network_bytes_per_request(run: Run) -> None:
    more = counted(make_run(), 6_144, run_id="20260103T030405-quick")
    found = compare(run, more, 0.05)
    changed = {c.service: c for c in found.own if c.measure.metric == NETWORK}
    assert changed["flask"].verdict == "worse"
    assert not changed["flask"].measure.decides
    assert HEADING in to_markdown(found)
