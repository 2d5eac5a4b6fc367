"""ETag, conditional requests, content negotiation, HEAD, and the headers of every answer."""

from __future__ import annotations

import re

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import FROM, TO, Edition, Warehouse, served

GAP = f"/skill-gap?from={FROM}&to={TO}"
DATA = (
    GAP,
    GAP.replace("skill-gap", "compare"),
    "/occupations",
    f"/occupations/{TO}",
    "/publication",
    "/",
)


@pytest.mark.parametrize("path", DATA)
def test_data_are_revalidated_licensed_and_kept_apart_by_accept(
    api_client: httpx.Client, path: str
) -> None:
    headers = api_client.get(path).headers
    assert headers["etag"].startswith('"')
    assert headers["vary"] == "Accept, Accept-Encoding"
    assert headers["cache-control"] == "public, no-cache"
    assert headers["link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", DATA)
@pytest.mark.parametrize("known", ["{etag}", "W/{etag}", '"other", {etag}', '"a,b",W/{etag}', "*"])
def test_what_the_client_has_is_not_sent_again(
    api_client: httpx.Client, path: str, known: str
) -> None:
    etag = api_client.get(path).headers["etag"]
    answer = api_client.get(path, headers={"If-None-Match": known.format(etag=etag)})
    assert (answer.status_code, answer.content) == (304, b"")
    # of the body in no coding, where the client names none
    plain = re.sub('-(br|gzip)"$', '"', etag)
    assert answer.headers["etag"] == (plain if known == "*" else etag)
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("known", ['"other"', "{bare}", '"{bare}x"', ""])
def test_anything_else_is_sent(api_client: httpx.Client, known: str) -> None:
    bare = api_client.get(GAP).headers["etag"].strip('"')
    assert (
        api_client.get(GAP, headers={"If-None-Match": known.format(bare=bare)}).status_code == 200
    )


@pytest.mark.parametrize(
    "path",
    ["/skill-gap?from=99-9999&to=99-9999", "/skill-gap?from=x", "/occupations/99-9999", "/nothing"],
)
def test_an_error_is_never_a_304(api_client: httpx.Client, path: str) -> None:
    assert api_client.get(path, headers={"If-None-Match": "*"}).status_code in (404, 422)


def test_the_tag_differs_by_media_type_and_by_build(live: Warehouse) -> None:
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        live.publish(Edition(1))
        first, as_csv = (
            client.get(GAP, headers={"Accept": accept}).headers["etag"]
            for accept in ("application/json", "text/csv")
        )
        assert first != as_csv
        assert (
            client.get(GAP, headers={"Accept": "text/csv", "If-None-Match": first}).status_code
            == 200
        )
        live.publish(Edition(2))
        answer = client.get(GAP, headers={"If-None-Match": first})
        assert answer.status_code == 200
        assert answer.headers["etag"] != first


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("application/json, text/csv", "application/json"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("text/csv;q=0.9, */*;q=0.1", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/csv; charset=utf-8 ; q=1.000, application/json; q=0.999", "text/csv"),
    ],
)
def test_accept_is_weighed(api_client: httpx.Client, accept: str, media_type: str) -> None:
    answer = api_client.get(GAP, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == media_type


@pytest.mark.parametrize(
    "accept",
    ["text/html", "*/*;q=0", "application/json;q=0, text/csv;q=0", "text/csv;q=nan", "nonsense"],
)
def test_what_cannot_be_written_is_refused_with_what_can(
    api_client: httpx.Client, accept: str
) -> None:
    answer = api_client.get(GAP, headers={"Accept": accept})
    assert answer.status_code == 406
    assert answer.json()["available"] == ["application/json", "text/csv"]
    assert api_client.get(GAP + "&format=csv", headers={"Accept": accept}).status_code == 200


def test_one_endpoint_may_write_less_than_another(api_client: httpx.Client) -> None:
    assert api_client.get("/publication", headers={"Accept": "text/csv"}).json()["available"] == [
        "application/json"
    ]


@pytest.mark.parametrize(
    "path", [*DATA, GAP + "&format=csv", "/nothing", "/docs", "/health/live", "/health/ready"]
)
def test_head_is_get_without_the_body(api_client: httpx.Client, path: str) -> None:
    got, head = api_client.get(path), api_client.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    changing = ("date", "x-request-id")
    assert {name: head.headers[name] for name in head.headers if name not in changing} == {
        name: got.headers[name] for name in got.headers if name not in changing
    }
