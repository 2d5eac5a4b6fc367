"""Asks a server one address after another on some connections, each waiting for its answer before
it asks again.

A process of its own: reads its orders as JSON from standard input, writes what it saw as JSON to
standard output. It does no more with an answer than find its status and its end, so that it is not
what limits the server; its processor time is reported as proof.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import cast

import uvloop

PATIENCE_SECONDS = 30  # for the last answers; a server that keeps silent longer is a failure


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(
        self, requests: Iterator[bytes], deadline: float, finished: asyncio.Future[None]
    ) -> None:
        self._requests = requests
        self._deadline = deadline
        self._finished = finished
        self._buffer = b""
        self._wanted = -1
        self.asked: list[float] = []
        self.latencies: list[float] = []
        self.sizes: list[int] = []
        self.statuses: Counter[str] = Counter()
        self.first_problem = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is one in all but name
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        request = next(self._requests, None) if self._asked < self._deadline else None
        if request is None:
            self._finished.set_result(None)
            return
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._wanted < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower() + b"\r\n"
            place = head.find(b"content-length:") + len(b"content-length:")
            size = (
                0 if self._buffer[9:12] == b"304" else int(head[place : head.index(b"\r\n", place)])
            )
            self.sizes.append(size)
            self._wanted = end + 4 + size
        if len(self._buffer) < self._wanted:
            return
        self.asked.append(self._asked)
        self.latencies.append(time.perf_counter() - self._asked)
        status = self._buffer[9:12].decode()
        self.statuses[status] += 1
        if status not in ("200", "304") and not self.first_problem:
            self.first_problem = self._buffer.decode("utf-8", "replace")[:2000]
        self._buffer = b""
        self._wanted = -1
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._finished.done():
            self._finished.set_exception(exc or ConnectionError("the server closed the connection"))


async def ask(
    port: int, paths: list[str], connections: int, seconds: float, entity_tag: str | None
) -> dict[str, object]:
    condition = f"If-None-Match: {entity_tag}\r\n" if entity_tag else ""
    requests = iter(
        [
            (
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n{condition}\r\n"
            ).encode()
            for path in paths
        ]
    )
    loop = asyncio.get_running_loop()
    started, processor = time.perf_counter(), time.process_time()
    made: list[Connection] = []
    waiting = []
    for _ in range(connections):
        finished: asyncio.Future[None] = loop.create_future()
        waiting.append(finished)
        _, connection = await loop.create_connection(
            lambda finished=finished: Connection(requests, started + seconds, finished),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        made.append(connection)
    async with asyncio.timeout(seconds + PATIENCE_SECONDS):
        await asyncio.gather(*waiting)
    taken = time.perf_counter() - started
    return {
        "seconds": taken,
        "processor_seconds": time.process_time() - processor,
        # on a clock that all processes share
        "asked": [round(asked, 6) for connection in made for asked in connection.asked],
        "latencies": [round(latency, 6) for connection in made for latency in connection.latencies],
        "sizes": [size for connection in made for size in connection.sizes],
        "statuses": dict(sum((connection.statuses for connection in made), Counter())),
        "first_problem": next(
            (connection.first_problem for connection in made if connection.first_problem), ""
        ),
    }


if __name__ == "__main__":
    json.dump(uvloop.run(ask(**json.load(sys.stdin))), sys.stdout)
