"""Sends a response that is kept (response_cache.py), in the place of its route.

Before each of them is sent, the warehouse is asked which build is published now.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from api.compression import CODING, MIN_BYTES
from api.database import Database, DatabaseUnavailableError, NoPublicationError
from api.response_cache import CachedResponse, ResponseCache, cache_key
from api.responses import get_header, matches_entity_tag

_BODY_HEADERS = frozenset({b"content-length", b"content-type"})


class ResponseCacheMiddleware:
    """Runs inside RequestContextMiddleware, before the routes."""

    def __init__(self, app: ASGIApp, cache: ResponseCache, database: Database) -> None:
        self._app = app
        self._cache = cache
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            response = await self._find_response(scope)
            if response is not None:
                scope["route"] = response.route  # for the log and the metrics
                await self._send(scope, response, send)
                return
        await self._app(scope, receive, send)

    async def _find_response(self, scope: Scope) -> CachedResponse | None:
        """Of the build that is published now. Where that cannot be said, the route will say why."""
        key = cache_key(scope)
        if key not in self._cache:
            return None
        try:
            build_id = await self._database.build_id()
        except (DatabaseUnavailableError, NoPublicationError):
            return None
        return self._cache.get(key, build_id)  # which may have left meanwhile

    async def _send(self, scope: Scope, response: CachedResponse, send: Send) -> None:
        known = get_header(scope, b"if-none-match")
        status, headers, body = 200, response.headers, response.body
        if known and matches_entity_tag(response.entity_tag, known.decode("latin-1")):
            status, body = 304, b""
            headers = [pair for pair in headers if pair[0] not in _BODY_HEADERS]
        elif (coding := scope.get(CODING)) and len(body) > MIN_BYTES:
            body = await self._cache.encode(cache_key(scope), response, coding)
            headers = [pair for pair in headers if pair[0] != b"content-length"]
            headers.append((b"content-encoding", coding.encode()))
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
