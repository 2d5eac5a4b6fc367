"""Brotli and gzip: who takes them gets them, for what is longer than a kilobyte, under a tag of its
own."""

from __future__ import annotations

import gzip
import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import httpx2 as httpx
import pytest

from tests.support.live_warehouse import FROM, TO, Edition, SQLiteWarehouse, served

LONG = f"/skill-gap?from={FROM}&to={TO}&definition=higher"
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


class Raw:
    """A client that adds nothing to a request and unpacks nothing."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc

    def ask(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        method: str = "GET",
        body: str | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(None if body is None else body.encode())
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        content = response.read()
        connection.close()
        return response.status, told, content


@pytest.fixture
def warehouse(tmp_path: Path) -> SQLiteWarehouse:
    made = SQLiteWarehouse(tmp_path, "onet_test_compression")
    made.publish(Edition())
    return made


@pytest.fixture(params=["32000000", "0"], ids=["kept", "not kept"])
def client(request: pytest.FixtureRequest, warehouse: SQLiteWarehouse):  # type: ignore[no-untyped-def]
    with served(warehouse.environment() | {"API_CACHE_BYTES": request.param}) as url:
        yield Raw(url)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=1.0", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("BR ; q=0.1", "br"),
        ("", None),
        ("identity", None),
        ("br;q=0, gzip;q=0", None),
        ("*;q=0", None),
        ("br;q=x", None),
        ("deflate", None),
        ("brr, gzipp", None),
        (f"br, {'x, ' * 200}gzip;q=0", "br"),
    ],
)
def test_a_coding_is_used_where_it_is_taken(client: Raw, accepted: str, coding: str | None) -> None:
    _, plain_headers, plain = client.ask(LONG)
    assert "content-encoding" not in plain_headers
    for _ in range(3):  # worked out, then kept, then kept in the coding
        status, headers, body = client.ask(LONG, {"Accept-Encoding": accepted})
        assert (status, headers.get("content-encoding")) == (200, coding)
        assert UNPACK[coding](body) == plain
        assert int(headers["content-length"]) == len(body)
        assert (len(body) < len(plain)) == (coding is not None)
        assert headers["vary"] == "Accept, Accept-Encoding"
        assert headers["content-type"] == "application/json"
        tag = plain_headers["etag"]
        assert headers["etag"] == (tag if coding is None else f'{tag[:-1]}-{coding}"')


def test_the_same_body_in_a_coding_is_the_same_bytes(client: Raw) -> None:
    for coding in ("br", "gzip"):
        assert len({client.ask(LONG, {"Accept-Encoding": coding})[2] for _ in range(3)}) == 1


def test_a_request_is_counted_by_its_route(client: Raw) -> None:
    for _ in range(3):
        client.ask(LONG, {"Accept-Encoding": "br"})
    counted = client.ask("/metrics")[2].decode()
    labels = 'method="GET",route="/skill-gap",status="200"'
    assert f"http_request_duration_seconds_count{{{labels}}} 3.0" in counted
    assert 'route="(none)"' not in counted


def test_a_tag_is_known_in_its_own_coding_alone(client: Raw) -> None:
    tags = {
        coding: client.ask(LONG, {"Accept-Encoding": coding})[1]["etag"]
        for coding in ("identity", "br", "gzip")
    }
    assert len(set(tags.values())) == 3
    for coding, tag in tags.items():
        for known in (tag, f"W/{tag}", f'"other", {tag}'):
            headers = {"Accept-Encoding": coding, "If-None-Match": known}
            status, told, body = client.ask(LONG, headers)
            assert (status, body, told["etag"]) == (304, b"", tag)
            assert told["vary"] == "Accept, Accept-Encoding"
            assert "content-encoding" not in told
    for coding, others in (("identity", ("br", "gzip")), ("gzip", ("br",)), ("br", ("gzip",))):
        for other in others:
            headers = {"Accept-Encoding": coding, "If-None-Match": tags[other]}
            status, told, _ = client.ask(LONG, headers)
            assert (status, told["etag"]) == (200, tags[coding])


def test_who_has_the_plain_body_need_not_fetch_it_compressed(client: Raw) -> None:
    tag = client.ask(LONG)[1]["etag"]
    status, headers, _ = client.ask(LONG, {"Accept-Encoding": "br", "If-None-Match": tag})
    assert (status, headers["etag"]) == (304, tag)


def test_what_is_short_stays_as_it_is(client: Raw) -> None:
    for path in ("/health/live", "/nothing", f"/skill-gap?from={FROM}&to={FROM}"):
        plain, told = client.ask(path), client.ask(path, {"Accept-Encoding": "br, gzip"})
        assert len(told[2]) < 1024
        assert "content-encoding" not in told[1]
        assert told[1].get("etag") == plain[1].get("etag")


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/metrics", "/", "/page/words.js"])
def test_whatever_is_long_is_compressed(client: Raw, path: str) -> None:
    for accept in ("text/html", "*/*"):
        plain = client.ask(path, {"Accept": accept})
        if plain[0] != 200 or len(plain[2]) <= 1024:
            continue
        status, headers, body = client.ask(path, {"Accept": accept, "Accept-Encoding": "br"})
        assert (status, headers["content-encoding"]) == (200, "br")
        assert "Accept-Encoding" in headers["vary"]
        if path != "/metrics":  # which counts this very request
            assert brotli.decompress(body) == plain[2]
            assert len(body) < len(plain[2])


def test_a_file_that_is_sent_in_pieces_is_compressed(
    warehouse: SQLiteWarehouse, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.html").write_text("<p>0123456789</p>\n" * 20_000)
    with served(warehouse.environment()) as url:
        for coding in ("br", "gzip"):
            status, headers, body = Raw(url).ask("/schema/", {"Accept-Encoding": coding})
            assert (status, headers["content-encoding"]) == (200, coding)
            assert UNPACK[coding](body) == (docs / "index.html").read_bytes()
            assert len(body) < 50_000
            assert "accept-ranges" not in headers
            asked = {"Accept-Encoding": coding, "If-None-Match": headers["etag"]}
            assert Raw(url).ask("/schema/", asked)[0] == 304
        part = Raw(url).ask("/schema/", {"Accept-Encoding": "br", "Range": "bytes=0-9"})
        assert (part[0], part[2]) == (206, b"<p>0123456")


def test_head_has_the_headers_of_the_compressed_body(client: Raw) -> None:
    asked = {"Accept-Encoding": "br"}
    _, got, body = client.ask(LONG, asked)
    status, head, nothing = client.ask(LONG, asked, method="HEAD")
    assert (status, nothing, int(head["content-length"])) == (200, b"", len(body))
    for name in ("etag", "content-encoding", "vary"):
        assert head[name] == got[name]


def test_many_pairs_are_compressed_too(client: Raw) -> None:
    asked = {"Content-Type": "application/json"}
    body = json.dumps({"pairs": [{"from": FROM, "to": TO}] * 500})
    _, _, plain = client.ask("/skill-gaps", asked, "POST", body)
    assert len(plain) > 65_536
    status, headers, packed = client.ask(
        "/skill-gaps", asked | {"Accept-Encoding": "br"}, "POST", body
    )
    assert (status, headers["content-encoding"]) == (200, "br")
    assert brotli.decompress(packed) == plain


def test_a_new_publication_is_sent_at_once_in_every_coding(warehouse: SQLiteWarehouse) -> None:
    with served(warehouse.environment()) as url:
        for number in (1, 2, 3):
            warehouse.publish(Edition(number))
            for coding in ("br", "gzip", "br", "gzip"):
                _, _, body = Raw(url).ask(LONG, {"Accept-Encoding": coding})
                build_id = json.loads(UNPACK[coding](body))["publication"]["build_id"]
                assert build_id == Edition(number).build_id


def test_compressed_bodies_count_as_memory(warehouse: SQLiteWarehouse) -> None:
    """What is kept never takes more than it may, and is kept in a coding once it was asked for in
    it."""
    with (
        served(warehouse.environment() | {"API_CACHE_BYTES": "20000"}) as url,
        httpx.Client(base_url=url) as client,
    ):
        sizes = []
        for number in range(1, 30):
            path = f"{LONG}&min_importance={1 + number / 100}"
            for coding in ("identity", "br", "br", "gzip", "gzip"):
                assert client.get(path, headers={"Accept-Encoding": coding}).status_code == 200
            [line] = [
                each
                for each in client.get("/metrics").text.splitlines()
                if each.startswith("onet_response_cache_bytes ")
            ]
            sizes.append(float(line.split()[1]))
        assert 10_000 < max(sizes) <= 20_000
        plain = sizes[0]
        body = len(
            client.get(
                f"{LONG}&min_importance=1.01", headers={"Accept-Encoding": "identity"}
            ).content
        )
        assert plain > body + 1000 + 200
