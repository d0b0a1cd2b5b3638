"""Contestants that differ within the contract's words are told apart."""

from levelbench.contract.answers import collect, differences
from tests.unit.contract.fake import Fake, serve


class AnotherStatus(Fake):
    def __init__(self) -> None:
        super().__init__()
        self.orders[5]["status"] = "shipped"


def test_equal_contestants_do_not_differ() -> None:
    with serve(Fake()) as one, serve(Fake()) as other:
        assert differences({"one": collect(one), "other": collect(other)}) == []


def test_the_place_of_a_difference_is_named() -> None:
    with serve(Fake()) as one, serve(AnotherStatus()) as other:
        found = differences({"one": collect(one), "other": collect(other)})
    assert str(found[0]) == (
        "other: same-answers/01 GET /api/v1/orders?page=1: "
        'expected body.results[5].status = "paid", as one has it; seen "shipped"'
    )
    assert {violation.service for violation in found} == {"other"}


def test_one_contestant_differs_from_nobody() -> None:
    assert differences({}) == []
    assert differences({"one": {"a": 1}}) == []
