"""One statement at a time for many who ask the same kind of thing: whoever asks meanwhile goes into
the next."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Batcher(Generic[Key, Value]):
    """Nobody gets what was read before it was asked for."""

    def __init__(
        self, fetch: Callable[[Sequence[Key]], Awaitable[Sequence[Value]]], max_keys: int
    ) -> None:
        """`fetch` gives a value for each key, in order; it is given `max_keys` keys at a time."""
        self._fetch = fetch
        self._max_keys = max_keys
        self._waiting: dict[Key, asyncio.Future[Value]] = {}
        self._fetching: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Value:
        """The value of a key; raises what `fetch` raises."""
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch_all())
        return await asyncio.shield(future)  # who hangs up takes nothing from the others

    async def _fetch_all(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[: self._max_keys]
                futures = [self._waiting.pop(key) for key in keys]
                try:
                    values = await self._fetch(keys)
                except Exception as error:
                    for future in futures:
                        future.set_exception(error)
                        future.exception()  # it is looked at, even where all who asked have hung up
                except BaseException:
                    for future in futures:
                        future.cancel()
                    raise
                else:
                    for future, value in zip(futures, values, strict=True):
                        future.set_result(value)
        finally:
            self._fetching = None
