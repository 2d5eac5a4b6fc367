"""A load that lacks a subject: the API and the page say that it is not loaded here, and nowhere
that O*NET publishes nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from playwright.sync_api import expect

from tests.api.test_problems import problem
from tests.support.browser import chromium, visit
from tests.support.live_warehouse import FROM, TO, UNRATED, Edition, SQLiteWarehouse, served

LACKS = ("knowledge", "work_activities", "technologies", "education", "alternate_titles")
PAIR = f"from={FROM}&to={UNRATED}"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_lacking")
    warehouse.publish(Edition(not_loaded=LACKS))
    with served(warehouse.environment()) as url:
        yield url


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        (f"/skill-gap?{PAIR}&domain=knowledge", "knowledge"),
        (f"/compare?{PAIR}&domain=work_activities", "work_activities"),
        (f"/technology-gap?{PAIR}", "technologies"),
    ],
)
def test_what_is_not_loaded_is_told_with_the_reason(
    client: httpx.Client, path: str, subject: str
) -> None:
    body = problem(client, 404, "not-loaded", path)
    assert (body["parameter"], body["value"], body["subject"]) == ("to", UNRATED, subject)
    assert body.get("domain") == (None if subject == "technologies" else subject)
    assert (
        f"not loaded here: there is no {subject}.txt in the files that O*NET 29.2 was loaded from"
        in body["detail"]
    )
    assert "publishes no" not in body["detail"]


def test_a_person_who_asks_for_it_is_told_the_same(client: httpx.Client) -> None:
    answer = client.post(
        f"/skill-gap?to={UNRATED}&domain=knowledge", json={"profile": {"2.C.1.a": 1}}
    )
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-loaded")


def test_what_is_loaded_and_not_published_is_still_called_that(client: httpx.Client) -> None:
    assert (
        "publishes no ratings"
        in problem(client, 404, "occupation-not-rated", f"/skill-gap?{PAIR}&domain=abilities")[
            "detail"
        ]
    )
    assert problem(
        client, 404, "occupation-not-found", f"/skill-gap?from={FROM}&to=99-9999&domain=knowledge"
    )


def test_a_title_that_is_not_found_may_be_of_a_kind_that_is_not_loaded(
    client: httpx.Client,
) -> None:
    detail = problem(
        client, 404, "occupation-not-found", f"/skill-gap?from=Head of Nothing&to={TO}"
    )["detail"]
    assert detail.endswith(
        "goes by the title Head of Nothing, as far as can be told here: alternate titles are not"
        " loaded."
    )
    for sought in ("", "manag", "zzz"):
        assert client.get("/occupations", params={"q": sought}).json()["not_loaded"] == list(LACKS)


def test_the_publication_and_an_occupation_list_it(client: httpx.Client) -> None:
    told = client.get("/publication").json()["not_loaded"]
    assert [each["subject"] for each in told] == list(LACKS)
    assert told[0] == {
        "subject": "knowledge",
        "reason": "there is no knowledge.txt",
        "lost": "what knowledge tells",
    }
    assert client.get(f"/occupations/{TO}").json()["not_loaded"] == list(LACKS)


@pytest.mark.browser
def test_the_page_has_no_tab_for_it_and_names_it(address: str, tmp_path: Path) -> None:
    with chromium(tmp_path) as browser, visit(browser, address) as tab:
        page = tab.goto(f"?from={FROM}&to={TO}")
        expect(page.locator(".tabs a")).to_have_text(["Skills", "Abilities"])
        named = (
            "Not loaded in this service, though O*NET may publish it: areas of knowledge, work"
            " activities"
        )
        expect(page.locator(".not-loaded")).to_contain_text(named)

        page = tab.goto(f"?{PAIR}&domain=knowledge")
        expect(page.locator("main h1")).to_have_text("Not loaded here")
        page.get_by_role("link", name="See skills instead").click()
        expect(page.locator("main h1")).to_contain_text("Software Developers")

        page = tab.goto(f"?from={UNRATED}")
        expect(page.locator(".notice")).to_contain_text(
            "O*NET has not rated the skills of Software Developers yet."
        )
        expect(page.locator(".not-loaded")).to_contain_text(named)
        expect(page.locator(".not-loaded")).to_contain_text("education")
        page.get_by_label("To the occupation").fill("zzz")
        none = (
            "No occupation is called “zzz” among the titles that are loaded here: alternate ones"
            " are not."
        )
        expect(page.get_by_role("option")).to_have_text(none)
