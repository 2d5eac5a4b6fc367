"""No address of the page leaves it empty: each shows an answer or a message, and nothing fails
unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import Visit, chromium, visit
from tests.support.live_warehouse import FROM, TO, Edition, SQLiteWarehouse, served

PAIR = f"?from={FROM}&to={TO}"
FRAGMENTS = [
    "#%",
    "#%E0%A4%A",
    "#%ff",
    "#9.A.1",
    "#about-9.A.1",
    "#answer",
    "#__proto__",
    "#" + "%" * 10_000,
    "#" + "a" * 10_000,
    "##",
    "#\u202e",
]
VALUES = [
    *(
        ".",
        "..",
        "../",
        "/",
        "//",
        "\\",
        "%",
        "%2e%2e",
        "?",
        "#",
        "&",
        "=",
        "+",
        "\0",
        "\n",
        "'\"<script>alert(1)</script>",
    ),
    *(
        "__proto__",
        "constructor",
        "toString",
        "11-1011",
        "11-1011.00x",
        "\N{ARABIC-INDIC DIGIT ONE}1-1011",
        "🧑‍🚀",
        "\ufeff",
        "\u202e",
    ),
    *("a" * 10_000, "é" * 1700, "%" * 3400),
]
BROKEN = ["%", "%zz", "%ED%A0%80", "%C0%AF", "%FF%FE", "%u0041"]
"""Percent signs that stand for no text; the third is a lone surrogate."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def tab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    live = SQLiteWarehouse(tmp_path_factory.mktemp("warehouse"), "onet_test_addresses")
    live.publish(Edition())
    with served(live.environment()) as url, visit(browser, url) as visiting:
        yield visiting


def shows(tab: Visit, address: str) -> str:
    """The heading of the page that is loaded from the address."""
    tab.page.goto("about:blank")  # else only the fragment would change
    tab.goto(address)
    return heading(tab, address)


def shows_then(tab: Visit, address: str) -> str:
    """The heading where a page that is there goes to the address, as by the browser's back button:
    far quicker than to load it."""
    tab.page.evaluate(
        "address => { history.pushState(null, '', address); dispatchEvent(new"
        " PopStateEvent('popstate')); }",
        address,
    )
    tab.settled()
    return heading(tab, address)


def heading(tab: Visit, address: str) -> str:
    title = tab.page.locator("main h1").inner_text()
    assert title.strip(), address
    return title


def test_every_fragment(tab: Visit) -> None:
    title = shows(tab, PAIR)
    assert title.startswith("Chief Executives")
    for fragment in FRAGMENTS:
        assert shows(tab, PAIR + fragment) == title, fragment
    for before in (f"?from={FROM}", ""):
        assert shows(tab, before + FRAGMENTS[0]) != "This cannot be shown"


@pytest.mark.parametrize("name", ["from", "both", "domain"])
def test_every_value_of_every_parameter(tab: Visit, name: str) -> None:
    shows(tab, "")
    for value in [*(quote(each, safe="") for each in VALUES), *BROKEN]:
        address = {"both": f"?from={value}&to={value}", "domain": f"{PAIR}&domain={value}"}.get(
            name, f"?from={value}"
        )
        assert shows_then(tab, address) not in (
            "This cannot be shown",
            "The service does not answer",
        ), value


def test_addresses_of_another_form(tab: Visit) -> None:
    for address in (
        "?",
        "?&&&",
        "?from",
        "?=",
        f"{PAIR}&from=%",
        "?__proto__=1",
        f"{PAIR}?x",
        f"{PAIR}&" + "a=1&" * 2500,
        "?" + "%" * 9000,
    ):
        assert shows_then(tab, address) != "This cannot be shown", address
    assert shows(tab, "?from=..") == "That does not name an occupation"
    assert shows(tab, "?from=" + BROKEN[2]) == "That does not name an occupation"


def test_one_occupation_by_its_title(tab: Visit) -> None:
    assert shows(tab, "?from=chief%20executives") == "Chief Executives"
    assert shows(tab, "?to=Facilities%20Managers") == "Facilities Managers"
    assert shows(tab, "?from=Director") == "Several occupations fit"


def test_what_nobody_foresaw_is_said(browser: Browser, tmp_path: Path) -> None:
    """An answer that is not one of the API's: another service at the address, behind somebody's
    proxy."""
    live = SQLiteWarehouse(tmp_path, "onet_test_unforeseen")
    live.publish(Edition())
    with served(live.environment()) as url, visit(browser, url) as tab:
        tab.page.route(
            "**/compare?*", lambda route: route.fulfill(json={"title": "something else"})
        )
        assert shows(tab, PAIR) == "This cannot be shown"
        expect(tab.page.get_by_role("button", name="Try again")).to_be_visible()
        assert len(tab.complaints) == 1
        tab.complaints.clear()
        tab.page.unroute("**/compare?*")
        tab.page.get_by_role("button", name="Try again").click()
        expect(tab.page.locator("main h1")).to_have_text(
            "Chief Executives to  → Facilities Managers"
        )
