"""The embedded engine: the immutable SQLite file of the publication that `live/current` names."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import structlog

from api.database.base import (
    MAX_STATEMENTS,
    DatabaseUnavailableError,
    NoPublicationError,
    Params,
    Record,
    Row,
    Statement,
    Usage,
    name_columns,
    read_build_id,
)
from api.queries.publication import BUILD_ID
from api.queries.skill_gap import SKILL_GAP
from api.settings import Settings
from sqlite_functions import register

log = structlog.get_logger("api.database")

MAX_THREADS = min(4, os.cpu_count() or 1)
"""Long statements that run at a time; SQLite lets other threads run meanwhile."""
LAYOUT = 1
"""`user_version` of the files that this version reads."""

_DAMAGED = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_READONLY,
    }
)
_OUT_OF_SPACE = frozenset({sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_FULL})


@lru_cache(maxsize=MAX_STATEMENTS)
def _adapt(statement: str) -> str:
    """The text as SQLite takes it: the views of a file have no schema, and it has a name of its own
    for a text's length."""
    return statement.replace("{name}.", "").replace("char_length(", "length(")


class ForeignFileError(sqlite3.DatabaseError):
    """A file that is none of ours, or of another version's layout."""


def _connect(path: Path) -> sqlite3.Connection:
    """Raises sqlite3.Error where the file is absent, no database, or of another layout."""
    if path.exists() and not path.is_file():
        raise ForeignFileError("it is no regular file, and to open it could take for ever")
    # Immutable: no lock is taken and no change looked for. No mmap: a file cut short would end the
    # process.
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro&immutable=1",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=MAX_STATEMENTS,
    )
    try:
        register(connection)
        # some builds do not let a view call what is registered
        connection.execute("pragma trusted_schema = 1")
        ((layout,),) = connection.execute("pragma user_version").fetchall()
    except BaseException:
        connection.close()
        raise
    if layout != LAYOUT:
        connection.close()
        raise ForeignFileError(f"its layout is {layout}, and this version reads {LAYOUT}")
    return connection


class Publication:
    """One immutable file, open for reading: a connection for the event loop, and some for threads.

    Whoever reads holds it; `retire` closes what nobody uses, and each reader what it has used.
    """

    def __init__(self, stamp: tuple[int, ...], path: Path) -> None:
        """Raises sqlite3.Error where the file is absent, no database, or of another layout."""
        self.stamp = stamp
        self.path = path
        self._spare: list[sqlite3.Connection] = []
        self._is_current = True
        self._lock = threading.Lock()
        self._connection = _connect(path)
        self.build_id: str | None = None

    def fetch_plain(self, statement: str, params: Params) -> list[Row]:
        """In the event loop, without names."""
        return self._connection.execute(_adapt(statement), params).fetchall()

    def fetch(self, statement: str, params: Params) -> list[Record]:
        """In the event loop."""
        return _fetch(self._connection, statement, params)

    def fetch_in_thread(self, statements: Sequence[Statement]) -> list[list[Record]]:
        """In any other thread."""
        with self._lock:
            connection = self._spare.pop() if self._spare else None
        connection = connection or _connect(self.path)
        try:
            return [_fetch(connection, text, params) for text, params in statements]
        finally:
            with self._lock:
                if self._is_current:
                    self._spare.append(connection)
                else:
                    connection.close()

    def retire(self) -> None:
        """Another one has taken its place."""
        with self._lock:
            self._is_current = False
            for connection in (self._connection, *self._spare):
                connection.close()
            self._spare.clear()


def _fetch(connection: sqlite3.Connection, statement: str, params: Params) -> list[Record]:
    cursor = connection.execute(_adapt(statement), params)
    return name_columns(cursor.description, cursor.fetchall())


def _file_stamp(path: Path) -> tuple[int, ...]:
    """What tells a file from the one that was there before; nothing where there is none."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ino, status.st_size


class SQLiteDatabase:
    """Follows the pointer file: a look at its inode and time per request, a new connection when
    they changed.

    A publication that cannot be opened never replaces one that can be read: readers stay on what
    they have and the log says why. Nor does a pointer that is gone. A file that turns out to be
    damaged is read no more, by nobody, until it or the pointer is another one.
    """

    def __init__(self, settings: Settings) -> None:
        self._pointer = settings.warehouse_dir / "live" / "current"
        self._publication: Publication | None = None
        self._refused: tuple[int, ...] | None = None
        self._damaged: tuple[Path, tuple[int, ...]] | None = None
        self._threads = ThreadPoolExecutor(MAX_THREADS, "sqlite")
        self.usage = Usage(MAX_THREADS)

    async def fetch(self, statement: str, params: Params, *, is_long: bool = False) -> list[Record]:
        if is_long:
            [rows] = await self.fetch_together([(statement, params)], is_long=True)
            return rows
        publication = self._current()
        try:
            return publication.fetch(statement, params)
        except sqlite3.Error as error:
            raise self._translate(error, publication) from error

    async def fetch_together(
        self, statements: Sequence[Statement], *, is_long: bool = False
    ) -> list[list[Record]]:
        # an immutable file: whatever is published meanwhile, all read this one
        publication = self._current()
        try:
            if not is_long:
                return [publication.fetch(text, params) for text, params in statements]
            loop = asyncio.get_running_loop()
            with self.usage.track_use():
                return await loop.run_in_executor(
                    self._threads, publication.fetch_in_thread, statements
                )
        except sqlite3.Error as error:
            raise self._translate(error, publication) from error

    async def fetch_skill_gap(
        self, from_code: str, to_code: str, domain: str
    ) -> tuple[str, list[Row]]:
        publication = self._current()
        params = {"from_code": from_code, "to_code": to_code, "domain": domain}
        try:
            rows = publication.fetch_plain(SKILL_GAP, params)
            return self._build_id_of(publication), rows
        except sqlite3.Error as error:
            raise self._translate(error, publication) from error

    async def build_id(self) -> str:
        publication = self._current()
        try:
            return self._build_id_of(publication)
        except sqlite3.Error as error:
            raise self._translate(error, publication) from error

    async def close(self) -> None:
        self._threads.shutdown()
        if self._publication is not None:
            self._publication.retire()
            self._publication = None

    @staticmethod
    def _build_id_of(publication: Publication) -> str:
        if publication.build_id is None:  # an immutable file: asked once
            publication.build_id = read_build_id(publication.fetch(BUILD_ID, {}))
        return publication.build_id

    def _translate(self, error: sqlite3.Error, publication: Publication) -> Exception:
        """What a failure is to the reader; itself where it is a mistake of ours."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
        text = str(error)
        if code == sqlite3.SQLITE_ERROR and text.startswith(("no such table", "no such column")):
            advice = "published by an earlier version: `make build` publishes again"
            log.warning("views_missing", file=publication.path.name, error=text, advice=advice)
            return DatabaseUnavailableError()
        if code in _OUT_OF_SPACE:
            log.warning("database_unavailable", file=publication.path.name, error=text)
            return DatabaseUnavailableError()
        # Whatever SQLite finds in a file that it cannot read. Its views may be what is unreadable.
        if (
            code in _DAMAGED
            or isinstance(error, ForeignFileError)
            or text.startswith("malformed database schema")
        ):
            self._mark_damaged(publication, error)
            return DatabaseUnavailableError()
        return error

    def _mark_damaged(self, publication: Publication, error: Exception) -> None:
        """Reads a damaged file no more: half of the responses would be there, and the service would
        call itself ready."""
        if self._publication is publication:
            publication.retire()
            self._publication = None
            self._damaged = publication.path, _file_stamp(publication.path)
            advice = (
                "publish again, or put the file back from a copy; it is looked at again once it has"
                " changed"
            )
            log.error(
                "publication_damaged", file=publication.path.name, error=str(error), advice=advice
            )

    def _current(self) -> Publication:
        """What the pointer names now, or, where that cannot be read, what it named before."""
        publication = self._publication
        if publication is not None and publication.stamp == self._stamp(publication):
            return publication
        return self._switch()

    def _switch(self) -> Publication:
        """Open what the pointer names now."""
        previous, error = self._publication, None
        # A publisher may switch the pointer and prune while we are between reading it and opening
        # the file.
        for _ in range(3):
            stamp = self._stamp(previous)
            if previous is not None and previous.stamp == stamp:
                return previous
            try:
                named = Path(self._pointer.read_text(encoding="utf-8").strip()).name
                path = (self._pointer.parent / named).with_suffix(".sqlite")
                if self._damaged == (path, _file_stamp(path)):
                    raise DatabaseUnavailableError
                opened = Publication(stamp, path)
            except (sqlite3.Error, OSError, ValueError) as failure:
                error = failure
                continue
            if previous is not None:
                previous.retire()
            self._publication = opened
            self._refused = self._damaged = None
            log.info("publication_opened", file=path.name)
            return opened
        if self._refused != stamp:
            self._refused = stamp
            advice = "`make build` publishes again"
            still = previous.path.name if previous else None
            log.error(
                "publication_unreadable", error=str(error), still_serving=still, advice=advice
            )
        if previous is None:
            raise DatabaseUnavailableError from error
        return previous

    def _stamp(self, previous: Publication | None) -> tuple[int, ...]:
        """The pointer's; where it is gone, that of what is open, which then stays."""
        try:
            # without a Path object around it, on every request
            status = os.stat(self._pointer)  # noqa: PTH116
        except OSError as error:
            if previous is None:
                if isinstance(error, FileNotFoundError):
                    raise NoPublicationError from error
                log.warning("database_unavailable", error=str(error))
                raise DatabaseUnavailableError from error
            if self._refused != ():
                self._refused = ()
                log.warning(
                    "publication_unreadable", error=str(error), still_serving=previous.path.name
                )
            return previous.stamp
        return status.st_mtime_ns, status.st_ino, status.st_size
