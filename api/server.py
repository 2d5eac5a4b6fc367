"""uvicorn's server and its supervisor, with an end that resets no connection: who was let in is
answered, who comes later is refused.

Closing a socket that listens resets what waits in its queue, and closing a connection before its
request was read resets that. So first the kernel lets nobody else in, then the queue is emptied,
then what has arrived is read and answered.
"""

import asyncio
import contextlib
import ctypes
import errno
import os
import socket
import struct
import sys
from collections.abc import Iterator
from typing import cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import multiprocess

_SO_ATTACH_FILTER = 26
_DROP_EVERYTHING = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # BPF: return 0
_UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection:"
    b" close\r\n\r\n"
)
_LINGER_SECONDS = 0.5


def require_port(host: str, port: int) -> None:
    """SystemExit says in one sentence why nobody could listen there, and which variable to
    change."""
    advice = {
        errno.EADDRINUSE: (
            f"API_PORT: {port} on {host} is taken by another program. Stop that, or set API_PORT to"
            " another number"
        ),
        errno.EACCES: (
            f"API_PORT: {port} on {host} is kept for the system. Set API_PORT to a number above"
            " 1023"
        ),
        errno.EADDRNOTAVAIL: (
            f"API_HOST: {host} is not an address of this machine. 127.0.0.1 is for this machine"
            " alone, 0.0.0.0 for all"
        ),
    }
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            tried.bind(address)
    except (OSError, UnicodeError) as error:
        known = advice.get(error.errno or 0) if isinstance(error, OSError) else None
        raise SystemExit(
            f"api: {known or f'API_HOST: {host!r} cannot be listened on ({error})'}"
        ) from None


def stop_accepting(listener: socket.socket) -> None:
    """From now on the kernel drops whatever asks for a connection; it asks again, and is refused
    once the socket is closed.

    Linux only, and where it may not be done the few who come in between are reset, as without it.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            listener.setsockopt(
                socket.SOL_SOCKET,
                _SO_ATTACH_FILTER,
                struct.pack("HL", 1, ctypes.addressof(_DROP_EVERYTHING)),
            )


def accept_queued(listener: socket.socket) -> Iterator[socket.socket]:
    """The connections that the kernel has made and nobody has accepted."""
    listener.setblocking(False)
    with contextlib.suppress(OSError):
        while True:
            yield listener.accept()[0]


def reject_queued(listener: socket.socket) -> None:
    """Answers 503 to those whom no process can serve any more."""
    refused = list(accept_queued(listener))
    for connection in refused:
        with contextlib.suppress(OSError):
            connection.settimeout(_LINGER_SECONDS)
            connection.sendall(_UNAVAILABLE)
            connection.shutdown(socket.SHUT_WR)
    for connection in refused:
        with contextlib.suppress(OSError):
            while connection.recv(65_536):
                pass  # closed with something unread, it would be a reset after all
        connection.close()


class Server(uvicorn.Server):
    """One process that serves."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        listeners = [
            socket.socket(fileno=os.dup(each.fileno()))
            for server in self.servers
            for each in server.sockets
        ]
        # else other processes listen there, too: the supervisor knows whether all of them end
        if sockets is None:
            for listener in listeners:
                stop_accepting(listener)
        for server in self.servers:
            server.close()
        loop = asyncio.get_running_loop()
        for listener in listeners:
            for connection in accept_queued(listener):
                await loop.connect_accepted_socket(self._protocol, connection)
            listener.close()
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        protocol = cast(type[HttpToolsProtocol], self.config.http_protocol_class)
        return protocol(self.config, self.server_state, self.lifespan.state)


class Worker(multiprocess.Process):
    """One of several."""

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = Server(self.config)
        return self._server


class Supervisor(multiprocess.Multiprocess):
    """Starts and ends the processes that serve, and starts another in the place of one that
    died."""

    def terminate_all(self) -> None:
        for listener in self.sockets:
            stop_accepting(listener)
        super().terminate_all()

    def join_all(self) -> None:
        super().join_all()
        for listener in self.sockets:
            reject_queued(listener)


# the supervisor makes them by this name and has no other way to be told
multiprocess.Process = Worker  # type: ignore[misc]


def run(config: uvicorn.Config) -> None:
    """Serves until a signal ends it."""
    if config.workers > 1:
        Supervisor(config, sockets=[config.bind_socket()]).run()
    else:
        server = Server(config)
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
        if not server.started:
            sys.exit(3)
