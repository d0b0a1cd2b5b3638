"""The page of a run is served on loopback while the run lasts, and stays in its folder."""

import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from levelbench.bench.run import OngoingRun
from levelbench.cli import live
from levelbench.progress import Display
from tests.unit.factories import make_run, write_run


@pytest.fixture
def display() -> Iterator[Display]:
    with Display(Console(file=io.StringIO(), force_terminal=False)) as display:
        yield display


@pytest.fixture
def run(tmp_path: Path) -> OngoingRun:
    made = make_run(blocks=2, control=None)
    folder = write_run(tmp_path / made.record.run_id, made)
    return OngoingRun(folder, made.record, list(made.trials[:4]))


def address(display: Display) -> str:
    file = display.console.file
    assert isinstance(file, io.StringIO)
    (found,) = re.findall(r"live page: (http://127\.0\.0\.1:\d+/)", file.getvalue())
    return str(found)


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def test_it_shows_what_is_done_before_there_is_a_run(display: Display) -> None:
    with live.served(display):
        display.say("building fastapi")
        found = json.loads(get(address(display) + "state.json"))
    assert (found["run_id"], found["doing"], found["trials"]) == ("", "building fastapi", [])


def test_it_shows_the_run_once_it_has_begun(display: Display, run: OngoingRun) -> None:
    with live.served(display) as page:
        page.begun(run)
        display.plan(dict.fromkeys(range(1, 9), 10.0))
        with display.measuring([5]):
            found = json.loads(get(address(display) + "state.json"))
        assert "<h1>" in get(address(display))
    assert found["run_id"] == run.record.run_id
    assert [trial["status"] for trial in found["trials"]] == (
        ["valid"] * 4 + ["measuring"] + ["planned"] * 3
    )
    assert found["rounds"] == 1


def test_it_has_the_report_once_there_is_one(display: Display, run: OngoingRun) -> None:
    with live.served(display) as page:
        page.begun(run)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(address(display) + "report.html?1")
        (run.folder / "report.html").write_text("<p>so far")
        assert get(address(display) + "report.html?2") == "<p>so far"


@pytest.mark.parametrize("path", ["run.json", "../run.json", "%2e%2e/run.json", "trials/"])
def test_it_has_nothing_else(path: str, display: Display, run: OngoingRun) -> None:
    with live.served(display) as page:
        page.begun(run)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(address(display) + path)


def test_the_page_stays_in_the_folder_of_the_run(display: Display, run: OngoingRun) -> None:
    def interrupted() -> None:
        with live.served(display) as page:
            page.begun(run)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert run.record.run_id in (run.folder / "live.html").read_text()
