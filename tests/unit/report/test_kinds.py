"""What holds for the report of every kind of run."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from levelbench import report
from levelbench.report.build import CSV_FILE, HTML_FILE, MARKDOWN_FILE
from tests.unit.factories import write_run
from tests.unit.factories.kinds import KINDS

FILES = (CSV_FILE, MARKDOWN_FILE, HTML_FILE)
MOST_BYTES = 1_050_000
"""Of report.html: what a phone on a train loads in seconds."""
STALE = re.compile(
    r"\b(told|tells|held against|hold against|comes? out as|leaves? out 1|whose|mend|nobody|slice|"
    r"noise floor|control|trials?|blocks?)\b",
    re.IGNORECASE,
)
"""Words that the glossary replaces for readers."""
SENTENCE = 60
"""Characters from which a text counts as a sentence that must not be said twice."""


class Texts(HTMLParser):
    """Collects the texts of a page by the element that they stand in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.within: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "hr", "img", "link", "input"):
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.within.pop()

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.found.append((self.within[-1], text))

    def of(self, *tags: str) -> list[str]:
        return [text for tag, text in self.found if tag in tags]


@pytest.fixture(scope="module", params=list(KINDS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = KINDS[request.param]()
    folder = write_run(tmp_path_factory.mktemp(request.param), run)
    report.build(folder)
    return folder


def test_the_page_is_small(folder: Path) -> None:
    """But for 253 pairs of 23 frameworks."""
    most = MOST_BYTES * (2 if folder.name.startswith("many") else 1)
    assert (folder / HTML_FILE).stat().st_size < most


def test_the_same_folder_gives_the_same_bytes(folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in FILES}
    report.build(folder)
    assert {name: (folder / name).read_bytes() for name in FILES} == before


def test_no_name_turns_the_direction_of_the_text_after_it(folder: Path) -> None:
    for name in (MARKDOWN_FILE, HTML_FILE):
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", (folder / name).read_text())


def test_nothing_repeats(folder: Path) -> None:
    """The notes of a table stand beneath each table of a load."""
    if folder.name.startswith(("nightly", "nothing", "sweep")):
        return
    texts = Texts((folder / HTML_FILE).read_text()).of("p", "summary", "h2", "h3", "li")
    counts = Counter(text for text in texts if len(text) >= SENTENCE)
    assert {text: count for text, count in counts.items() if count > 1} == {}


def test_sentences_use_the_words_of_the_glossary_for_readers(folder: Path) -> None:
    texts = Texts((folder / HTML_FILE).read_text()).of("p", "summary", "h2", "h3", "caption")
    assert [text for text in texts if STALE.search(text)] == []
