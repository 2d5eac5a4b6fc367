"""A real Chromium to look at the page with: the machine's own, driven by Playwright, with one font
so that pictures can be compared."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT = Path("/usr/share/fonts/truetype/dejavu")
WIDE, NARROW = (1000, 900), (360, 780)

expect.set_options(timeout=20_000)


def program() -> str | None:
    """The machine's own Chromium; None where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """The browser; skips the test where there is none. `folder` is for its font configuration."""
    if not program():
        pytest.skip("no chromium on the PATH or in CHROMIUM")
    fonts = folder / "fonts.conf"
    always = (
        "<edit name='family' mode='assign' binding='strong'><string>DejaVu Sans</string></edit>"
    )
    fonts.write_text(
        f"<fontconfig><dir>{FONT}</dir><cachedir>{folder}/cache</cachedir><match"
        f" target='pattern'>{always}</match></fontconfig>"
    )
    environment: dict[str, str | float | bool] = {
        **os.environ,
        **({"FONTCONFIG_FILE": str(fonts)} if FONT.is_dir() else {}),
    }
    with sync_playwright() as playwright:
        # --no-sandbox: Chromium's own sandbox does not run as root, which is who CI is; it sees
        # nothing here but our own page
        browser = playwright.chromium.launch(
            executable_path=program(),
            args=["--no-sandbox", "--font-render-hinting=none"],
            env=environment,
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One tab on one server, and what went on in it that nobody sees."""

    page: Page
    url: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def goto(self, address: str = "") -> Page:
        """Opens an address of the page and waits until it shows something."""
        self.page.goto(f"{self.url}/{address}")
        self.settled()
        return self.page

    def settled(self) -> None:
        expect(self.page.locator("main h1")).to_be_visible()
        expect(self.page.locator("main")).not_to_have_attribute("aria-busy", "true")


@contextmanager
def visit(
    browser: Browser, url: str, size: tuple[int, int] = WIDE, **options: Any
) -> Iterator[Visit]:
    """A fresh tab. At the end: it asked nobody but its own server, and the browser complained of
    nothing but answers of 4xx and 5xx."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **options
    )
    page = context.new_page()
    visiting = Visit(page, url)

    def complained(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(
            "Failed to load resource"
        ):
            visiting.complaints.append(message.text)

    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(f"{visiting.url}/")
            else visiting.strangers.append(request.url)
        ),
    )
    page.on("console", complained)
    page.on("pageerror", lambda error: visiting.complaints.append(str(error)))
    try:
        yield visiting
        assert not visiting.strangers
        assert not visiting.complaints
    finally:
        context.close()
