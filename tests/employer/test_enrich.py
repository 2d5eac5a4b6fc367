"""Enrichment against a server on loopback that misbehaves: what is asked, what is kept, and what is
used while it is down."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from loader.employer.enrich import EnrichResult, enrich
from loader.employer.load import LoadResult
from loader.employer.settings import EmployerSettings
from loader.employer.store import Store
from loader.errors import LoaderError, SourceUnreachableError
from loader.http_client import RateLimitedClient
from tests.employer.employer_warehouse import EmployerWarehouse

LOOKUP = {"company_lookup.json": '{"acme.example": "12-0000001", "orchard.example": "12-0000002"}'}
KNOWN = {"industry": "Technology", "revenue": "100M", "headcount": "500"}
ROWS = (
    "select domain, state, is_stale, industry, revenue, headcount "
    "from company_enrichment order by domain"
)


@dataclass
class Service:
    """What it knows, what spoils its next answers (one each), and what it was asked."""

    companies: dict[str, Any]
    faults: deque[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service({"acme.example": KNOWN})

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            if made.faults:
                return made.faults.popleft()(self)
            url = urlsplit(self.path)
            [domain] = parse_qs(url.query)["domain"]
            assert url.path == "/v1/enrich/company"
            if domain in made.companies:
                return send(self, 200, json.dumps(made.companies[domain]).encode())
            return send(self, 404, b"{}")

        def log_message(self, format: str, *arguments: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield made
    server.shutdown()
    server.server_close()


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    length: int | None = None,
    **headers: str,
) -> None:
    handler.send_response(status)
    for name, value in {
        "Content-Length": str(len(body) if length is None else length),
        **headers,
    }.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def ask(settings: EmployerSettings, store: Store, service: Service) -> Callable[..., EnrichResult]:
    waits: list[float] = []

    def run(attempts: int = 3, timeout: float = 5) -> EnrichResult:
        client = RateLimitedClient(
            service.url, {}, rate=1000, attempts=attempts, timeout=timeout, sleep=waits.append
        )
        try:
            return enrich(settings, store, client)
        finally:
            client.close()

    run.waits = waits  # type: ignore[attr-defined]
    return run


@pytest.fixture(autouse=True)
def two_companies(give: Callable[..., LoadResult]) -> None:
    give(
        LOOKUP
        | {
            "employees.csv": "person_id,title,email,company_ein,start_date\n"
            "1,,p@private.example,12-0000001,2022-01-01\n"
        }
    )


def age(store: Store, days: int) -> None:
    store.query(
        "update company_enrichment set fetched_at = ?",
        [datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)],
    )


def test_known_companies_are_asked_about_once(
    ask: Callable[..., EnrichResult], store: Store, service: Service
) -> None:
    """Also the one that is unknown; and no domain of a person's address."""
    assert ask() == EnrichResult(known=1, unknown=1)
    assert ask() == EnrichResult(cached=2)
    assert service.asked == [
        f"/v1/enrich/company?domain={name}.example" for name in ("acme", "orchard")
    ]
    assert store.query(ROWS) == [
        ("acme.example", "known", 0, "Technology", "100M", "500"),
        ("orchard.example", "unknown", 0, None, None, None),
    ]
    age(store, 29)
    assert ask() == EnrichResult(cached=2)
    age(store, 31)
    service.companies["orchard.example"] = {"industry": None, "revenue": "", "headcount": 12}
    assert ask() == EnrichResult(known=2)
    assert store.query(ROWS)[1] == ("orchard.example", "known", 0, None, None, "12")


@pytest.mark.parametrize(
    "fault",
    [
        lambda handler: send(handler, 503, b"busy"),
        lambda handler: send(handler, 500, b"<html>Jane Planted</html>"),
        lambda handler: send(handler, 200, b"not JSON"),
        lambda handler: send(handler, 200, b"[1, 2]"),
        lambda handler: send(handler, 200, json.dumps({"industry": ["x"]}).encode()),
        lambda handler: send(handler, 200, json.dumps({"industry": "x" * 200}).encode()),
        lambda handler: send(handler, 200, json.dumps(KNOWN).encode()[:20], length=60),
        lambda handler: handler.connection.close(),
    ],
    ids=["503", "500", "no JSON", "a list", "no text", "too long", "cut off", "hangs up"],
)
def test_trouble_that_passes_is_tried_again(
    ask: Callable[..., EnrichResult],
    store: Store,
    service: Service,
    fault: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    service.faults.append(fault)
    assert ask() == EnrichResult(known=1, unknown=1)
    assert len(service.asked) == 3
    assert store.query(ROWS)[0][1:4] == ("known", 0, "Technology")


def test_a_service_that_asks_for_time_gets_it(
    ask: Callable[..., EnrichResult], service: Service
) -> None:
    service.faults.append(lambda handler: send(handler, 429, b"", Retry_After="7"))
    assert ask() == EnrichResult(known=1, unknown=1)
    assert 7 in ask.waits  # type: ignore[attr-defined]


def test_what_was_known_is_used_and_marked_while_the_service_is_down(
    ask: Callable[..., EnrichResult], store: Store, service: Service
) -> None:
    ask()
    age(store, 31)
    service.faults.extend([lambda handler: send(handler, 503, b"Jane Planted")] * 3)
    with pytest.raises(
        SourceUnreachableError,
        match=r"HTTP 503, after 3 attempts.*0 answered, 2 go on with what was known, 0 without",
    ) as down:
        ask()
    assert "Planted" not in str(down.value)
    assert len(service.asked) == 5  # it is not tried anew for each company
    assert [row[:4] for row in store.query(ROWS)] == [
        ("acme.example", "known", 1, "Technology"),
        ("orchard.example", "unknown", 1, None),
    ]
    assert ask() == EnrichResult(known=1, unknown=1)
    assert [row[2] for row in store.query(ROWS)] == [0, 0]


@pytest.mark.parametrize("status", [401, 302, 418])
def test_a_service_that_refuses_is_not_asked_on(
    ask: Callable[..., EnrichResult], store: Store, service: Service, status: int
) -> None:
    service.faults.extend(
        [lambda handler: send(handler, status, b"", Location="http://127.0.0.1:1/")] * 9
    )
    with pytest.raises(LoaderError, match=str(status)):
        ask()
    assert len(service.asked) == 1
    assert store.query(ROWS) == []


def test_unset_nobody_is_asked(employer: EmployerWarehouse) -> None:
    assert "nobody was asked" in employer.onet.run("loader", "loader", "enrich")
    assert "ENRICH_URL" in employer.onet.run(
        "loader", "loader", "enrich", code=1, ENRICH_URL="ftp://x"
    )
