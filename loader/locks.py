"""A lock between processes that says so while it is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def hold_lock(
    path: Path, seconds: float, every: float, on_wait: Callable[[float], None]
) -> Iterator[None]:
    """Holds the lock in the block; calls `on_wait` with the seconds waited at once and then as
    often as `every`.

    Raises:
        Timeout: another process still held it after so many seconds.
        OSError: the file cannot be written.
    """
    lock = FileLock(path)
    began = time.monotonic()
    wait = 0.0
    while True:
        try:
            lock.acquire(timeout=wait)
            break
        except Timeout:
            waited = time.monotonic() - began
            if waited >= seconds:
                raise
            on_wait(waited)
            wait = min(every, seconds - waited)
    try:
        yield
    finally:
        lock.release()
