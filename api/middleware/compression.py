"""Responses of more than a kilobyte as Brotli or gzip, where the client takes them.

Each coding of a response is a representation of its own: its entity tag ends in the coding. What is
behind this knows only plain tags, but may send a body that it keeps compressed.
"""

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.compression import (
    CODING,
    MIN_BYTES,
    Coding,
    Compressor,
    choose_coding,
    compress_async,
    create_compressor,
)

_COMPRESSIBLE = ("text/", "application/json", "application/problem+json", "application/x-ndjson")
_ALSO_COMPRESSIBLE = ("application/javascript", "application/openapi", "image/svg+xml")


def _mark_entity_tag(entity_tag: str, coding: Coding) -> str:
    return f'{entity_tag[:-1]}-{coding}"'


def _is_compressible(headers: MutableHeaders) -> bool:
    media_type = headers.get("content-type", "")
    # An event is to arrive when it is sent, and a compressor waits for more.
    is_stream = media_type.startswith("text/event-stream")
    return media_type.startswith(_COMPRESSIBLE + _ALSO_COMPRESSIBLE) and not is_stream


def _add_vary(headers: MutableHeaders) -> None:
    if "accept-encoding" not in headers.get("vary", "").lower():
        headers.add_vary_header("Accept-Encoding")


class CompressionMiddleware:
    """Costs a request that takes no coding a look at its headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        coding = choose_coding(scope) if scope["type"] == "http" else None
        if coding is None:
            await self._app(scope, receive, send)
            return
        # Not a copy: what routes note in the scope is for the log and the metrics.
        scope["headers"], known = _strip_coding(scope["headers"], coding)
        scope[CODING] = coding
        responder = _Responder(send, coding, known)
        await self._app(scope, receive, responder.send)


def _strip_coding(
    headers: Iterable[tuple[bytes, bytes]], coding: Coding
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The headers with the entity tags that the app gave, and those that the client has."""
    plain, known = [], b""
    for name, value in headers:
        if name == b"if-none-match":
            known += value
            value = value.replace(f'-{coding}"'.encode(), b'"')
        plain.append((name, value))
    return plain, known


class _Responder:
    """Sends one response."""

    def __init__(self, send: Send, coding: Coding, known: bytes) -> None:
        self._send = send
        self._coding = coding
        self._known = known
        self._start: Message | None = None
        self._compressor: Compressor | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif self._start is not None:
            start, self._start = self._start, None
            await self._send_first(start, message)
        elif self._compressor is not None:
            await self._send_piece(self._compressor, message)
        else:
            await self._send(message)

    async def _send_first(self, start: Message, message: Message) -> None:
        start = {**start, "headers": list(start["headers"])}
        headers = MutableHeaders(raw=start["headers"])
        if start["status"] == 304:
            self._mark_known(headers)
        elif start["status"] == 200 and "content-encoding" in headers:
            self._mark(headers)
        elif start["status"] == 200 and _is_compressible(headers):
            body, is_whole = message.get("body", b""), not message.get("more_body", False)
            _add_vary(headers)
            if is_whole and len(body) > MIN_BYTES:
                self._mark(headers)
                body = await compress_async(body, self._coding)
                headers["Content-Length"] = str(len(body))
                message = {**message, "body": body}
            elif not is_whole:
                self._mark(headers)
                del headers["Content-Length"]
                del headers["Accept-Ranges"]
                self._compressor = create_compressor(self._coding)
        await self._send(start)
        if self._compressor is not None:
            await self._send_piece(self._compressor, message)
        else:
            await self._send(message)

    def _mark(self, headers: MutableHeaders) -> None:
        headers["Content-Encoding"] = self._coding
        _add_vary(headers)
        if "etag" in headers:
            headers["ETag"] = _mark_entity_tag(headers["etag"], self._coding)

    def _mark_known(self, headers: MutableHeaders) -> None:
        """The client is told the tag that it has."""
        if "etag" in headers:
            marked = _mark_entity_tag(headers["etag"], self._coding)
            if marked.encode() in self._known:
                headers["ETag"] = marked

    async def _send_piece(self, compressor: Compressor, message: Message) -> None:
        more = message.get("more_body", False)
        body = compressor.write(message.get("body", b""))
        if not more:
            body += compressor.finish()
        await self._send({"type": "http.response.body", "body": body, "more_body": more})
