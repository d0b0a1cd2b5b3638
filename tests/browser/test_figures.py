"""What a reader sees is what results.json says, in tables, in drawings and in sentences."""

import re
from typing import TypedDict

import pytest
from playwright.sync_api import Locator

from levelbench.model.folder import load_run
from levelbench.model.results import load_results
from levelbench.model.vocabulary import Endpoint
from levelbench.report import mix
from tests.browser.conftest import Open
from tests.browser.figures import Known, numbers
from tests.browser.reader import Reader

UNDEFINED = "\u2014"
KINDS = (
    "standard",
    "nightly",
    "quick",
    "disturbed",
    "partial",
    "failed",
    "one",
    "smoke",
    "many",
    "sweep",
)


class Cell(TypedDict):
    figure: str
    reading: str
    scale: str
    text: str
    detail: str


def cells(reader: Reader) -> list[Cell]:
    """Every shown figure: its place in results.json, how it is read, its text, the small print."""
    found: list[Cell] = reader.page.locator("[data-figure]").evaluate_all(
        """(cells) => cells.map((cell) => {
          const detail = cell.querySelector("small:not(.more)")?.textContent ?? "";
          const text = [...cell.childNodes]
            .filter((node) => node.nodeName !== "SMALL").map((node) => node.textContent).join("");
          return { figure: cell.dataset.figure, reading: cell.dataset.reading ?? "",
                   scale: cell.dataset.scale ?? "1", text: text.trim(), detail: detail.trim() };
        })"""
    )
    return found


def known(reader: Reader, cell: Cell) -> Known:
    """The figure of results.json as the cell shows it."""
    found = Known.of(reader.figure(cell["figure"])).times(float(cell["scale"]))
    if cell["reading"] in ("change", "inverse change"):
        return found.as_change(inverse=cell["reading"] == "inverse change")
    assert cell["reading"] == ""
    return found.times(100) if cell["text"].endswith("%") else found


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_is_the_one_of_results_json(kind: str, opened: Open) -> None:
    reader = opened(kind)
    shown = cells(reader)
    assert len(shown) >= {"nightly": 300, "one": 15}.get(kind, 40)
    for cell in shown:
        found = known(reader, cell)
        if found.value is None:
            assert (cell["text"], cell["detail"]) == (UNDEFINED, ""), cell
            continue
        if cell["text"].startswith("under"):
            (limit,) = numbers(cell["text"])
            assert 0 < found.value < limit.value, cell
            continue
        (value,) = numbers(cell["text"])
        assert value.is_of(found.value), (cell, found)
        bounds = numbers(cell["detail"])
        if found.low is None or found.high is None:
            assert bounds == [], (cell, found)
            continue
        low, high = bounds
        assert low.is_of(found.low), (cell, found)
        assert high.is_of(found.high), (cell, found)


@pytest.mark.parametrize("kind", KINDS)
def test_no_figure_has_more_than_three_digits(kind: str, opened: Open) -> None:
    """Counts are exact; they have no decimals."""
    for cell in cells(opened(kind)):
        for shown in numbers(cell["text"]) + numbers(cell["detail"]):
            assert shown.digits <= 3 or "." not in shown.text, cell


def test_every_pair_is_shown_with_its_ratio(opened: Open) -> None:
    """In the first picture: the quicker one first, by size, the same pair once."""
    reader = opened("standard")
    names = {name: s["display_name"] for name, s in reader.results["services"].items()}
    expected = []
    for pair in reader.results["workloads"]["closed"]["comparisons"]:
        if pair["primary"] and pair["metric"] == "throughput_rps":
            ratio, a, b = pair["ratio"]["value"], names[pair["a"]], names[pair["b"]]
            expected.append((ratio, f"{a} v {b}") if ratio > 1 else (1 / ratio, f"{b} v {a}"))
    picture = reader.page.locator("main figure").first
    labels = picture.locator(".row:not(.control) .label").all_text_contents()
    assert labels == [label for _, label in sorted(expected, reverse=True)]
    assert picture.locator(".row.control .label").all_text_contents() == ["Measured twice"]


def test_marks_are_where_their_values_are(opened: Open) -> None:
    """On an axis from -25% to +50%, the same in every run."""
    reader = opened("standard")
    drawn = reader.page.locator("main figure").first.evaluate(
        """(figure) => [...figure.querySelectorAll(".row")].map((row) => {
          const track = row.querySelector(".track").getBoundingClientRect();
          const dot = row.querySelector(".mark circle, .mark path.cross");
          const box = dot.getBoundingClientRect();
          return { place: (box.left + box.width / 2 - track.left) / track.width,
                   text: row.querySelector(".value").firstChild.textContent };
        })"""
    )
    assert len(drawn) == 7
    for row in drawn:
        (change,) = numbers(row["text"])
        percent = 0.75 * 2 ** row["place"] * 100 - 100
        assert abs(percent - change.value) < 1, row


SENTENCE = re.compile(r"(\w[\w ]*?) served (.*?) more requests than ([\w ]*?) \((.*?) to (.*?)%\)")


@pytest.mark.parametrize("kind", ["standard", "quick", "nightly"])
def test_the_sentences_are_those_of_results_json(kind: str, opened: Open) -> None:
    reader = opened(kind)
    names = {s["display_name"]: name for name, s in reader.results["services"].items()}
    ratios = {
        (pair["a"], pair["b"]): Known.of(pair["ratio"])
        for pair in reader.results["workloads"]["closed"]["comparisons"]
        if pair["primary"] and pair["metric"] == "throughput_rps"
    }
    said = SENTENCE.findall(reader.page.locator(".answer .found").first.inner_text())
    assert said
    for first, value, second, low, high in said:
        pair = names[first.split(", ")[-1].split("core ")[-1]], names[second]
        turned = pair not in ratios
        known = ratios[pair[::-1] if turned else pair].as_change(inverse=turned)
        for text, expected in ((value, known.value), (low, known.low), (high, known.high)):
            (shown,) = numbers(text)
            assert expected is not None
            assert shown.is_of(expected), (first, second, text, expected)


MOVED = re.compile(r"(\w+) served (.*?)% (more|fewer) requests relative to .*? \((.*?) to (.*?)%\)")


def test_what_moved_since_the_last_run_is_what_results_json_says(opened: Open) -> None:
    reader = opened("nightly")
    names = {s["display_name"]: name for name, s in reader.results["services"].items()}
    moved = reader.results["since"]["moved"]
    said = MOVED.findall(reader.page.locator(".answer .moved").inner_text())
    assert len(said) == len(moved) > 0
    for (name, value, direction, low, high), expected in zip(said, moved, strict=True):
        assert names[name] == expected["service"]
        bounds = expected["ratio"]["confidence_interval"]
        sign = 100 if direction == "more" else -100
        ends = sorted(sign * (bounds[end] - 1) for end in ("low", "high"))
        percents = (sign * (expected["ratio"]["value"] - 1), *ends)
        for text, percent in zip((value, low, high), percents, strict=True):
            (shown,) = numbers(text)
            assert shown.is_of(percent), (name, text, percent)


def test_the_slowdown_that_is_not_excluded_is_that_of_results_json(opened: Open) -> None:
    """Rounded up, so that it never looks smaller."""
    reader = opened("standard")
    text = reader.page.locator(".answer .moved").inner_text()
    (shown,) = numbers(text.split("slowdown of up to")[1])
    slowdown = 100 * reader.results["since"]["slowdown"]
    assert slowdown <= shown.value + 1e-9
    assert shown.value - slowdown < 0.1


@pytest.mark.parametrize("kind", ["standard", "disturbed"])
def test_the_length_of_a_bar_is_the_sum_of_its_layers(kind: str, opened: Open) -> None:
    """And is shown so; the load generator's part is none of it."""
    reader = opened(kind)
    names = {s["display_name"]: name for name, s in reader.results["services"].items()}
    measured = reader.results["workloads"]["closed"]["services"]
    rows = reader.page.locator("figure[id^=cpu] .row").all()
    assert len(rows) == len(measured)
    for row in rows:
        name = names[row.locator(".label").inner_text()]
        costs = measured[name]["cpu_ms_per_request"]
        total = sum(costs[part]["value"] for part in ("service", "worker", "postgres", "redis"))
        assert numbers(row.locator(".value").inner_text())[0].is_of(total), (name, total)


def test_the_box_converts_as_the_table_does(opened: Open) -> None:
    reader = opened("standard")
    reader.page.get_by_role("spinbutton").fill("300")
    converted = reader.page.locator(".answer output").inner_text()
    for row in reader.page.locator("#table-cores-for-your-load tbody tr").all():
        name = row.locator("th").inner_text()
        cell = row.locator("td").nth(1)
        value, interval = cell.inner_text().split("\n")
        assert f"{name} {value} ({interval})" in converted
    reader.page.get_by_role("spinbutton").fill("")
    assert reader.page.locator(".answer output").inner_text() == ""
    assert reader.said == []


def test_hostile_text_is_text(opened: Open) -> None:
    reader = opened("hostile")
    reader.unfold_all()
    body = reader.page.locator("body").inner_text()
    assert "<script>alert(1)</script>" in body
    assert "{{ 7*7 }}" in body
    assert reader.page.locator("img").count() == 0
    assert reader.said == []


COUNTED = re.compile(
    r"(?:[Aa]ll (?P<all>\d+)|(?P<valid>\d+) of (?P<planned>\d+)) measurements count"
)


@pytest.mark.parametrize("kind", ["standard", "nightly", "quick", "disturbed"])
def test_the_status_counts_measurements_as_results_json_does(kind: str, opened: Open) -> None:
    reader = opened(kind)
    loads = [load["coverage"] for load in reader.results["workloads"].values()]
    valid, planned = (sum(load[part] for load in loads) for part in ("valid", "planned"))
    said = COUNTED.search(reader.page.locator(".status").first.inner_text())
    assert said
    shown = (said["valid"] or said["all"], said["planned"] or said["all"])
    assert shown == (str(valid), str(planned))


@pytest.mark.parametrize("kind", ["standard", "nightly", "quick", "disturbed"])
def test_a_grid_has_a_dot_for_each_measurement_that_counts(kind: str, opened: Open) -> None:
    """Per contestant as many as results.json counts, in the order of the loads."""
    reader = opened(kind)
    names = {name: s["display_name"] for name, s in reader.results["services"].items()}
    grids = reader.page.locator("table.grid").all()
    assert len(grids) == len(reader.results["workloads"])
    for load in reader.results["workloads"].values():
        expected = {names[name]: found["trials"] for name, found in load["services"].items()}
        assert any(expected == _dots(grid, set(expected)) for grid in grids), expected


def _dots(grid: Locator, names: set[str]) -> dict[str, int]:
    """Filled dots per row."""
    rows = grid.locator("tbody tr").evaluate_all(
        """(rows) => rows.map((row) => [row.querySelector("th").firstChild.textContent.trim(),
                                        row.querySelectorAll(".dot.filled").length])"""
    )
    return {name: dots for name, dots in rows if name in names}


MIX: dict[Endpoint, float] = {"register": 0, "login": 5, "list": 75, "detail": 20, "task": 0}


def mixed(reader: Reader) -> list[list[str]]:
    rows = reader.page.locator("#table-cpu-for-your-mix tbody tr").all()
    return [[cell.inner_text() for cell in row.locator("th, td").all()] for row in rows]


def test_the_mix_is_what_isolated_endpoints_add_up_to(opened: Open) -> None:
    """As entered, and as the address has it."""
    reader = opened("nightly")
    results, run = load_results(reader.folder), load_run(reader.folder)
    costs = mix.costs(results, run)

    def expected(weights: mix.Weights) -> list[list[str]]:
        return [
            ["\n".join(filter(None, (cell.text, cell.detail))) for cell in row]
            for row in mix.table(results, costs, weights).rows
        ]

    assert mixed(reader) == expected(mix.weights_of(results))
    for endpoint, weight in MIX.items():
        reader.page.locator(f"#weights [name={endpoint}]").fill(f"{weight:g}")
    assert mixed(reader) == expected(MIX) != expected(mix.weights_of(results))
    assert "list 75.0%" in reader.page.locator("#weights output").inner_text()
    address = reader.page.locator("#weights a").get_attribute("href")
    reader.page.goto(f"{(reader.folder / 'report.html').as_uri()}{address}")
    assert mixed(reader) == expected(MIX)
    for endpoint in MIX:
        reader.page.locator(f"#weights [name={endpoint}]").fill("")
    assert {cell for row in mixed(reader) for cell in row[1:]} == {UNDEFINED}
    assert reader.said == []
