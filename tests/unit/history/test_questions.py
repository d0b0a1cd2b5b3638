"""The questions: honest answers, and commands that exist."""

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.contestants import selection
from levelbench.contestants.discovery import discover
from levelbench.history.archive import Archive
from levelbench.history.questions import QUESTIONS, Question
from levelbench.model.config import ROOT
from levelbench.model.folder import Run
from levelbench.model.release import Release
from levelbench.model.run import RunArguments
from tests.unit.factories import make_run
from tests.unit.factories.counts import SAME, make_pair
from tests.unit.factories.loads import interference_run, session_run
from tests.unit.factories.nights import nights, published
from tests.unit.factories.sweeps import sweep_run
from tests.unit.factories.variants import variants_run

ANSWERED = [question for question in QUESTIONS if question.command]


def test_there_are_twenty_four() -> None:
    assert len({question.text for question in QUESTIONS}) == 24


@pytest.mark.parametrize("question", ANSWERED, ids=lambda question: question.text)
def test_a_command_exists_with_its_services(question: Question) -> None:
    makefile = (ROOT / "Makefile").read_text()
    target, _, variables = question.command.removeprefix("make ").partition(" ")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    for services in re.findall(r"SERVICES=([\w,+-]+)", variables):
        assert selection.select(services, discover())


def test_the_page_of_answers_names_the_command_of_each_question() -> None:
    commands = {question.text: question.command for question in QUESTIONS}
    page = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
    assert [one for one in commands.values() if one and f"`{one}`" not in page] == []
    _, everything, _, *sections = page.split("\n## ")
    assert everything.count("\n| ") == len(commands) + 1
    assert len(sections) == 9
    for section in sections:
        assert commands[section.partition("\n")[0]] in section


def answers(archive: Archive) -> dict[str, str]:
    found = ((question.text, question.answer(archive.quotable)) for question in QUESTIONS)
    return {text: answer.text for text, answer in found if answer}


def test_answers_are_as_approved(snapshot: SnapshotAssertion) -> None:
    archive = Archive((*nights(1), published(variants_run())))
    assert answers(archive) == snapshot


def test_the_newest_run_answers() -> None:
    older, newer = nights(2)[::2]
    found = QUESTIONS[0].answer(Archive((older, newer)).quotable)
    assert found is not None
    assert found.run == newer


def test_a_run_that_may_not_be_quoted_answers_nothing() -> None:
    run = published(make_run(blocks=1, control=None, profile="smoke", publishable=False))
    assert answers(Archive((run,))) == {}


def test_two_releases_answer_for_themselves_only(snapshot: SnapshotAssertion) -> None:
    rates = {"fastapi": 400.0, "fastapi-base": 300.0}
    release = Release(
        service="fastapi",
        package="fastapi",
        from_version="0.129.0",
        to_version="0.130.0",
        direct=True,
        differs={},
        shared={},
    )
    asked = RunArguments(workloads={"closed": 5}, mix="journey", scale=1, release=release)
    timed = published(make_run(throughput=rates, choices=asked))
    count = make_pair({"detail": SAME})
    choices = count.record.choices.model_copy(update={"base": None, "release": release})
    record = count.record.model_copy(update={"choices": choices})
    counted = published(count.model_copy(update={"record": record}))
    for run in (timed, counted):
        archive = Archive((run,))
        assert answers(archive) == snapshot
        assert archive.series == {}
        assert archive.newest is None


def test_a_sweep_answers_for_its_setting_only() -> None:
    sweep = published(sweep_run())
    found = answers(Archive((sweep,)))
    assert list(found) == ["Which size of the connection pool?"]
    assert "pool" in found["Which size of the connection pool?"]


@pytest.mark.parametrize("run", [session_run(), interference_run()], ids=["users", "logins"])
def test_users_and_logins_are_answered(run: Run, snapshot: SnapshotAssertion) -> None:
    assert answers(Archive((published(run),))) == snapshot
