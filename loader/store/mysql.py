"""Raw on MySQL: a database of its own, filled by LOAD DATA LOCAL. Rows are there before their load
counts; nobody reads them until then."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import pymysql
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.mysql import DATETIME, MEDIUMTEXT

from loader.errors import LoaderError
from loader.file_registry import TABLES, columns
from loader.reader import Block, Reject
from loader.redact import clean_record
from loader.settings import Settings
from loader.side_tables import SIDE_TABLES, Kind, SideTable
from loader.store import LOCK_TOLD_SECONDS, FileResult, Load, SideRow
from loader.store.local_data import REJECTED, LocalDataConnection

log = structlog.get_logger()

COLLATION = "utf8mb4_0900_bin"
"""Of all texts: they are the same where their bytes are, as in DuckDB, and nothing compares
quicker."""
SESSION = (
    "sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
    "default_storage_engine = InnoDB, sql_select_limit = 18446744073709551615, "
    "max_join_size = 18446744073709551615, sql_big_selects = 1, "
    "sql_safe_updates = 0, completion_type = NO_CHAIN, time_zone = '+00:00', lock_wait_timeout = 60"
)
"""What a session of ours does not take over from the server: each of these would change what is
written or read."""
_COLLATION: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_row_format": "DYNAMIC",
    "mysql_charset": "utf8mb4",
    "mysql_collate": COLLATION,
}
_MOMENT = DATETIME(fsp=6)
_NAME = sa.String(120)
_SIDE_TYPES: dict[Kind, sa.types.TypeEngine[Any]] = {
    "name": _NAME,
    "text": MEDIUMTEXT(),
    "number": sa.BigInteger(),
    "moment": _MOMENT,
}


def _metadata(database: str) -> sa.MetaData:
    made = sa.MetaData(schema=database)

    def key(name: str) -> sa.Column[Any]:
        kinds: dict[str, sa.types.TypeEngine[Any]] = {
            "load_id": sa.Integer(),
            "file_name": _NAME,
            "line_number": sa.BigInteger(),
        }
        return sa.Column(name, kinds[name], primary_key=True, autoincrement=False)

    counts = ("rows_read", "rows_landed", "rows_rejected")
    sa.Table(
        "raw_load",
        made,
        key("load_id"),
        sa.Column("release", sa.String(20), nullable=False),
        sa.Column("source", MEDIUMTEXT(), nullable=False),
        sa.Column("source_address", MEDIUMTEXT(), nullable=False),
        sa.Column("file_checksums", MEDIUMTEXT()),
        *(sa.Column(name, sa.BigInteger()) for name in counts),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("error", MEDIUMTEXT()),
        sa.Column("not_loaded", MEDIUMTEXT()),
        **_COLLATION,
    )
    sa.Table(
        "raw_load_file",
        made,
        key("load_id"),
        key("file_name"),
        sa.Column("table_name", _NAME, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64)),
        *(sa.Column(name, sa.BigInteger()) for name in ("bytes", *counts)),
        sa.Column("reason", MEDIUMTEXT()),
        **_COLLATION,
    )
    sa.Table(
        "raw_reject",
        made,
        key("load_id"),
        key("file_name"),
        key("line_number"),
        sa.Column("reason", MEDIUMTEXT(), nullable=False),
        sa.Column("content", MEDIUMTEXT(), nullable=False),
        **_COLLATION,
    )
    for table, names in TABLES.items():
        published = (sa.Column(name, MEDIUMTEXT()) for name in names)
        # The line number before the file's name: each new key is compared with others, and to find
        # equal names equal under this collation costs more than the rest of the row (all of 29.2:
        # 7.4 s or more of the server's processor time; in this order 2.6).
        order = sa.PrimaryKeyConstraint("load_id", "line_number", "file_name")
        sa.Table(
            table,
            made,
            key("load_id"),
            key("file_name"),
            key("line_number"),
            *published,
            order,
            **_COLLATION,
        )
    for side in SIDE_TABLES:
        keyed = (
            sa.Column(name, _SIDE_TYPES[kind], primary_key=name in side.key, autoincrement=False)
            for name, kind in side.columns.items()
        )
        sa.Table(side.name, made, *keyed, **_COLLATION)
    return made


@contextmanager
def open_mysql(settings: Settings) -> Iterator[MySQLStore]:
    """Holds the pipeline lock on one connection, which does all the work."""
    database = f"{settings.warehouse_name}_raw"
    where = str(settings.warehouse_socket or f"{settings.warehouse_host}:{settings.warehouse_port}")
    engine = sa.create_engine(
        sa.URL.create(
            "mysql+pymysql",
            username=settings.warehouse_user or None,
            host=settings.warehouse_host,
            port=settings.warehouse_port,
            query={"charset": "utf8mb4"},
        ),
        isolation_level="AUTOCOMMIT",
        connect_args={
            "password": settings.password.encode(),  # as text it would be sent as Latin-1
            "connect_timeout": 10,
            # wins over host and port
            "unix_socket": str(settings.warehouse_socket) if settings.warehouse_socket else None,
            "init_command": f"set {SESSION}, collation_connection = {COLLATION}",
            **_tls(settings),
        },
        hide_parameters=True,
    )
    sa.event.listen(
        engine,
        "do_connect",
        lambda _dialect, _record, args, options: LocalDataConnection(*args, **options),
    )
    try:
        with engine.connect() as connection:
            _lock(connection, settings)
            if not connection.scalar(
                sa.text(
                    "select count(*) from information_schema.schemata where schema_name = :name"
                ),
                {"name": database},
            ):
                connection.execute(
                    sa.text(
                        f"create database `{database}` character set utf8mb4 collate {COLLATION}"
                    )
                )
            _refuse_other_engines(connection, database)
            yield MySQLStore(connection, database)
    except sa.exc.DBAPIError as error:
        raise LoaderError(
            f"MySQL at {where}, user `{settings.warehouse_user}`: {_advice(error.orig)}"
        ) from error
    except pymysql.MySQLError as error:  # from LOAD DATA, which goes to the driver itself
        raise LoaderError(
            f"MySQL at {where}, user `{settings.warehouse_user}`: {_advice(error)}"
        ) from error
    finally:
        engine.dispose()


def _tls(settings: Settings) -> dict[str, Any]:
    """What the driver is told of the authorities. Over a socket nothing leaves the machine."""
    path = settings.warehouse_ssl_ca
    if path is None or settings.warehouse_socket:
        return {}
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # of which an SSLError is one
        reason = "no certificates in it" if isinstance(error, ssl.SSLError) else error.strerror
        raise LoaderError(f"WAREHOUSE_SSL_CA: {path} cannot be used ({reason})") from None
    return {"ssl_ca": str(path), "ssl_verify_cert": True}


_LOST = (0, 2006, 2013, 2055)
_TOO_LARGE = (1153, 1301)


def _advice(error: BaseException | None) -> str:
    code = error.args[0] if isinstance(error, pymysql.MySQLError) and error.args else None
    message = str(error.args[-1]) if error and error.args else str(error)
    if "CERTIFICATE_VERIFY" in message:
        return f"{message}. Its certificate is by none of the authorities in WAREHOUSE_SSL_CA"
    return (message or "the server ended the connection") + {
        1044: ". Grant it all rights on the raw database",
        1045: ". Check WAREHOUSE_USER and WAREHOUSE_PASSWORD",
        2003: ". Check WAREHOUSE_HOST and WAREHOUSE_PORT, and that the server is up",
        3948: ". Start the server with --local-infile=ON: rows are written with LOAD DATA LOCAL",
        1148: ". Start the server with --local-infile=ON: rows are written with LOAD DATA LOCAL",
        REJECTED: (
            ". Nothing was sent. Is this the server that you mean? Check WAREHOUSE_HOST and what"
            " stands before it"
        ),
        **dict.fromkeys(
            (3, 1021, 1030, 1114), ". Is the server's disk full? Free space there, then load again"
        ),
        **dict.fromkeys(
            _LOST,
            ". The load did not count. Is the server up, and its max_allowed_packet above 1 MB?"
            " Then run it again",
        ),
        **dict.fromkeys(
            _TOO_LARGE,
            ". A row is larger than the server takes: raise its max_allowed_packet, as to 64M",
        ),
        **dict.fromkeys(
            (1290, 1836),
            ". The server only reads: name the one that is written to, or make it writable",
        ),
    }.get(code or 0, "")


def _refuse_other_engines(connection: sa.Connection, database: str) -> None:
    """Tables that forget or keep half of what was written, made while the server's default engine
    was another."""
    made = (
        "select table_name from information_schema.tables where table_schema = :name and table_type"
        " = 'BASE TABLE' and engine <> 'InnoDB'"
    )
    names: Sequence[str] = connection.scalars(sa.text(made), {"name": database}).all()
    if names:
        raise LoaderError(
            f"`{database}`.`{names[0]}` and {len(names) - 1} more tables there are not InnoDB, so a"
            " load could be left half written. Change each (alter table … engine = InnoDB), or"
            f" drop database `{database}` and load again"
        )


def _lock(connection: sa.Connection, settings: Settings) -> None:
    name = f"{settings.warehouse_name}.pipeline"
    take = sa.text("select get_lock(:name, :seconds)")
    if connection.scalar(take, {"name": name, "seconds": 0}) == 1:
        return
    began = time.monotonic()
    while (waited := time.monotonic() - began) < settings.warehouse_lock_timeout:
        log.warning("waiting for another load or build", lock=name, waited_seconds=round(waited))
        if (
            connection.scalar(
                take,
                {
                    "name": name,
                    "seconds": min(LOCK_TOLD_SECONDS, settings.warehouse_lock_timeout - waited),
                },
            )
            == 1
        ):
            return
    raise LoaderError(
        f"another load or build of `{settings.warehouse_name}` is running; waited"
        f" {settings.warehouse_lock_timeout} s. Try again when it is done"
    )


class MySQLStore:
    """See `Store`."""

    def __init__(self, connection: sa.Connection, database: str) -> None:
        self._connection = connection
        self._database = database
        self._metadata = _metadata(database)
        self._load = self._table("raw_load")

    def _table(self, name: str) -> sa.Table:
        return self._metadata.tables[f"{self._database}.{name}"]

    def prepare(self) -> None:
        self._metadata.create_all(self._connection)
        self._convert_collation()
        inspector = sa.inspect(self._connection)
        for table, names in {
            **TABLES,
            "raw_load": ("not_loaded",),
            "raw_load_file": ("reason",),
        }.items():
            there = {
                column["name"] for column in inspector.get_columns(table, schema=self._database)
            }
            for name in names:
                if name not in there:
                    self._connection.execute(
                        sa.text(
                            f"alter table `{self._database}`.`{table}` add column `{name}`"
                            " mediumtext"
                        )
                    )
        dead: Sequence[int] = self._connection.scalars(
            sa.select(self._load.c.load_id).where(self._load.c.state == "running")
        ).all()
        for load_id in dead:
            self._remove(load_id)
            self._connection.execute(
                sa.update(self._load)
                .where(self._load.c.load_id == load_id)
                .values(state="failed", error="interrupted")
            )
        self._clean_addresses()

    def _convert_collation(self) -> None:
        """Earlier versions had another collation. `raw_load` comes last: where it is right, all
        are."""
        other = sa.text(
            "select distinct table_name from information_schema.columns where table_schema = :name"
            " and collation_name <> :collation",
        )
        found = self._connection.scalars(other, {"name": self._database, "collation": COLLATION})
        own = {table.name for table in self._metadata.tables.values()} & set(found)
        if not own:
            return
        log.info("converting raw tables to another collation", tables=len(own), collation=COLLATION)
        to = f"character set utf8mb4 collate {COLLATION}"
        self._connection.execute(sa.text(f"alter database `{self._database}` {to}"))
        for table in sorted(own, key=lambda name: (name == "raw_load", name)):
            text = f"alter table `{self._database}`.`{table}` convert to {to}"
            self._connection.execute(sa.text(text))

    def _clean_addresses(self) -> None:
        """Earlier versions recorded addresses and paths whole."""
        names = ("source", "source_address", "error")
        recorded = sa.select(self._load.c.load_id, *(self._load.c[name] for name in names))
        rows: Sequence[Any] = self._connection.execute(recorded).all()
        for load_id, *values in rows:
            if (cleaned := clean_record(*values)) != values:
                change = sa.update(self._load).where(self._load.c.load_id == load_id)
                self._connection.execute(change.values(dict(zip(names, cleaned, strict=True))))

    def newest_complete_load(self) -> Load | None:
        names = (
            self._load.c[name]
            for name in (
                "load_id",
                "release",
                "file_checksums",
                "finished_at",
                "rows_landed",
                "not_loaded",
            )
        )
        newest = (
            sa.select(*names)
            .where(self._load.c.state == "complete")
            .order_by(self._load.c.load_id.desc())
            .limit(1)
        )
        row = self._connection.execute(newest).first()
        return Load(**row._mapping) if row else None

    def begin_load(self, release: str, source: str, address: str, started_at: datetime) -> int:
        load_id = int(
            self._connection.scalar(
                sa.select(sa.func.coalesce(sa.func.max(self._load.c.load_id), 0) + 1)
            )
            or 1
        )
        self._connection.execute(
            sa.insert(self._load).values(
                load_id=load_id,
                release=release,
                source=source,
                source_address=address,
                started_at=started_at,
                state="running",
            )
        )
        return load_id

    def write(self, load_id: int, file_name: str, table: str, block: Block) -> int:
        names = ", ".join(f"`{name}`" for name in columns(block.layout))
        with closing(self._connection.connection.cursor()) as cursor:
            driver: Any = self._connection.connection.driver_connection
            with driver.offer("landing", block.numbered()):
                cursor.execute(
                    f"load data local infile %s into table `{self._database}`.`{table}` character"
                    " set utf8mb4 fields terminated by '\\t' escaped by '' lines terminated by"
                    f" '\\n' (`line_number`, {names}) set `load_id` = %s, `file_name` = %s",
                    ("landing", load_id, file_name),
                )
            count = cursor.rowcount
            cursor.execute("show warnings limit 1")
            if warning := cursor.fetchall():
                raise LoaderError(
                    f"{file_name}: MySQL would not take a row as published: {warning[0][2]}."
                    " Nothing of this load counts"
                )
        return int(count)

    def complete(
        self,
        load_id: int,
        results: Sequence[FileResult],
        rejects: Sequence[tuple[str, Reject]],
        checksums: str,
        not_loaded: str,
        at: datetime,
    ) -> None:
        self._connection.exec_driver_sql("begin")
        if results:
            self._connection.execute(
                sa.insert(self._table("raw_load_file")),
                [{"load_id": load_id, **vars(result)} for result in results],
            )
        self._record_rejects(load_id, rejects)
        totals = {
            name: sum(getattr(result, name) for result in results)
            for name in ("rows_read", "rows_landed", "rows_rejected")
        }
        self._connection.execute(
            sa.update(self._load)
            .where(self._load.c.load_id == load_id)
            .values(
                state="complete",
                file_checksums=checksums,
                not_loaded=not_loaded,
                finished_at=at,
                **totals,
            )
        )
        self._connection.exec_driver_sql("commit")

    def fail(
        self, load_id: int, rejects: Sequence[tuple[str, Reject]], error: str, at: datetime
    ) -> None:
        self._remove(load_id)
        self._record_rejects(load_id, rejects)
        self._connection.execute(
            sa.update(self._load)
            .where(self._load.c.load_id == load_id)
            .values(state="failed", error=error, finished_at=at)
        )

    def prune(self) -> int:
        newest = self.newest_complete_load()
        if not newest:
            return 0
        pruned: set[int] = set()
        for name in TABLES:
            table = self._table(name)
            older = table.c.load_id < newest.load_id
            pruned |= set(
                self._connection.scalars(sa.select(table.c.load_id).where(older).distinct())
            )
            self._connection.execute(sa.delete(table).where(older))
        return len(pruned)

    def current_rows(self, table: str, names: Sequence[str]) -> list[tuple[str | None, ...]]:
        released = self._table(table)
        newest = (
            sa.select(sa.func.max(self._load.c.load_id))
            .where(self._load.c.state == "complete")
            .scalar_subquery()
        )
        wanted = [released.c[name] for name in names]
        text = sa.select(*wanted).distinct().where(released.c.load_id == newest).order_by(*wanted)
        rows: Sequence[Any] = self._connection.execute(text).all()
        return [tuple(row) for row in rows]

    def side_rows(
        self, table: SideTable, names: Sequence[str], where: SideRow | None = None
    ) -> list[tuple[Any, ...]]:
        side = self._table(table.name)
        wanted = sa.select(*(side.c[name] for name in names)).order_by(
            *(side.c[name] for name in table.key)
        )
        for name, value in (where or {}).items():
            wanted = wanted.where(side.c[name] == value)
        return [tuple(row) for row in self._connection.execute(wanted)]

    def upsert(self, *changes: tuple[SideTable, Sequence[SideRow]]) -> None:
        self._connection.exec_driver_sql("begin")
        for table, rows in changes:
            if rows:
                # Not SQLAlchemy's own upsert: PyMySQL sends its `as new on duplicate key` one row
                # at a time.
                names = ", ".join(f"`{name}`" for name in table.columns)
                marks = ", ".join(["%s"] * len(table.columns))
                text = f"replace into `{self._database}`.`{table.name}` ({names}) values ({marks})"  # noqa: S608
                self._connection.exec_driver_sql(
                    text, [tuple(row.get(name) for name in table.columns) for row in rows]
                )
        self._connection.exec_driver_sql("commit")

    def _remove(self, load_id: int) -> None:
        for name in TABLES:
            table = self._table(name)
            self._connection.execute(sa.delete(table).where(table.c.load_id == load_id))

    def _record_rejects(self, load_id: int, rejects: Sequence[tuple[str, Reject]]) -> None:
        if rejects:
            self._connection.execute(
                sa.insert(self._table("raw_reject")),
                [
                    {"load_id": load_id, "file_name": file_name, **vars(reject)}
                    for file_name, reject in rejects
                ],
            )
