"""Middleware around every route: request id, HEAD, security headers, the log line, the metrics, the
last resort.

Plain ASGI: a request pays for a few dictionary look-ups here and no task or stream of its own.
"""

import re
import secrets
import time
from collections.abc import Iterable
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logging_config import log_request
from api.metrics import Metrics
from api.problems import Problem, problem_response

log = structlog.get_logger("api.request")

_SAFE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+;=%-]*)(:[0-9]*)?")
CLIENT_CLOSED_REQUEST = 499
"""The status of a request that nobody waits for any more, in the log and the metrics; nginx'
number. It is no error."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
CONTENT_POLICY = b"default-src 'none'; frame-ancestors 'none'"


class RequestContextMiddleware:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _get_request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        method, is_head = scope["method"], scope["method"] == "HEAD"
        if is_head:
            # The same response, with its length and without its body. A copy: the server, too,
            # looks at its own for the method.
            scope = {**scope, "method": "GET"}
        status = 0

        async def receive_message() -> Message:
            nonlocal status
            message = await receive()
            if message["type"] == "http.disconnect" and not status:
                status = CLIENT_CLOSED_REQUEST
            return message

        async def send_message(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = status or message["status"]
                message = {
                    **message,
                    "headers": _add_security_headers(message["headers"], request_id),
                }
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # of this request's task, which nobody else runs in
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            problem_found = _check_host(scope)
            if problem_found is None:
                await self._app(scope, receive_message, send_message)
            else:
                root_path = scope.get("root_path", "")
                response = problem_response(problem_found, request_id, root_path=root_path)
                await response(scope, receive, send_message)
        except ClientDisconnect:
            status = CLIENT_CLOSED_REQUEST
        except Exception as error:
            log.exception("unexpected_error", path=_get_path_template(scope))
            if status:  # the response is on its way: all that is left is to break it off
                raise
            problem = Problem(
                "internal-error", f"Unexpected; the log has it under request id {request_id}."
            )
            del error
            response = problem_response(problem, request_id, root_path=scope.get("root_path", ""))
            await response(scope, receive, send_message)
        finally:
            seconds = time.perf_counter() - started
            path = _get_path_template(scope)
            self._metrics.observe(method if method in _METHODS else "other", path, status, seconds)
            # asked every few seconds by whoever keeps the service running: the metrics count them
            if not path.startswith("/health/"):
                log_request(method, path, status, seconds, request_id)


def _check_host(scope: Scope) -> Problem | None:
    """What RFC 9112 asks every server to refuse: a request that does not say once, and rightly,
    whom it is for."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if (len(hosts) == 1 and _HOST.fullmatch(hosts[0])) or (
        not hosts and scope["http_version"] == "1.0"
    ):
        return None
    return Problem(
        "bad-request",
        "Host: a request has this header once, with a name and perhaps a port.",
        headers={"Connection": "close"},
    )


def _get_request_id(scope: Scope) -> str:
    """The caller's own id where it is safe to repeat in a header and a log, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SAFE_ID.fullmatch(value):
            return str(value, "ascii")
    return secrets.token_hex(16)


def _get_path_template(scope: Scope) -> str:
    route: Any = scope.get("route")
    return route.path if route is not None else "(none)"


def build_security_headers(request_id: str) -> list[tuple[bytes, bytes]]:
    """What every response has; a page has a policy of its own for its content."""
    return [
        (b"x-request-id", request_id.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]


def _add_security_headers(
    headers: Iterable[tuple[bytes, bytes]], request_id: str
) -> list[tuple[bytes, bytes]]:
    """A list of its own: what was given may be kept for others."""
    completed = [*headers, *build_security_headers(request_id)]
    for name, _ in completed:
        if name == b"content-security-policy":
            return completed
    completed.append((b"content-security-policy", CONTENT_POLICY))
    return completed
