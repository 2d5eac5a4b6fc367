"""Responses that are kept as bytes: who asks the same of the same build gets the same bytes.

A route returns a `BuildResponse`, which says which build its data are from. Nothing else is kept.
With another build all of them go, and of one build the least recently used leave first.
"""

from collections import OrderedDict
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Scope

from api.compression import Coding, compress_async
from api.metrics import Metrics
from api.responses import BuildResponse, get_header

CacheKey = tuple[str, bytes, bytes]
"""Path, query string and Accept: all that a response depends on, beside the build."""

_OVERHEAD_BYTES = 1000
"""What a response costs beside its body, its address and its headers."""


class CachedResponse(NamedTuple):
    """What one route returned, and its body in the codings that it was asked for in."""

    route: object
    headers: list[tuple[bytes, bytes]]
    body: bytes
    entity_tag: str
    encoded: dict[Coding, bytes]


def cache_key(scope: Scope) -> CacheKey:
    """The key of the response to a request."""
    return scope["path"], scope["query_string"], get_header(scope, b"accept")


class ResponseCache:
    """The responses of one build, of at most so many bytes."""

    def __init__(self, metrics: Metrics, max_bytes: int) -> None:
        self._metrics = metrics
        self._max_bytes = max_bytes
        self._responses: OrderedDict[CacheKey, CachedResponse] = OrderedDict()
        self._bytes = 0
        self._build_id = ""

    def __contains__(self, key: CacheKey) -> bool:
        return key in self._responses

    def get(self, key: CacheKey, build_id: str) -> CachedResponse | None:
        """The response of that build, where it is kept."""
        self._require_build(build_id)
        response = self._responses.get(key)
        if response:
            self._responses.move_to_end(key)
            self._metrics.cache_hits.inc()
        return response

    def store(self, scope: Scope, response: Response) -> None:
        """Keeps the response to a GET if it is of one build."""
        if not isinstance(response, BuildResponse) or scope["method"] != "GET":
            return
        self._require_build(response.build_id)
        key = cache_key(scope)
        if key in self._responses:
            return
        self._metrics.cache_misses.inc()
        body, entity_tag = bytes(response.body), response.headers["etag"]
        kept = CachedResponse(scope["route"], response.raw_headers, body, entity_tag, {})
        self._responses[key] = kept
        self._add_bytes(_count_bytes(key, kept))

    async def encode(self, key: CacheKey, response: CachedResponse, coding: Coding) -> bytes:
        """The body in a coding, which is kept beside the body itself."""
        encoded = response.encoded.get(coding)
        if encoded is None:
            encoded = await compress_async(response.body, coding)
            if self._responses.get(key) is response and coding not in response.encoded:
                response.encoded[coding] = encoded
                self._add_bytes(len(encoded))
        return encoded

    def _add_bytes(self, count: int) -> None:
        self._bytes += count
        while self._bytes > self._max_bytes:
            self._bytes -= _count_bytes(*self._responses.popitem(last=False))
        self._metrics.cache_bytes.set(self._bytes)

    def _require_build(self, build_id: str) -> None:
        if build_id != self._build_id:
            self._responses.clear()
            self._bytes, self._build_id = 0, build_id


def _count_bytes(key: CacheKey, response: CachedResponse) -> int:
    encoded = sum(map(len, response.encoded.values()))
    return len(response.body) + encoded + sum(map(len, key)) + _OVERHEAD_BYTES
