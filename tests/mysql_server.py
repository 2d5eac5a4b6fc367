"""A private MySQL server for the tests: real, on a socket and a port of its own, with quick settings, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql

SERVER_SETTINGS = [
    *("--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF", "--innodb-flush-method=nosync"),
    *("--innodb-buffer-pool-size=64M", "--innodb-redo-log-capacity=32M", "--innodb-log-buffer-size=4M"),
    *("--innodb-buffer-pool-dump-at-shutdown=OFF", "--innodb-buffer-pool-load-at-startup=OFF"),
    *("--performance-schema=OFF", "--mysqlx=OFF", "--skip-name-resolve", "--max-connections=64", "--table-open-cache=256"),
    *("--character-set-server=utf8mb4", "--collation-server=utf8mb4_0900_as_cs", "--default-time-zone=+00:00"),
]


@dataclass(frozen=True)
class MysqlServer:
    """A running private server: root without a password, LOAD DATA LOCAL allowed."""

    socket: Path
    port: int

    def connect(self) -> pymysql.Connection:
        return pymysql.connect(
            unix_socket=str(self.socket), user="root", charset="utf8mb4", collation="utf8mb4_0900_as_cs", autocommit=True
        )


@contextmanager
def start(mysqld: str) -> Iterator[MysqlServer]:
    # Under /tmp whatever TMPDIR says: a socket's path may not be longer than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="onet-mysql-", dir="/tmp"))
    user = []
    if os.geteuid() == 0:  # mysqld refuses to run as root
        user = ["--user=nobody"]
        shutil.chown(folder, "nobody")
    common = [mysqld, "--no-defaults", *user, *SERVER_SETTINGS, f"--datadir={folder}/data"]
    subprocess.run([*common, "--initialize-insecure", f"--log-error={folder}/init.log"], check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    addresses = ["--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder}/s", f"--pid-file={folder}/pid", f"--tmpdir={folder}"]
    process = subprocess.Popen([*common, *addresses, f"--log-error={folder}/log", "--local-infile=1"], stdin=subprocess.DEVNULL)
    server = MysqlServer(folder / "s", port)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                server.connect().close()
                break
            except pymysql.err.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "log").read_text()) from None
                time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)
