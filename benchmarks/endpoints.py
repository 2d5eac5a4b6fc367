"""The other endpoints, two processes in the place of one, and a peer: each beside the echo of the
same run.

Nothing is kept (API_CACHE_BYTES=0): there are too few occupations for a run of requests that nobody
asked before.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from statistics import median
from urllib.parse import quote

from benchmarks.commands import Warehouse
from benchmarks.ratios import Measured
from benchmarks.report import Section
from benchmarks.serving import (
    API_PER_SECOND,
    CEILING_PER_SECOND,
    CONNECTIONS,
    Pairs,
    ask,
    echoes,
    percentile,
    server,
)

ECHO_BYTES = 1200
PEER = "peer: one join, a connection per request"
TWO = "/skill-gap, two processes"
PAIRS, SEARCH = "/skill-gap", "/occupations?q="
Paths = Callable[[int], list[str]]


@dataclass
class EndpointResult:
    """What one server did with one kind of request in all repeats."""

    what: str
    server: str
    per_second: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    @property
    def p99(self) -> float:
        return percentile(self.latencies, 0.99)


def kinds(warehouse: Warehouse, pairs: Pairs) -> dict[str, Paths]:
    """Name → what makes so many addresses of it."""
    chance = random.Random(20250211)  # noqa: S311 - variety, not secrecy
    codes = [
        code
        for (code,) in warehouse.query("select occupation_code from {live}.occupation order by 1")
    ]
    titles = [
        title
        for (title,) in warehouse.query("select title from {live}.occupation_title order by 1")
    ]

    def words(count: int) -> list[str]:
        """What somebody has typed: three letters of a title, or more."""
        return [title[: chance.randint(3, 20)] for title in chance.choices(titles, k=count)]

    return {
        PAIRS: lambda count: [f"/skill-gap?{query}" for query in pairs.take(count)],
        "/compare": lambda count: [f"/compare?{query}" for query in pairs.take(count)],
        "/technology-gap": lambda count: [
            f"/technology-gap?{query}" for query in pairs.take(count)
        ],
        "/occupations/{code}": lambda count: [
            f"/occupations/{code}" for code in chance.choices(codes, k=count)
        ],
        SEARCH: lambda count: [f"/occupations?q={quote(word)}" for word in words(count)],
        "/occupations/{code}/transitions": lambda count: [
            f"/occupations/{code}/transitions" for code in chance.choices(pairs.codes, k=count)
        ],
    }


def measure(
    warehouses: Sequence[Warehouse], repeats: int, seconds_each: float
) -> list[EndpointResult]:
    """Each kind on each server in turn, `repeats` times, `seconds_each` in all."""
    pairs = Pairs.of(warehouses[0])
    seconds = seconds_each / repeats
    found: list[EndpointResult] = []
    with ExitStack() as stack:
        folder = warehouses[0].dir.parent

        def port_of(name: str, arguments: list[str], environment: dict[str, str]) -> int:
            port, _ = stack.enter_context(
                server(arguments, environment, folder / f"endpoints.{name}.log")
            )
            return port

        apis: dict[str, int] = {
            each.engine: port_of(each.engine, ["-m", "api"], _unkept(each)) for each in warehouses
        }
        echo = port_of(
            "echo",
            ["-m", "benchmarks.baseline_servers", "echo", "{port}", str(ECHO_BYTES)],
            dict(os.environ),
        )
        made = kinds(warehouses[0], pairs)
        ceiling_pairs = Pairs(pairs.codes)  # may come again: a ceiling remembers nothing

        def in_turn(what: str, paths: Paths, ports: dict[str, int]) -> None:
            """Beside the echo."""
            asked = {name: EndpointResult(what, name) for name in ("echo", *ports)}
            for repeat in range(repeats + 1):
                for name, port in {"echo": echo, **ports}.items():
                    count = int(
                        (CEILING_PER_SECOND if name == "echo" else API_PER_SECOND) * seconds
                    )
                    these = echoes(ceiling_pairs.take(count)) if name == "echo" else paths(count)
                    seen = ask(port, these, seconds)
                    if repeat:  # the first warms up
                        asked[name].per_second.append(len(seen["latencies"]) / seen["seconds"])
                        asked[name].latencies += seen["latencies"]
            found.extend(asked.values())

        for what, paths in made.items():
            in_turn(what, paths, apis)
        two = {"WEB_CONCURRENCY": "2"}
        others: dict[str, int] = {
            each.engine: port_of(f"two.{each.engine}", ["-m", "api"], _unkept(each) | two)
            for each in warehouses
        }
        in_turn(TWO, made[PAIRS], others)
        for each in warehouses:
            if each.server:
                peer = port_of(
                    "peer", ["-m", "benchmarks.peer_service", "{port}"], each.environment("dbt")
                )
                in_turn(
                    PEER,
                    lambda count: [f"/gap?{query}" for query in pairs.take(count)],
                    {each.engine: peer},
                )
    return found


def _unkept(warehouse: Warehouse) -> dict[str, str]:
    return warehouse.environment("api") | {"API_CACHE_BYTES": "0"}


def section(found: Sequence[EndpointResult], seconds_each: float, repeats: int) -> Section:
    shown = Section(
        f"All endpoints, never asked before, nothing kept: {CONNECTIONS} connections, {repeats} x"
        f" {seconds_each / repeats:.1f} s for each",
        ("", "engine", "requests/s: median, range", "of echo", "p99 ms", "of echo's"),
    )
    for one in found:
        if one.server == "echo":
            echo = one
            continue
        shown.rows.append(
            (
                one.what,
                one.server,
                (
                    f"{median(one.per_second):,.0f}"
                    f" ({min(one.per_second):,.0f}-{max(one.per_second):,.0f})"
                ),
                f"{_share(one, echo):.3f}",
                f"{one.p99 * 1000:.1f}",
                f"{one.p99 / echo.p99:.1f}x",
            )
        )
        shown.figures.append(
            {key: value for key, value in asdict(one).items() if key != "latencies"}
            | {"p99_seconds": one.p99}
        )
    shown.notes = [
        (
            f"The echo runs beside each kind; its body has {ECHO_BYTES:,} bytes. One worker, but"
            f" for `{TWO}`: these share no statement and, here, {os.cpu_count()} cores with the"
            " generator and mysqld."
        ),
        (
            "Searched for: the first 3 to 20 letters of any title. The peer is of our own making"
            " (benchmarks/peer_service.py)."
        ),
    ]
    return shown


def _share(one: EndpointResult, echo: EndpointResult) -> float:
    return median(one.per_second) / median(echo.per_second)


def ratios(found: Sequence[EndpointResult]) -> Measured:
    """Each endpoint's share of the echo's requests per second, pairs beside the peer's, and the
    search's p99 in ms."""
    shares: dict[tuple[str, str], float] = {}
    for one in found:
        if one.server == "echo":
            echo = one
        else:
            shares[one.what, one.server] = _share(one, echo)
    measured: Measured = {
        "search p99": {
            one.server: one.p99 * 1000
            for one in found
            if one.what == SEARCH and one.server != "echo"
        }
    }
    peer = next((share for (what, _), share in shares.items() if what == PEER), None)
    for (what, engine), share in shares.items():
        if what not in (PAIRS, TWO, PEER):
            measured.setdefault(what, {})[engine] = share
        elif what == PAIRS and peer:
            measured.setdefault("beside the peer", {})[engine] = share / peer
    return measured
