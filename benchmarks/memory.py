"""`python -m benchmarks.memory`: the API's memory under requests that nobody has asked before, most
of them hostile, on each engine.

Every option, profile size, header and address varies, so that whatever is kept for each of them
shows. Exit code 3: it grew. ONET_SOURCE names the release (zip, folder, or `sample`, the default).
MySQL's half needs mysqld, on the PATH or in MYSQLD.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import shutil
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode

import httpx2 as httpx
import psutil
from rich.console import Console

from benchmarks.commands import Engine, new_warehouse, run, start
from benchmarks.report import Section, machine, megabytes, show, write
from benchmarks.serving import server

CLIENTS = 4
SAMPLES = 40
CACHE_BYTES = 4_000_000
"""For cached responses: full after a minute and not only after an hour, so that it is not taken for
growth."""
GROWTH = 1.05
"""How much larger the last quarter's median may be than the second quarter's: an allocator's noise,
and no more."""
DOMAINS = ("skills", "knowledge", "abilities", "work_activities")
DEFINITIONS = ("missing", "newly_relevant", "higher")
METHODS = ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
TEXT = "aAeé数\u202e'\"%_;:.,/?#&= 0123456789-<>"


@dataclass(frozen=True)
class Request:
    """One request; with `cut`, the connection is given up in the middle of its body."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: bool = False


@dataclass
class Memory:
    """What one server took, in bytes, at even intervals; and how it answered."""

    engine: str
    resident: list[int] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def quarter(self, number: int) -> float:
        count = len(self.resident)
        return median(self.resident[count * (number - 1) // 4 : max(count * number // 4, 1)])

    @property
    def growth(self) -> float:
        """The last quarter's median, of the second's: the first fills what has a bound."""
        return self.quarter(4) / self.quarter(2)


def requests(codes: Sequence[str], elements: Sequence[str], seed: int) -> Iterator[Request]:
    """Requests without end, no two alike but by chance; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - variety, not secrecy

    def text(longest: int) -> str:
        return "".join(chance.choices(TEXT, k=chance.randint(1, longest)))

    def code() -> str:
        unlisted = (f"{chance.randint(0, 99):02}-{chance.randint(0, 9999):04}", text(30))
        return chance.choice(codes if chance.random() < 0.8 else unlisted)

    def options() -> dict[str, str]:
        every = {
            "domain": chance.choice((*DOMAINS, text(20))),
            "definition": chance.choice(DEFINITIONS),
            "min_importance": f"{chance.uniform(0.5, 5.5):.{chance.randint(1, 300)}f}",
            "significant": chance.choice(("true", "false", "1")),
            "explain": "true",
            "levels": "llm",
            "format": chance.choice(("json", "csv")),
            text(200): text(200),
        }
        return {
            name: every[name]
            for name in every
            if chance.random() < (0.5 if name in ("domain", "definition", "significant") else 0.1)
        }

    def headers() -> dict[str, str]:
        every = {
            "Accept": (
                f"text/csv;q=0.{chance.randint(0, 999)}, */*;q=0.1, "
                + "a/b, " * chance.randint(0, 2000)
            ),
            "If-None-Match": f'"{chance.getrandbits(128):032x}"',
            "X-Request-ID": f"{chance.getrandbits(128):032x}",
            "Authorization": f"Bearer {chance.getrandbits(128):032x}",
            "Cookie": "a" * chance.randint(1, 20_000),
            "User-Agent": f"{chance.getrandbits(128):032x}",
        }
        return {name: every[name] for name in every if chance.random() < 0.2}

    def profile() -> Request:
        size = chance.randint(1, len(elements))
        levels = {
            element: round(chance.uniform(0, 7), chance.randint(0, 2))
            for element in chance.sample(elements, size)
        }
        body = json.dumps({"profile": levels}).encode()
        spoilt = (
            body[:-1],
            body.replace(b":", b"", 1),
            b"[" * chance.randint(1, 60_000),
            body * 20,
        )
        path = "/skill-gap?" + urlencode({"to": code()} | options())
        given = headers() | {"Content-Type": "application/json"}
        return Request(
            "POST",
            path,
            given,
            chance.choice((body, body, body, chance.choice(spoilt))),
            cut=chance.random() < 0.05,
        )

    def question() -> Request:
        paths = (
            "/skill-gap?" + urlencode({"from": code(), "to": code()} | options()),
            "/compare?" + urlencode({"from": code(), "to": code()} | options()),
            "/technology-gap?" + urlencode({"from": code(), "to": code()}),
            "/occupations?"
            + urlencode(
                {"q": text(80), "limit": chance.randint(0, 210), "offset": chance.randint(0, 2000)}
            ),
            f"/occupations/{quote(code(), safe='')}",
            f"/occupations/{quote(code(), safe='')}/transitions?limit={chance.randint(0, 11)}",
            "/" + quote(text(300)),
            f"/page/{quote(text(50), safe='')}",
            f"/problems/{quote(text(50), safe='')}",
            "/schema/" + quote(text(100)),
            "/publication",
            "/metrics",
        )
        method = chance.choice(METHODS) if chance.random() < 0.1 else "GET"
        return Request(method, chance.choice(paths), headers())

    while True:
        yield profile() if chance.random() < 0.5 else question()


def _ask(port: int, stream: Iterator[Request], memory: Memory, deadline: float) -> None:
    """One client, on a connection that it makes anew where the server gave it up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < deadline:
        request = next(stream)
        if request.cut:
            _hang_up(port, request)
            continue
        try:
            connection.request(request.method, request.path, request.body, request.headers)
            response = connection.getresponse()
            response.read()
            memory.statuses[response.status] += 1
        except (OSError, http.client.HTTPException):
            # refused in the middle of a body, which is the server's right
            memory.statuses[0] += 1
            connection.close()
    connection.close()


def _hang_up(port: int, request: Request) -> None:
    body = request.body or b""
    head = (
        f"POST {request.path} HTTP/1.1\r\nHost: bench\r\nContent-Type:"
        f" application/json\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    )
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), 60) as connection,
    ):
        connection.sendall(head.encode() + body[: len(body) // 2])


def measure(engine: Engine, port: int, pid: int, seconds: float, seed: int) -> Memory:
    """The process's resident memory while CLIENTS ask it for so long. RuntimeError where an answer
    was a 5xx."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        codes = [
            each["code"] for each in client.get("/occupations?limit=200").json()["occupations"]
        ]
        domains = [
            client.get(f"/compare?from={code}&to={code}&domain={domain}")
            for code in codes[:40]
            for domain in DOMAINS
        ]
    elements = sorted(
        {
            each["element_id"]
            for answer in domains
            if answer.status_code == 200
            for each in answer.json()["elements"]
        }
    )
    memory = Memory(engine)
    process, began = psutil.Process(pid), time.monotonic()
    clients = [
        threading.Thread(
            target=_ask,
            args=(port, requests(codes, elements[:300], seed + number), memory, began + seconds),
        )
        for number in range(CLIENTS)
    ]
    for client_thread in clients:
        client_thread.start()
    for number in range(1, SAMPLES + 1):
        time.sleep(max(began + seconds * number / SAMPLES - time.monotonic(), 0))
        memory.resident.append(process.memory_info().rss)
    for client_thread in clients:
        client_thread.join()
    if failed := {status: count for status, count in memory.statuses.items() if status >= 500}:
        raise RuntimeError(f"{engine}: answers of 5xx: {failed}")
    return memory


def section(memories: Sequence[Memory], seconds: float) -> Section:
    shown = Section(
        f"API, one process, {CLIENTS} clients, {seconds / 60:.1f} minutes of requests that nobody"
        " asked before: resident memory",
        ("", "requests", "2nd quarter", "last quarter", "largest", "growth"),
    )
    for one in memories:
        figures: dict[str, Any] = {
            "engine": one.engine,
            "resident_bytes": one.resident,
            "statuses": dict(one.statuses),
        }
        shown.figures.append(figures)
        shown.rows.append(
            (
                one.engine,
                f"{sum(one.statuses.values()):,}",
                megabytes(one.quarter(2)),
                megabytes(one.quarter(4)),
                megabytes(max(one.resident)),
                f"{one.growth:.2f}x",
            )
        )
    shown.notes = [
        (
            "Half are profiles of every size with every option. The rest: searches, pairs, pages,"
            " methods, headers, broken bodies, hang-ups."
        ),
        (
            f"Medians of the quarters; flat is at most {GROWTH:.2f}x."
            f" API_CACHE_BYTES={CACHE_BYTES}: full soon, as all that has a bound is."
        ),
    ]
    return shown


def main() -> int:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.memory",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "--minutes", type=float, default=30, help="for each engine, one after the other (30)"
    )
    options.add_argument("--engine", choices=["duckdb", "mysql"], help="this one alone")
    options.add_argument("--seed", type=int, default=1, help="of the requests (1)")
    given = options.parse_args()
    source = os.environ.get("ONET_SOURCE", "sample")
    source = source if source == "sample" else str(Path(source).resolve())
    mysqld = os.environ.get("MYSQLD") or shutil.which("mysqld")
    engines: list[Engine] = ["duckdb", "mysql"] if mysqld else ["duckdb"]
    if given.engine:
        engines = [given.engine]
    console = Console(width=150)
    memories = []
    with ExitStack() as stack:
        mysql = stack.enter_context(start(mysqld)) if mysqld else None
        for engine in engines:
            warehouse = stack.enter_context(
                new_warehouse(engine, mysql if engine == "mysql" else None)
            )
            run(warehouse, "loader", "loader", ["land", source])
            run(warehouse, "dbt", "dbt_onet", ["build"])
            environment = warehouse.environment("api") | {"API_CACHE_BYTES": str(CACHE_BYTES)}
            with server(["-m", "api"], environment, warehouse.dir.parent / "api.log") as (
                port,
                process,
            ):
                memories.append(measure(engine, port, process.pid, given.minutes * 60, given.seed))
    shown = section(memories, given.minutes * 60)
    show(console, shown)
    console.print(
        f"Every sample: {write(machine(None) | {'source': Path(source).name}, [shown])}",
        highlight=False,
    )
    return 3 if any(one.growth > GROWTH for one in memories) else 0


if __name__ == "__main__":
    sys.exit(main())
