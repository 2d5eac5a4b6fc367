"""What the page shows below the answer: levels in words, technologies to learn, and the map of where one can go from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, expect

from browser import NARROW, chromium, visit
from live_warehouse import served
from test_page import MANAGERS, heading, settings
from warehouse import Warehouse


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def sample(built: Callable[..., Warehouse]) -> Iterator[str]:
    with served(settings(built("duckdb", "sample", None))) as url:
        yield url


def test_levels_in_words(browser: Browser, sample: str) -> None:
    elements = httpx.get(f"{sample}/compare{MANAGERS}").json()["elements"]
    told = next(each for each in elements if each["from_anchor"] and each["to_anchor"])
    with visit(browser, sample) as tab:
        page = tab.goto(f"{MANAGERS}#{told['element_id']}")
        about = page.locator(f"[id='about-{told['element_id']}']")
        for side in ("from", "to"):
            expect(about).to_contain_text(f"nearest example, level {told[f'{side}_anchor_level']}: “{told[f'{side}_anchor']}”")
        expect(about).to_contain_text(f"({told['group_name']})")


def test_technologies_to_learn(browser: Browser, sample: str) -> None:
    answer = httpx.get(f"{sample}/technology-gap{MANAGERS}").json()
    assert answer["technologies"]
    with visit(browser, sample) as tab:
        page = tab.goto(MANAGERS)
        expect(page.get_by_role("heading", name="Technologies to learn")).to_have_text(
            f"Technologies to learn ({answer['counts']['missing']})"
        )
        shown = page.locator(".technologies li").all_text_contents()
        names = [each["technology_name"] for each in answer["technologies"]]
        assert len(shown) == len(names)
        assert all(text.startswith(name) for text, name in zip(shown, names, strict=True))
        assert sum("in demand" in text for text in shown) == answer["counts"]["in_demand"]


@pytest.mark.parametrize("size", [(1000, 900), NARROW])
def test_where_one_can_go(browser: Browser, sample: str, size: tuple[int, int]) -> None:
    moves = httpx.get(f"{sample}/occupations/11-1011.00/transitions").json()["transitions"]
    assert moves
    with visit(browser, sample, size) as tab:
        page = tab.goto("?from=11-1011.00")
        expect(page.locator(".ways tbody tr")).to_have_count(len(moves))
        assert page.locator(".ways tbody .name").all_text_contents() == [each["to"]["title"] for each in moves]
        gaps = [f"{each['significant_gap_count']} of {each['higher_element_count']}" for each in moves]
        assert page.locator(".ways tbody .gaps").all_text_contents() == gaps
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.locator(".ways tbody a").first.click()
        heading(page, f"Chief Executives to  → {moves[0]['to']['title']}")


def test_found_by_another_name(browser: Browser, sample: str) -> None:
    [found] = [
        each for each in httpx.get(f"{sample}/occupations?q=manager&limit=50").json()["occupations"] if each["match"]["kind"] == "alternate"
    ][:1]
    with visit(browser, sample) as tab:
        page = tab.goto()
        page.get_by_label("From the occupation").fill(found["match"]["title"])
        option = page.get_by_role("option").filter(has_text=found["title"]).first
        expect(option.locator(".alias")).to_have_text(found["match"]["title"])
