"""uvicorn's HTTP protocol with timeouts and limits: a request without end is closed, and responses
that are owed are sent first.

Without this, connections that say nothing, or a byte now and then, would take up every file
descriptor that the process may have, and endless headers its memory. The length of a body is the
endpoints' to judge.
"""

import uuid
from asyncio import TimerHandle, Transport

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

REQUEST_TIMEOUT_SECONDS = 20.0
"""For one request, body and all; the longest there is has some kilobytes. Between requests
uvicorn's own keep-alive time holds."""
MAX_HEADER_BYTES = 131_072
"""Bytes, with the address; parameters and headers have a few hundred."""


SHUTDOWN_GRACE_SECONDS = 0.2
"""What has arrived when the service is stopped, and was not read yet, is read and answered; who is
silent for so long has asked nothing."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """uvicorn's, with timeouts and a limit. A request that arrives at once, as nearly all do, sets
    no timer."""

    _active_cycle: RequestResponseCycle | None = None
    """The request that is being answered; `cycle` is the last one that has begun to arrive."""
    _is_half_closed = False
    _pending_error = ""
    _abort_timer: TimerHandle | None = None
    _is_shutting_down = False

    _is_receiving = True
    _has_header = False
    _received = 0
    _request_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._request_timer = self.loop.call_later(
            REQUEST_TIMEOUT_SECONDS, self._on_request_timeout
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_request_timer()
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        # uvicorn tells only the last one that arrived, and starts the others
        if self._active_cycle is not None:
            self._active_cycle.disconnected = True
            self._active_cycle.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client may say that it will ask no more and wait for its responses. True: the
        connection stays, for these."""
        self._is_half_closed = True
        return self._has_pending_responses()

    def _has_pending_responses(self) -> bool:
        """Whether something was asked in full and is not answered. What was begun and cannot be
        finished does not count."""
        cycle = self._active_cycle
        return bool(self.pipeline) or (
            cycle is not None and not cycle.response_complete and not cycle.more_body
        )

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._active_cycle = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._has_pending_responses():
            return
        if self._pending_error:
            self._send_error()
        elif self._is_half_closed:
            self.transport.close()
        if self.transport.is_closing():
            self._schedule_abort()

    def send_400_response(self, msg: str) -> None:
        """As every error of the API, and in its turn: sent before what is still to be answered, it
        would be taken for that response."""
        self._pending_error = msg
        if not self._has_pending_responses():
            self._send_error()

    def _send_error(self) -> None:
        if self.transport.is_closing():
            return
        # Not above: the process that only watches over those that serve reads this file, too, and
        # needs none of these.
        from api.middleware.request_context import CONTENT_POLICY, build_security_headers
        from api.problems import PROBLEM_JSON, Problem, problem_body

        request_id = uuid.uuid4().hex
        body = problem_body(Problem("bad-request", self._pending_error), request_id)
        headers = [
            *self.server_state.default_headers,
            *build_security_headers(request_id),
            (b"content-security-policy", CONTENT_POLICY),
            (b"content-type", PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        self.transport.write(
            STATUS_LINE[400]
            + b"".join(b"%b: %b\r\n" % header for header in headers)
            + b"\r\n"
            + body
        )
        self.transport.close()
        self._schedule_abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._schedule_abort()

    def resume_writing(self) -> None:
        self._cancel_abort()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._schedule_abort()

    def _schedule_abort(self) -> None:
        """Who does not fetch a response keeps the connection no longer than who does not say what
        it wants."""
        if self._abort_timer is None:
            self._abort_timer = self.loop.call_later(REQUEST_TIMEOUT_SECONDS, self.transport.abort)

    def _cancel_abort(self) -> None:
        if self._abort_timer is not None and not self.transport.is_closing():
            self._abort_timer.cancel()
            self._abort_timer = None

    def shutdown(self) -> None:
        self._is_shutting_down = True
        if self._active_cycle is None or self._active_cycle.response_complete:
            self.loop.call_later(SHUTDOWN_GRACE_SECONDS, self._close_if_idle)
        else:
            super().shutdown()

    def _close_if_idle(self) -> None:
        if self._active_cycle is None or self._active_cycle.response_complete:
            self.transport.close()
            self._schedule_abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._is_receiving:
            self._cancel_request_timer()
            return
        self._received += len(data)
        if (
            self._received > MAX_HEADER_BYTES
            and not self._has_header
            and not self.transport.is_closing()
        ):
            self.send_400_response("The header of the request is too long.")
        elif self._request_timer is None:
            self._request_timer = self.loop.call_later(
                REQUEST_TIMEOUT_SECONDS, self._on_request_timeout
            )

    def on_message_begin(self) -> None:
        self._is_receiving, self._has_header, self._received = True, False, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._has_header = True
        super().on_headers_complete()
        if self._is_shutting_down:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._is_receiving = False
        super().on_message_complete()

    def _on_request_timeout(self) -> None:
        cycle = self.cycle
        if cycle is not None and not cycle.more_body and not cycle.response_complete:
            # What was asked in full, before the request that does not end, is answered first.
            self._request_timer = self.loop.call_later(
                REQUEST_TIMEOUT_SECONDS, self._on_request_timeout
            )
        else:
            self.transport.close()
            self._schedule_abort()

    def _cancel_request_timer(self) -> None:
        if self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None
