"""Somebody who reads a report: on a screen, from disk, without a network."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Dialog, Page, Route, expect

PATIENCE_MS = 300_000.0
"""For each step of the browser: a busy machine takes minutes to draw what takes seconds."""
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Screen:
    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    phone: bool = False


DESKTOP = Screen("desktop-light", 1280, 900)
DESKTOP_DARK = Screen("desktop-dark", 1280, 900, "dark")
PHONE = Screen("phone-light", 390, 844, phone=True)
PHONE_DARK = Screen("phone-dark", 390, 844, "dark", phone=True)
SCREENS = (DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK)


class Reader:
    """An open report, and what the browser had to say about it."""

    def __init__(
        self, browser: Browser, folder: Path, screen: Screen, *, javascript: bool = True
    ) -> None:
        self.folder, self.screen = folder, screen
        self.said: list[str] = []
        """Errors and warnings of the console, uncaught ones, dialogs, and refused requests."""
        self.context = browser.new_context(
            viewport={"width": screen.width, "height": screen.height},
            color_scheme=screen.scheme,
            is_mobile=screen.phone,
            has_touch=screen.phone,
            java_script_enabled=javascript,
            offline=True,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._refuse_dialog)
        self.page.route("**/*", self._refuse_network)
        self.page.goto((folder / "report.html").as_uri())

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def _refuse_dialog(self, dialog: Dialog) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _refuse_network(self, route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            self.said.append(f"asked for {route.request.url}")
            route.abort()

    @cached_property
    def results(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "results.json").read_text())
        return found

    def figure(self, pointer: str) -> Any:
        """What stands in results.json at a JSON Pointer."""
        found: Any = self.results
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            found = found[int(key) if isinstance(found, list) else key]
        return found

    def scroll_through(self) -> None:
        """As a reader does, so that every chart comes into view; then back to the top."""
        for chart in self.page.locator("figure").all():
            chart.scroll_into_view_if_needed()
        expect(self.page.locator(".chart")).to_have_count(0)
        self.page.evaluate("scrollTo(0, 0)")

    def unfold_all(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")

    def overflow(self) -> list[str]:
        """What reaches beyond the page's right edge and does not scroll in a box of its own."""
        found: list[str] = self.page.evaluate(
            """() => {
              const page = document.documentElement;
              if (page.scrollWidth <= page.clientWidth) return [];
              const boxed = ".scroll *, .chart *, pre *, .skip";
              return [...document.querySelectorAll("body *")]
                .filter((e) => e.getBoundingClientRect().right > page.clientWidth + 0.5)
                .filter((e) => !e.matches(boxed))
                .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 60)}`)
                .concat([`the page: ${page.scrollWidth} of ${page.clientWidth}`]);
            }"""
        )
        return found

    def keep(self, folder: Path, name: str) -> None:
        """A picture of the whole page."""
        path = folder / f"{name}-{self.screen.name}.png"
        self.page.screenshot(path=path, full_page=True)

    def close(self) -> None:
        self.context.close()
