"""Somebody who reads a report: on a screen, from disk, without a network."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Route, expect

PATIENCE_MS = 300_000.0
"""For each step of the browser: a busy machine takes minutes to draw what takes seconds."""
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Screen:
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    phone: bool = False
    zoom: int = 1

    @property
    def name(self) -> str:
        zoomed = f"-zoom{self.zoom}" if self.zoom > 1 else ""
        return f"{self.width}-{self.scheme}{zoomed}"

    @property
    def dark(self) -> "Screen":
        return replace(self, scheme="dark")


DESKTOP = Screen(1280, 800)
TABLET = Screen(768, 1024)
PHONE = Screen(390, 844, phone=True)
SCREENS = tuple(screen for light in (DESKTOP, TABLET, PHONE) for screen in (light, light.dark))
ZOOMED = Screen(DESKTOP.width // 2, DESKTOP.height // 2, zoom=2)
"""A browser at 200% has half the CSS pixels, each twice as large."""
PAPER = Screen(794, 1123)
"""A4 at 96 pixels an inch."""


class Reader:
    """An open report, and what the browser had to say about it."""

    def __init__(
        self,
        browser: Browser,
        folder: Path,
        screen: Screen,
        *,
        javascript: bool = True,
        page: str = "report.html",
    ) -> None:
        self.folder, self.screen = folder, screen
        self.said: list[str] = []
        """Errors and warnings of the console, uncaught ones, dialogs, and refused requests."""
        self.context = browser.new_context(
            viewport={"width": screen.width, "height": screen.height},
            color_scheme=screen.scheme,
            device_scale_factor=screen.zoom,
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
        self.page.goto((folder / page).as_uri())

    def _hear(self, message: ConsoleMessage) -> None:
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

    def unfold_all(self) -> None:
        """All but the contents, which lie over the page."""
        self.page.evaluate(
            "document.querySelectorAll('main details').forEach((d) => (d.open = true))"
        )

    def misplaced(self) -> list[str]:
        """What reaches beyond the page's right edge and does not scroll in a box of its own, and
        text that is cut off."""
        found: list[str] = self.page.evaluate(OVERFLOW) + self.page.evaluate(CUT)
        return found

    def barriers(self) -> list[str]:
        """What axe-core finds."""
        return [
            f"{found['id']}: {node['html'][:200]}"
            for found in Axe().run(self.page).response["violations"]
            for node in found["nodes"]
        ]

    def stops(self) -> Iterator[Locator]:
        """What the Tab key reaches, in order, from the top of the page until focus leaves it."""
        focused = self.page.locator(":focus")
        self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        while True:
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                return
            yield focused

    def keep(self, folder: Path, name: str, *, full_page: bool = True) -> None:
        """A picture of the page."""
        path = folder / f"{name}-{self.screen.name}.png"
        self.page.screenshot(path=path, full_page=full_page)

    def close(self) -> None:
        self.context.close()


OVERFLOW = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > page.clientWidth + 0.5)
    .filter((e) => !e.matches(".scroll *, pre *, .skip, svg *"))
    .map((e) => `wide: ${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 60)}`)
    .concat([`wide: the page, ${page.scrollWidth} of ${page.clientWidth}`]);
}"""

CUT = """() => {
  const cut = [];
  for (const e of document.querySelectorAll("body *")) {
    const style = getComputedStyle(e);
    const hides = ["hidden", "clip"].includes(style.overflowX) && !e.closest("svg");
    if (hides && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && e.textContent.trim())
      cut.push(`cut: ${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 60)}`);
  }
  for (const text of document.querySelectorAll("svg text")) {
    const own = text.getBoundingClientRect();
    if (!own.width) continue;
    const box = text.closest("figure").getBoundingClientRect();
    if (own.left < box.left - 1 || own.right > box.right + 1) cut.push(`cut: ${text.textContent}`);
    for (const other of text.closest("li")?.querySelectorAll(".label, .value") ?? []) {
      const box = other.getBoundingClientRect();
      const across = own.left < box.right - 1 && own.right > box.left + 1;
      if (across && own.top < box.bottom - 2 && own.bottom > box.top + 2)
        cut.push(`covered: ${other.textContent} by ${text.textContent}`);
    }
  }
  return cut;
}"""
