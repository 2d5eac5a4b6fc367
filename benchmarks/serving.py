"""`/skill-gap` for pairs that were never asked before, beside a route that only echoes: requests
per second and latency."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx2 as httpx

from benchmarks.commands import ROOT, Warehouse
from benchmarks.profiled_command import peak_bytes
from benchmarks.ratios import Measured
from benchmarks.report import Section

CONNECTIONS = 8
DEFINITIONS = ("missing", "higher")
AGAIN = 500
"""So many pairs are those that are asked again."""
START_SECONDS = 60
CEILING_PER_SECOND, API_PER_SECOND = 60_000, 15_000
"""How many requests are made ready for each second: more than will be asked."""


@dataclass
class ServingResult:
    """What one server did in all repeats."""

    server: str
    definition: str
    way: str = ""
    """What is not the ordinary: that it was asked before, or that the client has the answer."""
    per_second: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    requests: int = 0
    busy: list[float] = field(default_factory=list)
    """Share of a core that the load generator used."""

    def add(self, seen: dict[str, Any]) -> None:
        """One repeat, as the load generator saw it."""
        requests = len(seen["latencies"])
        self.requests += requests
        self.per_second.append(requests / seen["seconds"])
        self.latencies += seen["latencies"]
        self.sizes += seen["sizes"]
        self.busy.append(seen["processor_seconds"] / seen["seconds"])

    def percentile(self, share: float) -> float:
        return percentile(self.latencies, share)


def percentile(latencies: Sequence[float], share: float) -> float:
    return sorted(latencies)[min(int(share * len(latencies)), len(latencies) - 1)]


@dataclass
class Pairs:
    """Ordered pairs of different rated occupations in a random order, each handed out once while
    there are any."""

    codes: list[str]
    used: int = 0
    repeats: bool = False

    def __post_init__(self) -> None:
        every = len(self.codes) * (len(self.codes) - 1)
        # any order will do, the same in each run
        self._order = random.Random(20250211).sample(range(every), every)  # noqa: S311

    @classmethod
    def of(cls, warehouse: Warehouse) -> Pairs:
        rated = warehouse.query(
            "select occupation_code from {live}.occupation where is_rated_skills = 1 order by"
            " occupation_code"
        )
        return cls([code for (code,) in rated])

    def take(self, count: int) -> list[str]:
        """Query strings. `repeats` is set where the pairs did not suffice."""
        every = len(self._order)
        places = [self._order[number % every] for number in range(self.used, self.used + count)]
        self.used += count
        self.repeats |= self.used > every
        return [self._query(place) for place in places]

    def _query(self, place: int) -> str:
        source, other = divmod(place, len(self.codes) - 1)
        return f"from={self.codes[source]}&to={self.codes[other + (other >= source)]}"


def measure(
    warehouses: Sequence[Warehouse], repeats: int, seconds_each: float
) -> tuple[list[ServingResult], list[tuple[str, str, list[int]]], bool]:
    """Servers in turn, `repeats` times, `seconds_each` in all for each; then the peak memory of
    each API, and whether pairs ran out."""
    pairs = Pairs.of(warehouses[0])
    ceiling_pairs = Pairs(pairs.codes)  # may come again: a ceiling remembers nothing
    served: list[ServingResult] = []
    with ExitStack() as stack:
        ports: dict[str, int] = {}
        processes: dict[str, subprocess.Popen[bytes]] = {}
        for warehouse in warehouses:
            ports[warehouse.engine], processes[warehouse.engine] = stack.enter_context(
                server(
                    ["-m", "api"],
                    warehouse.environment("api"),
                    warehouse.dir.parent / f"{warehouse.name}.api.log",
                )
            )
        for definition in DEFINITIONS:
            warm = {
                name: ask(port, gaps(pairs.take(2000), definition), 1.0)
                for name, port in ports.items()
            }
            size = int(median(size for seen in warm.values() for size in seen["sizes"]))
            with ExitStack() as ceilings:
                folder = warehouses[0].dir.parent
                all_ports: dict[str, int] = {}
                for kind in ("socket", "echo"):
                    arguments = ["-m", "benchmarks.baseline_servers", kind, "{port}", str(size)]
                    all_ports[kind], _ = ceilings.enter_context(
                        server(arguments, dict(os.environ), folder / f"{kind}.log")
                    )
                    ask(all_ports[kind], echoes(ceiling_pairs.take(2000)), 0.5)
                all_ports |= ports
                these = {name: ServingResult(name, definition) for name in all_ports}
                for _ in range(repeats):
                    for name, port in all_ports.items():
                        if name in ports:
                            paths = gaps(
                                pairs.take(int(API_PER_SECOND * seconds_each / repeats)), definition
                            )
                        else:
                            paths = echoes(
                                ceiling_pairs.take(int(CEILING_PER_SECOND * seconds_each / repeats))
                            )
                        these[name].add(ask(port, paths, seconds_each / repeats))
                served += these.values()
                served += _asked_before(
                    ports, gaps(pairs.take(AGAIN), definition), definition, repeats, seconds_each
                )
        peaks: list[tuple[str, str, list[int]]] = [
            ("api", name, [peak_bytes(process.pid)]) for name, process in processes.items()
        ]
    return served, peaks, pairs.repeats


def _asked_before(
    ports: dict[str, int], paths: list[str], definition: str, repeats: int, seconds_each: float
) -> Iterator[ServingResult]:
    """The same pairs again and again, by those who have the answers and by those who have not."""
    for name, port in ports.items():
        ask(port, paths, seconds_each)  # each once
        entity_tag = httpx.get(f"http://127.0.0.1:{port}{paths[0]}").headers["etag"]
        for way, tag in (("asked before", None), ("304", entity_tag)):
            seen = ServingResult(name, definition, way)
            for _ in range(repeats):
                again = paths * (1 + int(CEILING_PER_SECOND * seconds_each / repeats / len(paths)))
                seen.add(ask(port, again, seconds_each / repeats, tag))
            yield seen


def gaps(queries: list[str], definition: str) -> list[str]:
    return [f"/skill-gap?{query}&definition={definition}" for query in queries]


def echoes(queries: list[str]) -> list[str]:
    return [f"/echo?{query}" for query in queries]


def ask(
    port: int, paths: list[str], seconds: float, entity_tag: str | None = None
) -> dict[str, Any]:
    """What the load generator saw, asking for what has another tag; RuntimeError where any answer
    was not the one that is expected."""
    orders = {
        "port": port,
        "paths": paths,
        "connections": CONNECTIONS,
        "seconds": seconds,
        "entity_tag": entity_tag,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load_generator"],
        cwd=ROOT,
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the load generator failed:\n{done.stderr}")
    seen: dict[str, Any] = json.loads(done.stdout)
    expected = "304" if entity_tag else "200"
    if set(seen["statuses"]) != {expected}:  # an error would be quicker than an answer
        raise RuntimeError(
            f"answers other than {expected}: {seen['statuses']}; the first of"
            f" them:\n{seen['first_problem']}"
        )
    return seen


@contextmanager
def server(
    arguments: list[str], environment: dict[str, str], log: Path
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Starts it on a free port and waits until it answers; `{port}` in the arguments is that port,
    API_PORT says it too."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        sys.executable,
        *(str(port) if argument == "{port}" else argument for argument in arguments),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment | {"API_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"python {' '.join(arguments)} does not answer:\n{log.read_text()}"
                )
            time.sleep(0.05)
        yield port, process
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def section(
    served: Sequence[ServingResult], seconds_each: float, repeats: int, pairs_ran_out: bool
) -> Section:
    shown = Section(
        f"/skill-gap, pairs never asked before, then {AGAIN} again: one worker, {CONNECTIONS}"
        f" connections, {repeats} x {seconds_each / repeats:.1f} s for each",
        (
            "",
            "requests/s: median, range",
            "p50 ms",
            "p99 ms",
            "of echo",
            "bytes, median",
            "generator's core",
            "requests",
        ),
    )
    for definition in DEFINITIONS:
        these = [one for one in served if one.definition == definition]
        [echo] = [median(one.per_second) for one in these if one.server == "echo"]
        for one in these:
            label = {
                "echo": "bare FastAPI echo, async",
                "socket": "bare socket: the generator's ceiling",
            }.get(one.server, " ".join(["/skill-gap on", one.server, one.way]).strip())
            shown.rows.append(
                (
                    f"{label} ({definition})",
                    (
                        f"{median(one.per_second):,.0f}"
                        f" ({min(one.per_second):,.0f}-{max(one.per_second):,.0f})"
                    ),
                    f"{one.percentile(0.5) * 1000:.2f}",
                    f"{one.percentile(0.99) * 1000:.2f}",
                    f"{median(one.per_second) / echo:.2f}",
                    f"{median(one.sizes):.0f}",
                    f"{median(one.busy):.0%}",
                    f"{one.requests:,}",
                )
            )
    shown.notes = [
        (
            "The API as `python -m api` runs it: middleware, checks, ETag and a log line per"
            " request (to a file) included. The echo route has none of these: two parameters in, a"
            " body of the API's median size out, same uvicorn settings. Servers in turn, the others"
            " idle."
        ),
        (
            "Load generator, API and mysqld share this machine's cores. MySQL through its unix"
            " socket. Percentiles: all repeats together."
        ),
    ]
    if pairs_ran_out:
        shown.notes.append("This release has too few pairs: some were asked more than once.")
    shown.figures = [
        {
            "server": one.server,
            "definition": one.definition,
            "way": one.way,
            "requests_per_second": one.per_second,
            "p50_seconds": one.percentile(0.5),
            "p99_seconds": one.percentile(0.99),
            "max_seconds": max(one.latencies),
            "body_bytes_median": median(one.sizes),
            "generator_core_share": one.busy,
            "requests": one.requests,
        }
        for one in served
    ]
    return shown


def ratios(served: Sequence[ServingResult]) -> Measured:
    """Share of the echo's requests per second, and how many times its p99: of the two definitions
    the worse."""
    echo = {one.definition: one for one in served if one.server == "echo"}
    found: Measured = {}
    for one in served:
        if one.server not in ("echo", "socket"):
            beside = echo[one.definition]
            of_engine = found.setdefault(one.way or "never asked", {})
            share = median(one.per_second) / median(beside.per_second)
            of_engine[one.server] = min(share, of_engine.get(one.server, share))
            if not one.way:
                slower = one.percentile(0.99) / beside.percentile(0.99)
                slowest = found.setdefault("p99", {})
                slowest[one.server] = max(slower, slowest.get(one.server, slower))
    return found
