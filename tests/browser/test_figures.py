"""What a reader sees is what results.json says, in tables and in charts."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

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


def shown(reader: Reader, cells: str) -> list[dict[str, str | None]]:
    """Of cells, by a CSS selector: which figure it is, the figure, and its interval beneath it."""
    found: list[dict[str, str | None]] = reader.page.locator(cells).evaluate_all(
        """(cells) => cells.map((cell) => ({
          figure: cell.dataset.figure ?? null,
          text: cell.firstChild?.textContent ?? "",
          interval: cell.querySelector("small")?.textContent ?? null,
          row: cell.parentElement.querySelector("th").textContent,
        }))"""
    )
    return found


@pytest.mark.parametrize("kind", ["standard", "partial", "invalid", "one", "smoke"])
def test_every_figure_in_a_table_is_the_one_of_results_json(kind: str, opened: Open) -> None:
    reader = opened(kind)
    cells = shown(reader, "[data-figure]")
    assert len(cells) >= {"standard": 400, "one": 30}.get(kind, 100)
    for cell in cells:
        pointer, text, interval = cell["figure"] or "", cell["text"] or "", cell["interval"]
        found = reader.figure(pointer)
        if not isinstance(found, dict):
            found = {"value": found, "confidence_interval": None}
        if found["value"] is None:
            assert (text, interval) == (UNDEFINED, None), pointer
            continue
        assert agrees(text, found["value"]), (pointer, text, found)
        bounds = found["confidence_interval"]
        if bounds is None:
            assert interval is None, pointer
            continue
        low, high = (interval or "").split(" to ")
        assert agrees(low, bounds["low"]), (pointer, interval, bounds)
        assert agrees(high, bounds["high"]), (pointer, interval, bounds)


def test_every_pair_is_shown_with_its_ratio(opened: Open) -> None:
    reader = opened("standard")
    cells = shown(reader, "#table-every-pair-full-speed-closed-throughput td:nth-child(2)")
    shown_as = {name: s["display_name"] for name, s in reader.results["services"].items()}
    compared = {
        (shown_as[pair["a"]], shown_as[pair["b"]]): pair["ratio"]["value"]
        for pair in reader.results["workloads"]["closed"]["comparisons"]
        if pair["primary"] and pair["metric"] == "throughput_rps"
    }
    assert len(cells) == len(compared) == 6
    for cell in cells:
        first, second = (cell["row"] or "").split(" / ")
        value = compared.get((first, second)) or 1 / compared[second, first]
        assert agrees(cell["text"] or "", value)


PARTS = [
    "The answer",
    "Head to head",
    "Charts",
    "Does the article hold?",
    "What the code costs",
    "What production needs",
    "Which one should you use?",
    "Can you trust it?",
]


def test_the_parts_stand_in_order_and_headings_nest(opened: Open) -> None:
    reader = opened("standard")
    titles = reader.page.locator("main h2").all_text_contents()
    asked = [title for title in PARTS if title in titles or title != "Does the article hold?"]
    assert titles == asked, "only what was published may be missing, where no claim was made"
    assert reader.page.locator("nav a").all_text_contents() == titles
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
            ".live .role-mark [role='graphics-symbol']"
        ).count()
        for figure in reader.page.locator("figure").all()
    }
    assert len(marks) == reader.page.locator("figure").count()
    assert all(count > 0 for count in marks.values()), marks
    contestants = len(results["closed"]["services"])
    # A bar, a whisker and a dot for each; a tile and its text for each ordered pair of the four.
    assert marks["Throughput with 95% intervals: full speed (closed)"] == 3 * contestants
    assert marks["Every pair, throughput: full speed (closed)"] == 2 * 4 * 3
    assert marks["Where the CPU time goes: full speed (closed)"] == 5 * contestants
    for name in ("open-50", "open-80"):
        title = f"Latency with 95% intervals: fixed rate ({name})"
        assert marks[title] == 2 * 3 * contestants
    # The shaded warm-up, a line for each, and a point for each second.
    assert marks["Throughput over time: full speed (closed)"] == 1 + contestants + 35 * contestants


def test_a_chart_tells_its_figure_on_hover(opened: Open) -> None:
    reader = opened("standard")
    chart = reader.page.locator("figure").first
    chart.scroll_into_view_if_needed()
    dots = chart.locator(".live .mark-symbol path")
    dots.first.wait_for()
    dots.first.hover(force=True)
    tooltip = reader.page.locator("#vg-tooltip-element")
    tooltip.wait_for()
    told = {
        (row.locator("td").nth(0).text_content() or "").rstrip(":"): (
            row.locator("td").nth(1).text_content() or ""
        )
        for row in tooltip.locator("tr").all()
    }
    (name,) = (
        name
        for name, service in reader.results["services"].items()
        if service["display_name"] == told["Contestant"]
    )
    measured = reader.results["workloads"]["closed"]["services"][name]
    assert agrees(told["Throughput, requests/s"], measured["throughput_rps"]["value"])


def test_a_chart_leads_to_its_table_even_where_it_is_folded(opened: Open) -> None:
    reader = opened("standard")
    figure = (
        reader.page.locator("figure")
        .filter(has_text=re.compile(r"Throughput over time: full speed \(closed\)"))
        .first
    )
    figure.get_by_role("link").click()
    cell = reader.page.locator("#table-throughput-over-time-full-speed-closed td").first
    cell.wait_for()
    assert cell.is_visible()


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
    expect(current).to_have_text("Can you trust it?")
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
