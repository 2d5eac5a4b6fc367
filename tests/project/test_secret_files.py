"""Passwords in files, as .env.example promises them: the first line less the blanks around it, and
never an empty one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from dbt.adapters.exceptions import FailedToConnectError
from dbt.adapters.onet_mysql.connections import OnetMySQLCredentials
from pydantic import ValidationError

from api.settings import Settings as ApiSettings
from dbt_onet.pipeline.settings import SecretFileError, Settings
from tests.project.test_environment import profile
from tests.support.environment import without_settings
from tests.support.warehouse import Warehouse


def read_by_dbt_onet() -> str:
    return Settings().secret


def read_by_the_profile() -> str:
    """As `dbt build` by hand connects."""
    fields = profile("mysql")
    del fields["target"], fields["type"]
    return str(OnetMySQLCredentials(**fields).connect_arguments()["password"])


def read_by_the_api() -> str:
    return ApiSettings().warehouse_password.get_secret_value()


READERS: list[Callable[[], str]] = [read_by_dbt_onet, read_by_the_profile, read_by_the_api]


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in set(os.environ) - set(without_settings()):
        monkeypatch.delenv(name)
    path = tmp_path / "password"
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "of-the-variable")
    monkeypatch.setenv("WAREHOUSE_PASSWORD_FILE", str(path))
    return path


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "content",
    [
        b"a b'c\\",
        b"\xef\xbb\xbfa b'c\\\r\n",
        b"a b'c\\\n",
        b" \ta b'c\\ \r\n",
        b"a b'c\\\nsecond line\n",
        b"a b'c\\\r\n\xff\xfe"[:8],
    ],
)
def test_the_first_line_counts_less_the_blanks_around_it(
    read: Callable[[], str], content: bytes, file: Path
) -> None:
    file.write_bytes(content)
    assert read() == "a b'c\\"


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "content", [b"", b"\n", b" \t\r\n", b"\nsecond line", b"\xff\xfe\x00s3cret", None]
)
def test_a_file_without_one_is_refused_and_not_quoted(
    read: Callable[[], str], content: bytes | None, file: Path
) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(
        (SecretFileError, FailedToConnectError, ValidationError), match=r"(?i)password_file"
    ) as refused:
        read()
    assert "s3cret" not in str(refused.value)
    assert "second" not in str(refused.value)


@pytest.mark.parametrize("read", READERS)
def test_without_a_file_the_variable_counts(
    read: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAREHOUSE_PASSWORD_FILE")
    assert read() == "of-the-variable"


def test_a_command_refuses_it_at_its_start_in_words(tmp_path: Path, file: Path) -> None:
    file.write_bytes(b"\n")
    told = {
        "WAREHOUSE_ENGINE": "mysql",
        "WAREHOUSE_USER": "nobody",
        "WAREHOUSE_PASSWORD_FILE": str(file),
    }
    printed = Warehouse("duckdb", tmp_path).run("dbt", "dbt_onet", "build", code=1, **told)
    assert "WAREHOUSE_PASSWORD_FILE: the first line of" in printed
    assert "Traceback" not in printed


def test_a_setting_that_is_none_is_said_in_words(tmp_path: Path) -> None:
    printed = Warehouse("duckdb", tmp_path).run(
        "dbt", "dbt_onet", "build", code=1, WAREHOUSE_ENGINE="oracle", WAREHOUSE_PORT="none"
    )
    assert "WAREHOUSE_ENGINE: " in printed
    assert "WAREHOUSE_PORT: " in printed
    assert "Traceback" not in printed
