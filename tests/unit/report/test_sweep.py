"""The section of a sweep: sentences, the drawing in numerical order, and documentation."""

import csv
import io

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report import csvfile, machine, markdown, sweep
from levelbench.report.sections import opening
from tests.unit.factories import make_run
from tests.unit.factories.sweeps import name_of, sweep_run

RUN = sweep_run()
RESULTS = derive(RUN)


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(RUN, id="tie"),
        pytest.param(sweep_run({4: 500.0, 12: 400.0, 24: 390.0}), id="another"),
        pytest.param(sweep_run({4: 300.0, 12: 400.0, 24: 300.0}), id="declared"),
        pytest.param(sweep_run({4: 300.0, 12: 400.0}, failed=name_of(4)), id="failed"),
        pytest.param(sweep_run(blocks=1, publishable=False, control=None), id="smoke"),
        pytest.param(make_run(), id="other"),
    ],
)
def test_sentences_are_as_approved(run: Run, snapshot: SnapshotAssertion) -> None:
    assert sweep.sentences(derive(run)) == snapshot


def test_section_is_as_approved(snapshot: SnapshotAssertion) -> None:
    assert markdown.of_section(sweep.section(RESULTS, ["closed"])) == snapshot


def test_a_run_that_may_not_be_quoted_shows_no_value_as_different() -> None:
    results = derive(sweep_run(publishable=False))
    (plot,) = sweep.section(results, ["closed"]).plots
    assert {mark.kind for row in plot.rows for mark in row.marks} == {"diamond", "hollow"}


def test_a_run_that_is_no_sweep_has_no_section() -> None:
    assert sweep.section(derive(make_run()), ["closed"]).is_empty


def test_the_answer_of_a_sweep_is_its_best_value() -> None:
    assert opening(RESULTS, RUN).sentences == sweep.sentences(RESULTS)


def test_each_ratio_is_a_line_of_the_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(csvfile.render(RESULTS))))
    found = [row for row in rows if row["metric"] == "ratio_to_declared.throughput_rps"]
    assert [row["service"] for row in found] == [name_of(value) for value in (2, 4, 8, 24)]
    assert {row["trials"] for row in found} == {"5"}


def test_the_report_says_how_to_run_it_again() -> None:
    assert machine.rerun(RESULTS, RUN) == (
        "make sweep PROFILE=quick SEED=42 SERVICE=fastapi OVER=pool=2,4,8,12,24"
    )
