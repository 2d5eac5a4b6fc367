"""Requests that mean harm: into every parameter of every endpoint, over the wire, on both engines.
None is answered with a 5xx, none shows the inside, none changes anything, and none keeps others
from being answered."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
import pytest

from api.app import create_app
from api.settings import Settings
from tests.support.live_warehouse import (
    FROM,
    ROOT,
    TO,
    Edition,
    SQLiteWarehouse,
    served_by_process,
    until,
)

OPERATIONS = [
    (method.upper(), path, {each["name"]: each["in"] for each in operation.get("parameters", [])})
    for path, item in create_app(Settings()).openapi()["paths"].items()
    for method, operation in item.items()
]
PLACES = [(method, path, name) for method, path, names in OPERATIONS for name in names]
QUERIES = [(method, path, names) for method, path, names in OPERATIONS if path != "/"]
"""`/` leaves its query string to the page in a browser, and refuses it elsewhere:
test_docs_and_page.py."""

INJECTIONS = [
    "'",
    '"',
    "\\",
    "11-1011.00' or '1'='1",
    "11-1011.00'; drop table onet.occupation; -- ",
    "' union select user(), current_user(), version(), 1 -- ",
    '" or sleep(9) or "',
    "a') or 1=1 or ('",
    "x' and extractvalue(1, concat(0x7e, version())) -- ",
    "%' or 1=1 -- ",
    "_%",
    ":from_code",
    "%(code)s",
    "{name}",
    "?",
    "/* */ or 1=1",
    "read_csv('/etc/passwd')",
    "${jndi:ldap://127.0.0.1/a}",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "\r\nSet-Cookie: a=b",
]
ODD = [
    "\0",
    "a\0b",
    "é" * 100,
    "\N{ARABIC-INDIC DIGIT ONE}" * 2 + "-1011.00",
    "🧑‍🚀",
    "\ufeff",
    "\u202e",
    "a" * 8000,
    "1" * 5000,
    "1e999",
    "-0",
    " ",
]
INSIDE = re.compile(
    r"select |from"
    rf" onet|syntax|Traceback|\.py\b|pymysql|duckdb|sqlalchemy|onet_test_|current_publication|"
    rf"{ROOT}|/tmp/|/usr/|root:",
    re.IGNORECASE,
)
BODY = {"profile": {"9.A.1": 1}}


def body_of(path: str) -> object:
    return {"pairs": [{"from": FROM, "to": TO}]} if path == "/skill-gaps" else BODY


def ask(client: httpx.Client, method: str, path: str, given: dict[str, str]) -> httpx.Response:
    """The request with what is required filled in, but for what is given."""
    names = dict.fromkeys(re.findall(r"{(\w+)}", path))
    for name in names:
        path = path.replace(
            f"{{{name}}}", quote(given.get(name, TO if name == "code" else "not-found"), safe="")
        )
    of_a_pair = ("gap" in path or "compare" in path) and path != "/skill-gaps"
    required = {"from": FROM, "to": TO} if of_a_pair else {}
    if method == "POST":
        required.pop("from", None)
    query = required | {name: value for name, value in given.items() if name not in names}
    return client.request(
        method, path, params=query, json=body_of(path) if method == "POST" else None
    )


@pytest.mark.parametrize(
    ("method", "path", "name"), PLACES, ids=[" ".join(place) for place in PLACES]
)
def test_nothing_gets_through_a_parameter(
    api_client: httpx.Client, method: str, path: str, name: str
) -> None:
    before = api_client.get("/occupations?limit=200").content
    for value in INJECTIONS + ODD:
        answer = ask(api_client, method, path, {name: value})
        if answer.status_code == 200:  # a search may be for anything: see below what it finds
            assert name == "q" or (
                name in ("max_job_zone_step", "min_pay_change") and value == "-0"
            ), value
        else:
            assert answer.status_code in (404, 422), value
            assert answer.headers["content-type"] == "application/problem+json"
        assert not INSIDE.search(answer.text.replace(value.strip(), "")), value
        assert "set-cookie" not in answer.headers
        assert len(answer.content) < 10_000
    assert api_client.get("/occupations?limit=200").content == before


@pytest.mark.parametrize("value", ["'", "_", "%", "_%", "\\", "a') or 1=1 or ('", "%' or 1=1 -- "])
def test_a_search_takes_no_sign_for_more_than_the_end_of_a_word(
    api_client: httpx.Client, value: str
) -> None:
    """Not as a pattern, not as an end of the text: what is found is what its words find."""

    def found(q: str) -> list[str]:
        return [
            each["code"]
            for each in api_client.get("/occupations", params={"q": q}).json()["occupations"]
        ]

    words = " ".join(re.findall("[a-z0-9]+", value))
    assert found(value) == (found(words) if words else [])
    assert found(f"clerks{value}") == found(f"clerks {words}")
    assert "43-9999.00" in found(f"clerks{value}")


@pytest.mark.parametrize(
    ("method", "path", "names"), QUERIES, ids=[f"{method} {path}" for method, path, _ in QUERIES]
)
def test_unknown_and_repeated_parameters_are_refused_everywhere(
    api_client: httpx.Client, method: str, path: str, names: dict[str, str]
) -> None:
    for stranger in ("x", "FROM", "from[]", "__proto__", "api_key", "é", "'; --", "a" * 3000):
        refused = ask(api_client, method, path, {stranger: "1"})
        assert refused.status_code == 422
        assert refused.json()["errors"][0] == {
            "parameter": stranger[:100],
            "detail": refused.json()["errors"][0]["detail"],
        }
        assert len(refused.content) < 2000
    address = path.replace("{code}", TO).replace("{name}", "not-found")
    for name in (name for name, place in names.items() if place == "query"):
        twice = f"{address}?{name}={TO}&{name}={TO}"
        refused = api_client.request(
            method, twice, json=body_of(path) if method == "POST" else None
        )
        assert refused.status_code == 422
        assert {"parameter": name, "detail": "may be given once only"} in refused.json()["errors"]


@pytest.mark.parametrize("path", sorted({path for _, path, _ in OPERATIONS}))
def test_other_methods_are_refused_with_those_that_there_are(
    api_client: httpx.Client, path: str
) -> None:
    known = {method for method, each, _ in OPERATIONS if each == path}
    known |= {"HEAD"} if "GET" in known else set()
    for method in {
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "PROPFIND",
        "NONSENSE",
    } - known:
        refused = api_client.request(
            method, path.replace("{code}", TO).replace("{name}", "not-found")
        )
        if refused.status_code != 400:  # the server's own parser knows no method of that name
            assert (refused.status_code, refused.headers["content-type"]) == (
                405,
                "application/problem+json",
            ), method
            assert set(refused.headers["allow"].split(", ")) == known


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"profile": {}}',
        b'{"profile": {"9.A.1": NaN}}',
        b'{"profile": {"9.A.1": 1e999}}',
        b'{"profile": {"9.A.1": "1; drop table x"}}',
        b"""{"profile": {"9.A.1' or '1'='1": 1}}""",
        b'{"profile": {"9.A.1": 1}, "admin": true}',
        b'{"profile": {"9.A.\\u0000": 1}}',
        b'{"profile": {"\xff": 1}}',
        b"[" * 60_000,
        b'{"profile":' * 2_000,
        b'{"profile": {' + b",".join(b'"9.%d.1": 1' % number for number in range(301)) + b"}}",
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_body_that_is_no_profile(api_client: httpx.Client, body: bytes, kind: str) -> None:
    refused = api_client.post(f"/skill-gap?to={TO}", content=body, headers={"Content-Type": kind})
    assert refused.status_code in (400, 422)
    assert refused.headers["content-type"] == "application/problem+json"
    assert not INSIDE.search(refused.text)
    assert len(refused.content) < 30_000


def test_a_body_without_end_is_cut_off(api_client: httpx.Client) -> None:
    """Said to be too long, or only found so: it is neither kept nor read to its end."""
    said = api_client.post(f"/skill-gap?to={TO}", content=b"x" * 2_000_000)
    assert (said.status_code, said.json()["type"]) == (413, "/problems/content-too-large")
    endless = itertools.repeat(b"x" * 65_536)
    # hung up while it was being sent
    with contextlib.suppress(httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
        unsaid = api_client.post(f"/skill-gap?to={TO}", content=endless)
        assert unsaid.status_code == 413
    assert api_client.get("/health/live").status_code == 200


def test_long_addresses_and_headers(api_client: httpx.Client) -> None:
    for path in (
        "/" + "a" * 60_000,
        "/skill-gap?" + "&".join(f"a{number}=1" for number in range(5000)),
        "/occupations/" + "%00" * 20_000,
    ):
        answer = api_client.get(path)
        assert answer.status_code in (400, 404, 414, 422, 431)
        assert not INSIDE.search(answer.text)
        assert len(answer.content) < 10_000
    for name in ("Accept", "If-None-Match", "X-Request-ID", "Accept-Encoding", "Cookie"):
        answer = api_client.get(
            f"/skill-gap?from={FROM}&to={TO}", headers={name: '"a", b/c;q=' * 4000}
        )
        assert answer.status_code in (200, 400, 406, 431)


@contextlib.contextmanager
def connections(client: httpx.Client, count: int) -> Iterator[list[socket.socket]]:
    """So many connections to the server that have not said a word yet."""
    address = client.base_url
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection((address.host, address.port or 80), 20))
            for _ in range(count)
        ]


def answer_of(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as stream:
        return stream.readline()


def test_slow_and_silent_clients_keep_nobody_waiting(api_client: httpx.Client) -> None:
    path = f"/skill-gap?from={FROM}&to={TO}"
    request = f"GET {path} HTTP/1.1\r\nHost: slow\r\nConnection: close\r\n\r\n".encode()
    posted = (
        f"POST /skill-gap?to={TO} HTTP/1.1\r\nHost: slow\r\nContent-Type:"
        " application/json\r\nContent-Length: 27\r\n\r\n".encode()
    )
    with (
        connections(api_client, 150) as silent,
        connections(api_client, 50) as slow,
        connections(api_client, 50) as posting,
    ):
        # more of them than the threads and database connections that there are
        for connection in posting:
            connection.sendall(posted + b'{"prof')
        for place in range(len(request) - 1):  # byte by byte, one after the other
            for connection in slow[:5]:
                connection.sendall(request[place : place + 1])
            if place % 20 == 0:
                assert api_client.get(path).status_code == 200
        for connection in slow[5:]:
            connection.sendall(request[:-1])
        for each in (path, "/occupations?q=a", "/health/ready"):
            assert api_client.get(each).status_code == 200
        for connection in slow:  # patience is rewarded
            connection.sendall(request[-1:])
            assert answer_of(connection) == b"HTTP/1.1 200 OK\r\n"
        for connection in posting:
            connection.sendall(b'ile": {"9.A.1": 1}  }'[:21])
            assert answer_of(connection).startswith(b"HTTP/1.1 ")
        assert len(silent) == 150


@pytest.mark.parametrize("processes", ["1", "2"])
def test_patience_has_an_end(tmp_path: Path, processes: str) -> None:
    """`python -m api` with less of it than it has for users. That a connection is closed ends the
    reading of it."""
    live = SQLiteWarehouse(tmp_path, "onet_test_patience")
    live.publish(Edition())
    (tmp_path / "sitecustomize.py").write_text(
        "import api.http_protocol\napi.http_protocol.REQUEST_TIMEOUT_SECONDS = 0.5\n"
    )
    # so it is in every process
    environment = live.environment() | {
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "WEB_CONCURRENCY": processes,
    }
    whole = f"GET /skill-gap?from={FROM}&to={TO} HTTP/1.1\r\nHost: slow\r\n\r\n".encode()
    posted = (
        f"POST /skill-gap?to={TO} HTTP/1.1\r\nHost: slow\r\nContent-Length: 500\r\n\r\n".encode()
    )
    with (
        served_by_process(environment, tmp_path / "log") as server,
        httpx.Client(base_url=server.url) as client,
    ):
        until(lambda: server.log.read_text().count('"event":"started"') == int(processes))
        for said in (b"", b"G", whole[:-1], posted, posted + b"{", whole + whole[:-1]):
            with connections(client, 3) as several:
                for connection in several:
                    connection.sendall(said)
                for connection in several:
                    with connection.makefile("rb") as stream:
                        assert stream.read().count(b"HTTP/1.1 200 OK") == said.count(whole)
        assert client.get("/health/ready").status_code == 200
    assert "unexpected_error" not in (tmp_path / "log").read_text()


def test_headers_have_an_end(tmp_path: Path) -> None:
    """Of many megabytes the server reads what fits its buffers, and hangs up."""
    live = SQLiteWarehouse(tmp_path, "onet_test_headers")
    with (
        served_by_process(live.environment(), tmp_path / "log") as server,
        httpx.Client(base_url=server.url) as client,
    ):
        for said in (
            b"GET /",
            b"GET / HTTP/1.1\r\nX-Endless: ",
            b"GET / HTTP/1.1\r\n" + b"X-Endless: and so on\r\n" * 3000 + b"X-More: ",
        ):
            with connections(client, 1) as (connection,), pytest.raises(ConnectionError):
                connection.sendall(said + b"a" * 64_000_000)
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/live", headers={"X-Long": "a" * 30_000}).status_code == 200


def test_a_client_that_reads_nothing_keeps_nobody_waiting(api_client: httpx.Client) -> None:
    # pipelined, and none of the answers is fetched
    request = b"GET /occupations?limit=200 HTTP/1.1\r\nHost: deaf\r\n\r\n" * 200
    with connections(api_client, 10) as deaf:
        for connection in deaf:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.sendall(request)
        assert api_client.get("/health/ready").status_code == 200
        assert api_client.get(f"/skill-gap?from={FROM}&to={TO}").status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /%zz%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\xfe\x00\r\n\r\n",
        b"POST /skill-gap HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        (
            b"POST /skill-gap HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding:"
            b" chunked\r\n\r\n0\r\n\r\n"
        ),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET " + b"/" * 200_000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=[
        "no HTTP",
        "no version",
        "odd escapes",
        "odd header",
        "negative length",
        "two lengths",
        "TLS",
        "long line",
    ],
)
def test_what_is_no_request_gets_no_5xx_and_harms_nobody(
    api_client: httpx.Client, said: bytes
) -> None:
    with connections(api_client, 1) as (connection,):
        first: Any = b""
        with contextlib.suppress(OSError):  # it may be let go before it has said all
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            first = answer_of(connection)
    assert not first.startswith(b"HTTP/1.1 5")
    assert api_client.get("/health/ready").status_code == 200
