"""Chromium, without a network, and the reports it opens."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import runs
from tests.browser.reader import DESKTOP, PATIENCE_MS, Reader, Screen

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Reports = Callable[[str], Path]
Open = Callable[..., Reader]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    assert program, "no Chromium: run scripts/bootstrap-tests.sh browser"
    with sync_playwright() as playwright:
        # Its sandbox needs privileges that a container has not; nothing but our own file is opened.
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], timeout=PATIENCE_MS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """Builds the report of a kind of run, once."""

    @cache
    def folder(kind: str) -> Path:
        return runs.build(kind, tmp_path_factory.mktemp(kind))

    return folder


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: LEVELBENCH_ARTIFACTS, or pytest's own folder."""
    asked = os.environ.get("LEVELBENCH_ARTIFACTS")
    folder = Path(asked) if asked else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def opened(browser: Browser, reports: Reports) -> Iterator[Open]:
    """Opens the report of a kind of run; closed after the test."""
    readers: list[Reader] = []

    def open_report(kind: str, screen: Screen = DESKTOP, *, javascript: bool = True) -> Reader:
        readers.append(Reader(browser, reports(kind), screen, javascript=javascript))
        return readers[-1]

    yield open_report
    for reader in readers:
        reader.close()
