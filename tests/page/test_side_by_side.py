"""Up to four targets beside one starting point, chosen by the keyboard; what each cell says is what
the API says of its pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.page.test_page import heading, options, settings
from tests.support.browser import NARROW, chromium, visit
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse

FROM = "29-1141.00"
TARGETS = ["29-1171.00", "11-3013.00", "11-1011.00", "51-4121.00"]
ADDRESS = f"?from={FROM}" + "".join(f"&to={target}" for target in TARGETS)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def sample(built: Callable[..., Warehouse]) -> Iterator[str]:
    with served(settings(built("duckdb", "sample", None))) as url:
        yield url


def test_targets_are_added_and_removed_by_keyboard(browser: Browser, sample: str) -> None:
    with visit(browser, sample) as tab:
        page = tab.goto(f"?from={FROM}&to={TARGETS[0]}")
        page.get_by_role("button", name="Add another target").focus()
        page.keyboard.press("Enter")
        field = page.get_by_label("Another target occupation")
        expect(field).to_be_focused()
        page.keyboard.type("facilities")
        expect(options(page)).to_have_count(1)
        page.keyboard.press("Enter")
        heading(page, "From Registered Nurses")
        assert page.url.endswith(f"/?from={FROM}&to={TARGETS[0]}&to={TARGETS[1]}")
        targets = page.get_by_role("list", name="Your targets").get_by_role("listitem")
        for number, title in (
            (3, "chief executives"),
            (4, "welders, cutters, solderers, and brazers"),
        ):
            expect(field).to_have_value("")
            field.fill(title)
            page.keyboard.press("Enter")
            expect(targets).to_have_count(number)
        expect(field).to_be_disabled()
        expect(field).to_be_focused()
        expect(page.get_by_text("Four targets are the most")).to_be_visible()
        # the focus goes on to the next target, so that one key is enough for each
        page.get_by_role("button", name="Remove Facilities Managers").focus()
        for number, next_name in (
            (3, "Chief Executives"),
            (2, "Welders, Cutters, Solderers, and Brazers"),
        ):
            page.keyboard.press("Enter")
            expect(targets).to_have_count(number)
            expect(page.get_by_role("button", name=f"Remove {next_name}")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Add another target")).to_be_focused()
        heading(page, "Registered Nurses to  → Nurse Practitioners")
        assert page.url.endswith(f"/?from={FROM}&to={TARGETS[0]}")


@pytest.mark.parametrize("size", [(1280, 900), NARROW])
def test_every_cell_is_the_api_s(browser: Browser, sample: str, size: tuple[int, int]) -> None:
    pairs = [httpx.get(f"{sample}/compare?from={FROM}&to={target}").json() for target in TARGETS]
    pairs.sort(key=lambda pair: pair["counts"]["clearly_higher"])
    mark = {
        "clearly_higher": "clear",
        "too_close_to_tell": "close",
        "higher_without_error": "close",
        "met": "met",
    }
    with visit(browser, sample, size) as tab:
        page = tab.goto(ADDRESS)
        expect(page.locator(".sides h2")).to_have_text([pair["to"]["title"] for pair in pairs])
        for place, pair in enumerate(pairs):
            for each in pair["elements"]:
                row = page.locator(".side tbody tr").filter(
                    has=page.get_by_role("rowheader", name=each["element_name"], exact=True)
                )
                cell = row.locator("td.target").nth(place)
                expect(cell).to_contain_text(f"{each['to_level']:.2f}")
                assert mark[each["verdict"]] in (cell.get_attribute("class") or "")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.locator(".sides h2 a").first.click()
        heading(page, f"Registered Nurses to  → {pairs[0]['to']['title']}")


def test_one_that_is_not_rated_is_said_and_the_others_stay(browser: Browser, sample: str) -> None:
    with visit(browser, sample) as tab:
        page = tab.goto(f"?from={FROM}&to={TARGETS[0]}&to=15-1252.00&to=nonsense")
        expect(page.locator(".sides h2")).to_have_text(["Nurse Practitioners"])
        said = page.locator(".title")
        expect(said).to_contain_text("lists “Software Developers” but has not rated its skills.")
        expect(said).to_contain_text("lists no occupation “nonsense”.")
        expect(page.get_by_role("button", name="Remove Software Developers")).to_be_visible()
