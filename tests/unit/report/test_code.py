"""The sections on what it costs in code, and on what production needs."""

import csv
import re
from pathlib import Path

import pytest

from levelbench import report
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report import code, production
from levelbench.report.html import highlighted
from tests.unit.factories import make_run, write_run
from tests.unit.factories.code import SOURCE, coded_run, with_services
from tests.unit.factories.code import code as counted
from tests.unit.report.test_build import Page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_run(tmp_path_factory.mktemp("run"), coded_run())
    report.build(folder)
    return folder


def section_text(run: Run) -> tuple[str, ...]:
    return production.section(derive(run), run).text


def test_the_rule_of_counting_is_said() -> None:
    section = code.section(derive(coded_run()), coded_run())
    assert section.text == (code.RULE,)
    assert [table.caption for table in section.tables] == [
        "Lines of application code and cyclomatic complexity",
        "Dependencies, image and idle memory",
        "What is included",
        "What was counted",
    ]


def test_a_run_without_figures_says_that_they_were_not_recorded() -> None:
    section = code.section(derive(make_run()), make_run())
    assert section.text == (code.NOT_RECORDED,)
    assert [table.caption for table in section.tables] == ["Dependencies, image and idle memory"]
    assert section.sources == ()
    assert section_text(make_run()) == (production.NOT_RECORDED,)


def test_only_what_has_source_is_shown() -> None:
    sources = code.section(derive(coded_run()), coded_run()).sources
    assert [source.title for source in sources] == ["Django", "FastAPI"]
    assert sources[0].passages[0].place == "django/app/orders.py, line 7"


def test_the_page_shows_the_source_highlighted(folder: Path) -> None:
    html = (folder / "report.html").read_text()
    page = Page(html)
    assert page.open == []
    assert html.count('<span class="py-k">def</span>') == 2
    assert SOURCE in "".join(page.text)
    assert "&lt;/pre&gt;" in html
    labels = [attrs.get("aria-label") or "" for tag, attrs in page.tags if tag == "pre"]
    assert [label for label in labels if "/app/" in label] == [
        "Django: django/app/orders.py, line 7",
        "FastAPI: fastapi/app/orders.py, line 7",
    ]


def test_every_class_that_is_coloured_has_its_colour(folder: Path) -> None:
    html = (folder / "report.html").read_text()
    classes = set(re.findall(r'class="(py-\w+)"', html))
    assert {"py-k", "py-nf", "py-sd", "py-s2"} <= classes
    assert '[class^="py-k"]' in html


def test_markdown_has_it_as_plain_blocks(folder: Path) -> None:
    text = (folder / "report.md").read_text()
    assert text.count("```python\n# django/app/orders.py, line 7\n" + SOURCE + "```") == 1
    assert "### Source of the list endpoint, side by side: FastAPI" in text


def test_source_that_has_a_fence_is_fenced_by_a_longer_one(tmp_path: Path) -> None:
    fenced = counted(1).model_copy(
        update={"source": (counted(1).source[0].model_copy(update={"text": "x = '````'\n"}),)}
    )
    report.build(write_run(tmp_path, with_services(make_run(), flask={"code": fenced})))
    assert "`````python\n" in (tmp_path / "report.md").read_text()


def test_hostile_source_stays_text() -> None:
    shown = highlighted("x = '</code></pre><script>alert(1)</script>'  # <b>\n")
    assert "<script>" not in shown
    assert "<b>" not in shown


def test_figures_are_published_without_the_source(folder: Path) -> None:
    text = (folder / "results.json").read_text()
    assert '"dependencies_all": 31' in text
    assert "list_orders(request)" not in text


def test_csv_has_a_row_for_each_figure(folder: Path) -> None:
    with (folder / "results.csv").open(newline="") as file:
        rows = {
            (r["service"], r["endpoint"], r["metric"]): (r["value"], r["unit"])
            for r in csv.DictReader(file)
            if not r["workload"]
        }
    assert rows["flask", "list", "code_lines"] == ("22.0", "lines")
    assert rows["flask", "list", "code_complexity"] == ("3.0", "")
    assert rows["flask", "", "code_lines"] == ("1200.0", "lines")
    assert rows["flask", "", "dependencies_all"] == ("31.0", "packages")
    assert ("starlette", "", "code_lines") not in rows
