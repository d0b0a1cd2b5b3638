"""Claimed ratios compared with measured ones."""

import pytest

from levelbench.analysis.claims.article import Article, PublishedClaim, article
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report import claimed
from levelbench.report.plot import Plot
from tests.unit.analysis.claims.runs import (
    ALL_EQUAL,
    AS_CLAIMED,
    IN_DIRECTION,
    OPPOSITE,
    noisy,
    three_views,
)
from tests.unit.factories import make_run

PUBLISHED: Article = article()


def claim(id: str) -> PublishedClaim:
    return next(one for one in PUBLISHED.claims if one.id == id)


def sentences(run: Run, id: str) -> list[str]:
    results = derive(run)
    return [claimed.sentence(results, one) for one in claimed.measured(results, claim(id))]


def plot(run: Run) -> Plot:
    found = claimed.plot(derive(run), PUBLISHED)
    assert found is not None
    return found


def test_each_pair_of_a_claim_has_a_sentence_of_its_own() -> None:
    """On 33abfbe the weakest pair spoke for both, in words that were false of the other."""
    run = make_run(
        throughput={"django": 200.0, "fastapi": 224.0, "flask": 224.0, "starlette": 240.0}
    )
    django, flask = sentences(run, "fastapi-vs-sync")
    assert django.startswith("FastAPI v Django: right direction, far smaller (+1")
    assert django.endswith(", claimed +214%)")
    assert flask.startswith("FastAPI v Flask: a tie (")


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (AS_CLAIMED, "Starlette v FastAPI: holds (+3"),
        (IN_DIRECTION, "Starlette v FastAPI: right direction, smaller (+"),
        (ALL_EQUAL, "Starlette v FastAPI: a tie (-"),
        (OPPOSITE, "Starlette v FastAPI: the opposite is shown (-3"),
        ({"starlette": 800.0, "fastapi": 400.0}, "Starlette v FastAPI: right direction, larger (+"),
    ],
    ids=["holds", "smaller", "tie", "opposite", "larger"],
)
def test_the_words_follow_the_verdict(rates: dict[str, float], said: str) -> None:
    run = make_run(throughput={**ALL_EQUAL, **rates})
    (found,) = sentences(run, "starlette-vs-fastapi")
    assert found.startswith(said)
    assert found.endswith(", claimed +40%)")


def test_an_imprecise_run_does_not_decide() -> None:
    (found,) = sentences(noisy(AS_CLAIMED, blocks=5, seed=1, deviation=0.2), "starlette-vs-fastapi")
    assert "not decided" in found


def test_a_run_that_may_not_be_quoted_says_so_beside_its_numbers() -> None:
    run = make_run(throughput=AS_CLAIMED, profile="smoke", publishable=False)
    (found,) = sentences(run, "starlette-vs-fastapi")
    assert found.startswith("Starlette v FastAPI: not decided, the run is not publishable (+3")
    assert {row.tone for row in plot(run).rows} == {"muted"}
    assert {row.marks[0].kind for row in plot(run).rows} == {"hollow"}


def test_of_several_views_the_weakest_is_named() -> None:
    run = three_views(AS_CLAIMED, alone=ALL_EQUAL)
    (found,) = sentences(run, "starlette-vs-fastapi")
    assert found.startswith("Starlette v FastAPI, list only: a tie (")


def test_a_claim_without_a_size_has_no_claimed_number() -> None:
    found = sentences(make_run(), "sync-queues")
    assert len(found) == 4
    assert not any("claimed" in text for text in found)


def test_the_claimed_value_is_a_diamond_beside_the_measured_interval() -> None:
    drawn = plot(make_run(throughput=AS_CLAIMED))
    assert [row.label for row in drawn.rows] == [
        "Starlette v FastAPI, claimed +40%",
        "Starlette v Django, claimed +300% or more",
        "Flask v Django, claimed -8%",
        "FastAPI v Django, claimed +214%",
        "FastAPI v Flask, claimed +241%",
    ]
    first = drawn.rows[0]
    assert [mark.kind for mark in first.marks] == ["filled", "diamond"]
    assert first.marks[1].value == pytest.approx(1.4)
    assert first.figure is not None
    assert (first.reading, drawn.axis.change) == ("inverse change", True)
    assert all(drawn.axis.has(row.marks[-1].value) for row in drawn.rows)


def test_without_a_measurement_there_is_no_picture() -> None:
    assert claimed.plot(derive(make_run(workloads={}, plan=())), PUBLISHED) is None
    alone = make_run(throughput={"flask": 250.0}, control=None)
    assert claimed.plot(derive(alone), PUBLISHED) is None
