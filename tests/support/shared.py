"""What all workers of one run share, made once by whoever needs it first and gone when the run
ends: a MySQL server, built warehouses.

The run that pytest was started for makes a folder and names it in TEST_SESSION; workers find it
there.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from tests.support.mysql_server import SHARED, MysqlServer, initialize

SESSION = "TEST_SESSION"


def begin() -> bool:
    """Makes the folder; false where this process is a worker of a run that has one."""
    if SESSION in os.environ:
        return False
    # Under /tmp whatever TMPDIR says: a socket's path may not be longer than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="onet-tests-", dir="/tmp"))
    folder.chmod(0o755)  # the server may run as another user
    os.environ[SESSION] = str(folder)
    return True


def end() -> None:
    """Ends the server and removes the folder with all that is in it."""
    shared = folder()
    if pid := server_pid():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # nothing on it is wanted any more
        _wait_for(pid)
    del os.environ[SESSION]
    shutil.rmtree(shared, ignore_errors=True)


def folder() -> Path:
    return Path(os.environ[SESSION])


def once(name: str, make: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """What `make` returned, in the one process that called it; the others wait for it. A failure is
    everybody's, and not tried again.

    Args:
        name: of the thing; `make` gets a path for it, which does not exist yet.
        make: makes it and returns what JSON can hold.
    """
    place = folder() / name
    note, failure = place.with_suffix(".json"), place.with_suffix(".failed")
    with FileLock(place.with_suffix(".lock")):
        if failure.exists():
            raise RuntimeError(
                f"{name} could not be made, as an earlier test says: {failure.read_text()}"
            )
        if not note.exists():
            try:
                made = make(place)
            except BaseException as error:
                failure.write_text(str(error))
                raise
            note.write_text(json.dumps(made))
    known: dict[str, Any] = json.loads(note.read_text())
    return known


def server(mysqld: str) -> MysqlServer:
    """The one server, started by whoever asks first; it outlives that worker."""

    def make(place: Path) -> dict[str, Any]:
        place.mkdir()
        made = initialize(mysqld, place, SHARED)
        return {"socket": str(made.socket), "port": made.port, "pid": made.launch()}

    known = once("mysql", make)
    return MysqlServer(Path(known["socket"]), known["port"])


def server_pid() -> int | None:
    note = folder() / "mysql.json"
    return int(json.loads(note.read_text())["pid"]) if note.exists() else None


def _wait_for(pid: int) -> None:
    """Until the process is gone, whether it is a child of this one or of a worker that has
    ended."""
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
        return
    deadline = time.monotonic() + 20
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.02)
