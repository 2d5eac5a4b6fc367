"""API key authentication (API_KEYS), and how OpenAPI describes it.

A key comes in a header and is told to nobody: no response, log line or figure repeats it, right or
wrong. In an address it would stand in logs and histories, so there it is a parameter that is not
known.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.problems import PROBLEM_JSON, Problem

# Whoever keeps the service running, or is about to learn how to ask it, has no key. There are no
# ratings here.
PUBLIC_PATHS = frozenset({"/", "/docs", "/health/live", "/health/ready", "/problems/{name}"})

_CHALLENGE = 'Bearer realm="O*NET skill gaps"'
_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "`Authorization: Bearer KEY`, with one of the service's keys.",
    },
    "header": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "`X-API-Key: KEY`, where a proxy uses the other.",
    },
}
_UNAUTHORIZED = {
    "description": "No key was sent, or not one of the service's.",
    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemResponse"}}},
}


class ApiKeys:
    """The keys that are accepted; none at all: everyone is."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._digests = [_digest(key.encode()) for key in keys]

    def __len__(self) -> int:
        return len(self._digests)

    def authenticate(self, request: Request) -> None:
        """Raises a 401 problem where the request has no key, more than one, or one that is not
        accepted."""
        sent = _extract_keys(request)
        if len(sent) != 1:
            said = "Send one key, not several" if sent else "This service asks for a key"
            raise Problem(
                "key-required",
                f"{said}, in the header Authorization (Bearer KEY) or X-API-Key; never in the"
                " address.",
                headers={"WWW-Authenticate": _CHALLENGE},
            )
        digest = _digest(sent[0])
        # All of them, whichever it is: neither a key's letters nor its place show in the time this
        # takes.
        if not sum(hmac.compare_digest(digest, known) for known in self._digests):
            raise Problem(
                "key-required",
                "The key is not one of this service's.",
                headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
            )


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _extract_keys(request: Request) -> list[bytes]:
    """What was sent as a key. An Authorization of another kind is somebody else's, such as a
    proxy's."""
    found = []
    for name, value in request.scope["headers"]:
        scheme, _, rest = value.partition(b" ")
        if name == b"authorization" and scheme.lower() == b"bearer":
            found.append(rest.strip())
        elif name == b"x-api-key":
            found.append(value.strip())
    return found


def make_private(response: Response) -> None:
    """What is answered to a key is not for a shared cache to give to others."""
    kept = response.headers.get("Cache-Control", "")
    response.headers["Cache-Control"] = kept.replace("public", "private")


def add_security_schemes(openapi: dict[str, Any]) -> dict[str, Any]:
    """The description of the API with its keys: the two ways to send one, and where none is asked
    for."""
    openapi["components"]["securitySchemes"] = _SCHEMES
    openapi["security"] = [{name: []} for name in _SCHEMES]
    for path, item in openapi["paths"].items():
        for operation in item.values():
            if path in PUBLIC_PATHS:
                operation["security"] = []
            else:
                operation["responses"] = dict(
                    sorted({**operation["responses"], "401": _UNAUTHORIZED}.items())
                )
    return openapi
