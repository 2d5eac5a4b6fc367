"""The page in a real Chromium: from the API's last byte to the answer painted on screen, and from
the click to there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.commands import Warehouse
from benchmarks.report import Section
from benchmarks.serving import Pairs, server
from tests.support.browser import chromium, program

TARGET_SECONDS = 0.3
WARM_UP, PAIRS = 5, 25

# The heading has `elementtiming`: the browser itself says when it was painted. Milliseconds since
# the navigation began.
_PAINTED = """() => new Promise(resolve => new PerformanceObserver(list => {
    const [asked] = performance.getEntriesByType('resource').filter(entry => new \
URL(entry.name).pathname === '/compare');
    resolve({painted: list.getEntries()[0].renderTime, answered: asked.responseEnd});
}).observe({type: 'element', buffered: true}))"""


@dataclass
class PageResult:
    """Seconds, one figure per page opened."""

    engine: str
    after_answer: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def measure(warehouses: Sequence[Warehouse]) -> list[PageResult] | None:
    """Opens the page on pairs never asked before, in a browser that has its files in the cache;
    None where there is no Chromium."""
    if not program():
        return None
    seen = []
    for warehouse in warehouses:
        addresses = Pairs.of(warehouse).take(WARM_UP + PAIRS)
        this = PageResult(warehouse.engine)
        folder = warehouse.dir.parent
        with (
            server(["-m", "api"], warehouse.environment("api"), folder / "page.api.log") as (
                port,
                _,
            ),
            chromium(folder) as browser,
            browser.new_context() as context,
        ):
            page = context.new_page()
            for number, address in enumerate(addresses):
                page.goto(f"http://127.0.0.1:{port}/?{address}")
                found: dict[str, Any] = page.evaluate(_PAINTED)
                if number >= WARM_UP:
                    this.after_answer.append((found["painted"] - found["answered"]) / 1000)
                    this.whole.append(found["painted"] / 1000)
        seen.append(this)
    return seen


def section(seen: Sequence[PageResult]) -> Section:
    shown = Section(
        f"The page, first answer on screen: {PAIRS} pairs never asked before",
        (
            "",
            "after the API's answer: median",
            "slowest",
            f"aim: < {TARGET_SECONDS * 1000:.0f} ms",
            "from the navigation: median",
            "slowest",
        ),
    )
    for one in seen:
        shown.rows.append(
            (
                f"page on {one.engine}",
                _milliseconds(median(one.after_answer)),
                _milliseconds(max(one.after_answer)),
                "met" if max(one.after_answer) < TARGET_SECONDS else "missed",
                _milliseconds(median(one.whole)),
                _milliseconds(max(one.whole)),
            )
        )
        shown.figures.append(
            {
                "engine": one.engine,
                "after_answer_seconds": one.after_answer,
                "whole_seconds": one.whole,
            }
        )
    shown.notes = [
        "Headless Chromium on this machine's cores, the page's files in its cache. Painted is what"
        " the browser reports of the heading."
    ]
    return shown


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
