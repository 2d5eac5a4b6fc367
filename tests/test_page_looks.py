"""How the page looks and who can use it: WCAG 2.2 AA by axe-core, narrow screens, the dark, and pictures beside those that were looked at.

A picture that differs is left in pytest's temporary folder. `PAGE_PICTURES=1` takes new references; look at them before they are committed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from api.page import FILES
from browser import FONT, NARROW, WIDE, Visit, chromium, visit
from live_warehouse import served
from test_page import MANAGERS, settings
from warehouse import Warehouse

PICTURES = Path(__file__).parent / "pictures"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

STATES = {
    "start": "",
    "gap": f"{MANAGERS}#2.B.3.j",
    "gap_of_knowledge": "?from=29-1141.00&to=29-1171.00&domain=knowledge",
    "profile": "?from=29-1141.00",
    "unknown": "?from=11-1012.00&to=11-3013.00",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def sample(built: Callable[..., Warehouse]) -> Iterator[str]:
    with served(settings(built("duckdb", "sample", None))) as url:
        yield url


def opened(tab: Visit, state: str) -> Page:
    """The state with everything in sight that can be opened."""
    page = tab.goto(STATES[state])
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    return page


@pytest.mark.parametrize(("state", "scheme"), [*((state, "light") for state in STATES), ("start", "dark"), ("gap", "dark")])
def test_wcag(browser: Browser, sample: str, state: str, scheme: str) -> None:
    with visit(browser, sample, color_scheme=scheme) as tab:
        page = opened(tab, state)
        if state == "start":
            page.get_by_label("From the occupation").fill("man")
            expect(page.get_by_role("option").first).to_be_visible()
            page.keyboard.press("ArrowDown")
        found = Axe().run(page, options={"runOnly": WCAG})
        assert not found.response["violations"], found.generate_report()
        assert len(found.response["passes"]) > 20


def test_a_narrow_screen_scrolls_one_way(browser: Browser, sample: str) -> None:
    """320 pixels are a wide screen at 400 % (WCAG 1.4.10); touch targets are at least 24 pixels (2.5.8)."""
    with visit(browser, sample, (320, 700)) as tab:
        for state in STATES:
            page = opened(tab, state)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, state
        page = opened(tab, "gap")
        found = Axe().run(page, options={"runOnly": WCAG})
        assert not found.response["violations"], found.generate_report()


def test_the_release_and_the_source_stay_in_sight(browser: Browser, sample: str) -> None:
    with visit(browser, sample, NARROW) as tab:
        page = opened(tab, "gap")
        for share in (0, 0.5, 1):
            page.evaluate(f"scrollTo(0, {share} * document.body.scrollHeight)")
            expect(page.locator("#foot")).to_be_in_viewport(ratio=1)


def test_everything_together_is_small() -> None:
    assert sum(len(file.body) for file in FILES.values()) < 80_000


@pytest.mark.skipif(not FONT.is_dir(), reason=f"pictures are compared in DejaVu Sans, which is not in {FONT}")
@pytest.mark.parametrize(
    ("name", "state", "size", "options"),
    [
        ("gap", "gap", WIDE, {}),
        ("gap_in_the_dark", "gap", WIDE, {"color_scheme": "dark"}),
        ("gap_on_a_phone", "gap", NARROW, {}),
        ("gap_on_paper", "gap", (794, 1123), {"media": "print"}),
        ("profile", "profile", WIDE, {}),
    ],
)
def test_it_looks_as_it_did(
    browser: Browser, sample: str, tmp_path: Path, name: str, state: str, size: tuple[int, int], options: dict[str, Any]
) -> None:
    """As blocks of 8 pixels, whose means differ little between versions of Chromium and much where something moved or changed colour."""
    with visit(browser, sample, size, color_scheme=options.get("color_scheme", "light")) as tab:
        page = tab.goto(STATES[state])
        page.wait_for_load_state("networkidle")
        page.emulate_media(media=options.get("media"))
        # what changes from day to day and from server to server
        page.locator("#release").evaluate("each => { each.textContent = 'O*NET sample' }")
        page.locator("p.paper").evaluate_all("all => all.forEach(each => { each.textContent = 'address' })")
        page.evaluate("scrollTo(0, 0)")
        seen = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    reference = PICTURES / f"{name}.png"
    if os.environ.get("PAGE_PICTURES"):
        seen.quantize(200).save(reference, optimize=True)
    wanted = Image.open(reference).convert("RGB")
    assert seen.size == wanted.size
    difference = np.abs(blocks(seen) - blocks(wanted))
    if difference.max() > 28 or difference.mean() > 0.5:
        seen.save(tmp_path / f"{name}.png")
        y, x = (8 * place for place in np.unravel_index(difference.max(axis=2).argmax(), difference.shape[:2]))
        pytest.fail(f"{name} differs, most at ({x}, {y}): {tmp_path / f'{name}.png'} beside {reference}")


def blocks(image: Image.Image) -> NDArray[np.float64]:
    """Mean colour of each block of 8 x 8 pixels; what is over at the edges is left out."""
    width, height = (side // 8 * 8 for side in image.size)
    pixels = np.asarray(image, dtype=float)[:height, :width]
    means: NDArray[np.float64] = pixels.reshape(height // 8, 8, width // 8, 8, 3).mean(axis=(1, 3))
    return means
