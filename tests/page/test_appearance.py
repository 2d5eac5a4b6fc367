"""How the page looks and who can use it: WCAG 2.2 AA by axe-core, narrow screens, the dark, and
pictures beside those that were looked at.

A picture that differs is left in pytest's temporary folder. `PAGE_PICTURES=1` takes new references;
look at them before they are committed.
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

from api.compression import compress
from api.static_files import FILES
from tests.page.test_page import MANAGERS, options, settings
from tests.support.browser import FONT, NARROW, Visit, chromium, visit
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse

PICTURES = Path(__file__).parent / "pictures"
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # of the rules that hold one element each: thousands would be described and sent here
    "resultTypes": ["violations"],
}

BEHIND = "#you=2.A.1.a:1.5,2.B.3.j:0,2.B.3.l:0.5,2.B.3.a:2,2.B.1.a:3"
STATES = {
    "start": "",
    "gap": f"{MANAGERS}#2.B.3.j",
    "gap_of_knowledge": "?from=29-1141.00&to=29-1171.00&domain=knowledge",
    "profile": "?from=29-1141.00",
    "side": "?from=29-1141.00&to=29-1171.00&to=11-3013.00&to=11-1011.00",
    "rate": f"?to=11-3013.00&view=rate{BEHIND}",
    "plan": f"{MANAGERS}&view=plan",
    "unrated": "?from=29-1141.00&to=15-1252.00",
    "unknown": "?from=11-1012.00&to=11-3013.00",
}
WIDTHS = (360, 768, 1280, 2560)
STILL = 0.02
"""The most that what is there may move while more comes: the share of the screen times the share of
the way, summed (CLS)."""

# What moved without anybody having touched anything.
_SHIFT = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const each of list.getEntries()) if (!each.hadRecentInput) sum += each.value;
    }).observe({type: 'layout-shift', buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})"""


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
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    return page


def check(page: Page, state: str) -> None:
    found = Axe().run(page, options=WCAG)
    assert not found.response["violations"], f"{state}: {found.generate_report()}"
    assert len(found.response["passes"]) > 20


@pytest.mark.parametrize("state", STATES)
def test_wcag_at_every_width_and_nothing_moves_while_it_comes(
    browser: Browser, sample: str, state: str
) -> None:
    for width in WIDTHS:
        with visit(browser, sample, (width, 900)) as tab:
            page = tab.goto(STATES[state])
            assert page.evaluate(_SHIFT) <= STILL, width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.evaluate(
                "document.querySelectorAll('details').forEach(each => { each.open = true })"
            )
            check(page, f"{state} at {width}")
            if width == 1280:
                page.emulate_media(color_scheme="dark")
                check(page, f"{state} in the dark")


def test_wcag_while_choosing(browser: Browser, sample: str) -> None:
    with visit(browser, sample) as tab:
        page = tab.goto()
        page.get_by_label("From the occupation").fill("man")
        expect(options(page).first).to_be_visible()
        page.keyboard.press("ArrowDown")
        check(page, "list")
        page.get_by_label("From the occupation").fill("manager")
        page.get_by_label("To the occupation").focus()
        expect(page.locator("#from-said")).not_to_be_empty()
        check(page, "not chosen")


@pytest.mark.parametrize("width", [320, 720, 912, 2560])
def test_the_chart_has_room_at_every_width(browser: Browser, sample: str, width: int) -> None:
    with visit(browser, sample, (width, 900)) as tab:
        page = tab.goto(MANAGERS)
        chart = page.locator(".levels tbody .chart svg").first.bounding_box()
        assert chart
        assert chart["width"] > 220


def test_a_narrow_screen_scrolls_one_way(browser: Browser, sample: str) -> None:
    """320 pixels are a wide screen at 400 % (WCAG 1.4.10); touch targets are at least 24 pixels
    (2.5.8)."""
    with visit(browser, sample, (320, 700)) as tab:
        for state in STATES:
            page = opened(tab, state)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, state
        page = opened(tab, "gap")
        found = Axe().run(page, options=WCAG)
        assert not found.response["violations"], found.generate_report()


def test_the_release_and_the_source_stay_in_sight(browser: Browser, sample: str) -> None:
    with visit(browser, sample, NARROW) as tab:
        page = opened(tab, "gap")
        for share in (0, 0.5, 1):
            page.evaluate(f"scrollTo(0, {share} * document.body.scrollHeight)")
            expect(page.locator("#foot")).to_be_in_viewport(ratio=1)


def test_everything_together_is_small_as_it_is_sent() -> None:
    assert sum(len(compress(file.body, "gzip")) for file in FILES.values()) < 100_000


FACES = ("start", "gap", "profile", "side", "rate", "unrated")
"""What has a picture at every width in both themes; the others at one."""

SEEN: list[tuple[str, int, tuple[str, ...]]] = [
    *((state, width, ("light", "dark")) for state in FACES for width in WIDTHS),
    *((state, 1280, ("light",)) for state in STATES if state not in FACES),
    *((state, 794, ("paper",)) for state in ("gap", "profile", "side", "plan")),
]


@pytest.mark.skipif(
    not FONT.is_dir(), reason=f"pictures are compared in DejaVu Sans, which is not in {FONT}"
)
def test_it_looks_as_it_did(browser: Browser, sample: str, tmp_path: Path) -> None:
    """As blocks of 8 pixels, whose means differ little between versions of Chromium and much where
    something moved or changed colour.

    What is kept is those means: a picture an eighth as wide and as high.
    """
    differing = []
    for state, width, kinds in SEEN:
        for kind, seen in screenshots(browser, sample, state, width, kinds):
            name = f"{state}_{kind}_{width}"
            means = blocks(seen)
            reference = PICTURES / f"{name}.webp"
            if os.environ.get("PAGE_PICTURES"):
                Image.fromarray(means.round().astype(np.uint8)).save(
                    reference, lossless=True, method=6
                )
            wanted = np.asarray(Image.open(reference).convert("RGB"), dtype=float)
            assert means.shape == wanted.shape, name
            difference = np.abs(means - wanted)
            if difference.max() > 36 or difference.mean() > 0.6:
                seen.save(tmp_path / f"{name}.png")
                y, x = (
                    8 * place
                    for place in np.unravel_index(
                        difference.max(axis=2).argmax(), difference.shape[:2]
                    )
                )
                differing.append(f"{name}, most at ({x}, {y})")
    assert not differing, f"{differing}: {tmp_path} beside {PICTURES}"


def test_every_picture_that_is_kept_is_compared() -> None:
    names = {f"{state}_{kind}_{width}" for state, width, kinds in SEEN for kind in kinds}
    assert {path.stem for path in PICTURES.iterdir()} == names


def screenshots(
    browser: Browser, url: str, state: str, width: int, kinds: tuple[str, ...]
) -> Iterator[tuple[str, Image.Image]]:
    """The state as it is drawn in each kind: light, dark or on paper."""
    with visit(browser, url, (width, 1440 if width > 2000 else 900)) as tab:
        page = tab.goto(STATES[state])
        still(page)
        # what changes from day to day and from server to server
        page.locator("#release").evaluate("each => { each.textContent = '· O*NET sample' }")
        page.locator("#published").evaluate("each => each.remove()")
        page.locator("p.paper").evaluate_all(
            "all => all.forEach(each => { each.textContent = 'address' })"
        )
        page.evaluate("scrollTo(0, 0)")
        for kind in kinds:
            scheme: Any = kind if kind != "paper" else "light"
            page.emulate_media(media="print" if kind == "paper" else "screen", color_scheme=scheme)
            still(page)
            yield (
                kind,
                Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB"),
            )


def still(page: Page) -> None:
    """Whatever was to be drawn in the next two frames is drawn."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def blocks(image: Image.Image) -> NDArray[np.float64]:
    """Mean colour of each block of 8 x 8 pixels; what is over at the edges is left out."""
    width, height = (side // 8 * 8 for side in image.size)
    pixels = np.asarray(image, dtype=float)[:height, :width]
    means: NDArray[np.float64] = pixels.reshape(height // 8, 8, width // 8, 8, 3).mean(axis=(1, 3))
    return means
