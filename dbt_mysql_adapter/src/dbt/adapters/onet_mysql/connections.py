"""How dbt connects: credentials that never show the password, one session setting everywhere, and
type names that contracts can compare."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mysql.connector
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.exceptions import FailedToConnectError
from dbt.adapters.onet_mysql.published import MySQLConnectionManager, MySQLCredentials
from mysql.connector.constants import FieldType

# What the wire protocol distinguishes and a contract must not: the width of integers, and varchar
# from text (an expression of more than 512 characters arrives as a BLOB, a column of the same type
# does not).
_TYPE_FAMILY = {
    **dict.fromkeys(("TINY", "SHORT", "INT24", "LONG", "LONGLONG"), "integer"),
    **dict.fromkeys(
        ("STRING", "VARCHAR", "VAR_STRING", "TINY_BLOB", "BLOB", "MEDIUM_BLOB", "LONG_BLOB"), "text"
    ),
    **dict.fromkeys(("DECIMAL", "NEWDECIMAL"), "decimal"),
    **dict.fromkeys(("DATETIME", "TIMESTAMP"), "datetime"),
}


# What a session does not take over from the server: each of these would change what is written or
# read.
_SESSION = (
    "sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
    "default_storage_engine = InnoDB, sql_select_limit = 18446744073709551615, "
    "max_join_size = 18446744073709551615, sql_big_selects = 1, "
    "div_precision_increment = 4, sql_safe_updates = 0, completion_type = NO_CHAIN"
)


@dataclass(init=False)
# dbt-mysql has no type information
class OnetMySQLCredentials(MySQLCredentials):  # type: ignore[misc]
    """dbt-mysql's profile fields and three more: `ssl_ca`, a file of authorities of which one must
    vouch for the server; `password_file`, unless empty a file with the password in its first line,
    which wins over `password`; and `lock_wait_timeout`, the seconds that a statement waits for
    readers of the table it replaces. `unix_socket`, unless empty, wins over `server` and `port`.
    TCP is encrypted wherever the server offers it."""

    password: str | None = field(default=None, repr=False)
    password_file: str | None = None
    charset: str | None = "utf8mb4"
    collation: str | None = "utf8mb4_0900_bin"
    ssl_ca: str | None = None
    lock_wait_timeout: int = 60

    @property
    def type(self) -> str:
        return "onet_mysql"

    def _connection_keys(self) -> tuple[str, ...]:
        return (
            "server",
            "port",
            "unix_socket",
            "schema",
            "user",
            "charset",
            "collation",
            "ssl_ca",
            "lock_wait_timeout",
        )

    def connect_arguments(self) -> dict[str, Any]:
        tcp = {"host": self.server, "port": self.port or 3306}
        if self.ssl_ca:
            tcp |= {"ssl_ca": self.ssl_ca, "ssl_verify_cert": True}
        return {
            **({"unix_socket": self.unix_socket} if self.unix_socket else tcp),
            "user": self.username,
            "password": self._secret(),
            "charset": self.charset,
            "collation": self.collation,
            "time_zone": "+00:00",
            "init_command": f"set {_SESSION}, lock_wait_timeout = {self.lock_wait_timeout:d}",
            "connection_timeout": 15,
            "read_timeout": 3600,  # of one statement: longer than any model takes, and not for ever
            "write_timeout": 3600,
            "buffered": True,
            "use_pure": True,  # the C extension is not in every wheel: one driver everywhere
        }

    def _secret(self) -> str:
        """The password; raises FailedToConnectError where its file cannot be read, or its first
        line is empty but for blanks."""
        if not self.password_file:
            return self.password or ""
        try:
            with Path(self.password_file).open(encoding="utf-8-sig") as lines:
                secret = lines.readline(4096).strip()
        except (OSError, UnicodeDecodeError) as error:  # the second quotes the file
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise FailedToConnectError(
                f"password_file {self.password_file} cannot be read: {reason}"
            ) from None
        if not secret:
            raise FailedToConnectError(
                f"password_file: the first line of {self.password_file} is empty"
            )
        return secret


def _allow_tables_without_keys(connection: Connection) -> None:
    """Managed servers demand a primary key of every table; a create-table-as has none, nor have the
    rows that failed a test."""
    with connection.handle.cursor() as cursor:
        cursor.execute("select @@sql_require_primary_key")
        if cursor.fetchone() == (0,):
            return
        try:
            cursor.execute("set session sql_require_primary_key = 0")
        except mysql.connector.Error as error:
            connection.handle.close()
            connection.handle, connection.state = None, ConnectionState.FAIL
            user = connection.credentials.username
            raise FailedToConnectError(
                "the server demands a primary key of every table (sql_require_primary_key), and"
                f" user `{user}` may not switch that off for its own sessions: grant"
                f" session_variables_admin on *.* to `{user}`, or set it to OFF ({error})"
            ) from error


# dbt-mysql has no type information
class OnetMySQLConnectionManager(MySQLConnectionManager):  # type: ignore[misc]
    TYPE = "onet_mysql"

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        if connection.state == ConnectionState.OPEN:
            return connection
        credentials: OnetMySQLCredentials = connection.credentials
        try:
            connection.handle = mysql.connector.connect(**credentials.connect_arguments())
        except mysql.connector.Error as error:
            connection.handle, connection.state = None, ConnectionState.FAIL
            raise FailedToConnectError(str(error)) from error
        _allow_tables_without_keys(connection)
        connection.state = ConnectionState.OPEN
        return connection

    @classmethod
    def data_type_code_to_name(cls, type_code: int | str) -> str:
        name = str(FieldType.get_info(type_code))
        return _TYPE_FAMILY.get(name, name.lower())
