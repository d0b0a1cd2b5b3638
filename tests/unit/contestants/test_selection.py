"""Selection of services: names, groups and families."""

import pytest

from levelbench.contestants.discovery import discover
from levelbench.contestants.selection import require_no_guest, select, with_role
from levelbench.errors import LabError

KNOWN = discover()
CORE = ["django", "fastapi", "flask", "starlette"]


def test_the_core_contestants_are_the_default() -> None:
    assert list(select("", KNOWN)) == CORE


def test_references_come_with_the_core_where_they_are_asked_for() -> None:
    assert list(select("", KNOWN, references=True)) == sorted([*CORE, "floor", "floor-wsgi"])


def test_all_is_every_contestant_and_reference_and_no_variant() -> None:
    assert {one.spec.role for one in select("all", KNOWN).values()} == {"contestant", "reference"}
    assert set(with_role("contestant", KNOWN)) < set(select("all", KNOWN))


def test_names_are_taken_in_any_order() -> None:
    assert list(select(" starlette,fastapi", KNOWN)) == ["fastapi", "starlette"]


def test_an_unknown_name_is_an_error_that_names_what_there_is() -> None:
    with pytest.raises(LabError, match=r"there is no service 'nope'\. Choose from: .*; or all"):
        select("fastapi,nope+variants", KNOWN)


@pytest.mark.parametrize("names", [",", " ", " , ,"])
def test_a_list_without_names_does_not_select_everything(names: str) -> None:
    with pytest.raises(LabError, match=r"names no service\. Choose from: "):
        select(names, KNOWN)


def test_a_guest_is_selected_by_its_name_only() -> None:
    guests = set(with_role("guest", KNOWN))
    assert guests == {"url-shortener"}
    for words in ("", "all", "all+variants"):
        assert not guests & set(select(words, KNOWN, references=True))
    assert set(select("url-shortener", KNOWN)) == guests


def test_what_needs_the_contract_refuses_a_guest() -> None:
    require_no_guest(select("all+variants", KNOWN).values(), "a count")
    with pytest.raises(LabError, match=r"url-shortener is a guest, .* which a count needs"):
        require_no_guest(select("url-shortener,flask", KNOWN).values(), "a count")
