"""Asks O*NET Web Services for the ratings that the landed release lacks. What it answers lands
beside the release, never over it.

The work is cut in scopes: one table of the service for one occupation, or for all of them. Each
page is written together with how far its scope is read, so that an interrupted run goes on at the
page it had reached. A scope that is complete for the service's release of the day is not asked for
again; of a table in a newer release, only what is dated after the newest row that is here. A
service that does not say which release it serves is asked for everything each time, from the first
row: what it gave before may be of another one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from loader.errors import LoaderError
from loader.http_client import RateLimitedClient
from loader.release import SAMPLE
from loader.settings import Settings
from loader.side_tables import SUPPLEMENT_LOAD, SUPPLEMENT_RATING, SUPPLEMENT_SCOPE
from loader.store import Store, open_store
from loader.web_services.client import (
    MAX_NAME,
    UNKNOWN,
    Description,
    RejectedParameterError,
    Row,
    Version,
    WebServices,
)

log = structlog.get_logger()

DOMAINS = ("skills", "knowledge", "abilities", "work_activities")
"""The raw tables of a release that rate a level; a table of the service belongs to the one that its
id ends in."""

EVERY = "*"
"""In the place of an occupation's code: all that the table has."""

RESTARTS = 3
"""How often a table that changes while it is read is begun anew."""

_KEY = SUPPLEMENT_RATING.key
_MEASURED = tuple(SUPPLEMENT_RATING.columns)[4:13]

OnScope = Callable[[int, int], None]
"""Told how many scopes are done, of how many."""


@dataclass(frozen=True)
class SupplementRequest:
    """What to ask for: the unrated occupations, some occupations, or a whole table."""

    missing: bool = False
    occupations: tuple[str, ...] = ()
    every_of: str | None = None
    again: bool = False
    """Also what was answered already for the service's release of the day."""

    def __str__(self) -> str:
        if self.missing:
            return "unrated occupations"
        return f"all of {self.every_of}" if self.every_of else ", ".join(self.occupations)


@dataclass
class SupplementResult:
    """What became of a run."""

    load_id: int
    version: Version
    landed_release: str
    """The release that lies beside what was asked for; `differs` where the service is not known to
    serve the same."""
    scopes_asked: int = 0
    scopes_known: int = 0
    rows_landed: int = 0
    occupations: set[str] = field(default_factory=set)
    """Those that the service gave a rating of."""

    @property
    def differs(self) -> bool:
        return self.version.release != self.landed_release


@dataclass(frozen=True)
class _Scope:
    table_id: str
    onetsoc_code: str

    @property
    def key(self) -> dict[str, str]:
        return {"table_id": self.table_id, "onetsoc_code": self.onetsoc_code}

    @property
    def filters(self) -> list[str]:
        return [] if self.onetsoc_code == EVERY else [f"onetsoc_code.eq.{self.onetsoc_code}"]


@dataclass(frozen=True)
class _Checkpoint:
    """How far an earlier run read a scope: a row of `supplement_scope`."""

    state: str
    next_start: int
    total: int | None
    newest_update: str | None
    service_release: str


class _PagesMovedError(Exception):
    """The table changed while its pages were read: what was read does not fit together."""


def open_web_services_client(
    settings: Settings, sleep: Callable[[float], None] = time.sleep
) -> RateLimitedClient:
    """A client with the key of the settings. Raises LoaderError where there is none."""
    if not (key := settings.onet_key):
        raise LoaderError(
            "O*NET Web Services needs a key: set ONET_API_KEY or ONET_API_KEY_FILE (made under My"
            " Account on services.onetcenter.org)"
        )
    return RateLimitedClient(
        settings.onet_api_url,
        {"X-API-Key": key, "Accept": "application/json"},
        rate=settings.onet_api_rate,
        attempts=settings.onet_api_attempts,
        timeout=settings.onet_api_timeout,
        sleep=sleep,
    )


def supplement(
    settings: Settings,
    client: RateLimitedClient,
    wanted: SupplementRequest,
    on_scope: OnScope | None = None,
) -> SupplementResult | None:
    """Asks for what is wanted, scope by scope. None where the unrated of the invented sample are
    wanted: it has none.

    Raises:
        SourceUnreachableError: the service did not answer; what it answered before is kept, and the
            next run goes on there.
        LoaderError: nothing is landed, an occupation or table is not there, or the service's
            answers do not fit together.
    """
    with open_store(settings) as store:
        store.prepare()
        newest = store.newest_complete_load()
        if newest is None:
            raise LoaderError(
                "nothing is landed yet that could be supplemented: run `python -m loader land`"
                " first"
            )
        if newest.release == SAMPLE:
            if wanted.missing:
                log.info(
                    "the landed release is the invented sample; O*NET's own ratings are not mixed"
                    " into it"
                )
                return None
            raise LoaderError(
                "the landed release is the invented sample; O*NET's own ratings are not mixed into"
                " it. Land a release first"
            )
        listed = [
            code for (code,) in store.current_rows("occupation_data", ["onetsoc_code"]) if code
        ]
        rated = {
            domain: {code for (code,) in store.current_rows(domain, ["onetsoc_code"])}
            for domain in DOMAINS
            if wanted.missing
        }
    if strange := sorted(set(wanted.occupations) - set(listed)):
        raise LoaderError(
            f"{', '.join(strange)}: not listed by the landed release, O*NET {newest.release}"
        )
    services = WebServices(client)
    tables, described = _rating_tables(services)
    version = services.version(described)
    if version.release != newest.release:
        log.warning(
            (
                "O*NET Web Services does not say which release it serves"
                if version.release == UNKNOWN
                else "O*NET Web Services serves another release than the one that is landed"
            ),
            service_release=version.release,
            landed_release=newest.release,
        )
    if wanted.every_of:
        if wanted.every_of not in tables:
            raise LoaderError(
                f"{wanted.every_of}: no table of ratings of the service; it has {', '.join(tables)}"
            )
        scopes = [_Scope(wanted.every_of, EVERY)]
    else:
        scopes = [
            _Scope(table, code)
            for code in (listed if wanted.missing else wanted.occupations)
            for table, domain in tables.items()
            if not wanted.missing or code not in rated[domain]
        ]
    return _Run(settings, client, services, SupplementResult(0, version, newest.release)).run(
        wanted, scopes, on_scope
    )


def _rating_tables(services: WebServices) -> tuple[dict[str, str], list[Description]]:
    """Table of the service → the release's table of that domain, for the tables that rate a level,
    known by their columns.

    Beside it the descriptions of all tables that were looked at.
    """
    shape = {*_KEY, *_MEASURED}
    found, described = {}, []
    for table_id in services.tables():
        domain = next((each for each in DOMAINS if table_id.endswith(each)), None)
        if domain and len(table_id) <= MAX_NAME:
            described.append(services.describe(table_id))
            columns = set(described[-1].columns)
            if shape <= columns and "category" not in columns:
                found[table_id] = domain
    if not found:
        raise LoaderError(
            "O*NET Web Services lists no table with the columns of a rating"
            f" ({', '.join(sorted(shape))})"
        )
    return found, described


class _Run:
    """One run: its load, and what it has done so far."""

    def __init__(
        self,
        settings: Settings,
        client: RateLimitedClient,
        services: WebServices,
        done: SupplementResult,
    ) -> None:
        self._settings, self._client, self._services = settings, client, services
        self._done = done
        self._controlled: set[str] = set()
        """The tables of which a control request was answered."""

    def run(
        self, wanted: SupplementRequest, scopes: Sequence[_Scope], on_scope: OnScope | None
    ) -> SupplementResult:
        started_at = _now()
        names = [
            *SUPPLEMENT_SCOPE.key,
            "state",
            "next_start",
            "total",
            "newest_update",
            "service_release",
        ]
        with open_store(self._settings) as store:
            loads = store.side_rows(SUPPLEMENT_LOAD, ["load_id"])
            self._done.load_id = max((load_id for (load_id,) in loads), default=0) + 1
            marks = {
                _Scope(row[0], row[1]): _Checkpoint(*row[2:])
                for row in store.side_rows(SUPPLEMENT_SCOPE, names)
            }
            self._record(store, wanted, "running", started_at)
        state, error = "failed", "interrupted"
        try:
            for number, scope in enumerate(scopes, 1):
                mark = marks.get(scope)
                if (
                    mark
                    and mark.state == "complete"
                    and self._is_same_release(mark)
                    and not wanted.again
                ):
                    self._done.scopes_known += 1
                else:
                    self._ask(scope, None if wanted.again else mark)
                    self._done.scopes_asked += 1
                if on_scope:
                    on_scope(number, len(scopes))
            state, error = "complete", ""
        except LoaderError as failure:
            error = str(failure)
            raise
        finally:
            with open_store(self._settings) as store:
                self._record(store, wanted, state, started_at, error)
        return self._done

    def _is_same_release(self, mark: _Checkpoint) -> bool:
        return mark.service_release == self._done.version.release != UNKNOWN

    def _ask(self, scope: _Scope, mark: _Checkpoint | None) -> None:
        """Reads the scope to its end: what is newer than the mark, or from the row that an earlier
        run reached, or from the first."""
        start, total = 1, None
        is_known = mark is not None and UNKNOWN not in (
            mark.service_release,
            self._done.version.release,
        )
        if mark and mark.state == "running" and self._is_same_release(mark):
            start, total = mark.next_start, mark.total
        elif (
            mark
            and mark.state == "complete"
            and mark.newest_update
            and is_known
            and self._ask_newer(scope, mark.newest_update)
        ):
            return None
        moved: _PagesMovedError | None = None
        for _ in range(RESTARTS + 1):
            try:
                return self._read(scope, start, total)
            except RejectedParameterError as refusal:
                if scope.onetsoc_code == EVERY:
                    raise
                self._require_accepted_form(scope, refusal)
                return self._write(
                    scope, [], {"state": "complete", "total": 0, "note": str(refusal)}
                )
            except _PagesMovedError as error:
                log.warning(
                    "the table changed while it was read: from its first row again",
                    **scope.key,
                    reason=str(error),
                )
                moved, start, total = error, 1, None
                self._write(scope, [], {"state": "running", "next_start": 1})
        raise LoaderError(
            f"O*NET Web Services, {scope.table_id}: {moved}, {RESTARTS + 1} times over. Run the"
            " command again later"
        )

    def _require_accepted_form(self, scope: _Scope, refusal: RejectedParameterError) -> None:
        """Lets a 422 pass as "no data" only where the same request for an occupation that the table
        rates is answered with rows.

        Raises:
            LoaderError: it is not: the service does not take such a request, which says nothing
                about the occupation.
        """
        if scope.table_id in self._controlled:
            return
        rated = next(
            (row.get("onetsoc_code") for row in self._services.first(scope.table_id).rows), None
        )
        answered = False
        if rated:
            with suppress(RejectedParameterError):
                control = _Scope(scope.table_id, rated)
                answered = any(
                    page.rows for page in self._services.pages(control.table_id, control.filters)
                )
        if not answered:
            raise LoaderError(
                f"{refusal}. So it answers for {rated or 'every occupation'} too, which shows that"
                f" it does not take this form of request ({scope.table_id},"
                f" {', '.join(scope.filters)}). Nothing is recorded of {scope.onetsoc_code}"
            ) from refusal
        self._controlled.add(scope.table_id)

    def _ask_newer(self, scope: _Scope, newest_update: str) -> bool:
        """Whether the table is whole once its rows that are dated after the mark are read.

        The manual shows no operator for dates; a service that does not take `gt`, or whose new
        release lacks or adds rows without a newer date, is read from the first row instead.
        """
        try:
            for page in self._services.pages(
                scope.table_id, [*scope.filters, f"date_updated.gt.{newest_update}"]
            ):
                for row in page.rows:
                    _key(scope, row)
                self._write(scope, page.rows, None)
        except RejectedParameterError:
            return False
        total = self._services.first(scope.table_id).total
        newest, count = self._stored(scope.table_id)
        if count == total:
            self._write(scope, [], {"state": "complete", "total": total, "newest_update": newest})
        return count == total

    def _read(self, scope: _Scope, start: int, total: int | None) -> None:
        seen: set[tuple[str | None, ...]] = set()
        for page in self._services.pages(scope.table_id, scope.filters, start):
            if total not in (None, page.total):
                raise _PagesMovedError(f"there were {total} rows, now there are {page.total}")
            total = page.total
            keys = [_key(scope, row) for row in page.rows]
            if len(seen.union(keys)) != len(seen) + len(keys):
                raise _PagesMovedError(f"rows {page.start} to {page.end} repeat a rating")
            seen.update(keys)
            is_last = page.next is None
            whole_occupation = is_last and scope.onetsoc_code != EVERY
            state = "complete" if whole_occupation else "running"
            note = None if page.total else "the service has no row of it"
            self._write(
                scope,
                page.rows,
                {"state": state, "next_start": page.end + 1, "total": page.total, "note": note},
            )
            if is_last and not whole_occupation:
                newest, count = self._stored(scope.table_id, of_release=True)
                if count < total:
                    raise _PagesMovedError(f"{total} rows were announced, {count} are here")
                self._write(
                    scope, [], {"state": "complete", "total": total, "newest_update": newest}
                )

    def _stored(self, table_id: str, *, of_release: bool = False) -> tuple[str | None, int]:
        """The newest date among the rows that are here of a table, and how many they are; or only
        of the service's release.

        Where that is not known, only those of this run are surely of one release.
        """
        where: dict[str, Any] = {"table_id": table_id}
        release = self._done.version.release
        if of_release:
            where["service_release"] = release
            if release == UNKNOWN:
                where["load_id"] = self._done.load_id
        with open_store(self._settings) as store:
            dates = [
                date for (date,) in store.side_rows(SUPPLEMENT_RATING, ["date_updated"], where)
            ]
        return max((date for date in dates if date), default=None), len(dates)

    def _write(self, scope: _Scope, rows: Sequence[Row], reached: dict[str, Any] | None) -> None:
        """Rows and how far their scope is read, in one step."""
        of_load = {"load_id": self._done.load_id, "service_release": self._done.version.release}
        at = _now()
        ratings = [
            {name: row.get(name) for name in (*_KEY, *_MEASURED)}
            | {"table_id": scope.table_id, "fetched_at": at, "api_version": self._done.version.api}
            | of_load
            for row in rows
        ]
        scopes = [{**scope.key, **of_load, **reached, "asked_at": at}] if reached else []
        with open_store(self._settings) as store:
            store.upsert((SUPPLEMENT_RATING, ratings), (SUPPLEMENT_SCOPE, scopes))
        self._done.rows_landed += len(ratings)
        self._done.occupations |= {str(row["onetsoc_code"]) for row in rows}

    def _record(
        self,
        store: Store,
        wanted: SupplementRequest,
        state: str,
        started_at: datetime,
        error: str = "",
    ) -> None:
        done, client = self._done, self._client
        store.upsert(
            (
                SUPPLEMENT_LOAD,
                [
                    {
                        "load_id": done.load_id,
                        "asked_for": str(wanted),
                        "address": self._settings.onet_api_url,
                        "api_version": done.version.api,
                        "service_release": done.version.release,
                        "state": state,
                        "scopes_asked": done.scopes_asked,
                        "scopes_known": done.scopes_known,
                        "rows_landed": done.rows_landed,
                        "requests": client.requests,
                        "retries": client.retries,
                        "bytes": client.bytes,
                        "started_at": started_at,
                        "finished_at": None if state == "running" else _now(),
                        "error": error or None,
                    }
                ],
            )
        )


def _key(scope: _Scope, row: Row) -> tuple[str | None, ...]:
    key = tuple(row.get(name) for name in _KEY)
    if not all(part and len(part) <= MAX_NAME for part in key):
        raise LoaderError(
            f"O*NET Web Services, {scope.table_id}: a row lacks one of {', '.join(_KEY)}; nothing"
            " of its page was landed"
        )
    if scope.onetsoc_code not in (EVERY, key[0]):
        raise LoaderError(
            f"O*NET Web Services, {scope.table_id}: asked for {scope.onetsoc_code}, it answers with"
            f" {key[0]}: it did not take the filter"
        )
    return key


def _now() -> datetime:
    """UTC, without a zone: both engines' columns have none."""
    return datetime.now(UTC).replace(tzinfo=None)
