"""The client of O*NET Web Services against a server that speaks its protocol and misbehaves:
nothing is lost, nothing comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from loader.errors import LoaderError, SourceUnreachableError
from loader.http_client import MAX_RETRY_AFTER_SECONDS, RateLimit, RateLimitedClient
from loader.web_services.client import UNKNOWN, RejectedParameterError, Row, WebServices
from tests.support.onet_service import (
    Fault,
    Service,
    changed,
    cut_off,
    drip,
    drip_headers,
    hung_up,
    rating,
    serve,
    status,
)

ROWS = [
    rating(f"11-{number:04d}.00", "2.A.1.a", scale, number % 7 + 0.25)
    for number in range(2250)
    for scale in ("IM", "LV")
]


@dataclass
class Asking:
    """A client on a fake service, and how long it would have waited each time."""

    service: Service
    client: RateLimitedClient
    waits: list[float] = field(default_factory=list)

    @property
    def services(self) -> WebServices:
        return WebServices(self.client)

    def rows(self, *filters: str) -> list[Row]:
        return [row for page in self.services.pages("skills", filters) for row in page.rows]


@contextmanager
def asking(service: Service, key: str | None = None, **settings: Any) -> Iterator[Asking]:
    waits: list[float] = []
    with serve(service):
        limits = {"rate": 100_000.0, "attempts": 6, "timeout": 20.0} | settings
        client = RateLimitedClient(
            service.url, {"X-API-Key": key or service.key}, sleep=waits.append, **limits
        )
        with closing(client):
            yield Asking(service, client, waits)


def as_text(row: dict[str, Any]) -> Row:
    return {name: None if value is None else str(value) for name, value in row.items()}


@pytest.mark.parametrize("old_style", [False, True])
def test_every_row_once_in_both_forms_of_the_protocol(old_style: bool) -> None:
    with asking(Service({"skills": ROWS}, old_style=old_style)) as there:
        assert there.services.tables()[-1] == "skills"
        assert "standard_error" in there.services.describe("skills").columns
        assert there.rows() == [as_text(row) for row in ROWS]
        starts = [(asked["start"], asked["end"]) for asked in there.service.asked_for_rows()]
        assert starts == [(["1"], ["2000"]), (["2001"], ["4000"]), (["4001"], ["6000"])]


def test_numbers_keep_the_text_they_came_as_and_null_is_none() -> None:
    given = [
        rating("11-1011.00", "2.A.1.a", "LV", 4, standard_error=0.1102, n=None, upper_ci_bound=4.70)
    ]
    with asking(Service({"skills": given})) as there:
        [row] = there.rows()
        assert (row["data_value"], row["standard_error"], row["n"], row["upper_ci_bound"]) == (
            "4",
            "0.1102",
            None,
            "4.7",
        )


def test_filters_must_all_match() -> None:
    with asking(Service({"skills": ROWS})) as there:
        [row] = there.rows("onetsoc_code.eq.11-0007.00", "scale_id.eq.LV")
        assert (row["onetsoc_code"], row["scale_id"]) == ("11-0007.00", "LV")
        assert there.rows("onetsoc_code.eq.99-9999.00") == []


def test_a_parameter_that_is_refused_is_said_as_such() -> None:
    service = Service({"skills": ROWS}, refused_codes=frozenset({"55-1011.00"}))
    with (
        asking(service) as there,
        pytest.raises(RejectedParameterError, match=r"HTTP 422, .*no data"),
    ):
        there.rows("onetsoc_code.eq.55-1011.00")


@pytest.mark.parametrize(
    ("where", "found"), [("in links", "30.3"), ("in about", "30.3"), ("nowhere", UNKNOWN)]
)
def test_the_release_is_learned_from_whatever_says_it(where: str, found: str) -> None:
    with asking(Service({"skills": ROWS[:2]}, says_release=where)) as there:  # type: ignore[arg-type]
        version = there.services.version([there.services.describe("skills")])
        assert (version.api, version.release) == ("2.0.1", found)


def test_releases_that_disagree_are_none() -> None:
    with asking(Service({"skills": ROWS[:2]}, says_release="in about")) as there:
        described = there.services.describe("skills")
        assert there.services.version([replace(described, release="31.0")]).release == UNKNOWN
        assert there.services.version([replace(described, release="30.3")]).release == "30.3"


@pytest.mark.parametrize(
    "fault",
    [
        *(status(429), status(429, Retry_After="1"), status(500), status(503), cut_off, hung_up),
        changed(start=1, end=2000, row=ROWS[:2000]),  # the page before, a second time
        changed(row=ROWS[2000:3000]),  # half of the page
        changed(row=[], end=2000),
        changed(next=None),
        changed(total=None),
        changed(row=None),
    ],
)
def test_what_passes_is_asked_again_and_no_row_is_lost(fault: Fault) -> None:
    with asking(Service({"skills": ROWS})) as there:
        there.service.faults.extend([changed(), fault, fault])
        assert there.rows() == [as_text(row) for row in ROWS]
        assert (there.client.requests, there.client.retries) == (5, 2)


def test_waits_double_unless_the_service_says_how_long() -> None:
    with asking(Service({"skills": ROWS[:10]})) as there:
        silent, speaking = status(429), status(429, Retry_After="7")
        there.service.faults.extend(
            [silent, silent, speaking, status(429, Retry_After="0"), silent]
        )
        assert len(there.rows()) == 10
        assert there.waits == [0.2, 0.4, 7.0, 0.2, 3.2]


def test_a_storm_that_does_not_pass_ends_the_run_in_words() -> None:
    with asking(Service({"skills": ROWS})) as there:
        there.service.faults.extend([status(429)] * 100)
        with pytest.raises(SourceUnreachableError, match="HTTP 429, after 6 attempts"):
            there.rows()
        assert there.client.requests == 6


def test_a_service_that_wants_to_be_left_alone_for_long_is() -> None:
    with asking(Service({"skills": ROWS})) as there:
        there.service.faults.append(status(429, Retry_After=str(int(MAX_RETRY_AFTER_SECONDS) + 1)))
        with pytest.raises(SourceUnreachableError, match="not to be asked again for 121 s"):
            there.rows()
        assert there.waits == []


def test_an_answer_that_drips_is_given_up_and_asked_for_again() -> None:
    with asking(Service({"skills": ROWS[:10]}), timeout=0.5) as there:
        there.service.faults.append(drip)
        assert len(there.rows()) == 10
        assert there.client.retries == 1


def test_headers_that_drip_are_given_up_too() -> None:
    with asking(Service({"skills": ROWS[:10]}), timeout=0.5) as there:
        there.service.faults.append(drip_headers)
        assert len(there.rows()) == 10
        assert there.client.retries == 1


def test_a_wrong_key_is_refused_at_once_and_never_repeated() -> None:
    """With the page of a proxy, 403 and HTML."""
    with asking(Service({"skills": ROWS}), key="another-key-77") as there:
        with pytest.raises(LoaderError, match=r"refuses the key \(HTTP 403\)") as refused:
            there.services.version()
        assert there.service.asked == ["/about"]
        assert "another-key-77" not in str(refused.value)


def test_the_key_goes_to_no_other_host() -> None:
    with asking(Service({"skills": ROWS})) as there, serve(Service({"skills": ROWS})) as elsewhere:
        for fault in (
            changed(next=f"{elsewhere.url}/database/rows/skills?start=2001"),
            status(302, Location=elsewhere.url),
        ):
            there.service.faults.append(fault)
            with pytest.raises(LoaderError, match="not followed"):
                there.rows()
        assert elsewhere.asked == []


def test_pace_keeps_calls_apart() -> None:
    now, starts = [100.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = RateLimit(4, clock=lambda: now[0], sleep=sleep)
    for work in (0.0, 0.1, 1.0, 0.0):
        pace.wait()
        starts.append(now[0])
        now[0] += work
    assert starts == [100.0, 100.25, 100.5, 101.5]
