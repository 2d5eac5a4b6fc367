"""A MySQL connection that reads no file for the server.

In LOAD DATA LOCAL the server names the file and the client sends it: a hostile server, asked anything at all, may name any file of this
machine. Here what may be sent is offered from memory, under a name, for one statement; whatever else is asked for is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymysql.connections import Connection, MySQLResult
from pymysql.constants import CLIENT
from pymysql.err import OperationalError
from pymysql.protocol import LoadLocalPacketWrapper

REJECTED = 2068
"""MySQL's own code for a local file that the client does not give."""
_PIECE_BYTES = 32 * 1024
"""Of one packet: less than any max_allowed_packet that a server is run with."""


class LocalDataConnection(Connection):
    """pymysql's own `local_infile` stays off, so that what goes round this class sends nothing either."""

    def __init__(self, *arguments: Any, client_flag: int = 0, **options: Any) -> None:
        self._offered: dict[str, bytes] = {}
        super().__init__(*arguments, client_flag=client_flag | CLIENT.LOCAL_FILES, **options)

    @contextmanager
    def offer(self, name: str, content: bytes) -> Iterator[None]:
        """What `load data local infile 'name'` sends in this block."""
        self._offered = {name: content}
        try:
            yield
        finally:
            self._offered = {}

    def _read_query_result(self, unbuffered: bool = False) -> int:
        self._result = None
        result = _Result(self)
        if unbuffered:
            result.init_unbuffered_query()
        else:
            result.read()
        self._result = result
        if result.server_status is not None:
            self.server_status = result.server_status
        return int(result.affected_rows or 0)


class _Result(MySQLResult):
    def _read_load_local_packet(self, first_packet: Any) -> None:
        connection: Any = self.connection
        name = LoadLocalPacketWrapper(first_packet).filename.decode("utf-8", "backslashreplace")
        content = connection._offered.get(name)
        for start in range(0, len(content or b""), _PIECE_BYTES):
            connection.write_packet((content or b"")[start : start + _PIECE_BYTES])
        connection.write_packet(b"")  # the end of it; alone, it says that there is no such file
        answer = connection._read_packet()
        if content is None:
            raise OperationalError(REJECTED, f"the server asked for the file {name[:200]!r} of this machine, which it was not offered")
        self._read_ok_packet(answer)  # type: ignore[attr-defined]
