"""MySQL servers that ask their clients for files. They speak as much of the protocol as that takes,
on this machine alone.

`demanding` answers whatever is asked with a demand for a file. `between` stands before a real
server, passes everything on, and demands a file in the place of the one that LOAD DATA LOCAL names.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_QUERY = b"\x03"
_OK = b"\x00\x00\x00\x02\x00\x00\x00"


@dataclass
class Thief:
    """Which file it demands, how often it did, and what it got."""

    wanted: Path
    demands: int = 0
    stolen: list[bytes] = field(default_factory=list)
    port: int = 0
    socket: Path = Path()


def _read(stream: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = stream.recv(count - len(found))
        if not piece:
            raise ConnectionResetError
        found += piece
    return found


def _read_packet(stream: socket.socket) -> tuple[int, bytes]:
    header = _read(stream, 4)
    return header[3], _read(stream, int.from_bytes(header[:3], "little"))


def _write_packet(stream: socket.socket, number: int, payload: bytes) -> None:
    stream.sendall(len(payload).to_bytes(3, "little") + bytes([number % 256]) + payload)


def _demand(thief: Thief, stream: socket.socket) -> None:
    """Asks for the file and takes what comes, to the empty packet that ends it."""
    thief.demands += 1
    _write_packet(stream, 1, b"\xfb" + str(thief.wanted).encode())
    number = 1
    payload = b"more"
    while payload:
        number, payload = _read_packet(stream)
        if number == 0:
            raise ConnectionResetError  # the next command: it has not understood
        if payload:
            thief.stolen.append(payload)
    _write_packet(stream, number + 1, _OK)


def _greeting() -> bytes:
    capabilities = 0xFFFF_F7FF & ~0x0100_0000  # all but TLS, and with the marks that end rows
    return b"".join(
        (
            b"\x0a8.4.0-thief\0",
            struct.pack("<I", 7) + b"saltsalt\0",
            struct.pack("<H", capabilities & 0xFFFF) + b"\xff" + struct.pack("<H", 2),
            struct.pack("<H", capabilities >> 16) + b"\x15" + b"\0" * 10,
            b"saltsaltsalt\0mysql_native_password\0",
        )
    )


def _without_tls(greeting: bytes) -> bytes:
    """The greeting of a server that could not speak TLS, which nobody between could read."""
    at = greeting.index(b"\0") + 1 + 4 + 8 + 1  # behind version, thread and first part of the salt
    [capabilities] = struct.unpack_from("<H", greeting, at)
    return greeting[:at] + struct.pack("<H", capabilities & ~0x0800) + greeting[at + 2 :]


class _Demanding(socketserver.BaseRequestHandler):
    thief: Thief

    def handle(self) -> None:
        with suppress(OSError):
            _write_packet(self.request, 0, _greeting())
            number, _ = _read_packet(self.request)
            _write_packet(self.request, number + 1, _OK)
            while True:
                _, command = _read_packet(self.request)
                # whose answer no client looks into
                if command[:1] == _QUERY and not command[1:].lower().startswith(b"set "):
                    _demand(self.thief, self.request)
                else:
                    _write_packet(self.request, 1, _OK)


class _Between(socketserver.BaseRequestHandler):
    thief: Thief
    server_socket: Path

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as there, suppress(OSError):
            there.connect(str(self.server_socket))
            answering = threading.Thread(target=self._pass_answers, args=(there,), daemon=True)
            answering.start()
            while True:
                number, payload = _read_packet(self.request)
                if (
                    number == 0
                    and payload[:1] == _QUERY
                    and payload[1:].lower().startswith(b"load data local")
                ):
                    _demand(self.thief, self.request)
                else:
                    _write_packet(there, number, payload)

    def _pass_answers(self, there: socket.socket) -> None:
        with suppress(OSError):
            number, greeting = _read_packet(there)
            _write_packet(self.request, number, _without_tls(greeting))
            while answer := there.recv(65536):
                self.request.sendall(answer)


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def demanding(wanted: Path) -> Iterator[Thief]:
    thief = Thief(wanted)
    server = _TcpServer(("127.0.0.1", 0), type("Handler", (_Demanding,), {"thief": thief}))
    thief.port = server.server_address[1]
    with _running(server):
        yield thief


@contextmanager
def between(wanted: Path, server_socket: Path, folder: Path) -> Iterator[Thief]:
    thief = Thief(wanted, socket=folder / "thief")
    handler = type("Handler", (_Between,), {"thief": thief, "server_socket": server_socket})
    with _running(_UnixServer(str(thief.socket), handler)):
        yield thief
