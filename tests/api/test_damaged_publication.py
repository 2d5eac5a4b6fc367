"""A live file or pointer that was damaged, a MySQL server that cannot read its views: 503 and not
ready, never 500, and well again once they are."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import FROM, TO, Edition, MySQLWarehouse, SQLiteWarehouse, served

if TYPE_CHECKING:
    from tests.support.mysql_server import MysqlServer

GAP = f"/skill-gap?from={FROM}&to={TO}"
PATHS = (
    GAP,
    f"/compare?from={FROM}&to={TO}",
    f"/technology-gap?from={FROM}&to={TO}",
    "/occupations?q=a",
    f"/occupations/{TO}",
)
HEADERS = 4096
"""Bytes of a file that are read when it is opened."""


def unavailable(client: httpx.Client, path: str) -> bool:
    answer = client.get(path)
    assert answer.status_code in (200, 503), answer.text
    if answer.status_code == 503:
        assert answer.json()["type"] == "/problems/database-unavailable"
    return answer.status_code == 503


def overwrite(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(HEADERS)
        stream.write(b"\xff" * (file.stat().st_size - HEADERS))


def shorten(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.truncate(HEADERS + 5000)


def empty(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.truncate(0)


@pytest.mark.parametrize("damage", [overwrite, shorten, empty])
@pytest.mark.parametrize("is_open", [True, False], ids=["while it is open", "before it is opened"])
def test_a_damaged_file_is_unavailable_until_it_is_whole(
    tmp_path: Path, damage: Callable[[Path], None], is_open: bool
) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_damage")
    live.publish(Edition())
    [file] = live.files
    whole = file.read_bytes()
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        if is_open:
            assert client.get("/health/ready").status_code == 200
        damage(file)
        assert True in [unavailable(client, path) for path in PATHS]
        for path in ("/health/ready", *PATHS):  # now that it is known
            assert unavailable(client, path), path
        assert client.get("/health/live").status_code == 200
        file.write_bytes(whole)
        for path in ("/health/ready", *PATHS):
            assert not unavailable(client, path), path
        live.publish(Edition(2))
        for path in ("/health/ready", *PATHS):
            assert not unavailable(client, path), path


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_pipe")
    live.publish(Edition())
    [file] = live.files
    file.unlink()
    os.mkfifo(file)
    with served(live.environment()) as url, httpx.Client(base_url=url, timeout=5) as client:
        for path in ("/health/ready", *PATHS):
            assert unavailable(client, path), path


def test_another_file_in_the_place_of_the_one_that_is_open_is_unavailable(tmp_path: Path) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_foreign")
    live.publish(Edition())
    [file] = live.files
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        assert client.get("/health/ready").status_code == 200
        file.unlink()
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("create table x (y)")
        assert True in [unavailable(client, path) for path in ("/occupations?q=nurses", *PATHS)]


def test_a_publication_without_a_view_that_is_asked_for_is_unavailable_and_not_unpublished(
    tmp_path: Path,
) -> None:
    """As an earlier version may have left it."""
    live = SQLiteWarehouse(tmp_path, "onet_test_earlier")
    live.publish(Edition())
    [file] = live.files
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("drop view search_title")
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        assert unavailable(client, "/occupations?q=nurses")


def test_a_pointer_that_is_gone_takes_nothing_away(tmp_path: Path) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_pointer")
    live.publish(Edition())
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        assert client.get(GAP).status_code == 200
        live.unpublish()
        for path in ("/health/ready", "/publication", *PATHS):
            assert client.get(path).status_code == 200, path
        live.publish(Edition(2))
        assert client.get("/health/ready").json()["publication"]["build_id"] == Edition(2).build_id
        live.pointer.parent.rename(tmp_path / "elsewhere")
        assert client.get("/publication").json()["build_id"] == Edition(2).build_id


def test_views_of_an_earlier_version_are_unavailable(tmp_path: Path) -> None:
    """As on MySQL: a column that this version reads is not there yet."""
    live = SQLiteWarehouse(tmp_path, "onet_test_earlier")
    live.publish(Edition())
    with contextlib.closing(sqlite3.connect(live.files[0])) as connection, connection:
        connection.execute("drop view skill_gap")
        connection.execute("create view skill_gap as select element_id from core_skill_gap")
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        assert unavailable(client, GAP)


@pytest.mark.mysql
@pytest.mark.parametrize(
    "harm",
    [
        "drop user {name}_definer",
        "revoke select on {name}_core.* from {name}_definer",
        "revoke select on {name}.* from {name}",
        "alter user {name} account lock",
        "alter user {name} password expire",
        "alter table {name}_core.skill_gap discard tablespace",
    ],
)
def test_mysql_that_may_or_can_not_read_is_unavailable(
    live_mysql: MySQLWarehouse, mysql_server: MysqlServer, harm: str
) -> None:
    name = live_mysql.name
    with mysql_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"create user {name}_definer")
        cursor.execute(f"grant select on {name}_core.* to {name}_definer")
        try:
            cursor.execute(
                f"create or replace definer = {name}_definer sql security definer view"
                f" {name}.skill_gap as select * from {name}_core.skill_gap"
            )
            cursor.execute(harm.format(name=name))
            with served(live_mysql.environment()) as url, httpx.Client(base_url=url) as client:
                answer = client.get(GAP)
                assert answer.status_code == 503, answer.text
                assert name not in answer.text
        finally:
            cursor.execute(f"drop user if exists {name}_definer")
