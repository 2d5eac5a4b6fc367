"""The one place where the engines differ: how a statement of queries.py reaches the published views, and what its failures mean."""

import itertools
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

import structlog

from api import queries
from api.settings import Settings

if TYPE_CHECKING:
    import duckdb

Row = tuple[Any, ...]
Parameters = Mapping[str, object]

log = structlog.get_logger("api.database")

STATEMENTS = 64
"""Texts that are kept as the driver takes them, the last used ones. Each may take DuckDB half a
megabyte, and parsing one again costs a tenth of a pair: those in use are kept, not all that there are."""

_PLACEHOLDER = re.compile(r"(?<!:):([a-z_]+)")


class NoPublicationError(Exception):
    """The warehouse has never been published: no views to select from."""


class DatabaseUnavailableError(Exception):
    """The warehouse cannot be reached or read now. The reason is in the log, never in this message: it may end up in an answer."""


class Database(Protocol):
    """Runs statements from any thread. Decimals come as float, times as naive UTC."""

    def fetch(self, statement: str, parameters: Parameters) -> list[Row]:
        """All rows. Raises NoPublicationError or DatabaseUnavailableError."""

    def fetch_together(self, asked: Sequence[tuple[str, Parameters]]) -> list[list[Row]]:
        """All rows of each statement, all of one publication. Raises as `fetch` does."""

    def build_id(self) -> str:
        """What is published now. Raises as `fetch` does."""

    def close(self) -> None:
        """Give back every connection."""


def open_database(settings: Settings) -> Database:
    """The database that the settings name. Connects to nothing yet, so that the service starts before its warehouse."""
    return MySQLDatabase(settings) if settings.warehouse_engine == "mysql" else DuckDBDatabase(settings)


def _adapter(warehouse_name: str, placeholder: str, finish: Callable[[str], Any] = str) -> Callable[[str], Any]:
    """Turns a text of queries.py into what the driver takes, once per text that is in use."""

    @lru_cache(maxsize=STATEMENTS)
    def adapt(statement: str) -> Any:
        return finish(_PLACEHOLDER.sub(placeholder, statement.replace("{name}", warehouse_name)))

    return adapt


class Prepared(NamedTuple):
    """A statement that one MySQL connection has parsed already."""

    name: str
    set_parameters: str
    execute: str


class MySQLDatabase:
    """A pool of autocommitting PyMySQL connections. What a dead one was asked is asked again, so a restart of the server costs no request.

    Each connection prepares the statements that it meets: resolving the nested views is half of what a gap costs MySQL.
    """

    _PREPARED = 64  # statements that a connection keeps, of those it used last

    # The statement is at fault: a mistake of ours. Whatever else the server says is about itself, the way to it or what it may read:
    # no rights, a definer or a table that is gone, no room, too many of something, damaged pages, views of an earlier version.
    _MISTAKES = frozenset({1052, 1064, 1066, 1210, 1222, 1241, 1242, 1247, 1267, 1271, 1292, 1305, 1318, 1366, 1690})
    _LOST = frozenset({0, 1053, 1077, 1927, 2006, 2013, 2014, 2055, 3169, 4031})
    # A publication put another table in the place of one that this snapshot had not read yet, or that a prepared statement kept meeting.
    _TABLE_SWAPPED = frozenset({1412, 1615})
    _NOT_PUBLISHED = frozenset({1049, 1146, 1356})  # no database, no view, a view whose tables are not there

    def __init__(self, settings: Settings) -> None:
        import pymysql
        import sqlalchemy
        from pymysql.constants import FIELD_TYPE
        from pymysql.converters import conversions

        self._adapt = _adapter(settings.warehouse_name, "?")
        self._numbers = itertools.count()
        self._errors = (pymysql.err.Error, sqlalchemy.exc.DBAPIError, sqlalchemy.exc.TimeoutError)
        where: dict[str, Any] = (
            {"unix_socket": str(settings.warehouse_socket), "ssl_disabled": True}
            if settings.warehouse_socket
            # Encrypted where the server can, which is PyMySQL's own choice; a socket never leaves the machine.
            else {"host": settings.warehouse_host, "port": settings.warehouse_port}
        )

        def connect() -> Any:
            return pymysql.connect(
                **where,
                user=settings.warehouse_user,
                password=settings.warehouse_password.get_secret_value(),
                charset="utf8mb4",
                init_command="set session time_zone = '+00:00', session max_execution_time = 10000, "
                "session transaction_isolation = 'repeatable-read'",
                autocommit=True,
                connect_timeout=3,
                read_timeout=15,
                write_timeout=15,
                conv={**conversions, FIELD_TYPE.DECIMAL: float, FIELD_TYPE.NEWDECIMAL: float},
            )

        self._engine = sqlalchemy.create_engine(
            "mysql+pymysql://",
            creator=connect,
            pool_size=settings.api_pool_size,
            max_overflow=settings.api_pool_size,
            pool_timeout=5,
            pool_recycle=1800,
            pool_reset_on_return=None,  # nothing to roll back under autocommit; saves a round trip per request
            hide_parameters=True,
        )

        @sqlalchemy.event.listens_for(self._engine, "connect")
        def _(connection: Any, _record: Any) -> None:
            # The views' own collation: texts and parameters must have it too, or comparing them is an error or slow. Not an argument of
            # connect(): SQLAlchemy sets the character set's default one after it.
            with closing(connection.cursor()) as cursor:
                cursor.execute("set names utf8mb4 collate utf8mb4_0900_as_cs")

    def fetch(self, statement: str, parameters: Parameters) -> list[Row]:
        [rows] = self.fetch_together([(statement, parameters)])
        return rows

    def fetch_together(self, asked: Sequence[tuple[str, Parameters]]) -> list[list[Row]]:
        try:
            return self._fetch_once(asked)
        except self._errors as error:
            if _code(error) in self._TABLE_SWAPPED:
                log.info("snapshot_retried", error=str(_cause(error)))
            elif _code(error) not in self._LOST:
                raise self._meaning(error) from error
            else:
                # It died in the pool, under its statement, or while it was made. Reading is safe to repeat, once, and on a new connection:
                # whatever killed this one may have killed the others of the pool, or be about to. To try each before its use would be a
                # round trip of every request.
                log.warning("connection_lost", error=str(_cause(error)))
                self._engine.dispose()
        try:
            return self._fetch_once(asked)
        except self._errors as error:
            raise self._meaning(error) from error

    def build_id(self) -> str:
        return _build_id(self.fetch(queries.BUILD_ID, {}))

    def _meaning(self, error: Exception) -> Exception:
        """What a failure is to the reader; itself where it is a mistake of ours."""
        code = _code(error)
        if code in self._NOT_PUBLISHED:
            return NoPublicationError()
        if code in self._MISTAKES:
            return error
        log.warning("database_unavailable", error=str(_cause(error)))
        return DatabaseUnavailableError()

    def _fetch_once(self, asked: Sequence[tuple[str, Parameters]]) -> list[list[Row]]:
        connection = self._engine.raw_connection()
        try:
            with closing(connection.cursor()) as cursor:
                if len(asked) > 1:
                    cursor.execute("start transaction with consistent snapshot, read only")
                answers = []
                for statement, parameters in asked:
                    prepared = self._prepared(connection.info.setdefault("prepared", {}), cursor, statement)
                    if prepared.set_parameters:
                        cursor.execute(prepared.set_parameters, parameters)
                    cursor.execute(prepared.execute)
                    answers.append(list(cursor.fetchall()))
                if len(asked) > 1:
                    cursor.execute("commit")
                return answers
        except BaseException:
            connection.invalidate()  # whatever went wrong half-way, nobody else shall meet it on this connection
            raise
        finally:
            connection.close()

    def _prepared(self, known: dict[str, Prepared], cursor: Any, statement: str) -> Prepared:
        """The statement as this connection knows it; `known` is the connection's own memory and goes with it."""
        if (prepared := known.pop(statement, None)) is None:
            if len(known) >= self._PREPARED:
                cursor.execute(f"deallocate prepare {known.pop(next(iter(known))).name}")
            names, number = _PLACEHOLDER.findall(statement), next(self._numbers)
            cursor.execute(f"prepare statement_{number} from %s", (self._adapt(statement),))
            prepared = Prepared(
                f"statement_{number}",
                "set " + ", ".join(f"@{name} = %({name})s" for name in dict.fromkeys(names)) if names else "",
                f"execute statement_{number}" + (" using " + ", ".join(f"@{name}" for name in names) if names else ""),
            )
        known[statement] = prepared  # the last used are the last to go
        return prepared

    def close(self) -> None:
        self._engine.dispose()


def _build_id(rows: list[Row]) -> str:
    if not rows:
        raise NoPublicationError
    return str(rows[0][0])


def _cause(error: Exception) -> Exception:
    """The driver's error: SQLAlchemy wraps those that happen while it makes a connection."""
    cause = getattr(error, "orig", None)
    return cause if isinstance(cause, Exception) else error


def _code(error: Exception) -> int | None:
    """MySQL's error number; 0 where PyMySQL raises without one, as it does over half an answer; None where the pool gave up waiting."""
    from pymysql.err import Error

    cause = _cause(error)
    if not isinstance(cause, Error):
        return None
    return cause.args[0] if cause.args and isinstance(cause.args[0], int) else 0


class OpenPublication(NamedTuple):
    """One immutable file, open for reading.

    Nobody closes it: whoever reads holds it, and with the last holder the connection and the file go. Closing it by hand would close
    the cursors of those who still read, too.
    """

    stamp: tuple[int, ...]
    path: Path
    connection: "duckdb.DuckDBPyConnection"

    @classmethod
    def open(cls, stamp: tuple[int, ...], path: Path) -> Self:
        """Raises duckdb.Error where the file is absent or no database."""
        import duckdb

        # One thread per query: a pair's rows are far too few to share out. The rest: a query can reach nothing but this file.
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 1,
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "lock_configuration": "true",
        }
        return cls(stamp, path, duckdb.connect(str(path), read_only=True, config=config))


def _parsed(text: str) -> "duckdb.Statement":
    """Parsing is a tenth of what a gap costs DuckDB. What was parsed once may be run by many cursors at a time."""
    import duckdb

    [statement] = duckdb.extract_statements(text)
    return statement


def _file_stamp(path: Path) -> tuple[int, ...]:
    """What tells a file from the one that was there before; nothing where there is none."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ino, status.st_size


class DuckDBDatabase:
    """Follows the pointer file `live/current`: a look at its inode and time per request, a new connection when they changed.

    A publication that cannot be opened never replaces one that can be read: readers stay on what they have and the log says why. Nor does
    a pointer that is gone. A file that turns out to be damaged is read no more, by nobody, until it or the pointer is another one.
    """

    def __init__(self, settings: Settings) -> None:
        self._adapt = _adapter(settings.warehouse_name, r"$\1", _parsed)
        self._pointer = settings.warehouse_dir / "live" / "current"
        self._lock = threading.Lock()
        self._open: OpenPublication | None = None
        self._named: tuple[tuple[int, ...], str] = (), ""  # a stamp, and what it is called
        self._refused: tuple[int, ...] | None = None
        self._damaged: tuple[Path, tuple[int, ...]] | None = None

    def fetch(self, statement: str, parameters: Parameters) -> list[Row]:
        return self._fetch_from(self.current(), statement, parameters)

    def fetch_together(self, asked: Sequence[tuple[str, Parameters]]) -> list[list[Row]]:
        publication = self.current()  # an immutable file: whatever is published meanwhile, all statements read this one
        return [self._fetch_from(publication, statement, parameters) for statement, parameters in asked]

    def build_id(self) -> str:
        publication = self.current()
        stamp, build_id = self._named
        if stamp != publication.stamp:  # an immutable file: asked once
            build_id = _build_id(self._fetch_from(publication, queries.BUILD_ID, {}))
            self._named = publication.stamp, build_id
        return build_id

    def _fetch_from(self, publication: OpenPublication, statement: str, parameters: Parameters) -> list[Row]:
        import duckdb

        cursor = publication.connection.cursor()  # one per reader: a connection used from several threads mixes up their results
        try:
            # fetchall and nothing else: fetchone leaves the result open, and the connection's next call can then raise.
            rows = cursor.execute(self._adapt(statement), parameters).fetchall()
        except duckdb.CatalogException as error:
            log.warning("views_missing", file=publication.path.name, error=str(error).splitlines()[0])
            raise NoPublicationError from error
        except duckdb.BinderException as error:  # views of an earlier version, without a column
            log.warning("database_unavailable", file=publication.path.name, error=str(error).splitlines()[0])
            raise DatabaseUnavailableError from error
        except (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError):
            raise  # a mistake of ours
        except duckdb.OutOfMemoryException as error:
            log.warning("database_unavailable", file=publication.path.name, error=str(error))
            raise DatabaseUnavailableError from error
        except duckdb.Error as error:  # whatever the engine finds in a file that it cannot read; some of it has no class of its own
            self._set_aside(publication, error)
            raise DatabaseUnavailableError from error
        finally:
            cursor.close()
        return [tuple(float(value) if type(value) is Decimal else value for value in row) for row in rows]

    def close(self) -> None:
        with self._lock:
            self._open = None

    def _set_aside(self, publication: OpenPublication, error: Exception) -> None:
        """Reads a damaged file no more: half of the answers would be there, and the service would call itself ready."""
        with self._lock:
            if self._open is publication:
                self._open = None
                self._damaged = publication.path, _file_stamp(publication.path)
                advice = "publish again, or put the file back from a copy; it is looked at again once it has changed"
                log.error("publication_damaged", file=publication.path.name, error=str(error).splitlines()[0], advice=advice)

    def current(self) -> OpenPublication:
        """What the pointer names now, or, where that cannot be read, what it named before."""
        publication = self._open
        if publication is not None and publication.stamp == self._stamp(publication):
            return publication
        with self._lock:
            return self._switch()

    def _switch(self) -> OpenPublication:
        """Open what the pointer names now. The lock is held."""
        import duckdb

        previous, error = self._open, None
        for _ in range(3):  # a publisher may switch the pointer and prune while we are between reading it and opening the file
            stamp = self._stamp(previous)
            if previous is not None and previous.stamp == stamp:
                return previous
            try:
                path = self._pointer.parent / Path(self._pointer.read_text(encoding="utf-8").strip()).name
                if self._damaged == (path, _file_stamp(path)):
                    raise DatabaseUnavailableError
                self._open = OpenPublication.open(stamp, path)
            except (duckdb.Error, OSError, ValueError, RuntimeError) as failure:  # the last: of a name that is no UTF-8
                error = failure
                continue
            self._refused = self._damaged = None
            log.info("publication_opened", file=path.name)
            return self._open
        if self._refused != stamp:
            self._refused = stamp
            log.error("publication_unreadable", error=str(error), still_serving=previous.path.name if previous else None)
        if previous is None:
            raise DatabaseUnavailableError from error
        return previous

    def _stamp(self, previous: OpenPublication | None) -> tuple[int, ...]:
        """The pointer's; where it is gone, that of what is open, which then stays."""
        try:
            status = os.stat(self._pointer)  # noqa: PTH116  # the same call without a Path object around it, on every request
        except OSError as error:
            if previous is None:
                if isinstance(error, FileNotFoundError):
                    raise NoPublicationError from error
                log.warning("database_unavailable", error=str(error))
                raise DatabaseUnavailableError from error
            if self._refused != ():
                self._refused = ()
                log.warning("publication_unreadable", error=str(error), still_serving=previous.path.name)
            return previous.stamp
        return status.st_mtime_ns, status.st_ino, status.st_size
