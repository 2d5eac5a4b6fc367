"""Clients of the real API, asking all the while: through publications, a build that fails and a
crash of the server.

Each answer is compared, as a whole, with what its own publication says when nothing else goes on:
an answer with anything of another publication in it differs.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx

from benchmarks.commands import Warehouse
from benchmarks.serving import server
from tests.fault_injection.releases import (
    NUMBERS,
    STATE,
    InvariantViolationError,
    ReleasePair,
    require_error_messages,
)
from tests.support.release_files import Release, sample_copy

CLIENTS = 8
GRACE_SECONDS = 3
"""After a crashed server answers again: the time that the API may take to find out."""


@dataclass
class Seen:
    """What the clients saw in one part of the run."""

    what: str
    answers: int = 0
    errors: int = 0
    mixed: int = 0
    errors_outside: int = 0
    """Of the errors, those that no crash of the server excuses."""
    first: str = ""

    def row(self, engine: str) -> tuple[str, ...]:
        return (
            self.what,
            engine,
            f"{self.answers:,}",
            f"{self.errors:,}",
            f"{self.mixed}",
            f"{self.errors_outside}",
        )


@dataclass
class Clients:
    """Eight threads that ask one address after another until told to stop."""

    base: str
    expected: dict[tuple[str, str], Any]
    """(release, address) → the answer without its publication."""
    seen: Seen
    excused: list[tuple[float, float]] = field(default_factory=list)
    """From when to when an error is not the API's fault."""
    _failures: list[tuple[float, str]] = field(default_factory=list)
    _tags: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _done: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def asking(self, seed: int) -> Iterator[None]:
        threads = [
            threading.Thread(target=self._ask, args=(random.Random(seed + number),))
            for number in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._done.set()
            for thread in threads:
                thread.join()
        outside = [
            (when, what)
            for when, what in self._failures
            if not any(start <= when <= end for start, end in self.excused)
        ]
        self.seen.errors, self.seen.errors_outside = len(self._failures), len(outside)
        self.seen.first = outside[0][1] if outside else self.seen.first

    def _ask(self, chance: random.Random) -> None:
        addresses = sorted({address for _, address in self.expected})
        with httpx.Client(base_url=self.base, timeout=30) as client:
            while not self._done.wait(0.02):  # paced: the builds need the processor too
                address = chance.choice(addresses)
                asked_at = time.monotonic()
                try:
                    answer = client.get(address)
                except httpx.HTTPError as error:
                    self._failures.append((asked_at, f"{address}: {error!r}"))
                    continue
                if answer.status_code != 200:
                    self._failures.append(
                        (asked_at, f"{address}: {answer.status_code} {answer.text[:300]}")
                    )
                    continue
                self._check(address, answer)

    def _check(self, address: str, answer: httpx.Response) -> None:
        body = answer.json()
        publication = body.pop("publication")
        with self._lock:
            self.seen.answers += 1
            of_tag = self._tags.setdefault(
                (address, answer.headers["etag"]), publication["build_id"]
            )
            if (
                body != self.expected[publication["release"], address]
                or of_tag != publication["build_id"]
            ):
                self.seen.mixed += 1
                self.seen.first = self.seen.first or f"{address}: {answer.text[:500]}"


def read_through(
    warehouse: Warehouse, editions: ReleasePair, publications: int, tell: Callable[[str], None]
) -> list[Seen]:
    """Publications first, with a failing build among them; then, on MySQL, a crash."""
    with server(
        ["-m", "api"],
        warehouse.environment("api"),
        warehouse.dir.parent / "fault-injection-api.log",
    ) as (port, _):
        base = f"http://127.0.0.1:{port}"
        expected = _learned(warehouse, editions, base)
        parts = [Seen(f"{publications} publications, one failing build")]
        with Clients(base, expected, parts[0]).asking(1):
            for number in range(publications):
                if number == publications // 2:
                    _fail_a_build(warehouse)
                _publish(warehouse, editions, NUMBERS[number % 2])
                tell(
                    f"{warehouse.engine}: {number + 1} of {publications} publications read through,"
                    f" {parts[0].answers:,} answers"
                )
        if warehouse.server:
            parts.append(Seen("a crash of the server and its return"))
            clients = Clients(base, expected, parts[1])
            with clients.asking(2):
                _until(lambda: parts[1].answers > 100)
                crashed_at = time.monotonic() - 30  # an answer under way when it went
                warehouse.server.stop(signal.SIGKILL)
                warehouse.server.launch()
                clients.excused.append((crashed_at, time.monotonic() + GRACE_SECONDS))
                _until(lambda: time.monotonic() > clients.excused[0][1])
                after = parts[1].answers
                _until(lambda: parts[1].answers > after + 100)
            editions.live(warehouse)
    require_error_messages(warehouse)
    for part in parts:
        if part.mixed or part.errors_outside or not part.answers:
            raise InvariantViolationError(
                f"{part.what}: {part.mixed} mixed answers, {part.errors_outside} errors;"
                f" {part.first}"
            )
    return parts


def _learned(warehouse: Warehouse, editions: ReleasePair, base: str) -> dict[tuple[str, str], Any]:
    """Every address's answer under each edition, while nothing else goes on."""
    codes = [
        code
        for (code,) in warehouse.query(
            "select occupation_code from {live}.occupation where is_rated_skills = 1 order by 1"
        )
    ]
    addresses = [
        f"/skill-gap?from={a}&to={b}&definition=higher" for a in codes[:5] for b in codes[:5]
    ]
    expected = {}
    for number in NUMBERS:
        _publish(warehouse, editions, number)
        ((_, build_id, *_),) = warehouse.query(STATE)
        _until(
            lambda build_id=build_id: (  # type: ignore[misc]
                httpx.get(f"{base}/publication").json()["build_id"] == build_id
            )
        )
        for address in addresses:
            body = httpx.get(base + address).raise_for_status().json()
            if body.pop("publication")["release"] != number:
                raise InvariantViolationError(f"{address} is not of {number}")
            expected[number, address] = body
    return expected


def _publish(warehouse: Warehouse, editions: ReleasePair, number: str) -> None:
    warehouse.land(editions.folders[number], "--release", number, "--force")
    warehouse.run("dbt", "dbt_onet", "build")


def _fail_a_build(warehouse: Warehouse) -> None:
    spoilt: Release = sample_copy(warehouse.dir.parent / "spoilt")
    spoilt.replace_value("Skills.txt", row=2, column="Data Value", value="4.5x")
    warehouse.land(spoilt.folder, "--release", "99.3")
    warehouse.run("dbt", "dbt_onet", "build", code=1)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        if time.monotonic() > deadline:
            raise InvariantViolationError("waited two minutes for what should come by itself")
        time.sleep(0.02)
