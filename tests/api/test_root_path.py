"""Behind a proxy that serves the API under a path of its own, whatever an answer points to is
there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2 as httpx
import pytest
from playwright.sync_api import expect
from pydantic import ValidationError

from api.settings import Settings
from tests.support.browser import chromium, visit
from tests.support.live_warehouse import FROM, TO, Edition, SQLiteWarehouse, served
from tests.support.prefixing_proxy import prefixing_proxy

PREFIX = "/onet/v1"
HTML = {"Accept": "text/html"}
ADDRESS = re.compile(r'(?:href|src)="([^"#]+)')


@pytest.fixture(params=[True, False], ids=["prefix stripped", "prefix kept"])
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_root")
    warehouse.publish(Edition())
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.html").write_text("<p>docs</p>")
    environment = warehouse.environment() | {"API_ROOT_PATH": f"{PREFIX}/"}
    with served(environment) as url, prefixing_proxy(url, PREFIX, strips=request.param) as address:
        yield address


@pytest.fixture
def client(proxy: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy) as made:
        yield made


def test_every_link_of_the_index_leads_somewhere(client: httpx.Client) -> None:
    links = client.get(f"{PREFIX}/").json()["links"]
    assert len(links) > 10
    for name, path in links.items():
        assert path.startswith(f"{PREFIX}/"), name
        assert client.get(path).status_code == 200, name


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/skill-gap?from=99-9999&to=99-9999", "occupation-not-found"),
        ("/skill-gap", "invalid-parameter"),
        ("/nothing", "not-found"),
    ],
)
def test_the_type_of_a_problem_can_be_looked_up(client: httpx.Client, path: str, kind: str) -> None:
    type_ = client.get(PREFIX + path).json()["type"]
    assert type_ == f"{PREFIX}/problems/{kind}"
    told = client.get(type_).json()
    assert (told["type"], bool(told["explanation"])) == (type_, True)


def test_problems_within_a_response_and_explanations_are_below_it_too(client: httpx.Client) -> None:
    body = {"pairs": [{"from": FROM, "to": "99-9999.00"}]}
    problem = client.post(f"{PREFIX}/skill-gaps", json=body).json()["problem"]
    assert client.get(problem["type"]).status_code == 200
    path = f"{PREFIX}/skill-gap?from={FROM}&to={TO}&explain=true"
    address = client.get(path).json()["explanation"]["documentation"]
    assert client.get(address).text == "<p>docs</p>"


def test_pages_of_a_list_follow_each_other(client: httpx.Client) -> None:
    every = client.get(f"{PREFIX}/occupations?limit=200").json()["occupations"]
    found: list[Any] = []
    path: str | None = f"{PREFIX}/occupations?limit=5"
    while path:
        response = client.get(path)
        found += response.json()["occupations"]
        path = response.json()["next"]
        assert response.links.get("next", {}).get("url") == path
    assert found == every


def test_redirects_stay_below_it(client: httpx.Client) -> None:
    response = client.get(f"{PREFIX}/schema")
    assert response.status_code == 308
    target = urljoin(f"{PREFIX}/schema", response.headers["location"])
    assert client.get(target).text == "<p>docs</p>"


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_whatever_a_page_names_is_there(client: httpx.Client, path: str) -> None:
    page = client.get(PREFIX + path, headers=HTML)
    assert page.status_code == 200
    addresses = [each for each in ADDRESS.findall(page.text) if "://" not in each]
    assert addresses
    for address in addresses:
        target = urljoin(PREFIX + path, address.replace("&amp;", "&"))
        assert target.startswith(f"{PREFIX}/"), address
        anything = {"Accept": "text/html, */*;q=0.1"}
        assert client.get(target, headers=anything).status_code in (200, 308), address


def test_the_description_says_where_the_service_is(client: httpx.Client) -> None:
    described = client.get(f"{PREFIX}/openapi.json").json()
    assert described["servers"] == [{"url": PREFIX}]
    for path in ("/publication", "/health/ready"):
        assert path in described["paths"]
        assert client.get(described["servers"][0]["url"] + path).status_code == 200


@pytest.mark.browser
def test_the_page_works_in_a_browser(proxy: str, tmp_path: Path) -> None:
    with chromium(tmp_path) as browser, visit(browser, f"{proxy}{PREFIX}") as tab:
        page = tab.goto(f"?from={FROM}&to={TO}")
        expect(page.get_by_text("Facilities Managers").first).to_be_visible()
        page = tab.goto(f"?from={FROM}&to=15-1252.00")
        expect(page.get_by_text("Software Developers").first).to_be_visible()
        assert not tab.strangers


def test_without_it_nothing_begins_otherwise(tmp_path: Path) -> None:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_root")
    warehouse.publish(Edition())
    with served(warehouse.environment()) as url, httpx.Client(base_url=url) as client:
        assert client.get("/").json()["links"]["publication"] == "/publication"
        assert client.get("/nothing").json()["type"] == "/problems/not-found"
        assert client.get("/openapi.json").json()["servers"] == [{"url": "/"}]


@pytest.mark.parametrize("value", ["onet", "/a b", "/a//b", "https://x/y", "/a?b", "/a/../b#c"])
def test_what_is_no_path_is_refused_at_the_start(value: str) -> None:
    with pytest.raises(ValidationError, match="API_ROOT_PATH"):
        Settings(api_root_path=value)
