"""A bounded pool of asyncmy connections.

asyncmy's own makes one connection at a time, the others wait for it, and its waiters have no
deadline.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from asyncmy.connection import Connection

from api.database.base import Usage


class Pool:
    """Lends each connection to one reader at a time, the last used first."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        size: int,
        wait_seconds: float,
        recycle_seconds: float,
    ) -> None:
        self._connect = connect
        self._wait_seconds = wait_seconds
        self._recycle_seconds = recycle_seconds
        self._slots = asyncio.Semaphore(size)
        self.usage = Usage(size)
        self._idle: list[tuple[Connection, float]] = []
        """With the time that each was made at."""
        self._generation = 0

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """One that nobody else uses meanwhile; closed where anything goes wrong, so that nobody
        meets it half-way.

        TimeoutError where none was free for too long.
        """
        async with asyncio.timeout(self._wait_seconds):
            await self._slots.acquire()
        try:
            with self.usage.track_use():
                generation = self._generation
                connection, made_at = self._take_idle() or (await self._connect(), time.monotonic())
                try:
                    yield connection
                except BaseException:
                    connection.close()
                    raise
                if generation == self._generation:
                    self._idle.append((connection, made_at))
                else:
                    connection.close()
        finally:
            self._slots.release()

    def _take_idle(self) -> tuple[Connection, float] | None:
        while self._idle:
            connection, made_at = self._idle.pop()
            if time.monotonic() - made_at < self._recycle_seconds and connection.connected:
                return connection, made_at
            connection.close()
        return None

    def dispose(self) -> None:
        """Closes what is idle, and what is in use once it is given back."""
        self._generation += 1
        while self._idle:
            self._idle.pop()[0].close()
