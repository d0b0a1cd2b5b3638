"""Every kind of report on every screen: nothing overflows, nothing is missed by assistive
technology, nothing goes wrong."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Open
from tests.browser.reader import DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, SCREENS, Screen
from tests.browser.runs import KINDS

OTHERS = [kind for kind in KINDS if kind != "standard"]
CASES = [("standard", screen) for screen in SCREENS]
CASES += [(kind, screen) for kind in OTHERS for screen in (DESKTOP, PHONE_DARK)]
NAMES = [f"{kind}-{screen.name}" for kind, screen in CASES]


@pytest.mark.parametrize(("kind", "screen"), CASES, ids=NAMES)
def test_a_report_holds_up(kind: str, screen: Screen, opened: Open, artifacts: Path) -> None:
    reader = opened(kind, screen)
    reader.scroll_through()
    reader.keep(artifacts, kind)
    assert reader.overflow() == []

    reader.unfold_all()
    assert reader.overflow() == []
    violations = [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]])
        for violation in Axe().run(reader.page).response["violations"]
    ]
    assert violations == []
    assert reader.said == []


@pytest.mark.parametrize("kind", ["standard", "hostile"])
def test_a_page_that_is_not_read_through_holds_up_too(kind: str, opened: Open) -> None:
    """Charts that nobody has come to are static drawings."""
    reader = opened(kind, PHONE)
    assert reader.page.locator(".chart svg").count() >= (10 if kind == "standard" else 1)
    assert Axe().run(reader.page).response["violations"] == []
    assert reader.overflow() == []


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_all_is_there_without_a_script(screen: Screen, opened: Open, artifacts: Path) -> None:
    reader = opened("standard", screen, javascript=False)
    reader.keep(artifacts, "without-script")
    drawings = reader.page.locator("figure .chart > svg")
    assert drawings.count() == reader.page.locator("figure").count() >= 10
    for drawing in drawings.all():
        box = drawing.bounding_box()
        assert box is not None
        assert box["height"] > 50
    first = reader.page.locator("details").first
    first.locator("summary").click()
    assert first.locator("td").first.is_visible()


def test_it_prints(opened: Open, artifacts: Path) -> None:
    reader = opened("standard", Screen("paper", 794, 1123))
    reader.page.emulate_media(media="print")
    assert reader.overflow() == []
    assert not reader.page.locator("nav").is_visible()
    assert reader.page.locator("details td").first.is_visible(), "folded tables are printed"
    reader.page.pdf(path=artifacts / "standard.pdf", format="A4")
    assert (artifacts / "standard.pdf").stat().st_size > 10_000
    reader.keep(artifacts, "print")


def test_print_is_on_white_in_the_dark_too(opened: Open) -> None:
    reader = opened("one", DESKTOP_DARK)
    reader.page.emulate_media(media="print", color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert reader.page.evaluate(ground) == "rgb(255, 255, 255)"
