"""Publication on MySQL: rows that differ are written to the live tables in one transaction; readers
see the old state or the new, whole.

The live tables are made by ordinary DDL with real primary and foreign keys, which are the last
gate. Where the definition of any of them differs from the build's, a new set is made and filled
beside the old one and all are swapped by one RENAME. Views are replaced only when their text
differs: replacing one waits for every open transaction that has read it, and new readers queue
behind.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import pymysql
import structlog
from pymysql.constants import CR
from pymysql.cursors import Cursor

from dbt_onet.pipeline.publish.plan import Plan, Table, View, live_view_sql
from dbt_onet.pipeline.settings import SecretFileError, Settings

log = structlog.get_logger()

NEXT, OLD = "__next", "__old"
RECORD = "published_relation"
"""A table in the build that names what publications made, before they make it. Nothing else is ever
dropped: other tables and views in the same databases are somebody else's."""
COLLATION = "utf8mb4_0900_bin"
"""Of all texts: they are the same where their bytes are, as in DuckDB, and nothing compares
quicker."""
GREETING_SECONDS = 15
STATEMENT_SECONDS = 1800
"""After which a server that stalls is given up: writing a publication takes seconds, on a slow
server minutes."""
# how long DDL waits for readers' open transactions before it gives up and leaves everything as it
# was
LOCK_WAIT_SECONDS = 60


SESSION = (
    "sql_mode ="
    " 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
    " default_storage_engine = InnoDB, sql_select_limit = 18446744073709551615, max_join_size ="
    " 18446744073709551615, sql_big_selects = 1, div_precision_increment = 4, sql_safe_updates = 0,"
    " completion_type = NO_CHAIN, time_zone = '+00:00'"
)
"""What a session of ours does not take over from the server: each of these would change what is
written or read."""


def connect(settings: Settings) -> pymysql.Connection:
    """A connection in UTC with the one collation of all databases, autocommit on."""
    connection = pymysql.connect(
        unix_socket=str(settings.socket) if settings.socket else None,  # wins over host and port
        host=settings.host,
        port=settings.port,
        user=settings.user or None,
        password=settings.secret.encode(),  # as text it would be sent as Latin-1
        charset="utf8mb4",
        autocommit=True,
        **_tls(settings),
        connect_timeout=10,
        read_timeout=GREETING_SECONDS,
        write_timeout=STATEMENT_SECONDS,
        init_command=(
            f"set {SESSION}, collation_connection = {COLLATION}, transaction_isolation ="
            f" 'READ-COMMITTED', lock_wait_timeout = {LOCK_WAIT_SECONDS}, innodb_lock_wait_timeout"
            f" = {LOCK_WAIT_SECONDS}"
        ),
    )
    # the driver has one for both
    connection._read_timeout = STATEMENT_SECONDS  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("select @@sql_require_primary_key")
        if cursor.fetchall() == ((1,),):
            _allow_tables_without_keys(cursor, settings.user)
    return connection


def _tls(settings: Settings) -> dict[str, Any]:
    """What the driver is told of the authorities. Over a socket nothing leaves the machine."""
    path = settings.ssl_ca
    if path is None or settings.socket:
        return {}
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # of which an SSLError is one
        reason = "no certificates in it" if isinstance(error, ssl.SSLError) else error.strerror
        raise SecretFileError(f"WAREHOUSE_SSL_CA: {path} cannot be used ({reason})") from None
    return {"ssl_ca": str(path), "ssl_verify_cert": True}


def _allow_tables_without_keys(cursor: Cursor, user: str) -> None:
    """Managed servers demand a primary key of every table; what a build makes on the way has
    none."""
    try:
        cursor.execute("set session sql_require_primary_key = 0")
    except pymysql.OperationalError as error:
        reason = (
            "the server demands a primary key of every table (sql_require_primary_key), and"
            f" `{user}` may not switch that off for its own sessions: grant session_variables_admin"
            f" on *.* to `{user}`, or set it to OFF"
        )
        raise pymysql.OperationalError(error.args[0], reason) from error


def create_databases(settings: Settings) -> None:
    """Makes the build, core and view databases where they are not there yet, with the collation
    that all share.

    Earlier versions had another one: the databases and the build's tables get this one here, the
    live tables and views when the next publication replaces them.
    """
    wanted = (settings.build, settings.core, settings.name)
    with closing(connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select schema_name, default_collation_name from information_schema.schemata where"
            " schema_name in %s",
            [wanted],
        )
        there = dict(cursor.fetchall())
        for name in wanted:
            if there.get(name) != COLLATION:
                verb = "alter" if name in there else "create"
                cursor.execute(
                    f"{verb} database `{name}` character set utf8mb4 collate {COLLATION}"
                )
        cursor.execute(
            "select distinct table_name from information_schema.columns inner join"
            " information_schema.tables using (table_schema, table_name) where table_schema = %s"
            " and table_type = 'BASE TABLE' and collation_name <> %s",
            [settings.build, COLLATION],
        )
        for (name,) in cursor.fetchall():
            with _allow_quick_writes():
                to = f"character set utf8mb4 collate {COLLATION}"
                cursor.execute(f"alter table `{settings.build}`.{quote(name)} convert to {to}")


def publish(
    settings: Settings, plan: Plan, published_at: datetime, passed: int, warned: int
) -> None:
    """Publishes the finished build. On any error the live tables and views are as they were."""
    with closing(connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"update `{settings.build}`.publication set published_at = %s, passed_test_count = %s,"  # noqa: S608
            " warned_test_count = %s",
            [published_at.replace(tzinfo=None), passed, warned],
        )
        _record(cursor, settings, plan)
        _sweep(cursor, settings)
        if all(_is_as_planned(cursor, settings.core, table) for table in plan.tables):
            _write_differences(connection, cursor, settings, plan)
        else:
            _swap_tables(connection, cursor, settings, plan)
        _replace_views(cursor, settings, plan)
        _drop_unplanned(cursor, settings, plan)
        cursor.execute(
            "analyze table "
            + ", ".join(f"`{settings.core}`.`{table.name}`" for table in plan.tables)
        )


def create_table_sql(database: str, table: Table, suffix: str = "") -> str:
    """The live table with its keys. Foreign keys lead to tables with the same suffix, so that a
    whole set can be made beside another."""
    lines = [
        f"`{column.name}` {column.type}{'' if column.nullable else ' not null'}"
        for column in table.columns
    ]
    lines.append(f"primary key ({_names(table.primary_key)})")
    lines += [
        f"foreign key ({_names(key.columns)}) references `{database}`.`{key.to_table}{suffix}`"
        f" ({_names(key.to_columns)})"
        for key in table.foreign_keys
    ]
    return (
        f"create table `{database}`.`{table.name}{suffix}` ({', '.join(lines)}) character set"
        f" utf8mb4 collate {COLLATION}"
    )


def _names(columns: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{quote(column)}" for column in columns)


def _is_as_planned(cursor: Cursor, core: str, table: Table) -> bool:
    """Whether the live table has the planned columns in order, with types and collation, and the
    planned keys."""
    cursor.execute(
        "select column_name, column_type, is_nullable, collation_name from"
        " information_schema.columns where table_schema = %s and table_name = %s order by"
        " ordinal_position",
        [core, table.name],
    )
    found = cursor.fetchall()
    if not {collation for *_, collation in found} <= {None, COLLATION}:
        return False
    columns = [(name, kind.lower(), nullable == "YES") for name, kind, nullable, _ in found]
    cursor.execute(
        "select constraint_name, column_name, referenced_table_name, referenced_column_name from"
        " information_schema.key_column_usage where table_schema = %s and table_name = %s order by"
        " constraint_name, ordinal_position",
        [core, table.name],
    )
    keys: dict[str, list[tuple[str, str | None, str | None]]] = {}
    for constraint, column, to_table, to_column in cursor.fetchall():
        keys.setdefault(constraint, []).append((column, to_table, to_column))
    wanted_keys = [[(column, None, None) for column in table.primary_key]] + [
        [
            (column, key.to_table, to_column)
            for column, to_column in zip(key.columns, key.to_columns, strict=True)
        ]
        for key in table.foreign_keys
    ]
    return columns == [(c.name, c.type, c.nullable) for c in table.columns] and sorted(
        map(str, keys.values())
    ) == sorted(map(str, wanted_keys))


def _write_differences(
    connection: pymysql.Connection, cursor: Cursor, settings: Settings, plan: Plan
) -> None:
    """One transaction: new and changed rows parents first, vanished rows children first."""
    connection.begin()
    try:
        for table in plan.tables:
            cursor.execute(_upsert_sql(settings, table))
        for table in reversed(plan.tables):
            same = " and ".join(
                f"built.`{c}` = `{settings.core}`.`{table.name}`.`{c}`" for c in table.primary_key
            )
            cursor.execute(
                f"delete from `{settings.core}`.`{table.name}` where not exists "  # noqa: S608
                f"(select 1 from `{settings.build}`.`{table.name}` as built where {same}) order by"
                f" {_names(table.primary_key)} desc"
            )
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _upsert_sql(settings: Settings, table: Table) -> str:
    names = [column.name for column in table.columns]
    same = " and ".join(f"live.`{name}` <=> built.`{name}`" for name in names)
    return (
        f"insert into `{settings.core}`.`{table.name}` ({_names(names)}) "  # noqa: S608
        f"select {_names(names, 'built.')} from `{settings.build}`.`{table.name}` as built "
        f"left join `{settings.core}`.`{table.name}` as live on"
        f" {' and '.join(f'live.`{c}` = built.`{c}`' for c in table.primary_key)} "
        f"where not ({same}) order by {_names(table.primary_key, 'built.')} "
        f"on duplicate key update {', '.join(f'`{name}` = built.`{name}`' for name in names)}"
    )


def _swap_tables(
    connection: pymysql.Connection, cursor: Cursor, settings: Settings, plan: Plan
) -> None:
    """A whole new set beside the old one, filled and checked by its keys, then swapped at one
    stroke.

    Views can only be replaced after that, one by one: until then the new tables keep the columns
    that only the old ones have.
    """
    parting = {
        table.name: _unplanned_columns(cursor, settings.core, table) for table in plan.tables
    }
    for table in plan.tables:
        cursor.execute(create_table_sql(settings.core, table, NEXT))
        for name, kind in parting[table.name].items():
            cursor.execute(
                f"alter table `{settings.core}`.`{table.name}{NEXT}` add column {quote(name)}"
                f" {kind}"
            )
    connection.begin()
    for table in plan.tables:
        names = [column.name for column in table.columns]
        old = ""
        if parting[table.name]:
            same = " and ".join(f"live.`{name}` = built.`{name}`" for name in table.primary_key)
            old = f" left join `{settings.core}`.`{table.name}` as live on {same}"
        columns = ", ".join(
            filter(None, [_names(names, "built."), _names(list(parting[table.name]), "live.")])
        )
        cursor.execute(
            f"insert into `{settings.core}`.`{table.name}{NEXT}` "  # noqa: S608
            f"({_names([*names, *parting[table.name]])}) "
            f"select {columns} from `{settings.build}`.`{table.name}` as built{old} order by"
            f" {_names(table.primary_key, 'built.')}"
        )
    connection.commit()
    there = _tables(cursor, settings.core)
    moves = []
    for table in plan.tables:
        if table.name in there:
            moves.append(
                f"`{settings.core}`.`{table.name}` to `{settings.core}`.`{table.name}{OLD}`"
            )
        moves.append(f"`{settings.core}`.`{table.name}{NEXT}` to `{settings.core}`.`{table.name}`")
    cursor.execute("rename table " + ", ".join(moves))


def _unplanned_columns(cursor: Cursor, core: str, table: Table) -> dict[str, str]:
    """Name → type of the live table's columns that the plan has no more; none where its rows cannot
    be told by the planned key."""
    cursor.execute(
        "select column_name, column_type from information_schema.columns where table_schema = %s"
        " and table_name = %s",
        [core, table.name],
    )
    there = dict(cursor.fetchall())
    if not set(table.primary_key) <= there.keys():
        return {}
    return {
        name: kind
        for name, kind in there.items()
        if name not in {column.name for column in table.columns}
    }


def _replace_views(cursor: Cursor, settings: Settings, plan: Plan) -> None:
    """The server keeps a view's text in its own words, for the build's view as for the live one:
    these are compared."""
    live_names = {table.name: f"`{settings.core}`.`{table.name}`" for table in plan.tables} | {
        view.name: f"`{settings.name}`.`{view.name}`" for view in plan.views
    }
    cursor.execute(
        "select table_schema, table_name, view_definition, collation_connection from"
        " information_schema.views where table_schema in %s",
        [(settings.build, settings.name)],
    )
    texts = {}
    for schema, name, text, collation in cursor.fetchall():
        if schema == settings.build or collation == COLLATION:  # a live one of another is replaced
            texts[schema, name] = text

    def as_live(view: View, text: str) -> str:
        return live_view_sql(View(view.name, text, view.reads), live_names)

    for view in plan.views:
        built, live = texts[settings.build, view.name], texts.get((settings.name, view.name))
        if live is None or as_live(view, built) != live:
            cursor.execute(
                f"create or replace view {live_names[view.name]} as {as_live(view, view.sql)}"
            )


def _record(cursor: Cursor, settings: Settings, plan: Plan) -> None:
    table = f"`{settings.build}`.`{RECORD}`"
    cursor.execute(
        f"create table if not exists {table} (database_name varchar(64), relation_name varchar(64),"
        f" primary key (database_name, relation_name)) character set utf8mb4 collate {COLLATION}"
    )
    made = [
        (settings.core, f"{each.name}{suffix}")
        for each in plan.tables
        for suffix in ("", NEXT, OLD)
    ]
    made += [(settings.name, view.name) for view in plan.views]
    cursor.executemany(f"insert ignore into {table} values (%s, %s)", made)  # noqa: S608


def _read_record(cursor: Cursor, settings: Settings, database: str) -> set[str]:
    cursor.execute(
        f"select relation_name from `{settings.build}`.`{RECORD}` where database_name = %s",  # noqa: S608
        [database],
    )
    return {name for (name,) in cursor.fetchall()}


def _drop_unplanned(cursor: Cursor, settings: Settings, plan: Plan) -> None:
    """Views, tables and columns that earlier versions published and this one does not, a set that
    was swapped out among them."""
    with _allow_quick_writes():
        for table in plan.tables:
            for name in _unplanned_columns(cursor, settings.core, table):
                cursor.execute(
                    f"alter table `{settings.core}`.`{table.name}` drop column {quote(name)}"
                )
    cursor.execute(
        "select table_name from information_schema.views where table_schema = %s", [settings.name]
    )
    views = {name for (name,) in cursor.fetchall()} & _read_record(cursor, settings, settings.name)
    for name in sorted(views - {view.name for view in plan.views}):
        with _allow_quick_writes():
            cursor.execute(f"drop view `{settings.name}`.{quote(name)}")
    tables = _tables(cursor, settings.core) & _read_record(cursor, settings, settings.core)
    with _allow_quick_writes():
        _drop_tables(cursor, settings.core, tables - {table.name for table in plan.tables})


@contextmanager
def _allow_quick_writes() -> Iterator[None]:
    """A reader that will not let go, or somebody else's foreign key, keeps what is no longer
    needed: the next publication tries again."""
    try:
        yield
    except pymysql.MySQLError as error:
        if error.args[0] in (CR.CR_SERVER_LOST, CR.CR_SERVER_GONE_ERROR):
            raise
        log.warning("left over from earlier, not dropped", reason=str(error.args[-1]))


def _sweep(cursor: Cursor, settings: Settings) -> None:
    """What an interrupted swap left behind: sets that nobody reads any more, or not yet."""
    half = {
        name for name in _read_record(cursor, settings, settings.core) if name.endswith((NEXT, OLD))
    }
    with _allow_quick_writes():
        _drop_tables(cursor, settings.core, half & _tables(cursor, settings.core))


def quote(name: str) -> str:
    """An identifier as it may stand in a statement."""
    return "`" + name.replace("`", "``") + "`"


def _tables(cursor: Cursor, database: str) -> set[str]:
    cursor.execute(
        "select table_name from information_schema.tables where table_schema = %s and table_type ="
        " 'BASE TABLE'",
        [database],
    )
    return {name for (name,) in cursor.fetchall()}


def _drop_tables(cursor: Cursor, database: str, names: set[str]) -> None:
    """One statement for all: a parent can then go together with its children."""
    if names:
        cursor.execute(
            "drop table " + ", ".join(f"`{database}`.{quote(name)}" for name in sorted(names))
        )
