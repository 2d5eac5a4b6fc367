"""A MySQL connection that reads no file for the server.

In LOAD DATA LOCAL the server names the file and the client sends it: a hostile server, asked
anything at all, may name any file of this machine. Here what may be sent is offered under a name,
for one statement; whatever else is asked for is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, BinaryIO

from pymysql.connections import Connection, MySQLResult
from pymysql.constants import CLIENT
from pymysql.err import OperationalError
from pymysql.protocol import LoadLocalPacketWrapper

REJECTED = 2068
"""MySQL's own code for a local file that the client does not give."""
GREETING_SECONDS = 15
STATEMENT_SECONDS = 600
"""After which a server that stalls is given up; none of ours takes a tenth of it."""
_PIECE_BYTES = 32 * 1024
"""Of one packet: less than any max_allowed_packet that a server is run with."""


class LocalDataConnection(Connection):
    """pymysql's own `local_infile` stays off, so that what goes round this class sends nothing
    either."""

    def __init__(self, *arguments: Any, client_flag: int = 0, **options: Any) -> None:
        self._offered: dict[str, BinaryIO] = {}
        flags = client_flag | CLIENT.LOCAL_FILES
        super().__init__(
            *arguments,
            client_flag=flags,
            read_timeout=GREETING_SECONDS,
            write_timeout=STATEMENT_SECONDS,
            **options,
        )
        self._read_timeout = STATEMENT_SECONDS  # the driver has one for both

    @contextmanager
    def offer(self, name: str, content: bytes | BinaryIO) -> Iterator[None]:
        """What `load data local infile 'name'` sends in this block; of an open file, all from where
        it stands."""
        self._offered = {name: BytesIO(content) if isinstance(content, bytes) else content}
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
        while piece := content.read(_PIECE_BYTES) if content else b"":
            connection.write_packet(piece)
        connection.write_packet(b"")  # the end of it; alone, it says that there is no such file
        answer = connection._read_packet()
        if content is None:
            raise OperationalError(
                REJECTED,
                f"the server asked for the file {name[:200]!r} of this machine, which it was not"
                " offered",
            )
        self._read_ok_packet(answer)  # type: ignore[attr-defined]
