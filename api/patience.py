"""How long a client may take to say what it wants: a connection on which no whole request arrives in time is closed.

Without this, connections that say nothing, or a byte now and then, would take up every file descriptor that the process may have.
"""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS = 20.0
"""For one request, body and all; the longest there is has some kilobytes. Between requests uvicorn's own keep-alive time holds."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's, with an end to its patience. A request that arrives at once, as nearly all do, sets no timer."""

    _is_waiting = True
    _giving_up: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._giving_up = self.loop.call_later(REQUEST_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._is_waiting:
            self._relax()
        elif self._giving_up is None:
            self._giving_up = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def on_message_begin(self) -> None:
        self._is_waiting = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._is_waiting = False
        super().on_message_complete()

    def _relax(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None
