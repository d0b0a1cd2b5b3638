"""Pages of the site on a desktop and on a phone: nothing is wide, cut off or out of reach."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from levelbench.history import site
from tests.browser.reader import DESKTOP, PAPER, PHONE, Reader, Screen
from tests.unit.factories import make_run
from tests.unit.factories.nights import keep, nights, published, renamed
from tests.unit.factories.variants import variants_run

PAGES = (
    "index.html",
    "contestants/fastapi.html",
    "pairs/django-v-flask.html",
    "questions.html",
    "runs.html",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of 40 nights with a step, after runs with variants and without any answer."""
    smoke = make_run(blocks=1, control=None, profile="smoke", publishable=False)
    others = (renamed(published(smoke), "a-smoke"), renamed(published(variants_run()), "variants"))
    path = tmp_path_factory.mktemp("site")
    site.build(keep((*others, *nights(40)), path), path / "site")
    return path / "site"


@pytest.mark.parametrize("screen", [DESKTOP, PHONE, PHONE.dark], ids=lambda screen: screen.name)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_up(
    page: str, screen: Screen, browser: Browser, folder: Path, artifacts: Path
) -> None:
    reader = Reader(browser, folder, screen, page=page)
    name = f"site-{Path(page).stem}"
    reader.keep(artifacts, f"{name}-first", full_page=False)
    reader.keep(artifacts, name)
    assert reader.misplaced() == []
    reader.unfold_all()
    assert reader.misplaced() == []
    assert reader.barriers() == []
    assert reader.said == []
    reader.close()


def test_all_of_a_page_is_printed(browser: Browser, folder: Path) -> None:
    reader = Reader(browser, folder, PAPER, page="contestants/fastapi.html")
    reader.page.emulate_media(media="print")
    assert reader.misplaced() == []
    assert all(one.is_visible() for one in reader.page.locator("main > section").all())
    reader.close()


def test_links_lead_from_the_front_page_to_all_others(browser: Browser, folder: Path) -> None:
    reader = Reader(browser, folder, DESKTOP, page="index.html")
    reader.page.get_by_role("link", name="FastAPI", exact=True).first.click()
    assert reader.page.get_by_role("heading", level=1).text_content() == "FastAPI"
    reader.page.get_by_role("link", name="Django v FastAPI").click()
    assert reader.page.get_by_role("heading", level=1).text_content() == "Django v FastAPI"
    reader.page.get_by_role("link", name="Questions").click()
    assert reader.page.get_by_role("heading", level=1).text_content() == "Questions"
    assert reader.said == []
    reader.close()
