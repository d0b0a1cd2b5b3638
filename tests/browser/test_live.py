"""The page of a run under way, while it is served and as it stays in the folder of the run."""

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from rich.console import Console

from levelbench import report
from levelbench.bench.run import OngoingRun
from levelbench.cli import live
from levelbench.model.files import write_atomic
from levelbench.model.trial import SECONDS_FILE
from levelbench.progress import Display
from tests.browser.reader import DESKTOP, PHONE, Reader, Screen
from tests.unit.factories import make_run, write_run


@pytest.fixture
def run(tmp_path: Path) -> OngoingRun:
    made = make_run(blocks=5, control="fastapi", failed="flask")
    folder = write_run(tmp_path / made.record.run_id, made)
    report.build(folder)
    for number, trial in enumerate(made.trials):
        lines = [f"{second},{300 + number + 9 * (second % 4)}" for second in range(1, 11)]
        path = folder / "trials" / trial.folder_name / SECONDS_FILE
        write_atomic(path, "\n".join(("second,requests_per_second", *lines)) + "\n")
    return OngoingRun(folder, made.record, list(made.trials[:-10]))


def display() -> Display:
    return Display(Console(file=io.StringIO(), force_terminal=False))


@pytest.mark.parametrize("screen", [DESKTOP, PHONE, PHONE.dark], ids=lambda screen: screen.name)
def test_the_page_that_stays_holds_up(
    screen: Screen, run: OngoingRun, browser: Browser, artifacts: Path
) -> None:
    with display() as shown, live.served(shown) as page:
        page.begun(run)
    reader = Reader(browser, run.folder, screen, page="live.html")
    expect(reader.page.get_by_text("The run has ended")).to_be_visible()
    expect(reader.page.frame_locator("iframe").locator("main")).to_be_visible()
    reader.keep(artifacts, "live")
    assert reader.misplaced() == []
    assert reader.said == []
    assert reader.barriers() == []  # says of a frame from a file that it cannot be asked
    reader.close()


def test_the_page_follows_the_run(run: OngoingRun, browser: Browser) -> None:
    with display() as shown, live.served(shown) as served:
        assert isinstance(shown.console.file, io.StringIO)
        (url,) = re.findall(r"http://\S+", shown.console.file.getvalue())
        page = browser.new_page()
        page.goto(url)
        expect(page.get_by_text("live page")).to_be_visible()
        served.begun(run)
        shown.trial("closed fastapi", "measure")
        expect(page.get_by_text("closed fastapi: measure")).to_be_visible()
        expect(page.get_by_role("rowheader", name="fastapi@control")).to_be_visible()
        expect(page.locator("td.planned")).to_have_count(10)
        expect(page.frame_locator("iframe").locator("main")).to_be_visible()
    expect(page.get_by_text("The run has ended")).to_be_visible()
    page.close()
