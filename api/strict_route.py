"""Routes that refuse unknown and repeated parameters, and bodies that are too long."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api import auth, title_resolver
from api.problems import Problem
from api.validation import parse_query

MAX_BODY_BYTES = 65_536
"""Bytes; several times the longest profile."""


def _limit_body(receive: Receive, most: int) -> Receive:
    """What is received, until it is too much: then 413, and the connection is closed, so that the
    rest is not read."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            detail = f"The body may have at most {most:,} bytes."
            raise Problem("content-too-large", detail, headers={"Connection": "close"})
        return message

    return receive_limited


class StrictRequest(Request):
    """A request with a body of at most so many bytes, and with no member twice in its JSON: parsers
    differ in which they take."""

    def __init__(self, request: Request, most_bytes: int) -> None:
        super().__init__(request.scope, _limit_body(request.receive, most_bytes))

    async def json(self) -> Any:
        return json.loads(await self.body(), object_pairs_hook=_reject_duplicate_members)


def _reject_duplicate_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(members)
    if len(unique) < len(members):
        raise Problem("bad-request", "body: a member of its JSON is there more than once.")
    return unique


class PreparedRequest(NamedTuple):
    """What the endpoint and FastAPI are to see of a request."""

    request: Request
    params: dict[str, str]
    """The parameters that have a value, with codes in the place of titles."""
    has_titles: bool


class CachedRoute(APIRoute):
    """A route whose responses are kept as those of StrictRoute, and which takes any parameter."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_and_store(request: Request) -> Response:
            response = await handle(request)
            if request.app.state.response_cache is not None:
                request.app.state.response_cache.store(request.scope, response)
            return response

        return handle_and_store


class StrictRoute(APIRoute):
    """A route that refuses parameters it does not know and parameters given twice, which FastAPI
    would ignore, and so mislead.

    Where the service has keys it asks for one first, but at the few addresses that are open to
    everyone. Where it knows `from` or `to`, a title given there becomes the code of its occupation
    before the endpoint sees it.

    FastAPI's own way to an endpoint is for dependencies, forms and response models, and costs more
    than a pair's rows. A request without a body whose parameters all pass their own validators,
    which are FastAPI's, goes to the endpoint past it; any other takes it, and gets its words.
    """

    max_body_bytes = MAX_BODY_BYTES

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        self._has_body = self.body_field is not None
        self._needs_key = self.path not in auth.PUBLIC_PATHS
        self._query = {parameter.alias: parameter for parameter in self.dependant.query_params}
        self._known = list(self._query)
        self._required = {
            alias for alias, parameter in self._query.items() if parameter.field_info.is_required()
        }
        self._accepts_titles = any(name in title_resolver.PARAMETERS for name in self._query)
        self._accepts_request = bool(self.dependant.request_param_name)

        async def handle_strictly(request: Request) -> Response:
            prepared = await self._prepare(request)
            strict = (
                StrictRequest(prepared.request, self.max_body_bytes)
                if self._has_body
                else prepared.request
            )
            return self._finish(request, prepared, await handle(strict))

        return handle_strictly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._has_body or scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        request = Request(scope, receive, send)
        prepared = await self._prepare(request)
        values = self._validate_values(prepared.params, scope["path_params"])
        if values is None:
            await super().handle(scope, receive, send)
            return
        if self._accepts_request:
            values["request"] = prepared.request
        await self._finish(request, prepared, await self.endpoint(**values))(scope, receive, send)

    async def _prepare(self, request: Request) -> PreparedRequest:
        """Raises a problem where the request is refused."""
        if self._needs_key and request.app.state.api_keys:
            request.app.state.api_keys.authenticate(request)
        if not request.scope["query_string"]:
            return PreparedRequest(request, {}, has_titles=False)
        sent = parse_query(request.scope["query_string"], self._known)
        # A form sends a field that nobody filled in.
        filled = {name: value for name, value in sent.items() if value or name in self._required}
        params = (
            await title_resolver.resolve_titles(request, filled) if self._accepts_titles else filled
        )
        if params != sent:
            request = Request(
                {**request.scope, "query_string": urlencode(params).encode()}, request.receive
            )
        return PreparedRequest(request, params, has_titles=params is not filled)

    def _finish(self, request: Request, prepared: PreparedRequest, response: Response) -> Response:
        state = request.app.state
        if self._needs_key and state.api_keys:
            auth.make_private(response)
        # The code of a title is of the publication of a moment ago.
        if state.response_cache is not None and not prepared.has_titles:
            state.response_cache.store(request.scope, response)
        return response

    def _validate_values(
        self, params: dict[str, str], path: dict[str, str]
    ) -> dict[str, Any] | None:
        """The endpoint's arguments; none where any parameter is missing or does not pass."""
        if not self._required <= params.keys():
            return None
        values: dict[str, Any] = {}
        found = [(self._query[alias], value) for alias, value in params.items()]
        found += [(parameter, path[parameter.alias]) for parameter in self.dependant.path_params]
        for parameter, value in found:
            values[parameter.name], errors = parameter.validate(
                value, values, loc=("query", parameter.alias)
            )
            if errors:
                return None
        return values
