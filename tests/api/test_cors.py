"""Other origins' pages may ask where API_CORS_ORIGINS names them, and else nothing is said of
origins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest
from pydantic import ValidationError

from api.settings import Settings
from tests.support.live_warehouse import FROM, TO, Edition, SQLiteWarehouse, served

GAP = f"/skill-gap?from={FROM}&to={TO}"
APP, OTHER = "https://app.example.org", "https://other.example.org"
KEY = "planted-key-0123456789"
PREFLIGHT = {
    "Origin": APP,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, if-none-match",
}


@contextmanager
def client_of(folder: Path, **settings: str) -> Iterator[httpx.Client]:
    warehouse = SQLiteWarehouse(folder, "onet_test_cors")
    warehouse.publish(Edition())
    environment = warehouse.environment() | settings
    with served(environment) as url, httpx.Client(base_url=url) as client:
        yield client


def cors(response: httpx.Response) -> dict[str, str]:
    return {
        name: value
        for name, value in response.headers.items()
        if name.startswith("access-control-")
    }


def test_by_default_nothing_is_allowed(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        for _ in range(2):
            response = client.get(GAP, headers={"Origin": APP})
            assert (response.status_code, cors(response)) == (200, {})
            assert "Origin" not in response.headers["vary"]
        refused = client.options(GAP, headers=PREFLIGHT)
        assert (refused.status_code, cors(refused)) == (405, {})


def test_an_origin_of_the_list_may_ask_and_read(tmp_path: Path) -> None:
    with client_of(tmp_path, API_CORS_ORIGINS=f" {APP} ,https://x.example:8443,") as client:
        for _ in range(3):  # worked out, then kept
            response = client.get(GAP, headers={"Origin": APP})
            assert response.status_code == 200
            assert response.headers["access-control-allow-origin"] == APP
            assert "access-control-allow-credentials" not in response.headers
            exposed = response.headers["access-control-expose-headers"].lower()
            assert {"etag", "link", "retry-after", "x-request-id"} <= set(exposed.split(", "))
            assert {"Accept", "Accept-Encoding", "Origin"} <= set(
                response.headers["vary"].split(", ")
            )
        tag = response.headers["etag"]
        again = client.get(GAP, headers={"Origin": APP, "If-None-Match": tag})
        assert (again.status_code, again.headers["access-control-allow-origin"]) == (304, APP)
        problem = client.get("/skill-gap?from=11-1", headers={"Origin": APP})
        assert (problem.status_code, problem.headers["access-control-allow-origin"]) == (422, APP)


def test_another_origin_gets_no_leave(tmp_path: Path) -> None:
    with client_of(tmp_path, API_CORS_ORIGINS=APP) as client:
        for origin in (OTHER, f"{APP}.evil.example", "null", f"{APP}:8443", APP.upper()):
            response = client.get(GAP, headers={"Origin": origin})
            assert "access-control-allow-origin" not in response.headers, origin
            assert "Origin" in response.headers["vary"]
            preflight = client.options(GAP, headers=PREFLIGHT | {"Origin": origin})
            assert preflight.status_code == 400
            assert "access-control-allow-origin" not in preflight.headers


def test_a_preflight_is_answered_without_a_key_and_data_are_not(tmp_path: Path) -> None:
    with client_of(tmp_path, API_CORS_ORIGINS=APP, API_KEYS=KEY) as client:
        preflight = client.options("/skill-gaps", headers=PREFLIGHT)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == APP
        assert "POST" in preflight.headers["access-control-allow-methods"]
        allowed = preflight.headers["access-control-allow-headers"].lower()
        assert {"authorization", "x-api-key", "content-type"} <= set(allowed.split(", "))
        assert preflight.headers["x-request-id"]
        refused = client.get(GAP, headers={"Origin": APP})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, APP)
        headers = {"Origin": APP, "Authorization": f"Bearer {KEY}"}
        response = client.get(GAP, headers=headers)
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, APP)
        for method in ("DELETE", "PUT"):
            asked = PREFLIGHT | {"Access-Control-Request-Method": method}
            assert client.options(GAP, headers=asked).status_code == 400


def test_all_may_ask_where_the_list_says_so(tmp_path: Path) -> None:
    with client_of(tmp_path, API_CORS_ORIGINS="*") as client:
        response = client.get(GAP, headers={"Origin": OTHER})
        assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "value",
    [
        "app.example.org",
        f"{APP}/",
        f"{APP}/path",
        "ftp://x",
        "https://*.example.org",
        "null",
        f"{APP} {OTHER}",
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(value: str) -> None:
    with pytest.raises(ValidationError, match="API_CORS_ORIGINS"):
        Settings(api_cors_origins=value)
