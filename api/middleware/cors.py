"""Pages of other origins that may ask (API_CORS_ORIGINS); by default none, and nothing is added to
a response."""

from collections.abc import Sequence
from typing import Any

# What a script may send beside what every page may, and what it may read of a response.
_REQUEST_HEADERS = (
    *("Accept", "Authorization", "Content-Type", "If-None-Match"),
    *("X-API-Key", "X-Request-Id"),
    *("Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"),
)
_RESPONSE_HEADERS = (
    *("Content-Disposition", "ETag", "Link", "Retry-After"),
    *("WWW-Authenticate", "X-Request-Id"),
)
_PREFLIGHT_SECONDS = 3600


def build_cors_options(origins: Sequence[str]) -> dict[str, Any]:
    """What Starlette's CORSMiddleware is told. There are no cookies: a key is sent by the
    script."""
    return {
        "allow_origins": origins,
        "allow_methods": ("GET", "HEAD", "POST"),
        "allow_headers": _REQUEST_HEADERS,
        "expose_headers": _RESPONSE_HEADERS,
        "max_age": _PREFLIGHT_SECONDS,
    }
