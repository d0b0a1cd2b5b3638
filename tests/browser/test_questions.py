"""What readers ask, and where the page answers: within two screens, or two clicks away.

On a phone one answer takes a third click, since the contents are folded.
"""

import re
from dataclasses import dataclass

import pytest

from tests.browser.conftest import Open
from tests.browser.reader import DESKTOP, PHONE, Reader, Screen

SCREENS_READ = 2
"""Heights of the screen that a reader scrolls through without a reason."""


@dataclass(frozen=True)
class Question:
    asks: str
    selector: str
    answer: str
    """A regular expression."""
    clicks: tuple[str, ...] = ()
    """What leads there, each in sight of the one before."""
    on_phone: tuple[str, ...] | None = None
    """The clicks on a phone, where they differ."""
    kind: str = "standard"


STATUS, SENTENCES = ".answer .status", ".answer .found"
OVERVIEW, CORES, LIMITS = "#table-at-a-glance", "#table-cores-for-your-load", ".answer .limits"
TO_SECTIONS = "header details summary"
TO_EQUAL_WORK, TO_EVIDENCE = ".answer .limits a[href='#equal-work']", ".answer .status a"
TO_CHOICES = "section:has(> #equal-work) summary >> nth=0"
TO_LIMITS = TO_SECTIONS, "header a[href='#limits']"
PHONE_TO_EQUAL_WORK = TO_SECTIONS, "header a[href='#equal-work']"

QUESTIONS = (
    Question("May I quote this run?", STATUS, "Ratios only"),
    Question("May I quote the disturbed one?", STATUS, "Do not quote", kind="disturbed"),
    Question(
        "Why not, and what do I do?",
        STATUS,
        r"lost to other programs[\s\S]*[Ss]top",
        kind="disturbed",
    ),
    Question("Who is ahead, by how much?", SENTENCES, r"Starlette .*\d+% more .*\(\d+ to \d+%\)"),
    Question("How sure is it?", "figure .row .value", r"\+\d+%\s*\d+ to \d+"),
    Question("What can this lab not see?", "figure .row.control", r"[Mm]easured twice"),
    Question("Does it matter at my 50 requests/s?", SENTENCES, "At 50 requests/s, .*core"),
    Question(
        "How many cores for 300 requests/s?",
        CORES,
        r"300 requests/s[\s\S]*1\.\d+",
        on_phone=(TO_SECTIONS, "header a[href='#means']"),
    ),
    Question("How much memory, of how many processes?", OVERVIEW, r"MiB[\s\S]*1\+3"),
    Question("Why does one stand above another?", OVERVIEW, r"Starlette[\s\S]*FastAPI"),
    Question(
        "What is not measured?", LIMITS, "Not measured: more than one core", on_phone=TO_LIMITS
    ),
    Question("What would async give?", LIMITS, "slow upstream .*async", on_phone=TO_LIMITS),
    Question("What moved since last night?", ".answer .moved", "nothing moved beyond noise"),
    Question("Is it about my own service?", LIMITS, "[Yy]our own service", on_phone=TO_LIMITS),
    Question(
        "What was discarded?", "#trust ~ * .scroll", r"\u2715", (TO_EVIDENCE,), kind="disturbed"
    ),
    Question(
        "Did discarding help anybody?",
        "#trust ~ * .scroll",
        r"\u2715 [-+]\d",
        (TO_EVIDENCE,),
        kind="disturbed",
    ),
    Question(
        "Who chose 3 x 4?",
        "section:has(> #equal-work) details .scroll",
        "workers = 3, threads = 4",
        (TO_EQUAL_WORK, TO_CHOICES),
        on_phone=(*PHONE_TO_EQUAL_WORK, TO_CHOICES),
    ),
    Question(
        "Is the work equal?",
        "section:has(> #equal-work)",
        r"checks hold",
        (TO_EQUAL_WORK,),
        PHONE_TO_EQUAL_WORK,
    ),
    Question(
        "What does a framework add to bare ASGI?",
        "figure[id^=cpu]",
        "framework and ORM",
        (TO_SECTIONS, "header a[href='#charts']"),
    ),
    Question(
        "What do the article's claims come to?",
        "section:has(#claims)",
        r"claims",
        (TO_SECTIONS, "header a[href='#claims']"),
    ),
    Question(
        "How do I repeat it?",
        "section:has(#machine) pre",
        "make bench PROFILE=standard",
        (TO_SECTIONS, "header a[href='#machine']"),
    ),
)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asks)
def test_a_question_is_answered(question: Question, screen: Screen, opened: Open) -> None:
    clicks = question.clicks
    if screen.phone and question.on_phone is not None:
        clicks = question.on_phone
    assert len(clicks) <= (3 if screen.phone else 2)
    reader = opened(question.kind, screen)
    for click in clicks:
        assert near(reader, click), click
        reader.page.locator(click).first.click()
    assert near(reader, question.selector, question.answer), "not answered in sight"


def near(reader: Reader, selector: str, text: str = "") -> bool:
    """Whether something begins within the two screens below where the reader is."""
    for place in reader.page.locator(selector).all():
        box = place.bounding_box()
        if box is None or box["y"] + box["height"] <= 0:
            continue
        in_sight = box["y"] < SCREENS_READ * reader.screen.height
        if in_sight and re.search(text, place.inner_text()):
            return True
    return False
