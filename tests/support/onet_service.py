"""O*NET Web Services on loopback: speaks the protocol of 2.0 or 1.9 over rows that a test gives it,
and misbehaves when told to.

Stands in for the real service, which no test may ask. What it answers follows the reference manual
and the answers that public clients have captured: lists, links, nulls, pages of 20 unless more is
asked for and 2,000 at most, filters that must all match; 403 with a page of the proxy before it for
a wrong key, 422 for a parameter that it does not take, an empty list with total 0 where nothing
matches, 429. Its release stands in no member of `about`, only in the links of a table's
description.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

RATING_COLUMNS = (
    *(
        "onetsoc_code",
        "title",
        "element_id",
        "element_name",
        "scale_id",
        "scale_name",
        "data_value",
        "n",
        "standard_error",
    ),
    *(
        "lower_ci_bound",
        "upper_ci_bound",
        "recommend_suppress",
        "not_relevant",
        "date_updated",
        "domain_source",
    ),
)
OTHER_TABLES: dict[str, tuple[str, ...]] = {
    "occupation_data": ("onetsoc_code", "title", "description"),
    "technology_skills": (
        "onetsoc_code",
        "title",
        "example",
        "commodity_code",
        "commodity_title",
        "hot_technology",
        "in_demand",
    ),
    "skills_to_work_activities": (
        "skills_element_id",
        "skills_element_name",
        "work_activities_element_id",
        "work_activities_element_name",
    ),
}

Body = dict[str, Any]
Fault = Callable[["Answering", Body], bool]
"""Spoils one answer about rows: changes the body and returns False, or answers itself and returns
True."""


def rating(code: str, element: str, scale: str, value: float | None, **other: Any) -> Body:
    """A row of a table of ratings as the service writes it."""
    row: Body = {
        "onetsoc_code": code,
        "title": f"Title of {code}",
        "element_id": element,
        "element_name": f"Name of {element}",
        "scale_id": scale,
        "scale_name": {"LV": "Level", "IM": "Importance"}.get(scale, scale),
        "data_value": value,
        "n": 8,
        "standard_error": 0.25,
        "lower_ci_bound": None,
        "upper_ci_bound": None,
        "recommend_suppress": "N",
        "not_relevant": "N" if scale == "LV" else None,
        "date_updated": "2026-05-01",
        "domain_source": "Analyst",
    }
    return row | other


@dataclass
class Service:
    """What it serves, what spoils its next answers about rows (one each), and what it was asked."""

    tables: dict[str, list[Body]]
    key: str = "planted-key-8f1b"
    old_style: bool = False
    release: str = "30.3"
    says_release: Literal["in links", "in about", "nowhere"] = "in links"
    operators: frozenset[str] = frozenset({"eq", "contains"})
    refused_codes: frozenset[str] = frozenset()
    """Asked for one of these, it answers 422, as the manual says of a code without data."""
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    def asked_for_rows(self) -> list[dict[str, list[str]]]:
        """The parameters of each request for rows, with the table's id under `table`."""
        found = []
        for address in self.asked:
            url = urlsplit(address)
            if url.path.startswith("/database/rows/"):
                found.append(parse_qs(url.query) | {"table": [url.path.rsplit("/", 1)[1]]})
        return found


class Answering(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    service: Service

    def do_GET(self) -> None:
        service = self.service
        service.asked.append(self.path)
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        listed: Any
        parts = url.path.strip("/").split("/")
        if service.key in self.path or self.headers.get("X-API-Key") != service.key:
            return self.send(
                403, b"<html><h1>403 Forbidden</h1></html>", {"Content-Type": "text/html"}
            )
        if parts == ["about"]:
            said = (
                {"database": f"O*NET {service.release}"}
                if service.says_release == "in about"
                else {}
            )
            return self.answer(200, {"api_version": "2.0.1", **said})
        columns = {**OTHER_TABLES, **dict.fromkeys(service.tables, RATING_COLUMNS)}
        if parts == ["database"]:
            listed = [
                {
                    "table_id": each,
                    "title": each.title(),
                    "rows": f"{service.url}/database/rows/{each}",
                }
                for each in columns
            ]
            return self.answer(200, {"table": listed} if service.old_style else listed)
        if parts[:2] == ["database", "info"] and parts[2] in columns:
            described = [
                {"column_id": each, "optional": False, "title": each, "type": "Text"}
                for each in columns[parts[2]]
            ]
            links = self._links(parts[2]) if service.says_release == "in links" else {}
            return self.answer(
                200, {"table_id": parts[2], "title": parts[2], "column": described, **links}
            )
        if parts[:2] == ["database", "rows"] and parts[2] in service.tables:
            return self._rows(parts[2], query)
        return self.send(404, b"<html>Not Found</html>", {"Content-Type": "text/html"})

    def _links(self, table: str) -> Body:
        release = self.service.release
        files = f"https://www.onetcenter.org/dl_files/database/db_{release.replace('.', '_')}_text"
        dictionary = f"https://www.onetcenter.org/dictionary/{release}/mysql/{table}.html"
        return {"data_dictionary": dictionary, "download": {"text": f"{files}/{table.title()}.txt"}}

    def _rows(self, table: str, query: dict[str, list[str]]) -> None:
        service = self.service
        rows = service.tables[table]
        for each in query.get("filter", []):
            if each.count(".") < 2:
                return self.answer(422, {"error": "must match format 'column.operator.value'"})
            column, operator, value = each.split(".", 2)
            if operator == "eq" and column == "onetsoc_code" and value in service.refused_codes:
                return self.answer(
                    422,
                    {"error": f'The code "{value}" is not valid, or no data is available for it.'},
                )
            if operator not in service.operators:
                return self.answer(
                    422, {"error": f'The filter operator "{operator}" is not supported.'}
                )
            rows = [
                row
                for row in rows
                if (
                    str(row[column]).lower() == value.lower()
                    if operator == "eq"
                    else value.lower() in str(row[column]).lower()
                    if operator == "contains"
                    else str(row[column]) > value  # ISO dates sort as text
                )
            ]
        start = int(query.get("start", ["1"])[0])
        end = min(int(query.get("end", [str(start + 19)])[0]), start + 1999, len(rows))
        body: Body = {
            "start": start,
            "end": end,
            "total": len(rows),
            "row": [dict(row) for row in rows[start - 1 : end]],
        }
        if end < len(rows):
            size = int(query.get("end", [str(start + 19)])[0]) - start + 1
            onwards = urlencode(
                {**query, "start": [str(end + 1)], "end": [str(end + size)]}, doseq=True
            )
            address = f"{service.url}/database/rows/{table}?{onwards}"
            body["link" if service.old_style else "next"] = (
                [{"href": address, "rel": "next"}] if service.old_style else address
            )
        if service.faults and service.faults.popleft()(self, body):
            return None
        return self.answer(200, body)

    def answer(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        self.send(
            status,
            json.dumps(content).encode(),
            {"Content-Type": "application/json", **(headers or {})},
        )

    def send(
        self, status: int, content: bytes, headers: dict[str, str], length: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Length": str(len(content) if length is None else length),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: what was asked is in `service.asked`."""


def status(code: int, **headers: str) -> Fault:
    """An error without a body that could be read as JSON."""

    def spoil(handler: Answering, _: Body) -> bool:
        handler.send(
            code,
            b"<html>trouble</html>",
            {name.replace("_", "-"): value for name, value in headers.items()},
        )
        return True

    return spoil


def cut_off(handler: Answering, body: Body) -> bool:
    """JSON that ends in the middle, under a Content-Length that fits."""
    handler.send(200, json.dumps(body).encode()[:-10], {})
    return True


def hung_up(handler: Answering, body: Body) -> bool:
    """The connection is lost in the middle of the body."""
    whole = json.dumps(body).encode()
    handler.send(200, whole[:-10], {"Connection": "close"}, len(whole))
    handler.close_connection = True
    return True


def drip(handler: Answering, body: Body) -> bool:
    """A byte now and then, for as long as somebody listens."""
    handler.send(200, b"", {"Connection": "close"}, 10_000_000)
    handler.close_connection = True
    try:
        while not handler.service.stopped.wait(0.02):
            handler.wfile.write(b" ")
    except OSError:
        pass  # the client has had enough
    return True


def drip_headers(handler: Answering, body: Body) -> bool:
    """As `drip`, before the first header is whole."""
    handler.close_connection = True
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
        while not handler.service.stopped.wait(0.02):
            handler.wfile.write(b"x")
    except OSError:
        pass  # the client has had enough
    return True


def changed(**members: Any) -> Fault:
    """The answer with these members instead of its own."""

    def spoil(_: Answering, body: Body) -> bool:
        body |= members
        return False

    return spoil


def page_before(handler: Answering, body: Body) -> bool:
    """The rows of the page before under this page's numbers."""
    table = urlsplit(handler.path).path.rsplit("/", 1)[1]
    count = len(body["row"])
    body["row"] = handler.service.tables[table][body["start"] - 1 - count : body["start"] - 1]
    return False


@contextmanager
def serve(service: Service) -> Iterator[Service]:
    """The service on a port of its own, until the block ends."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Handler", (Answering,), {"service": service})
    )
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield service
    finally:
        service.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
