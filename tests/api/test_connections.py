"""How connections begin and end: a request says whom it is for, who asked gets an answer, and who
left is no error."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import psutil
import pytest

from tests.support.live_warehouse import (
    FROM,
    ROOT,
    TO,
    Edition,
    Served,
    SQLiteWarehouse,
    Warehouse,
    served_by_process,
    until,
)

GAP = f"/skill-gap?from={FROM}&to={TO}"
GET = f"GET {GAP} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
BODY = b'{"profile": {"9.A.1": 1}}'
POST = (
    f"POST /skill-gap?to={TO} HTTP/1.1\r\nHost: a\r\nContent-Type:"
    f" application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
)
LIST = b"GET /occupations?limit=200 HTTP/1.1\r\nHost: a\r\n\r\n"


def connect(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 80), 20)


def answers(connection: socket.socket) -> bytes:
    """All that comes until the server is done; ConnectionResetError where it does not end well."""
    with connection.makefile("rb") as stream:
        return stream.read()


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [
        ("1.1", [], 400),
        ("1.1", ["a", "a"], 400),
        ("1.1", ["a", "b"], 400),
        ("1.1", ["a b"], 400),
        ("1.1", ["a/b"], 400),
        ("1.1", ["a,b"], 400),
        ("1.1", ["a@b"], 400),
        ("1.1", ["a\u00e9"], 400),
        ("1.1", ["a:8000:1"], 400),
        ("1.0", ["a", "b"], 400),
        ("1.1", ["a"], 200),
        ("1.1", [""], 200),
        ("1.1", ["xn--bcher-kva.example:8000"], 200),
        ("1.1", ["[::1]:8000"], 200),
        ("1.0", [], 200),
    ],
)
def test_a_request_says_once_whom_it_is_for(
    api_client: httpx.Client, version: str, hosts: list[str], status: int
) -> None:
    lines = [
        f"GET {GAP} HTTP/{version}",
        *(f"Host: {host}" for host in hosts),
        "Connection: close",
        "",
        "",
    ]
    with connect(api_client) as connection:
        connection.sendall("\r\n".join(lines).encode())
        head, _, body = answers(connection).partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    if status == 400:
        assert json.loads(body)["type"] == "/problems/bad-request"
        assert b"Host" in body
        assert b"x-request-id: " in head


@pytest.mark.parametrize("asked", [GET, POST + BODY, LIST * 3, GET + POST + BODY + LIST], ids=len)
def test_who_says_no_more_still_gets_the_answers(api_client: httpx.Client, asked: bytes) -> None:
    with connect(api_client) as connection:
        connection.sendall(asked)
        connection.shutdown(socket.SHUT_WR)
        assert answers(connection).count(b"HTTP/1.1 200 OK") == asked.count(b"HTTP/1.1")


@pytest.mark.parametrize("unfinished", [b"", GET[:-2], POST, POST + BODY[:-1]], ids=len)
def test_what_was_begun_and_cannot_be_finished_ends(
    api_client: httpx.Client, unfinished: bytes
) -> None:
    """After the answer to what was asked in full, and without waiting for anything."""
    for whole in (b"", GET):
        with connect(api_client) as connection:
            connection.sendall(whole + unfinished)
            connection.shutdown(socket.SHUT_WR)
            assert answers(connection).count(b"HTTP/1.1 200 OK") == whole.count(b"HTTP/1.1")


@pytest.mark.parametrize("before", [b"", GET, LIST * 3, POST + BODY + GET], ids=len)
@pytest.mark.parametrize(
    "spoilt",
    [b"NONSENSE\r\n\r\n", b"GET /" + b"a" * 140_000, POST.replace(b"25", b"-5")],
    ids=["no HTTP", "too long", "no length"],
)
def test_what_cannot_be_read_is_refused_in_its_turn(
    api_client: httpx.Client, before: bytes, spoilt: bytes
) -> None:
    """Not before the answers to what came before it: whoever asked would take it for one of these.
    And as any other error."""
    with connect(api_client) as connection:
        connection.sendall(before + spoilt)
        said = answers(connection)
    heads = [part for part in said.split(b"HTTP/1.1 ")[1:] if part[:3].isdigit()]
    assert [int(head[:3]) for head in heads] == [200] * before.count(b"HTTP/1.1") + [400]
    head, _, body = heads[-1].partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert (problem["type"], problem["status"]) == ("/problems/bad-request", 400)
    assert f"x-request-id: {problem['request_id']}\r\n".encode() in head
    for name in (
        b"content-type: application/problem+json",
        b"referrer-policy:",
        b"x-content-type-options:",
        b"content-security-policy:",
    ):
        assert b"\r\n" + name in head


def test_who_fetches_no_answers_is_let_go(tmp_path: Path) -> None:
    """Before, its connection and what was written for it stayed for as long as it liked."""
    live = SQLiteWarehouse(tmp_path, "onet_test_deaf")
    live.publish(Edition())
    (tmp_path / "sitecustomize.py").write_text(
        "import api.http_protocol\napi.http_protocol.REQUEST_TIMEOUT_SECONDS = 0.5\n"
    )
    environment = live.environment() | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    with (
        served_by_process(environment, tmp_path / "log") as server,
        httpx.Client(base_url=server.url) as client,
    ):
        client.get("/health/live")

        def ports() -> set[int]:
            found = psutil.Process(server.process.pid).net_connections("tcp")
            return {each.raddr.port for each in found if each.raddr}

        with contextlib.ExitStack() as stack:
            for asked in (LIST * 3000, LIST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")):
                deaf = stack.enter_context(socket.socket())
                deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                deaf.settimeout(20)
                deaf.connect((client.base_url.host, client.base_url.port or 80))
                port = deaf.getsockname()[1]
                deaf.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    deaf.send(asked)
                until(lambda port=port: port not in ports())
        assert client.get("/health/ready").status_code == 200


def test_a_client_that_hangs_up_is_no_error(tmp_path: Path) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_gone")
    live.publish(Edition())
    log = tmp_path / "log"
    with (
        served_by_process(live.environment(), log) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        for said in (POST + BODY[:5], POST, LIST * 50, GET * 50 + POST, LIST):
            for how in (0, 1):  # closed, reset
                connection = connect(client)
                if how:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.sendall(said)
                if b"HTTP" in said and said is not POST and b"POST" not in said:
                    connection.recv(1)  # the first answer is on its way
                connection.close()
        until(lambda: client.get("/metrics").text.count('status="499"') > 0)
        figures = client.get("/metrics").text
        assert 'status="400"' not in figures
        assert 'status="500"' not in figures
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert not [
        line for line in lines if line["level"] in ("warning", "error") or "exception" in line
    ]
    assert {line["status"] for line in lines if line["event"] == "request"} <= {200, 499}


@contextlib.contextmanager
def stopped(server: Served, processes: int) -> Iterator[None]:
    """What serves stands still: what it is sent waits in the kernel."""
    main = psutil.Process(server.process.pid)
    serving = (
        [main]
        if processes == 1
        else [each for each in main.children() if "spawn_main" in " ".join(each.cmdline())]
    )
    assert len(serving) == processes
    for each in serving:
        each.suspend()
    try:
        yield
    finally:
        for each in serving:
            each.resume()


@pytest.mark.parametrize("processes", [1, 2])
def test_who_was_let_in_is_answered_when_the_service_is_stopped(
    live: Warehouse, tmp_path: Path, processes: int
) -> None:
    live.publish(Edition())
    environment = live.environment() | {"WEB_CONCURRENCY": str(processes)}
    with (
        served_by_process(environment, tmp_path / "log") as server,
        httpx.Client(base_url=server.url) as client,
        contextlib.ExitStack() as stack,
    ):
        until(lambda: server.log.read_text().count('"event":"started"') == processes, 60)

        def made(count: int) -> list[socket.socket]:
            return [stack.enter_context(connect(client)) for _ in range(count)]

        kept, silent = made(20), made(10)
        for connection in kept:
            connection.sendall(GET)
            while not connection.recv(65_536).endswith(b"}"):
                pass
        with stopped(server, processes):
            queued = made(40)
            for connection in [*kept, *queued[:20]]:
                connection.sendall(GET)
            for connection in queued[20:]:
                connection.sendall(POST + BODY)
            server.process.send_signal(signal.SIGTERM)
            if processes > 1:
                until(lambda: server.log.read_text().count("Terminated child process") == processes)
        for connection in [*kept, *queued]:
            assert answers(connection).count(b"HTTP/1.1 200 OK") == 1
        for connection in silent:
            assert answers(connection) == b""
        server.process.wait(20)
    said = (tmp_path / "log").read_text()
    assert '"level":"error"' not in said
    assert "Traceback" not in said
