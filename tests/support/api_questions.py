"""Requests to all endpoints of the API, right and wrong, drawn from a seed: what two servers must
answer alike."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx2 as httpx

DOMAINS = ("skills", "knowledge", "abilities", "work_activities", "interests")
OTHERS = (
    *("99-9999.00", "nonsense", "15-1252", "chief executives", "CEO", "Registered  Nurses", ""),
    *("soc2018:11-1011", "soc2018:99-9999", "esco:1", "onet2019:11-1011.00", "11-1012"),
)
SOUGHT = (
    "nurse",
    "manag",
    "a",
    "ceo",
    "systems engineers",
    "C++",
    "director of",
    "(",
    "zzz",
    "%",
    "11-",
    "\u00e9",
    "_",
    " ",
)
PATHS = (
    *("/publication", "/", "/health/ready", "/problems/not-found", "/skill-gap", "/nothing"),
    *("/elements", "/elements?domain=knowledge", "/elements?domain=interests"),
    *(
        "/codes?system=soc2018&code=11-3013",
        "/codes?system=onet2019&code=11-3013.00",
        "/codes?system=cip&code=52.0201",
    ),
)


@dataclass(frozen=True)
class Question:
    """One request."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def ask(self, client: httpx.Client) -> tuple[int, object, dict[str, str]]:
        """Status, body and headers, without what is of one request or of one publication."""
        answer = client.request(self.method, self.path, headers=self.headers, content=self.body)
        headers = dict(answer.headers)
        for name in ("date", "x-request-id", "etag", "content-length"):
            headers.pop(name, None)
        if headers.get("content-type") == "application/x-ndjson":
            lines = [json.loads(line) for line in answer.text.splitlines()]
            return (
                answer.status_code,
                json.dumps([line | {"publication": None} for line in lines]),
                headers,
            )
        if "json" not in headers.get("content-type", ""):
            return (
                answer.status_code,
                [line.rpartition(",")[0] for line in answer.text.splitlines()],
                headers,
            )
        body = answer.json()
        for name in (
            "request_id",
            "publication",
            "build_id",
            "published_at",
            "loaded_at",
            "load_id",
        ):
            body.pop(name, None)
        # a text: the order of members counts, and 1 is not 1.0
        return answer.status_code, json.dumps(body), headers


@dataclass
class Questions:
    """What may be asked of a warehouse, drawn from what it lists."""

    codes: list[str]
    titles: list[str]
    elements: list[str]
    chance: random.Random

    @classmethod
    def of(cls, client: httpx.Client, seed: int) -> Questions:
        listed = client.get("/occupations?limit=200").json()["occupations"]
        codes = [each["code"] for each in listed]
        occupations = [client.get(f"/occupations/{code}").json() for code in codes[:40]]
        elements = {
            each["element_id"]
            for one in occupations
            for rated in one["ratings"].values()
            for each in rated
        }
        # variety, not secrecy
        return cls(codes, [each["title"] for each in listed], sorted(elements), random.Random(seed))  # noqa: S311

    def draw(self, count: int) -> Iterator[Question]:
        ways = (
            self._gap,
            self._gap,
            self._compare,
            self._technology,
            self._search,
            self._one,
            self._transitions,
            self._profile,
            self._ways,
            self._many,
            self._row,
        )
        for _ in range(count):
            yield self.chance.choice(ways)()
        yield from (Question("GET", path) for path in PATHS)

    def _code(self) -> str:
        pool = self.chance.choices((self.codes, self.titles, OTHERS), (8, 1, 1))[0]
        return self.chance.choice(pool)

    def _some(self, options: dict[str, Any], share: float = 0.3) -> dict[str, Any]:
        return {name: value for name, value in options.items() if self.chance.random() < share}

    def _headers(self) -> dict[str, str]:
        return self._some({"Accept": self.chance.choice(("text/csv", "text/html", "*/*"))}, 0.1)

    def _options(self) -> dict[str, Any]:
        pick = self.chance.choice
        narrowing = {
            "domain": pick(DOMAINS),
            "definition": pick(("missing", "newly_relevant", "higher", "none")),
            "min_importance": pick(("1", "3", "2.38", "0", "x")),
            "significant": pick(("true", "false", "1")),
        }
        return self._some(narrowing) | self._some(
            {"explain": "true", "format": pick(("csv", "json", "xml")), "stranger": "1"}, 0.1
        )

    def _pair(self) -> dict[str, Any]:
        return {"from": self._code(), "to": self._code()}

    def _gap(self) -> Question:
        options = self._pair() | self._options() | self._some({"levels": "llm"}, 0.1)
        return Question("GET", "/skill-gap?" + urlencode(options), self._headers())

    def _compare(self) -> Question:
        options = self._some({"domain": self.chance.choice(DOMAINS), "format": "csv"})
        return Question("GET", "/compare?" + urlencode(self._pair() | options), self._headers())

    def _technology(self) -> Question:
        options = self._some({"hot": "true", "in_demand": "true", "format": "csv"})
        return Question(
            "GET", "/technology-gap?" + urlencode(self._pair() | options), self._headers()
        )

    def _search(self) -> Question:
        title = self.chance.choice(self.titles)
        sought = self.chance.choice((*SOUGHT, title[: self.chance.randint(1, 25)]))
        options = {
            "q": sought,
            "limit": self.chance.choice((1, 5, 200, 0)),
            "offset": self.chance.choice((0, 3, 5000)),
        }
        return Question("GET", "/occupations?" + urlencode(self._some(options, 0.8)))

    def _one(self) -> Question:
        return Question("GET", f"/occupations/{quote(self._code(), safe='')}", self._headers())

    def _transitions(self) -> Question:
        pick = self.chance.choice
        options = {
            "limit": pick((1, 3, 11)),
            "max_job_zone_step": pick((-1, 0, 9)),
            "min_pay_change": pick((-5000, 0)),
            "order": pick(("likely", "x")),
        }
        return Question(
            "GET",
            f"/occupations/{quote(self._code(), safe='')}/transitions?"
            + urlencode(self._some(options)),
        )

    def _row(self) -> Question:
        return Question(
            "GET",
            f"/similarity/{quote(self._code(), safe='')}?"
            + urlencode(self._some({"format": "csv"})),
        )

    def _profile(self) -> Question:
        options = {"to": self._code()} | self._options()
        return self._post(
            "/skill-gap?" + urlencode(options), self.chance.randint(1, len(self.elements))
        )

    def _ways(self) -> Question:
        options = self._some({"order": self.chance.choice(("likely", "similarity")), "limit": 3})
        return self._post("/transitions?" + urlencode(options), len(self.elements))

    def _many(self) -> Question:
        """Of codes, since a text that is none refuses them all; CSV is left to the test of its own:
        its lines end otherwise."""
        codes = [*self.codes, "99-9999.00", "15-1252"]
        pairs = [
            {"from": self.chance.choice(codes), "to": self.chance.choice(codes)}
            for _ in range(self.chance.randint(1, 40))
        ]
        body = (
            {"pairs": pairs} if self.chance.random() < 0.7 else {"from": self.chance.choice(codes)}
        )
        options = {
            name: value
            for name, value in self._options().items()
            if name not in ("explain", "format")
        }
        headers = {"Content-Type": "application/json"}
        return Question(
            "POST", "/skill-gaps?" + urlencode(options), headers, json.dumps(body).encode()
        )

    def _post(self, path: str, count: int) -> Question:
        named = self.chance.sample(self.elements, count)
        levels = {
            name: round(self.chance.uniform(0, 7), self.chance.randint(0, 2)) for name in named
        }
        levels |= self._some({"9.Z.9": 1}, 0.1)
        body = json.dumps({"profile": levels}).encode()
        headers = self._headers() | {"Content-Type": "application/json"}
        return Question("POST", path, headers, body)
