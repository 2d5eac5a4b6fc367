"""How long a client may take to say what it wants, and how much it may say before: what goes on without end is closed. And how a
connection ends where it ends: after its answers, where there are any to come.

Without this, connections that say nothing, or a byte now and then, would take up every file descriptor that the process may have, and
endless headers its memory. The length of a body is the endpoints' to judge.
"""

import uuid
from asyncio import TimerHandle, Transport

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

REQUEST_SECONDS = 20.0
"""For one request, body and all; the longest there is has some kilobytes. Between requests uvicorn's own keep-alive time holds."""
LONGEST_HEADER = 131_072
"""Bytes, with the address; parameters and headers have a few hundred."""


LAST_CALL_SECONDS = 0.2
"""What has arrived when the service is stopped, and was not read yet, is read and answered; who is silent for so long has asked nothing."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's, with an end to its patience. A request that arrives at once, as nearly all do, sets no timer."""

    _answering: RequestResponseCycle | None = None
    """The request that is being answered; `cycle` is the last one that has begun to arrive."""
    _has_said_all = False
    _refusal = ""
    _breaking_off: TimerHandle | None = None
    _is_last_call = False

    _is_waiting = True
    _has_header = False
    _received = 0
    _giving_up: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._giving_up = self.loop.call_later(REQUEST_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        if self._breaking_off is not None:
            self._breaking_off.cancel()
        if self._answering is not None:  # uvicorn tells only the last one that arrived, and starts the others
            self._answering.disconnected = True
            self._answering.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client may say that it will ask no more and wait for its answers. True: the connection stays, for these."""
        self._has_said_all = True
        return self._owes_an_answer()

    def _owes_an_answer(self) -> bool:
        """Whether something was asked in full and is not answered. What was begun and cannot be finished does not count."""
        asked = self._answering
        return bool(self.pipeline) or (asked is not None and not asked.response_complete and not asked.more_body)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._owes_an_answer():
            return
        if self._refusal:
            self._refuse()
        elif self._has_said_all:
            self.transport.close()
        if self.transport.is_closing():
            self._break_off_later()

    def send_400_response(self, msg: str) -> None:
        """As every error of the API, and in its turn: sent before what is still to be answered, it would be taken for that answer."""
        self._refusal = msg
        if not self._owes_an_answer():
            self._refuse()

    def _refuse(self) -> None:
        if self.transport.is_closing():
            return
        # Not above: the process that only watches over those that serve reads this file, too, and needs none of these.
        from api.edge import CONTENT_POLICY, protecting_headers
        from api.problems import PROBLEM_JSON, Problem, problem_body

        request_id = uuid.uuid4().hex
        body = problem_body(Problem("bad-request", self._refusal), request_id)
        headers = [
            *self.server_state.default_headers,
            *protecting_headers(request_id),
            (b"content-security-policy", CONTENT_POLICY),
            (b"content-type", PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        self.transport.write(STATUS_LINE[400] + b"".join(b"%b: %b\r\n" % header for header in headers) + b"\r\n" + body)
        self.transport.close()
        self._break_off_later()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._break_off_later()

    def resume_writing(self) -> None:
        self._hear()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._break_off_later()

    def _break_off_later(self) -> None:
        """Who does not fetch an answer keeps the connection no longer than who does not say what it wants."""
        if self._breaking_off is None:
            self._breaking_off = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _hear(self) -> None:
        if self._breaking_off is not None and not self.transport.is_closing():
            self._breaking_off.cancel()
            self._breaking_off = None

    def shutdown(self) -> None:
        self._is_last_call = True
        if self._answering is None or self._answering.response_complete:
            self.loop.call_later(LAST_CALL_SECONDS, self._close_unless_asked)
        else:
            super().shutdown()

    def _close_unless_asked(self) -> None:
        if self._answering is None or self._answering.response_complete:
            self.transport.close()
            self._break_off_later()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._is_waiting:
            self._relax()
            return
        self._received += len(data)
        if self._received > LONGEST_HEADER and not self._has_header and not self.transport.is_closing():
            self.send_400_response("The header of the request is too long.")
        elif self._giving_up is None:
            self._giving_up = self.loop.call_later(REQUEST_SECONDS, self._give_up)

    def on_message_begin(self) -> None:
        self._is_waiting, self._has_header, self._received = True, False, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._has_header = True
        super().on_headers_complete()
        if self._is_last_call:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._is_waiting = False
        super().on_message_complete()

    def _give_up(self) -> None:
        asked = self.cycle
        if asked is not None and not asked.more_body and not asked.response_complete:
            # What was asked in full, before the request that does not end, is answered first.
            self._giving_up = self.loop.call_later(REQUEST_SECONDS, self._give_up)
        else:
            self.transport.close()
            self._break_off_later()

    def _relax(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None
