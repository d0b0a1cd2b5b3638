"""What the report shows of a comparison of two releases."""

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.release import Pin, Release
from levelbench.model.run import RunArguments, RunRecord
from levelbench.report import html, markdown, release
from levelbench.report.machine import rerun
from tests.unit.factories import make_run
from tests.unit.factories.counts import SAME, make_pair

PINS = {
    "starlette": Pin(before="0.50.0", after="0.52.1"),
    "annotated-doc": Pin(before=None, after="0.0.4"),
}
ALONE = Release(
    service="fastapi", package="fastapi", from_version="0.129.0", to_version="0.130.0", direct=True,
    differs={}, shared={},
)  # fmt: skip
FORCING = Release(**{**dict(ALONE), "direct": False, "differs": PINS, "shared": PINS})


@pytest.mark.parametrize("found", [None, ALONE, FORCING], ids=["none", "alone", "forcing"])
def test_sentences(found: Release | None, snapshot: SnapshotAssertion) -> None:
    assert release.sentences(found) == snapshot


def of_releases(run: Run) -> Run:
    arguments = RunArguments(**{**dict(run.record.choices), "base": None, "release": FORCING})
    record = RunRecord(**{**dict(run.record), "choices": arguments})
    return Run(record=record, trials=run.trials, counts=run.counts)


TIMED = of_releases(
    make_run(throughput={"fastapi": 400.0, "fastapi-base": 400.0}, control="fastapi")
)
COUNTED = of_releases(make_pair({"detail": SAME}))


@pytest.mark.parametrize(
    ("run", "command"),
    [
        (
            TIMED,
            "make bench-release PROFILE=quick SEED=42 PACKAGE=fastapi FROM=0.129.0 TO=0.130.0 "
            "SERVICE=fastapi BY=time",
        ),
        (
            COUNTED,
            "make bench-release PACKAGE=fastapi FROM=0.129.0 TO=0.130.0 SERVICE=fastapi "
            "BY=instructions SEEDS=8 ENDPOINTS=detail",
        ),
    ],
    ids=["time", "instructions"],
)
def test_report_and_summary_list_what_differs(run: Run, command: str) -> None:
    results = derive(run)
    for text in (markdown.render(results, run), markdown.summary(results, run)):
        for sentence in release.sentences(FORCING):
            assert markdown.escape(sentence) in text
    assert "starlette 0.50.0 -&gt; 0.52.1" in html.render(results, run)
    assert rerun(results, run) == command


def test_the_counts_of_two_releases_are_judged_as_a_pair() -> None:
    found = derive(COUNTED).paired_instructions
    assert found is not None
    assert (found.head, found.base, found.state) == ("fastapi", "fastapi-base", "no more")


def test_a_record_keeps_the_releases() -> None:
    again = RunRecord.model_validate_json(COUNTED.record.model_dump_json())
    assert again.choices.release == FORCING
    assert again.choices.paired
    assert "release" not in make_pair({"detail": SAME}).record.model_dump()["choices"]
