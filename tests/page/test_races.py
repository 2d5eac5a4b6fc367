"""Slow answers: what comes late overwrites nothing, takes no focus and loses no key.

An answer is held until the test lets it go, so that each order of events is sure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.page.test_page import NURSES, heading, options, settings
from tests.support.browser import Visit, chromium, visit
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse

SIDES = f"{NURSES}&to=11-3013.00&to=11-1011.00"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def sample(built: Callable[..., Warehouse]) -> Iterator[str]:
    with served(settings(built("duckdb", "sample", None))) as url:
        yield url


@pytest.fixture
def tab(browser: Browser, sample: str) -> Iterator[Visit]:
    with visit(browser, sample) as visiting:
        yield visiting


class Held:
    """The first `number` requests whose address matches wait until they are let go."""

    def __init__(self, page: Page, address: str, number: int = 1) -> None:
        self.page, self.address, self.routes = page, address, list[Route]()
        page.route(
            address,
            lambda route: (
                self.routes.append(route) if len(self.routes) < number else route.continue_()
            ),
        )

    def wait(self, number: int = 1) -> None:
        while len(self.routes) < number:
            self.page.wait_for_timeout(20)  # lets Playwright hand over the request

    def let_go(self) -> None:
        for route in self.routes:
            route.continue_()


def round_trip(page: Page) -> None:
    """After this, the page has taken in what was let go before."""
    page.evaluate(
        "async () => { await fetch('health/ready'); await new Promise(done => setTimeout(done,"
        " 0)); }"
    )


def test_a_target_that_has_the_focus_keeps_it_while_the_answers_come(tab: Visit) -> None:
    page = tab.goto(NURSES)
    held = Held(page, "**/compare?*", 3)
    page.evaluate(
        f"history.pushState(null, '', '{SIDES}'); dispatchEvent(new PopStateEvent('popstate'))"
    )
    held.wait(3)
    remove = page.locator("#targets li button").first
    remove.focus()
    held.let_go()
    heading(page, "From Registered Nurses")
    expect(page.get_by_role("button", name="Remove Nurse Practitioners")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#targets li")).to_have_count(2)


def test_a_link_that_has_the_focus_keeps_it_while_the_start_comes(tab: Visit) -> None:
    held = Held(tab.page, "**/publication")
    tab.page.goto(tab.url)
    link = tab.page.get_by_role("link", name="Chief Executives → Facilities Managers")
    link.focus()
    held.wait()
    held.let_go()
    expect(tab.page.locator("#release")).to_contain_text("sample")
    expect(link).to_be_focused()
    tab.page.keyboard.press("Enter")
    heading(tab.page, "Chief Executives to  → Facilities Managers")
    expect(tab.page.locator("main")).to_be_focused()


def test_the_levels_set_last_are_those_that_are_answered(tab: Visit) -> None:
    page = tab.goto("?to=11-3013.00&view=rate")
    held = Held(page, "**/skill-gap?*")
    slider = page.get_by_role("slider", name="Reading Comprehension")
    slider.fill("0.5")
    held.wait()
    slider.fill("7")
    expect(page.locator(".result .lead")).to_contain_text("No gap. None of 1 skills needs")
    held.let_go()
    round_trip(page)
    expect(page.locator(".result .lead")).to_contain_text("No gap. None of 1 skills needs")


def test_the_preparation_chosen_last_is_the_one_that_is_shown(tab: Visit) -> None:
    all_of_them = [
        each["to"]["title"]
        for each in httpx.get(f"{tab.url}/occupations/11-1011.00/transitions").json()["transitions"]
    ]
    page = tab.goto("?from=11-1011.00")
    held = Held(page, "**/transitions?*max_job_zone_step=-1*")
    page.get_by_label("Preparation", exact=True).select_option("-1")
    held.wait()
    page.get_by_label("Preparation", exact=True).select_option("")
    expect(page.locator(".moves a")).to_have_text(all_of_them)
    held.let_go()
    round_trip(page)
    expect(page.locator(".moves a")).to_have_text(all_of_them)


def test_a_choice_that_is_left_while_it_is_asked_for_is_no_error(tab: Visit) -> None:
    page = tab.goto("?from=11-1011.00")
    held = Held(page, "**/transitions?*max_job_zone_step=-1*")
    page.get_by_label("Preparation", exact=True).select_option("-1")
    held.wait()
    page.get_by_role("link", name="Rate yourself").first.click()
    heading(page, "Rate yourself")  # and no complaint in the browser's console


def test_keys_that_are_quicker_than_the_list_are_of_the_text_that_stands_there(tab: Visit) -> None:
    page = tab.goto()
    held = Held(page, "**/occupations?q=nurse*")
    field = page.get_by_label("From the occupation")
    field.focus()
    page.keyboard.type("nurse")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    held.wait()
    held.let_go()
    found = httpx.get(f"{tab.url}/occupations?q=nurse").json()["occupations"]
    assert len(found) > 1
    heading(page, found[1]["title"])


def test_what_was_found_before_is_not_taken_for_what_is_typed_since(tab: Visit) -> None:
    page = tab.goto(NURSES)
    field = page.get_by_label("To the occupation")
    field.fill("facilities man")
    expect(options(page)).to_have_count(1)
    held = Held(page, "**/occupations?q=weld*", 2)
    field.fill("weld")
    page.keyboard.press("Enter")
    held.wait()
    page.keyboard.press("Tab")
    held.wait(2)
    held.let_go()
    heading(page, "Registered Nurses to  → Welders, Cutters, Solderers, and Brazers")


def test_a_field_that_was_left_takes_no_focus_back(tab: Visit) -> None:
    page = tab.goto()
    held = Held(page, "**/occupations?q=*")
    page.get_by_label("From the occupation").fill("registered nurses")
    page.get_by_role("link", name="Rate yourself").first.focus()
    held.wait()
    held.let_go()
    heading(page, "Registered Nurses")
    expect(page.get_by_role("link", name="Rate yourself").first).to_be_focused()
