"""What a reader sees is what results.json says, in tables and in charts."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import Open
from tests.browser.reader import PHONE, Reader

UNDEFINED = "—"


def read(text: str) -> tuple[float, float]:
    """A shown figure, and by how much rounding may have moved it."""
    percent = 0.01 if text.endswith("%") else 1.0
    digits = text.rstrip("%").replace(",", "")
    places = len(digits.partition(".")[2])
    return float(digits) * percent, 0.5001 * 10**-places * percent


def agrees(text: str, value: float) -> bool:
    if text == "under 0.01%":
        return 0 < value < 0.0001
    shown, rounding = read(text)
    return abs(shown - value) <= rounding


def shown_at(cell: Locator) -> tuple[str, str | None]:
    """The figure, and its interval beneath it."""
    beneath = cell.locator("small")
    detail = beneath.text_content() if beneath.count() else None
    text = cell.text_content() or ""
    return text.removesuffix(detail or ""), detail


@pytest.mark.parametrize("kind", ["standard", "partial", "invalid", "one", "smoke"])
def test_every_figure_in_a_table_is_the_one_of_results_json(kind: str, opened: Open) -> None:
    reader = opened(kind)
    cells = reader.page.locator("[data-figure]").all()
    assert len(cells) >= {"standard": 400, "one": 30}.get(kind, 100)
    for cell in cells:
        pointer = cell.get_attribute("data-figure") or ""
        found = reader.figure(pointer)
        text, detail = shown_at(cell)
        if not isinstance(found, dict):
            found = {"value": found, "confidence_interval": None}
        if found["value"] is None:
            assert (text, detail) == (UNDEFINED, None), pointer
            continue
        assert agrees(text, found["value"]), (pointer, text, found)
        bounds = found["confidence_interval"]
        if bounds is None:
            assert detail is None, pointer
            continue
        low, high = (detail or "").split(" to ")
        assert agrees(low, bounds["low"]), (pointer, detail, bounds)
        assert agrees(high, bounds["high"]), (pointer, detail, bounds)


def pairs(reader: Reader, caption: str) -> dict[tuple[str, str], str]:
    """(first, second) -> ratio, as a table of pairs shows them."""
    found = {}
    for row in reader.table(caption).locator("tbody tr").all():
        first, second = (row.locator("th").text_content() or "").split(" / ")
        found[first, second] = shown_at(row.locator("td").first)[0]
    return found


def test_every_pair_is_shown_with_its_ratio(opened: Open) -> None:
    reader = opened("standard")
    shown = pairs(reader, "Every pair: closed, throughput")
    compared = {
        (pair["a"], pair["b"]): pair["ratio"]["value"]
        for pair in reader.results["workloads"]["closed"]["comparisons"]
        if pair["primary"] and pair["metric"] == "throughput_rps"
    }
    assert len(shown) == len(compared) == 6
    for (first, second), text in shown.items():
        value = compared.get((first, second)) or 1 / compared[second, first]
        assert agrees(text, value)


def test_all_eight_parts_stand_in_order(opened: Open) -> None:
    reader = opened("standard")
    shown = reader.page.locator("main h2").all_text_contents()
    parts = ["The answer", "Head to head", "Charts", "Can you trust it?"]
    assert [title for title in shown if title in parts] == parts
    listed = reader.page.locator("nav a").all_text_contents()
    assert listed == shown
    levels = reader.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_charts_have_a_mark_for_every_figure(opened: Open) -> None:
    reader = opened("standard")
    reader.scroll_through()
    results = reader.results["workloads"]
    marks = {
        figure.locator("h3, h4").first.text_content(): figure.locator(
            ".live [role='graphics-symbol']"
        ).count()
        for figure in reader.page.locator("figure").all()
    }
    assert len(marks) == reader.page.locator("figure").count()
    assert all(count > 0 for count in marks.values()), marks
    contestants = len(results["closed"]["services"])
    # A bar, a whisker and a dot for each; a tile and its text for each ordered pair of the four.
    assert marks["Throughput with 95% intervals: closed"] == 3 * contestants
    assert marks["Every pair, throughput: closed"] == 2 * 4 * 3
    assert marks["Where the CPU time goes: closed"] == 5 * contestants
    for name in ("open-50", "open-80"):
        title = f"Latency at equal load, with 95% intervals: {name}"
        assert marks[title] == 2 * 3 * contestants
    # The shaded warm-up, a line for each, and a point for each second.
    assert marks["Throughput over time: closed"] == 1 + contestants + 35 * contestants


def test_a_chart_tells_its_figure_on_hover(opened: Open) -> None:
    reader = opened("standard")
    chart = reader.page.locator("figure").first
    chart.scroll_into_view_if_needed()
    dots = chart.locator(".live .mark-symbol path")
    dots.first.wait_for()
    dots.first.hover(force=True)
    tooltip = reader.page.locator("#vg-tooltip-element")
    tooltip.wait_for()
    told = dict(re.findall(r"(.*?):?\t(.*)\n?", tooltip.inner_text()))
    measured = reader.results["workloads"]["closed"]["services"][told["Contestant"]]
    assert agrees(told["Throughput, requests/s"], measured["throughput_rps"]["value"])


def test_a_chart_leads_to_its_table_even_where_it_is_folded(opened: Open) -> None:
    reader = opened("standard")
    figure = (
        reader.page.locator("figure")
        .filter(has_text=re.compile("Throughput over time: closed(?!-)"))
        .first
    )
    figure.get_by_role("link").click()
    table = reader.table("Throughput over time: closed").first
    table.wait_for()
    assert table.locator("td").first.is_visible()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_answer(opened: Open) -> None:
    reader = opened("standard")
    reader.page.keyboard.press("Tab")
    focused = reader.page.locator(":focus")
    assert focused.text_content() == "Skip to the answer"
    box = focused.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "main"


def test_the_contents_stay_in_view_and_say_where_the_reader_is(opened: Open) -> None:
    reader = opened("standard")
    reader.page.locator("#trust").scroll_into_view_if_needed()
    reader.page.evaluate("document.getElementById('trust').scrollIntoView()")
    current = reader.page.locator("nav a[data-current]")
    reader.page.wait_for_function("document.querySelector('nav a[data-current]').hash === '#trust'")
    assert current.text_content() == "Can you trust it?"
    box = current.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < reader.screen.height


def test_hostile_text_is_text(opened: Open) -> None:
    reader = opened("hostile", PHONE)
    reader.scroll_through()
    reader.unfold_all()
    body = reader.page.locator("body").inner_text()
    assert "<script>alert(1)</script>" in body
    assert "{{ 7*7 }}" in body
    assert reader.page.locator("img").count() == 0
    assert reader.said == []
