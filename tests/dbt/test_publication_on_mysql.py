"""Publication on MySQL beside what is somebody else's, without rights, and through a server that
dies: the real steps on a few rows."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pymysql
import pytest
from pymysql.cursors import Cursor

from dbt_onet.pipeline.build import published_release
from dbt_onet.pipeline.error_messages import explain_error
from dbt_onet.pipeline.publish import mysql as publish_mysql
from dbt_onet.pipeline.publish.live_files import UnreadableLiveError
from tests.support.live_warehouse import until
from tests.support.mysql_server import MysqlServer
from tests.support.small_publication import SmallPublication, small_publication
from tests.support.warehouse import make_warehouse

pytestmark = pytest.mark.mysql
CHIEF, NURSE, TEACHER = (
    ("11-1011.00", "Chief", 5),
    ("29-1141.00", "Nurse", 3),
    ("25-2021.00", "Teacher", 4),
)


@pytest.fixture
def small(mysql_server: MysqlServer, tmp_path: Path) -> Iterator[SmallPublication]:
    with (
        make_warehouse("mysql", tmp_path / "warehouse", mysql_server) as warehouse,
        small_publication(warehouse) as made,
    ):
        made.build(CHIEF, NURSE)
        made.publish()
        yield made


def run(small: SmallPublication, *statements: str) -> list[tuple[str, ...]]:
    """As root, `CORE`, `LIVE` and `DBT` standing for the databases and the user; what the last one
    says."""
    with small.warehouse.open_server().connect() as connection, connection.cursor() as cursor:
        for text in statements:
            cursor.execute(
                text.replace("CORE", small.settings.core).replace("LIVE", small.settings.name)
            )
        return list(cursor.fetchall())


def relations(small: SmallPublication, database: str) -> set[str]:
    return {
        name
        for (name,) in run(
            small,
            f"select table_name from information_schema.tables where table_schema = '{database}'",
        )
    }


def test_tables_and_views_that_no_publication_made_stay(small: SmallPublication) -> None:
    """Whatever their names; those of an earlier version go, also where somebody else's would
    not."""
    run(
        small,
        *(
            "create table CORE.mine (x int)",
            "create table CORE.backup__old (x int)",
            "create table CORE.`o``dd` (x int)",
        ),
        *(
            "create table LIVE.notes (x int)",
            "create view LIVE.mine as select 1 as x",
            "create view LIVE.`v``w` as select 1 as x",
        ),
    )
    mine = {"mine", "backup__old", "o`dd"}
    earlier = small.plan
    small.build(CHIEF, NURSE, TEACHER)
    small.publish()
    assert relations(small, small.settings.core) == {"publication", "dim_occupation"} | mine
    views = {view.name for view in small.plan.views} | {"mine", "v`w", "notes"}
    assert relations(small, small.settings.name) == views
    small.plan = type(earlier)(
        earlier.tables, tuple(view for view in earlier.views if view.name != "skill_gap")
    )
    run(small, "alter table CORE.dim_occupation modify title varchar(99)")  # a swap of all tables
    small.publish()
    assert relations(small, small.settings.core) == {"publication", "dim_occupation"} | mine
    assert relations(small, small.settings.name) == views - {"skill_gap"}


def test_somebody_s_key_on_a_table_that_was_swapped_stops_no_publication(
    small: SmallPublication,
) -> None:
    other = f"{small.settings.name}_other"
    run(
        small,
        f"create database {other}",
        f"create table {other}.child (code varchar(10) collate utf8mb4_0900_bin, "
        "foreign key (code) references CORE.dim_occupation (occupation_code))",
        "alter table CORE.dim_occupation modify title varchar(99)",
    )
    try:
        for rows in ((CHIEF,), (CHIEF, TEACHER), (CHIEF, NURSE)):
            small.build(*rows)
            small.publish()
            assert small.codes() == sorted(code for code, *_ in rows)
    finally:
        run(small, f"drop database {other}")
    small.publish()
    assert relations(small, small.settings.core) == {"publication", "dim_occupation"}


EARLIER, NOW = "utf8mb4_0900_as_cs", publish_mysql.COLLATION


def make_earlier(small: SmallPublication) -> None:
    """All as a version with another collation left it, a column among it that is published no
    more."""
    core, build, live = small.settings.core, small.settings.build, small.settings.name
    run(
        small,
        f"alter table {core}.dim_occupation add column note varchar(20) default 'of earlier'",
        *(f"alter database {name} collate {EARLIER}" for name in (core, build, live)),
        *(
            f"alter table {core}.{name} convert to character set utf8mb4 collate {EARLIER}"
            for name in relations(small, core)
        ),
        f"alter table {build}.dim_occupation convert to character set utf8mb4 collate {EARLIER}",
        f"set collation_connection = {EARLIER}",
        f"create or replace view {live}.occupation as select occupation_code, title, job_zone,"
        f" note, 'listed' as status from {core}.dim_occupation",
        *(
            f"create or replace view {live}.{name} as select * from {core}.{table}"
            for name, table in (
                ("skill_gap", "dim_occupation"),
                ("current_publication", "publication"),
            )
        ),
    )


def collations(small: SmallPublication) -> set[str]:
    """Of what is served: columns of tables and views, and the texts that views make."""
    names = (
        f"('{small.settings.core}', '{small.settings.name}') and right(table_name, 6) <> '__next'"
    )
    texts = (
        (
            "select distinct collation_name from information_schema.columns where collation_name"
            f" is not null and table_schema in {names}"
        ),
        (
            "select distinct collation_connection from information_schema.views where table_schema"
            f" in {names}"
        ),
    )
    return {name for text in texts for (name,) in run(small, text)}


@contextmanager
def reader(small: SmallPublication) -> Iterator[list[list[str]]]:
    """Reads the codes again and again; at the end there must have been no error."""
    seen: list[list[str]] = []
    done = Event()

    def read() -> None:
        while not done.is_set():
            rows = run(
                small,
                "select occupation_code, title from LIVE.occupation where title > 'A' order by 1",
            )
            seen.append([code for code, _ in rows])

    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(read)
        try:
            until(lambda: len(seen) > 1 or reading.done())
            yield seen
            count = len(seen)
            until(lambda: len(seen) > count + 1 or reading.done())
        finally:
            done.set()
        reading.result()


def test_a_warehouse_in_another_collation_is_upgraded_by_the_next_publication(
    small: SmallPublication,
) -> None:
    """Readers see the rows before or those after; a publication that fails leaves all as it was."""
    make_earlier(small)
    assert collations(small) == {EARLIER}
    user, core = f"{small.warehouse.name}_dbt", small.settings.core.replace("_", r"\_")
    run(small, f"revoke insert on `{core}`.* from {user}")
    small.build(CHIEF, TEACHER)
    with pytest.raises(pymysql.MySQLError):
        small.publish()
    assert collations(small) == {EARLIER}
    assert small.codes() == [CHIEF[0], NURSE[0]]
    run(small, f"grant insert on `{core}`.* to {user}")
    with reader(small) as seen:
        small.publish()
    before, after = [CHIEF[0], NURSE[0]], [CHIEF[0], TEACHER[0]]
    assert seen[0] == before
    assert seen[-1] == after
    assert all(codes in (before, after) for codes in seen)
    assert collations(small) == {NOW}
    assert run(
        small,
        "select default_collation_name from information_schema.schemata where schema_name = 'CORE'",
    ) == [(NOW,)]
    assert relations(small, small.settings.core) == {"publication", "dim_occupation"}


def test_too_few_rights_are_told_and_what_is_live_stays(small: SmallPublication) -> None:
    user, core = f"{small.warehouse.name}_dbt", small.settings.core.replace("_", r"\_")
    small.build(TEACHER)
    run(small, f"revoke insert on `{core}`.* from {user}")
    with pytest.raises(pymysql.MySQLError) as refused:
        small.publish()
    message = explain_error(refused.value, small.settings)
    assert message is not None
    assert "INSERT command denied" in message
    assert small.codes() == [CHIEF[0], NURSE[0]]
    run(small, f"grant insert on `{core}`.* to {user}")
    small.publish()
    assert small.codes() == [TEACHER[0]]


def test_views_that_lost_their_tables_are_told_apart_and_published_over(
    small: SmallPublication,
) -> None:
    """As somebody who tidied up may leave them: `build --if-changed` builds anew where this is
    raised."""
    run(small, "drop table CORE.publication")
    with pytest.raises(UnreadableLiveError, match="make build"):
        published_release(small.settings)
    small.publish()
    assert published_release(small.settings) == "29.2"


def test_a_server_that_dies_in_the_middle_leaves_a_whole_publication(
    own_mysql_server: MysqlServer, tmp_path: Path
) -> None:
    """And the next one cleans up by itself. Each time it dies before another statement."""
    with (
        make_warehouse("mysql", tmp_path / "warehouse", own_mysql_server) as warehouse,
        small_publication(warehouse) as small,
    ):
        small.build(CHIEF, NURSE)
        small.publish()
        for number in (2, 8, 14):
            small.build(TEACHER)
            if number != 8:  # else rows that differ are written
                run(small, "alter table CORE.dim_occupation modify title varchar(99)")
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Cursor, "execute", dying_before(own_mysql_server, number))
                with pytest.raises(pymysql.MySQLError):
                    small.publish()
            assert small.codes() in ([CHIEF[0], NURSE[0]], [TEACHER[0]])
            small.publish()
            assert small.codes() == [TEACHER[0]]
            assert relations(small, small.settings.core) == {"publication", "dim_occupation"}
            small.build(CHIEF, NURSE)
            small.publish()


def dying_before(server: MysqlServer, number: int) -> Callable[..., int]:
    """A cursor's `execute` that finds the server killed, and started again, at the given call."""
    execute, calls = Cursor.execute, count(1)

    def run_or_die(self: Any, *arguments: Any) -> int:
        if next(calls) == number:
            server.stop(signal.SIGKILL)
            server.launch()
        return execute(self, *arguments)

    return run_or_die
