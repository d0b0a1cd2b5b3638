"""The report of a guest: by itself, and compared with itself at another commit."""

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.analysis.two_runs.paired import judge
from levelbench.model.folder import Run
from levelbench.model.measurement import EndpointWindow
from levelbench.model.run import ServiceRecord
from levelbench.model.trial import TrialRecord
from levelbench.report import markdown, paired
from levelbench.report.answer import answer
from levelbench.report.sections import sections
from tests.unit.factories import latency, make_run, service

NAME = "url-shortener"
BASE = f"{NAME}-base"


def record(shown: str) -> ServiceRecord:
    return service(
        NAME, "guest", display_name=shown, traits={}, verified=None, packages={"starlette": "1.2.3"}
    )


def with_requests(run: Run) -> Run:
    """Each trial with the requests of a journey in place of endpoints."""
    requests = {
        name: EndpointWindow(
            requests=count, errors=0, throughput_rps=count / 10, latency=latency(9.0, count)
        )
        for name, count in (("follow", 3400), ("create", 400), ("stats", 200))
    }
    trials = [
        TrialRecord(
            **{**dict(trial), "endpoints": {}, "requests": requests, "rows": None, "tasks": None}
        )
        for trial in run.trials
    ]
    return Run(record=run.record, trials=tuple(trials))


RUN = with_requests(
    make_run(throughput={NAME: 400.0}, services={NAME: record("URL shortener")}, control=NAME)
)
RESULTS = derive(RUN)


def test_the_answer_is_its_own_value_and_what_it_means(snapshot: SnapshotAssertion) -> None:
    assert answer(RESULTS, RUN) == snapshot


def test_it_has_no_rank_and_no_comparison() -> None:
    measured = RESULTS.workloads["closed"]
    assert measured.services[NAME].rank is None
    assert measured.comparisons == ()


def test_the_report_has_what_a_guest_has(snapshot: SnapshotAssertion) -> None:
    assert [section.title for section in sections(RESULTS, RUN)] == [
        "Charts", "Can you trust it?", "The machine",
    ]  # fmt: skip
    text = markdown.render(RESULTS, RUN)
    assert text.partition("## Can you trust it?")[0] == snapshot
    assert not re.search(r"[Ff]ramework|the four|[Rr]anked", text)


@pytest.mark.parametrize("rate", [400.0, 300.0])
def test_it_is_compared_with_itself_at_another_commit(
    rate: float, snapshot: SnapshotAssertion
) -> None:
    names = {NAME: "URL shortener", BASE: "URL shortener at 0123abc"}
    run = make_run(
        throughput={NAME: rate, BASE: 400.0},
        services={name: record(shown) for name, shown in names.items()},
        control=NAME,
    )
    results = derive(run)
    found = judge(results, NAME, BASE, 0.05)
    assert found.state == ("slower" if rate < 400 else "not slower")
    assert paired.sentences(results, found) == snapshot
