"""A run that may not be quoted: it says so first, and nothing below says more than it knows."""

import pytest

from tests.browser.conftest import Open

VERDICTS = ("better", "worse", "equivalent", "tie", "probably", "faster", "slower", "holds")


@pytest.mark.parametrize("kind", ["disturbed", "partial"])
def test_a_run_that_decides_nothing_shows_no_verdict(kind: str, opened: Open) -> None:
    reader = opened(kind)
    reader.unfold_all()
    page = reader.page
    assert page.locator(".answer .status strong").inner_text() == "Do not quote"
    assert page.locator(".answer .found").inner_text() == "This run cannot tell the four apart."
    assert page.locator("figure[id^=pairs] .filled").count() == 0
    assert page.locator("figure[id^=pairs] .row:not(.control):not(.muted)").count() == 0
    verdicts = page.locator("[id*=every-pair] td:last-child, [id*=exploratory] td:last-child")
    for verdict in verdicts.all_inner_texts():
        assert not any(word in verdict for word in VERDICTS), verdict
    assert {claim["verdict"] for claim in reader.results["claims"]}.isdisjoint(
        {"holds", "direction_only", "does_not_hold", "opposite"}
    )


def test_the_disturbed_run_says_what_disturbed_it_and_what_to_do(opened: Open) -> None:
    status = opened("disturbed").page.locator(".answer .status").inner_text()
    for said in (
        "15 of 25 measurements count",
        "10 were lost to other programs (up to 70% of a core)",
        "Starlette measured twice differed by up to 18%",
        "Stop what else runs on this machine",
    ):
        assert said in status


def test_pairs_of_the_disturbed_run_are_grey_and_reach_beyond_the_axis(opened: Open) -> None:
    rows = opened("disturbed").page.locator(".answer figure .row.muted")
    assert rows.count() == 6
    colours = rows.evaluate_all("(rows) => rows.map((row) => getComputedStyle(row).color)")
    (colour,) = set(colours)
    red, green, blue = (int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(","))
    assert max(red, green, blue) - min(red, green, blue) < 32
    caps = rows.locator("text.cap").all_text_contents()
    assert caps == ["-29%", "+151%", "-31%", "+129%"]
