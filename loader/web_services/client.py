"""A client of O*NET Web Services 2 (the database part): which tables there are, their columns,
their rows page by page.

Reads what 2.0 sends and, where the two differ, what 1.9 sent: a list of tables as an array or in
`table`, links as `next` or in `link`. Source: O*NET's reference manual and sample clients; what
they leave open is treated with suspicion and said so here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from loader.errors import LoaderError
from loader.http_client import Answer, RateLimitedClient, RetryableError
from loader.redact import is_storable

PAGE_ROWS = 2000
"""Rows of a page: the documented maximum."""
MAX_NAME = 120
"""Characters of a code, an id or a version: none that O*NET has comes near it."""

Row = dict[str, str | None]
"""A row by column id: numbers as the text that stood in the JSON, null as None."""


UNKNOWN = "unknown"
"""In the place of a version or a release that the service does not say."""

_TABLE_ID = re.compile(rf"\w{{1,{MAX_NAME}}}", re.ASCII)
_RELEASE = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,2})(?![\d.])", re.ASCII)
_RELEASE_OF_LINK = re.compile(
    r"/db_(\d{1,3})_(\d{1,2})(?:_|\b)|/dictionary/(\d{1,3})\.(\d{1,2})/", re.ASCII
)


class RejectedParameterError(LoaderError):
    """The service's 422: it takes no such parameter. By itself it says nothing about the data."""


@dataclass(frozen=True)
class Version:
    """What the service says of itself."""

    api: str
    release: str
    """The database release that it serves; `unknown` where it does not say, or says more than
    one."""


@dataclass(frozen=True)
class Description:
    """A table of the service: ids of its columns, and the release that its links lead to, where
    they name one."""

    columns: list[str]
    release: str | None


@dataclass(frozen=True)
class Page:
    """Rows `start` to `end` of `total`, counted from 1; end is start - 1 where there are none."""

    start: int
    end: int
    total: int
    rows: list[Row]
    next: str | None
    """Address of the page behind it; None at the last."""


class WebServices:
    """Asks through a polite client; see there for what is raised when it does not answer."""

    def __init__(self, client: RateLimitedClient) -> None:
        self._client = client

    def version(self, described: Iterable[Description] = ()) -> Version:
        """What `about` says and, of the release, what the links of described tables lead to.

        2.0 surely has `api_version`. 1.9 had the release in `database`; whether 2.0 says it
        anywhere is not known, but the links to a table's download and data dictionary carry it in
        their addresses.
        """
        found = self._client.ask("about", _object)
        releases = {each.release for each in described if each.release}
        if said := _RELEASE.search(str(found.get("database") or "")):
            releases.add(said[1])
        return Version(
            str(found.get("api_version") or UNKNOWN)[:MAX_NAME],
            releases.pop() if len(releases) == 1 else UNKNOWN,
        )

    def tables(self) -> list[str]:
        """Ids of the tables that the release of the day has: they change between releases, so they
        are asked for, not known."""

        def ids(answer: Answer) -> list[str]:
            content = _json(answer)
            listed = content.get("table") if isinstance(content, dict) else content
            if not isinstance(listed, list) or not all(
                isinstance(each, dict) and isinstance(each.get("table_id"), str) for each in listed
            ):
                raise RetryableError("the list of tables is not one")
            return [each["table_id"] for each in listed if _TABLE_ID.fullmatch(each["table_id"])]

        return self._client.ask("database", ids)

    def describe(self, table_id: str) -> Description:
        def read(answer: Answer) -> Description:
            found = _object(answer)
            listed = found.get("column")
            if not isinstance(listed, list) or not all(
                isinstance(each, dict) and isinstance(each.get("column_id"), str) for each in listed
            ):
                raise RetryableError(f"the columns of {table_id} are not listed")
            return Description([each["column_id"] for each in listed], _release_of_links(found))

        return self._client.ask(f"database/info/{table_id}", read)

    def first(self, table_id: str) -> Page:
        """A page with no more than the first row of a table, and how many it has."""
        return self._client.ask(
            f"database/rows/{table_id}",
            partial(_page, start=1),
            params=[("start", "1"), ("end", "1")],
        )

    def pages(self, table_id: str, filters: Sequence[str] = (), start: int = 1) -> Iterator[Page]:
        """The pages from row `start` on, whose rows pass every filter
        (`onetsoc_code.eq.11-1011.00`).

        Raises:
            RejectedParameterError: the service answers 422.
        """
        address = f"database/rows/{table_id}"
        params = [
            ("start", str(start)),
            ("end", str(start + PAGE_ROWS - 1)),
            *(("filter", each) for each in filters),
        ]
        while True:
            page = self._client.ask(address, partial(_page, start=start), params=params)
            yield page
            if page.next is None:
                return
            address, params, start = page.next, [], page.end + 1


def _page(answer: Answer, start: int) -> Page:
    """The page that begins at row `start`. One that does not, or does not hold what it says, is
    worth another try."""
    found = _object(answer)
    rows, total = found.get("row"), found.get("total")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RetryableError("a page without rows")
    first, last, total = (_whole(found.get(name)) for name in ("start", "end", "total"))
    if total == 0 or not rows:
        if rows or total >= start:
            raise RetryableError(f"{len(rows)} rows from {start} of {total}")
        return Page(start, start - 1, total, [], None)
    if (first, last) != (start, start + len(rows) - 1) or last > total:
        raise RetryableError(
            f"rows {first} to {last} of {total} are said to be here, and {len(rows)} are, from"
            f" {start} as asked"
        )
    link = _next(found)
    if last < total and link is None:
        raise RetryableError(f"rows {first} to {last} of {total}, and no link to the next")
    return Page(start, last, total, [_row(row) for row in rows], link if last < total else None)


def _next(found: dict[str, Any]) -> str | None:
    link = found.get("next")
    if link is None and isinstance(found.get("link"), list):
        link = next(
            (
                each.get("href")
                for each in found["link"]
                if isinstance(each, dict) and each.get("rel") == "next"
            ),
            None,
        )
    return link if isinstance(link, str) else None


def _row(row: dict[str, Any]) -> Row:
    if strange := [
        name for name, value in row.items() if not (value is None or is_storable(value))
    ]:
        raise RetryableError(f"column {strange[0]} of a row is neither a text nor a number")
    return row


def _release_of_links(found: dict[str, Any]) -> str | None:
    """The one release that the addresses of the data dictionary and of the downloads name."""
    download = found.get("download")
    links = [
        found.get("data_dictionary"),
        *(download.values() if isinstance(download, dict) else []),
    ]
    named = [
        match
        for link in links
        if isinstance(link, str) and (match := _RELEASE_OF_LINK.search(link))
    ]
    releases = {".".join(part for part in match.groups() if part) for match in named}
    return releases.pop() if len(releases) == 1 else None


def _whole(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch("[0-9]{1,12}", value):
        raise RetryableError("a page that does not say its start, end and total")
    return int(value)


def _json(answer: Answer) -> Any:
    """Numbers stay the text they are: what was published is not to pass through a float."""
    if answer.status != 200:
        raise _refusal(answer)
    try:
        return json.loads(answer.body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:  # too deep is no answer either
        raise RetryableError("not JSON, or cut off") from error


def _object(answer: Answer) -> dict[str, Any]:
    content = _json(answer)
    if not isinstance(content, dict):
        raise RetryableError("not a JSON object")
    return content


def _refusal(answer: Answer) -> Exception:
    try:
        said = json.loads(answer.body)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        said = ""
    message = f"O*NET Web Services: HTTP {answer.status}{f', {str(said)[:200]}' if said else ''}"
    return (
        RejectedParameterError(message)
        if answer.status == 422
        else LoaderError(f"{message}; check ONET_API_URL")
    )
