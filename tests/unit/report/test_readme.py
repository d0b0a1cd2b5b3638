"""The results in README.md, between its markers."""

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.errors import LabError
from levelbench.model.config import ROOT
from levelbench.model.folder import Run
from levelbench.report import markdown, readme
from tests.unit.factories import make_run
from tests.unit.factories.kinds import KINDS

README = (
    "# Lab\n\n<!-- results -->\nold\n<!-- /results -->\n\n<!-- figures --><!-- /figures -->\nend\n"
)


def rendered(run: Run, text: str = README) -> str:
    return readme.render(text, derive(run), run)


@pytest.mark.parametrize("kind", ["standard", "disturbed", "nightly"])
def test_the_first_screen(kind: str, snapshot: SnapshotAssertion) -> None:
    assert rendered(KINDS[kind]()).partition("<!-- figures -->")[0] == snapshot


def test_all_figures_are_the_reports_tables() -> None:
    run = make_run()
    figures = rendered(run).partition("<!-- figures -->")[2]
    tables = re.findall(r"^### (.*)$", figures, re.MULTILINE)
    assert len(tables) == 4
    report = markdown.render(derive(run), run)
    assert all(f"### {caption}\n" in report for caption in tables)


def test_the_picture_says_in_words_what_the_text_says() -> None:
    text = rendered(make_run())
    (alternative,) = re.findall(r'alt="([^"]+)"', text)
    assert alternative in text.replace(f'alt="{alternative}"', "")
    assert set(re.findall(r'"(docs/[^"]+)"', text)) == set(readme.PICTURES.values())


def test_what_stands_outside_the_markers_remains() -> None:
    text = rendered(make_run())
    assert text.startswith("# Lab\n\n<!-- results -->\n<picture>\n")
    assert text.endswith("\n</details>\n<!-- /figures -->\nend\n")
    assert "\nold\n" not in text
    assert rendered(make_run(), text) == text


@pytest.mark.parametrize("marker", ["<!-- results -->", "<!-- /figures -->"])
def test_a_readme_without_a_marker_is_an_error(marker: str) -> None:
    with pytest.raises(LabError, match=r"has 0 places for the (results|figures) of a run, not one"):
        rendered(make_run(), README.replace(marker, ""))


def test_a_run_that_compares_nothing_is_an_error() -> None:
    with pytest.raises(LabError, match="compares no contestants"):
        rendered(KINDS["one"]())


def test_names_from_outside_are_no_markup() -> None:
    run = make_run(throughput={"<b>": 400.0, "c": 380.0}, control=None)
    assert "<b>" not in rendered(run)


def test_the_repositorys_readme_has_the_places() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    again = rendered(make_run(), text)
    assert again.partition("<!-- results -->")[0] == text.partition("<!-- results -->")[0]
    assert again.partition("<!-- /figures -->")[2] == text.partition("<!-- /figures -->")[2]
    for anchor in re.findall(r"\]\(#([a-z-]+)\)", readme.LINKS):
        assert re.search(rf"^## {anchor.replace('-', ' ')}$", text, re.MULTILINE | re.IGNORECASE)
