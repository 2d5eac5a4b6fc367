"""What a service knows of the companies: asked by domain, kept for a while, also that it knows
nothing.

Only domains of companies that the employer named are asked for: an address of a person is in no
request.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from loader.employer.settings import EmployerSettings
from loader.employer.store import AUDIT, Store
from loader.errors import LoaderError, SourceUnreachableError
from loader.http_client import Answer, RateLimitedClient, RetryableError

log = structlog.get_logger()

MEMBERS = ("industry", "revenue", "headcount")
MAX_CHARACTERS = 120
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")
_KNOWN_DOMAINS = """
select distinct lower(trim(domain)) from {table}
where load_id = (select max(load_id) from raw_load_file where table_name = '{table}')
  and trim(domain) <> ''
"""


@dataclass
class EnrichResult:
    """Domains by what became of them."""

    known: int = 0
    unknown: int = 0
    cached: int = 0
    stale: int = 0
    """Asked in vain: what was known before stays in use and is marked."""
    failed: int = 0
    """Asked in vain, and nothing was known before."""


def enrich_client(settings: EmployerSettings) -> RateLimitedClient:
    if not settings.enrich_url.startswith(("http://", "https://")):
        raise LoaderError("ENRICH_URL: expected an address that begins with http:// or https://")
    headers = {"Accept": "application/json"}
    return RateLimitedClient(
        settings.enrich_url,
        headers,
        rate=settings.enrich_rate,
        attempts=settings.enrich_attempts,
        timeout=settings.enrich_timeout,
    )


def enrich(settings: EmployerSettings, store: Store, client: RateLimitedClient) -> EnrichResult:
    """Asks for each known company's domain whose answer is not there or too old.

    Raises:
        SourceUnreachableError: the service was down for some of them; what was known is in use and
            marked as stale.
        LoaderError: the service refuses to answer at all.
    """
    store.prepare()
    domains = sorted(
        {
            domain
            for table in ("companies", "company_lookup")
            for (domain,) in store.query(_KNOWN_DOMAINS.format(table=table))
        }
    )
    oldest = _now() - timedelta(days=settings.enrich_cache_days)
    kept = dict(store.query("select domain, fetched_at from company_enrichment"))
    result = EnrichResult()
    down: SourceUnreachableError | None = None
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            log.warning("not a domain, not asked for", domain=domain)
            continue
        if domain in kept and kept[domain] > oldest:
            result.cached += 1
            continue
        try:
            if down:  # it was given its chances with the first one
                raise down
            known = client.ask("enrich/company", _read, params={"domain": domain})
        except SourceUnreachableError as error:
            down = error
            if domain in kept:
                store.query("update company_enrichment set is_stale = 1 where domain = ?", [domain])
                result.stale += 1
            else:
                result.failed += 1
            continue
        store.begin()
        store.query("delete from company_enrichment where domain = ?", [domain])
        values = [known.get(name) if known else None for name in MEMBERS]
        row = (domain, "known" if known else "unknown", 0, *values, _now())
        store.insert("company_enrichment", tuple(AUDIT["company_enrichment"][0]), [row])
        store.commit()
        if known:
            result.known += 1
        else:
            result.unknown += 1
    if down:
        raise SourceUnreachableError(
            f"{down} ({result.known + result.unknown} answered, {result.stale} go on with what "
            f"was known, {result.failed} without)"
        )
    return result


def _read(answer: Answer) -> dict[str, str | None] | None:
    """The members that are read, as text; None where the service does not know the company."""
    if answer.status in (404, 204):
        return None
    if answer.status != 200:
        raise LoaderError(f"the enrichment service answers HTTP {answer.status}; check ENRICH_URL")
    try:
        content = json.loads(answer.body)
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise RetryableError("the answer is not JSON") from None
    if not isinstance(content, dict) or not all(_is_text(content.get(name)) for name in MEMBERS):
        raise RetryableError(f"the answer is not an object with {', '.join(MEMBERS)} as text")
    if all(content.get(name) in (None, "") for name in MEMBERS):
        return None
    return {
        name: None if content.get(name) in (None, "") else str(content[name]) for name in MEMBERS
    }


def _is_text(value: Any) -> bool:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return True
    return isinstance(value, str) and len(value) <= MAX_CHARACTERS and value.isprintable()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
