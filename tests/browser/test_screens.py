"""Every kind of report on every screen and on paper: nothing is wide or cut off, nothing is out of
reach of keyboard and screen reader, nothing goes wrong."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.browser.reader import DESKTOP, PAPER, PHONE, SCREENS, ZOOMED, Reader, Screen
from tests.unit.factories.kinds import KINDS

LOOKED_AT = ("standard", "quick", "disturbed", "partial", "one", "many")
"""The kinds whose pictures are kept on every screen."""
CASES = [(kind, screen) for kind in LOOKED_AT for screen in SCREENS]
CASES += [
    (kind, screen) for kind in KINDS if kind not in LOOKED_AT for screen in (DESKTOP, PHONE.dark)
]
NAMES = [f"{kind}-{screen.name}" for kind, screen in CASES]
SCROLLBAR = 15
"""Pixels that a classic scrollbar takes off the page's width."""


@pytest.mark.parametrize(("kind", "screen"), CASES, ids=NAMES)
def test_a_report_holds_up(kind: str, screen: Screen, opened: Open, artifacts: Path) -> None:
    reader = opened(kind, screen)
    reader.keep(artifacts, f"{kind}-first", full_page=False)
    reader.keep(artifacts, kind)
    assert reader.misplaced() == []

    reader.unfold_all()
    if (kind, screen) == ("standard", DESKTOP):  # a picture of a page this long takes minutes
        reader.keep(artifacts, f"{kind}-unfolded")
    assert reader.misplaced() == []
    assert reader.barriers() == []
    assert reader.said == []


@pytest.mark.parametrize("kind", LOOKED_AT)
def test_it_can_be_zoomed_to_200_percent(kind: str, opened: Open, artifacts: Path) -> None:
    reader = opened(kind, ZOOMED)
    reader.keep(artifacts, kind)
    assert reader.misplaced() == []
    larger_text = opened(kind)
    larger_text.page.add_style_tag(content="html { font-size: 200% }")
    assert larger_text.misplaced() == []


@pytest.mark.parametrize("kind", ["standard", "many"])
def test_a_scrollbar_does_not_change_the_layout(kind: str, opened: Open) -> None:
    narrower = Screen(DESKTOP.width - SCROLLBAR, DESKTOP.height)
    assert columns(opened(kind, narrower)) == columns(opened(kind))


def columns(reader: Reader) -> list[list[int]]:
    """Of every grid, how many columns it has."""
    reader.unfold_all()
    found: list[list[int]] = reader.page.evaluate(
        """[...document.querySelectorAll("body *")]
          .map((e) => getComputedStyle(e))
          .filter((style) => style.display === "grid")
          .map((style) => style.gridTemplateColumns.split(" ").length)"""
    )
    return found


@pytest.mark.parametrize("kind", ["standard", "nightly", "disturbed"])
def test_nothing_stays_light_in_the_dark(kind: str, opened: Open, artifacts: Path) -> None:
    """Every area is dark, and no colour stands in the markup, where a style cannot change it."""
    reader = opened(kind, DESKTOP.dark)
    reader.unfold_all()
    light = reader.page.evaluate(
        """() => {
          const bright = (colour) => {
            const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
            return a > 0.5 && 0.3 * r + 0.6 * g + 0.1 * b > 120;
          };
          return [...document.querySelectorAll("body *")]
            .filter((e) => bright(getComputedStyle(e).backgroundColor))
            .map((e) => `${e.tagName} ${e.className}`);
        }"""
    )
    assert light == []
    painted = "[fill^='#'], [stroke^='#'], [fill^='rgb'], [stroke^='rgb'], [style*='color']"
    assert reader.page.locator(painted).count() == 0


@pytest.mark.parametrize("kind", ["standard", "disturbed"])
def test_the_keyboard_reaches_every_disclosure(kind: str, opened: Open) -> None:
    """Those within others too, once these are open. What has focus is in sight."""
    reader = opened(kind)
    reader.unfold_all()
    summaries = reader.page.locator("summary")
    summaries.evaluate_all("(all) => all.forEach((one, n) => (one.dataset.stop = n))")
    visited: set[str] = set()
    for stop in reader.stops():
        name = stop.get_attribute("data-stop")
        if name is None:
            continue
        visited.add(name)
        assert stop.evaluate(
            """(e) => {
              const { left, top } = e.getBoundingClientRect();
              return document.elementFromPoint(left + 4, top + 8)?.closest("summary") === e;
            }"""
        ), f"{stop.text_content()} has focus and is hidden"
        assert stop.evaluate("(e) => getComputedStyle(e).outlineStyle") != "none"
    assert len(visited) == summaries.count() > 0


def test_the_contents_open_lead_and_close_by_keyboard(opened: Open) -> None:
    reader = opened("standard")
    contents = reader.page.locator("header details")
    contents.locator("summary").focus()
    reader.page.keyboard.press("Enter")
    links = contents.locator("a")
    sections = reader.page.locator("main h2").all_text_contents()
    assert [text for text in links.all_text_contents() if text in sections] == sections
    reader.page.keyboard.press("Escape")
    assert not links.first.is_visible()
    assert contents.locator("summary").evaluate("(e) => e === document.activeElement")
    reader.page.keyboard.press("Enter")
    links.last.click()
    assert not links.last.is_visible()
    assert in_sight(reader, "main > section:last-of-type h2")


def in_sight(reader: Reader, selector: str) -> bool:
    box = reader.page.locator(selector).bounding_box()
    return box is not None and 0 <= box["y"] < reader.screen.height


def test_the_first_stop_skips_to_the_answer(opened: Open) -> None:
    reader = opened("standard")
    reader.page.keyboard.press("Tab")
    assert reader.page.locator(":focus").text_content() == "Skip to the answer"
    assert in_sight(reader, ":focus")
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "main"


def test_a_key_opens_and_closes_a_disclosure(opened: Open) -> None:
    reader = opened("standard")
    first = reader.page.locator("main details").first
    first.locator("summary").first.focus()
    for expected in (True, False):
        reader.page.keyboard.press("Enter")
        assert first.evaluate("(e) => e.open") is expected


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_all_is_there_without_a_script(screen: Screen, opened: Open, artifacts: Path) -> None:
    """But for what needs one: the box to type a load into."""
    reader = opened("standard", screen, javascript=False)
    reader.keep(artifacts, "without-script")
    assert reader.misplaced() == []
    assert reader.page.locator("input:visible, button:visible").count() == 0
    scripted = opened("standard", screen)
    for selector in ("figure", "figure .row .mark", "main table", "[data-figure]", "details"):
        count = reader.page.locator(selector).count()
        assert count == scripted.page.locator(selector).count() > 0, selector
    for track in reader.page.locator("figure .row .track:visible").all():
        box = track.bounding_box()
        assert box is not None
        assert box["width"] > 100
        assert box["height"] > 10
    folded = reader.page.locator("main details").first
    folded.locator("summary").first.click()
    assert folded.locator(":scope > :not(summary)").first.is_visible()


def pages(pdf: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


@pytest.mark.parametrize("kind", [*LOOKED_AT, "nightly", "nothing"])
def test_the_answer_prints_on_one_page(kind: str, opened: Open, artifacts: Path) -> None:
    reader = opened(kind, PAPER)
    reader.page.emulate_media(media="print")
    reader.keep(artifacts, f"{kind}-print")
    assert reader.misplaced() == []
    printed = artifacts / f"{kind}.pdf"
    reader.page.pdf(path=printed, format="A4")
    assert pages(printed) == (2 if kind == "many" else 1)


def test_the_rest_prints_on_request(opened: Open, artifacts: Path) -> None:
    reader = opened("standard", PAPER)
    reader.page.locator("header summary").click()
    reader.page.get_by_label("Print every section").check()
    reader.page.emulate_media(media="print")
    assert reader.misplaced() == []
    assert reader.page.locator("main details td").first.is_visible()
    printed = artifacts / "standard-all.pdf"
    reader.page.pdf(path=printed, format="A4")
    assert pages(printed) > 4


def test_print_is_on_white_in_the_dark_too(opened: Open) -> None:
    reader = opened("one", DESKTOP.dark)
    reader.page.emulate_media(media="print", color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert reader.page.evaluate(ground) == "rgb(255, 255, 255)"
