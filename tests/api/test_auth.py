"""API_KEYS: who sends a key is answered, who does not learns nothing but that, and no key is ever
repeated."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import expect
from pydantic import ValidationError

from api.app import create_app
from api.auth import PUBLIC_PATHS
from api.settings import Settings
from tests.api.test_problems import problem
from tests.support.browser import chromium, visit
from tests.support.live_warehouse import (
    FROM,
    TO,
    Edition,
    Served,
    SQLiteWarehouse,
    served,
    served_by_process,
    until,
)

GAP = f"/skill-gap?from={FROM}&to={TO}"
KEYS = [secrets.token_hex(16) for _ in range(3)]
WRONG = secrets.token_hex(16)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("warehouse")
    live = SQLiteWarehouse(directory, "onet_test_keys")
    live.publish(Edition())
    with served_by_process(
        live.environment() | {"API_KEYS": ", ".join(KEYS)}, directory / "log"
    ) as started:
        yield started


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as made:
        yield made


@pytest.mark.parametrize("number", range(len(KEYS)))
@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Bearer",
        "authorization: bearer",
        "X-API-Key:",
        "Authorization: Basic eDp5\nX-API-Key:",
    ],
)
def test_every_key_opens_in_either_header(client: httpx.Client, number: int, header: str) -> None:
    headers = [
        (name, f"{value} {KEYS[number]}".strip())
        for name, value in [header.split("\n")[-1].split(":")]
    ]
    if "Basic" in header:  # a proxy's own, which is none of ours
        headers.append(("Authorization", "Basic eDp5"))
    answer = client.get(GAP, headers=headers)
    assert answer.status_code == 200
    # a shared cache would give it to those without
    assert answer.headers["cache-control"] == "private, no-cache"
    again = client.get(GAP, headers=[*headers, ("If-None-Match", answer.headers["etag"])])
    assert (again.status_code, again.headers["cache-control"]) == (304, "private, no-cache")


def test_every_address_but_the_open_ones_asks_for_a_key(client: httpx.Client) -> None:
    app = create_app(Settings())
    asked = set()
    for route in app.routes:
        path: str = route.path  # type: ignore[attr-defined]
        address = (
            path.replace("{code}", FROM).replace("{name}", "not-found").replace("{path:path}", "x")
        )
        for method in sorted(route.methods or () if isinstance(route, APIRoute) else {"GET"}):
            if (
                client.request(
                    method,
                    address,
                    params=dict.fromkeys(("from", "to"), FROM) if "gap" in path else None,
                ).status_code
                == 401
            ):
                asked.add(path)
    everything = {route.path for route in app.routes}  # type: ignore[attr-defined]
    assert everything - asked == PUBLIC_PATHS | {
        "/openapi.json",
        "/docs/{name}",
        "/page/{name}",
        "/schema",
        "/schema/{path:path}",
    }
    assert {"/skill-gap", "/compare", "/occupations/{code}", "/publication", "/metrics"} <= asked


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ([], "asks for a key"),
        ([("Authorization", "Basic eDp5")], "asks for a key"),
        ([("X-API-Key", KEYS[0]), ("X-API-Key", KEYS[0])], "one key, not several"),
        ([("X-API-Key", WRONG), ("Authorization", f"Bearer {KEYS[0]}")], "one key, not several"),
        ([("X-API-Key", WRONG)], "is not one of"),
        ([("X-API-Key", "")], "is not one of"),
        ([("Authorization", "Bearer")], "is not one of"),
        ([("Authorization", f"Bearer {KEYS[0][:-1]}")], "is not one of"),
        ([("Authorization", f"Bearer {KEYS[0]}, {KEYS[1]}")], "is not one of"),
        ([("Authorization", f"Bearer {','.join(KEYS)}")], "is not one of"),
        ([("X-API-Key", KEYS[0].upper())], "is not one of"),
        ([(b"X-API-Key", b"\xff\xe9" * 8)], "is not one of"),
        ([("X-API-Key", "a" * 20_000)], "is not one of"),
    ],
    ids=lambda value: value if isinstance(value, str) else "sent",
)
def test_without_a_right_key_there_is_one_answer(
    client: httpx.Client, headers: list[tuple[str, str]], says: str
) -> None:
    # what is right or wrong with the rest is not told
    for path in (GAP, "/skill-gap?nonsense=1", "/occupations/99-9999"):
        body = problem(client, 401, "key-required", path, headers=headers)
        assert says in body["detail"]
        assert not re.search("[0-9a-f]{32}", str({**body, "request_id": ""}))
        assert set(body) == {"type", "title", "status", "detail", "request_id"}
    challenge = client.get(GAP, headers=headers).headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="O*NET skill gaps"')
    assert ('error="invalid_token"' in challenge) is (says == "is not one of")


@pytest.mark.parametrize("name", ["key", "api_key", "X-API-Key", "access_token"])
def test_a_key_in_the_address_is_not_taken_and_not_logged(
    server: Served, client: httpx.Client, name: str
) -> None:
    assert client.get(GAP, params={"from": FROM, "to": TO, name: KEYS[0]}).status_code == 401
    refused = problem(
        client, 422, "invalid-parameter", f"{GAP}&{name}={KEYS[0]}", headers={"X-API-Key": KEYS[1]}
    )
    assert refused["errors"][0]["parameter"] == name
    assert KEYS[0] not in str(refused)
    assert KEYS[0] not in server.log.read_text()


def test_refusals_are_counted_and_no_key_is_in_the_log_or_the_figures(
    server: Served, client: httpx.Client
) -> None:
    before = server.log.read_text().count('"status":401')
    for key in (*KEYS, WRONG):
        client.get("/compare", params={"from": FROM, "to": TO}, headers={"X-API-Key": key})
    figures = client.get("/metrics", headers={"X-API-Key": KEYS[2]}).text
    counted = {
        status: float(count)
        for status, count in re.findall(
            r'count{method="GET",route="/compare",status="(\d+)"} ([\d.]+)', figures
        )
    }
    assert counted["200"] == 3
    assert counted["401"] >= 1
    until(lambda: server.log.read_text().count('"status":401') == before + 1)
    for key in (*KEYS, WRONG):
        assert key not in figures + server.log.read_text()


def test_a_refused_request_does_not_reach_the_database(tmp_path: Path) -> None:
    """There is none: whatever asked it would answer 503. Titles in `from` and `to` are looked up
    before the endpoint runs."""
    with (
        served(
            SQLiteWarehouse(tmp_path, "onet_test_none").environment() | {"API_KEYS": KEYS[0]}
        ) as url,
        httpx.Client(base_url=url) as client,
    ):
        for path in (
            GAP,
            "/skill-gap?from=Chief%20Executives&to=Facilities%20Managers",
            "/occupations?q=a",
            "/publication",
        ):
            assert client.get(path).status_code == 401
            assert client.get(path, headers={"X-API-Key": KEYS[0]}).status_code == 503
        assert (
            client.post(
                "/skill-gap?to=11-3013", content=b"not JSON", headers={"X-API-Key": WRONG}
            ).status_code
            == 401
        )


def test_the_description_says_so(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert {each["type"] for each in described["components"]["securitySchemes"].values()} == {
        "http",
        "apiKey",
    }
    assert described["security"] == [{"bearer": []}, {"header": []}]
    for path, item in described["paths"].items():
        for operation in item.values():
            assert (operation.get("security") == []) is (path in PUBLIC_PATHS)
            assert ("401" in operation["responses"]) is (path not in PUBLIC_PATHS)


def test_without_keys_nothing_speaks_of_them(api_client: httpx.Client) -> None:
    assert (
        api_client.get(GAP, headers={"X-API-Key": WRONG}).headers["cache-control"]
        == "public, no-cache"
    )
    described = api_client.get("/openapi.json").json()
    assert described["security"] == []
    assert "securitySchemes" not in described["components"]


def test_keys_come_from_a_file_that_wins(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{KEYS[0]}\r\n{KEYS[1]},{KEYS[2]}\n\n")
    assert Settings(api_keys_file=file, api_keys=WRONG).keys == KEYS  # type: ignore[arg-type]
    assert Settings(api_keys=f" {KEYS[0]} ,").keys == KEYS[:1]  # type: ignore[arg-type]
    assert Settings().keys == []


@pytest.mark.parametrize(
    "keys",
    [" ", ",", "short", "a" * 257, f"{KEYS[0]},short", "with a space in the key", "é" * 20],
    ids=["a space", "a comma", "short", "long", "one short", "spaces", "not ASCII"],
)
@pytest.mark.parametrize("by_file", [False, True])
def test_a_mistake_in_the_keys_never_opens_the_service(
    tmp_path: Path, keys: str, by_file: bool
) -> None:
    (tmp_path / "keys").write_text(keys)
    given: dict[str, object] = (
        {"api_keys_file": tmp_path / "keys"} if by_file else {"api_keys": keys}
    )
    with pytest.raises(
        ValidationError, match=r"API_KEYS(_FILE)?: keys of 16 to 256 ASCII letters"
    ) as refused:
        Settings.model_validate(given)
    assert "short" not in str(refused.value)
    assert KEYS[0] not in str(refused.value)


@pytest.mark.browser
def test_the_page_asks_for_a_key_and_keeps_it_out_of_the_address(
    server: Served, tmp_path: Path
) -> None:
    with chromium(tmp_path) as browser, visit(browser, server.url) as tab:
        page = tab.goto(f"?from={FROM}&to={TO}")
        expect(page.locator("main h1")).to_have_text("This service asks for a key")
        page.get_by_label(re.compile("^Key of this service")).fill(WRONG)
        page.keyboard.press("Enter")
        expect(page.locator("main .lead")).to_have_text(
            "This key is not one of the service\u2019s."
        )
        page.get_by_label(re.compile("^Key of this service")).fill(KEYS[1])
        page.keyboard.press("Enter")
        expect(page.locator("main h1")).to_contain_text("Facilities Managers")
        assert page.url == f"{server.url}/?from={FROM}&to={TO}"
        with page.expect_download() as download:
            page.get_by_role("link", name="Download as CSV").click()
        assert download.value.suggested_filename == f"compare_{FROM}_{TO}_skills.csv"
        wanted = httpx.get(
            f"{server.url}/compare?from={FROM}&to={TO}&format=csv", headers={"X-API-Key": KEYS[0]}
        ).content
        assert Path(download.value.path()).read_bytes() == wanted
        page.reload()
        expect(page.locator("main h1")).to_contain_text("Facilities Managers")
