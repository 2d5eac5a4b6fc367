"""A MySQL server that stalls: nobody waits for it without end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pymysql
import pytest
from dbt.adapters.exceptions import FailedToConnectError
from dbt.adapters.onet_mysql.connections import OnetMySQLConnectionManager, OnetMySQLCredentials

from dbt_onet.pipeline.publish import mysql as publish_mysql
from dbt_onet.pipeline.settings import Settings as DbtSettings
from loader.errors import LoaderError
from loader.settings import Settings as LoaderSettings
from loader.store import local_data, open_store


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that lets everybody in and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    held.append(listener.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        for each in held:
            each.close()


def test_the_loader_gives_up_and_says_so(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_data, "GREETING_SECONDS", 0.2)
    settings = LoaderSettings(
        warehouse_engine="mysql", warehouse_port=silent, warehouse_user="loader"
    )
    with pytest.raises(LoaderError, match=r"MySQL at .*Is the server up"), open_store(settings):
        pass


def test_the_build_gives_up(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_mysql, "GREETING_SECONDS", 0.2)
    with pytest.raises(pymysql.OperationalError):
        publish_mysql.connect(DbtSettings(engine="mysql", port=silent, user="dbt"))


def test_dbt_gives_up(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = OnetMySQLCredentials(
        server="127.0.0.1", port=silent, username="dbt", schema="onet_build"
    )
    whole = credentials.connect_arguments()
    assert 0 < whole["connection_timeout"] < whole["read_timeout"]
    monkeypatch.setattr(credentials, "connect_arguments", lambda: whole | {"connection_timeout": 1})

    class Waiting:
        state = "init"
        handle: Any = None

    waiting = Waiting()
    waiting.credentials = credentials  # type: ignore[attr-defined]
    with pytest.raises(FailedToConnectError):
        OnetMySQLConnectionManager.open(waiting)
