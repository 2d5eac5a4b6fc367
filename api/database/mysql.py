"""The service engine: a bounded pool of asyncmy connections, and one statement for all who wait for
a gap."""

import asyncio
import re
import ssl
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from asyncmy.connection import Connection
from asyncmy.constants.CLIENT import SSL
from asyncmy.constants.FIELD_TYPE import DECIMAL, NEWDECIMAL
from asyncmy.converters import conversions
from asyncmy.errors import Error

from api.database.base import (
    MAX_STATEMENTS,
    DatabaseUnavailableError,
    NoPublicationError,
    Params,
    Record,
    Row,
    Statement,
    name_columns,
    read_build_id,
)
from api.database.batching import Batcher
from api.database.pool import Pool
from api.queries.publication import BUILD_ID
from api.queries.skill_gap import build_skill_gaps_query
from api.settings import Settings

log = structlog.get_logger("api.database")

CONNECT_TIMEOUT_SECONDS = 3
POOL_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_SECONDS = 10
ROUND_TRIP_TIMEOUT_SECONDS = 15
RECYCLE_SECONDS = 1800
MAX_PAIRS = 16
"""Gaps of one statement: enough for all who wait, and few enough texts to keep prepared."""

COLLATION = "utf8mb4_0900_bin"
"""The views' own: with another, comparing a parameter with a column is an error or slow."""
_SESSION = (
    f"set names utf8mb4 collate {COLLATION}, time_zone = '+00:00', sql_mode ="
    " 'ONLY_FULL_GROUP_BY', "
    # What a server may say otherwise, and a response would be cut short or refused by:
    "sql_select_limit = 18446744073709551615, max_join_size = 18446744073709551615,"
    " sql_big_selects = 1, div_precision_increment = 4, max_sort_length = 1024, completion_type ="
    f" NO_CHAIN, session max_execution_time = {STATEMENT_TIMEOUT_SECONDS * 1000}, session"
    " transaction_isolation = 'repeatable-read'"
)

# The statement is at fault: a mistake of ours. Whatever else the server says is about itself, the
# way to it or what it may read: no rights, a definer or a table that is gone, no room, too many of
# something, damaged pages, views of an earlier version.
_STATEMENT_ERRORS = frozenset(
    {1052, 1064, 1066, 1210, 1222, 1241, 1242, 1247, 1267, 1271, 1292, 1305, 1318, 1366, 1690}
)
_CONNECTION_LOST = frozenset({0, 1053, 1077, 1927, 2006, 2013, 2014, 2055, 3169, 4031})
# A publication put another table in the place of one that this snapshot had not read yet, or that a
# prepared statement kept meeting.
_TABLE_SWAPPED = frozenset({1412, 1615})
# no database, no view, a view whose tables are not there
_NOT_PUBLISHED = frozenset({1049, 1146, 1356})

_PLACEHOLDER = re.compile(r"(?<!:):([a-z_0-9]+)")


class Adapted(NamedTuple):
    """A statement as the driver takes it, and its parameters in order."""

    text: str
    names: tuple[str, ...]


def _make_adapter(warehouse_name: str) -> Callable[[str], Adapted]:
    @lru_cache(maxsize=MAX_STATEMENTS)
    def adapt(statement: str) -> Adapted:
        text = statement.replace("{name}", warehouse_name).replace("%", "%%")
        return Adapted(_PLACEHOLDER.sub("%s", text), tuple(_PLACEHOLDER.findall(text)))

    return adapt


class EncryptedConnection(Connection):
    """Encrypted where the server can; the driver itself would break off where it cannot."""

    server_capabilities: int
    _client_flag: int
    _ssl_context: ssl.SSLContext | None

    async def _request_authentication(self) -> None:
        if not self.server_capabilities & SSL:
            self._ssl_context = None
            self._client_flag &= ~SSL
        # missing from the driver's own stub
        await super()._request_authentication()  # type: ignore[misc]


class MySQLDatabase:
    """What a dead connection was asked is asked again, so a restart of the server costs no request.

    Each connection prepares the statements that it meets: resolving the nested views is half of
    what one costs.
    """

    def __init__(self, settings: Settings) -> None:
        self._adapt = _make_adapter(settings.warehouse_name)
        where: dict[str, Any] = (
            {"unix_socket": str(settings.warehouse_socket)}
            if settings.warehouse_socket
            else {
                "host": settings.warehouse_host,
                "port": settings.warehouse_port,
                "ssl": _ssl_context(settings.warehouse_ssl_ca),
            }
        )
        # A socket never leaves the machine; and the driver's quickest way is the plain class's
        # alone. Whoever names an authority wants no connection that it does not vouch for.
        may_be_plain = not (settings.warehouse_socket or settings.warehouse_ssl_ca)
        kind = EncryptedConnection if may_be_plain else Connection

        async def connect() -> Connection:
            connection: Connection = kind(  # type: ignore[no-untyped-call]
                **where,
                user=settings.warehouse_user,
                # as text it would be sent as Latin-1
                password=settings.warehouse_password.get_secret_value().encode(),
                charset="utf8mb4",
                init_command=_SESSION,
                autocommit=True,
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                conv={**conversions, DECIMAL: float, NEWDECIMAL: float},
                stmt_cache_size=MAX_STATEMENTS,
            )
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                await connection.connect()
            return connection

        # As many again under load as the setting says.
        self._pool = Pool(
            connect, settings.api_pool_size * 2, POOL_TIMEOUT_SECONDS, RECYCLE_SECONDS
        )
        self.usage = self._pool.usage
        self._gaps = Batcher(self._fetch_skill_gaps, MAX_PAIRS)
        self._build_ids = Batcher(self._fetch_build_id, 10_000)

    async def fetch(self, statement: str, params: Params, *, is_long: bool = False) -> list[Record]:
        [rows] = await self.fetch_together([(statement, params)])
        return rows

    async def fetch_together(
        self, statements: Sequence[Statement], *, is_long: bool = False
    ) -> list[list[Record]]:
        try:
            return await self._fetch_once(statements)
        except (Error, OSError) as error:
            if _get_error_number(error) in _TABLE_SWAPPED:
                log.info("snapshot_retried", error=str(error))
            elif _get_error_number(error) not in _CONNECTION_LOST:
                raise _translate(error) from error
            else:
                # It died in the pool, under its statement, or while it was made. Reading is safe to
                # repeat, once, and on a new connection: whatever killed this one may have killed
                # the others of the pool, or be about to. To try each before its use would be a
                # round trip of every request.
                log.warning("connection_lost", error=str(error))
                self._pool.dispose()
        try:
            return await self._fetch_once(statements)
        except (Error, OSError) as error:
            raise _translate(error) from error

    async def fetch_skill_gap(
        self, from_code: str, to_code: str, domain: str
    ) -> tuple[str, list[Row]]:
        return await self._gaps.get((from_code, to_code, domain))

    async def build_id(self) -> str:
        return await self._build_ids.get(())

    async def close(self) -> None:
        self._pool.dispose()

    async def _fetch_once(self, statements: Sequence[Statement]) -> list[list[Record]]:
        async with (
            self._pool.connection() as connection,
            asyncio.timeout(ROUND_TRIP_TIMEOUT_SECONDS),
        ):
            cursor = connection.cursor()
            if len(statements) > 1:
                await cursor.execute("start transaction with consistent snapshot, read only")
            found = []
            for statement, params in statements:
                adapted = self._adapt(statement)
                await cursor.execute(adapted.text, tuple(params[name] for name in adapted.names))
                found.append(name_columns(cursor.description, await cursor.fetchall()))
            if len(statements) > 1:
                await cursor.execute("commit")
            return found

    async def _fetch_skill_gaps(
        self, pairs: Sequence[tuple[str, str, str]]
    ) -> list[tuple[str, list[Row]]]:
        params = {
            f"{name}_{number}": value
            for number, pair in enumerate(pairs)
            for name, value in zip(("from_code", "to_code", "domain"), pair, strict=True)
        }
        rows = await self.fetch(build_skill_gaps_query(len(pairs)), params)
        if not rows:
            raise NoPublicationError
        build_id = str(rows[0].build_id)
        # A pair without a gap has one row, of nulls.
        gaps = [
            [row[2:] for row in group if row[2] is not None]
            for _, group in groupby(rows, itemgetter(0))
        ]
        return [(build_id, each) for each in gaps]

    async def _fetch_build_id(self, askers: Sequence[tuple[()]]) -> list[str]:
        return [read_build_id(await self.fetch(BUILD_ID, {}))] * len(askers)


def _ssl_context(authorities: Path | None) -> ssl.SSLContext:
    """Encrypts, and asks for a certificate only where authorities are named: MySQL makes one of its
    own where it is given none.

    As `VERIFY_CA` of MySQL's own clients: a server goes by many names.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if authorities:
        context.load_verify_locations(authorities)
    else:
        context.verify_mode = ssl.CERT_NONE
    return context


def _get_error_number(error: Exception) -> int | None:
    """MySQL's error number; None where it is none of the driver's errors, as where the pool gave up
    waiting."""
    if not isinstance(error, Error):
        return None
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _translate(error: Exception) -> Exception:
    """What a failure is to the reader; itself where it is a mistake of ours."""
    code = _get_error_number(error)
    if code in _NOT_PUBLISHED:
        return NoPublicationError()
    if code in _STATEMENT_ERRORS:
        return error
    advice = {"advice": "check WAREHOUSE_SSL_CA"} if "CERTIFICATE_VERIFY" in str(error) else {}
    log.warning("database_unavailable", error=str(error) or type(error).__name__, **advice)
    return DatabaseUnavailableError()
