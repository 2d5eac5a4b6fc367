"""A private MySQL server for the tests: real, on a socket and a port of its own, with quick
settings, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pymysql

ALWAYS = [
    *(
        "--innodb-buffer-pool-size=64M",
        "--innodb-redo-log-capacity=32M",
        "--innodb-log-buffer-size=4M",
    ),
    *("--innodb-buffer-pool-dump-at-shutdown=OFF", "--innodb-buffer-pool-load-at-startup=OFF"),
    *(
        "--performance-schema=OFF",
        "--mysqlx=OFF",
        "--skip-name-resolve",
        "--max-connections=64",
        "--table-open-cache=256",
    ),
    *(
        "--character-set-server=utf8mb4",
        "--collation-server=utf8mb4_0900_bin",
        "--default-time-zone=+00:00",
    ),
]
QUICK = [
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
    "--innodb-flush-method=nosync",
]
"""Nothing survives a crash of the machine, which no test of rows needs."""
SHARED = [
    *QUICK,
    *("--innodb-buffer-pool-size=256M", "--innodb-redo-log-capacity=128M"),
    *("--max-connections=200", "--table-open-cache=2000", "--table-definition-cache=2000"),
]
"""For many tests at once, each with databases of its own."""
DURABLE = [
    "--log-bin",
    "--sync-binlog=1",
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-doublewrite=ON",
]


@dataclass(frozen=True, eq=False)
class MysqlServer:
    """A running private server: root without a password, LOAD DATA LOCAL allowed."""

    socket: Path
    port: int
    command: tuple[str, ...] = ()
    """What starts it; empty where it is not ours to start and stop."""
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def connect(self) -> pymysql.Connection:
        return pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            charset="utf8mb4",
            collation="utf8mb4_0900_bin",
            autocommit=True,
        )

    def launch(self) -> int:
        """Starts it, and returns its process id once it answers."""
        process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)
        self._running.append(process)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
            except pymysql.err.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.socket.parent / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return process.pid

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGKILL is a crash."""
        process = self._running.pop()
        process.send_signal(how)
        process.wait(60)

    def restart(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Stops it well and starts it on the same data with other settings."""
        self.stop()
        # the two share what is running
        replace(
            self, command=(*(part for part in self.command if part not in before), *after)
        ).launch()


def initialize(mysqld: str, folder: Path, settings: Sequence[str]) -> MysqlServer:
    """A data directory under `folder`, and the server that is to run on it, not started yet."""
    user = []
    if os.geteuid() == 0:  # mysqld refuses to run as root
        user = ["--user=nobody"]
        shutil.chown(folder, "nobody")
    common = [mysqld, "--no-defaults", *user, *ALWAYS, *settings, f"--datadir={folder}/data"]
    subprocess.run(
        [*common, "--initialize-insecure", f"--log-error={folder}/init.log"],
        check=True,
        capture_output=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    addresses = [
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--socket={folder}/s",
        f"--pid-file={folder}/pid",
        f"--tmpdir={folder}",
    ]
    return MysqlServer(
        folder / "s", port, (*common, *addresses, f"--log-error={folder}/log", "--local-infile=1")
    )


@contextmanager
def start(mysqld: str, settings: Sequence[str] = QUICK) -> Iterator[MysqlServer]:
    """A server of one's own."""
    # Under /tmp whatever TMPDIR says: a socket's path may not be longer than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="onet-mysql-", dir="/tmp"))
    server = initialize(mysqld, folder, settings)
    try:
        server.launch()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
