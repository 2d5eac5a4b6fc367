"""/docs as a person uses it: operations are opened, requests are sent and answered, in a real
browser under a strict policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import chromium, visit
from tests.support.live_warehouse import FROM, TO, Edition, SQLiteWarehouse, served

KEY = "a-key-of-this-test-0123456789"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> SQLiteWarehouse:
    made = SQLiteWarehouse(tmp_path_factory.mktemp("warehouse"), "onet_test_docs")
    made.publish(Edition())
    return made


def opened(page: Page, operation: str) -> Locator:
    """The section of an operation, by its id."""
    section = page.locator(f"[id^=operations-][id$=-{operation}]")
    section.locator(".opblock-summary-control").click()
    expect(section.locator(".execute")).to_be_visible()
    return section


def sent(section: Locator) -> tuple[str, object]:
    """Status and body of the answer, as they are shown."""
    section.locator(".execute").click()
    answer = section.locator(".live-responses-table tbody .response")
    expect(answer).to_be_visible()
    return answer.locator(".response-col_status").inner_text().split()[0], json.loads(
        answer.locator("pre").first.inner_text()
    )


def test_a_get_is_tried(browser: Browser, warehouse: SQLiteWarehouse) -> None:
    """`visit` fails where the browser complains, as of a broken policy, or where anything is
    fetched from elsewhere."""
    with served(warehouse.environment()) as url, visit(browser, url) as tab:
        tab.page.goto(f"{url}/docs")
        section = opened(tab.page, "get_skill_gap")
        row = section.locator("tr[data-param-name=significant]")
        expect(row).to_contain_text("only gaps larger than the raters' disagreement explains")
        expect(section.locator("tr[data-param-name=from] input")).to_have_value(FROM)
        expect(section).to_contain_text("O*NET marks the element Not Relevant")
        expect(section).to_contain_text("Standard error of level_gap, in levels")
        row.get_by_role("combobox").select_option("true")
        status, body = sent(section)
        assert status == "200"
        assert isinstance(body, dict)
        assert body["to"] == {"code": TO, "title": "Facilities Managers"}
        assert all(gap["is_significant"] for gap in body["gaps"])


def test_a_post_is_tried(browser: Browser, warehouse: SQLiteWarehouse) -> None:
    with served(warehouse.environment()) as url, visit(browser, url) as tab:
        tab.page.goto(f"{url}/docs")
        section = opened(tab.page, "get_profile_skill_gap")
        field = section.get_by_role("textbox", name="Request body")
        assert "2.A.1.a" in field.input_value()
        field.fill('{"profile": {"9.A.1": 0.5}}')
        status, body = sent(section)
        assert (status, body["profile"]["stated"]) == ("200", 1)  # type: ignore[index]
        field.fill('{"profile": {"9.A.1": 9}}')
        section.locator(".execute").click()
        expect(
            section.locator(".live-responses-table .response .response-col_status")
        ).to_contain_text("422")


def test_a_key_is_given_once(browser: Browser, warehouse: SQLiteWarehouse) -> None:
    with served(warehouse.environment() | {"API_KEYS": KEY}) as url, visit(browser, url) as tab:
        tab.page.goto(f"{url}/docs")
        section = opened(tab.page, "get_publication")
        assert sent(section)[0] == "401"
        tab.page.get_by_role("button", name="Authorize").first.click()
        tab.page.locator(".modal-ux input").first.fill(KEY)
        tab.page.locator(".modal-ux").get_by_role("button", name="Apply credentials").first.click()
        tab.page.locator(".modal-ux").get_by_role("button", name="Close").first.click()
        section.locator(".execute").click()
        expect(
            section.locator(".live-responses-table .response .response-col_status")
        ).to_contain_text("200")


def test_the_page_can_be_read(browser: Browser, warehouse: SQLiteWarehouse) -> None:
    with served(warehouse.environment()) as url, visit(browser, url) as tab:
        tab.page.goto(f"{url}/docs")
        opened(tab.page, "get_skill_gap")
        found = Axe().run(tab.page).response["violations"]
        serious = {
            each["id"]: [node["html"][:200] for node in each["nodes"]]
            for each in found
            if each["impact"] in ("serious", "critical")
        }
        assert not serious


def test_the_page_needs_no_network(
    browser: Browser, warehouse: SQLiteWarehouse, tmp_path: Path
) -> None:
    with served(warehouse.environment()) as url, visit(browser, url) as tab:
        tab.page.route(
            "**/*",
            lambda route: route.continue_() if route.request.url.startswith(url) else route.abort(),
        )
        tab.page.goto(f"{url}/docs")
        expect(tab.page.get_by_role("heading", name="O*NET skill gaps")).to_be_visible()
        for tag in ("gaps", "occupations", "service"):
            expect(tab.page.locator(f"#operations-tag-{tag}")).to_be_visible()
