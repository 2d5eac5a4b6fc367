"""Answers that were finished before, kept as bytes: who asks the same of the same publication gets the same bytes without their making.

Before each of them is sent, the warehouse is asked which build is published now; with another build all of them go. Nothing is kept but
what a route wrote with 200 and named its build for (answers.py), the least recently used leave first, and where the
service asks for keys nothing is kept at all.
"""

from collections import OrderedDict
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers import header, is_known
from api.database import Database, DatabaseUnavailableError, NoPublicationError
from api.metrics import Metrics

Headers = list[tuple[bytes, bytes]]
Asked = tuple[str, bytes, bytes]
"""Path, query string and Accept: all that an answer depends on, beside the publication."""

_OVERHEAD = 1000
"""Bytes that an answer costs beside its body, its address and its headers."""
_OF_A_BODY = frozenset({b"content-length", b"content-type"})


class Answer(NamedTuple):
    """What one route wrote."""

    route: object
    headers: Headers
    body: bytes
    entity_tag: str


class Finished:
    """Lies between the edge and the routes."""

    def __init__(self, app: ASGIApp, database: Database, metrics: Metrics, most_bytes: int) -> None:
        self._app = app
        self._database = database
        self._metrics = metrics
        self._most_bytes = most_bytes
        self._answers: OrderedDict[Asked, Answer] = OrderedDict()
        self._bytes = 0
        self._build_id = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        accept = header(scope, b"accept")
        asked = (scope["path"], scope["query_string"], accept)
        # Looked for again after the warehouse was asked: it may have gone meanwhile.
        if asked in self._answers and await self._is_current() and (answer := self._answers.get(asked)):
            self._answers.move_to_end(asked)
            scope["route"] = answer.route  # for the log and the figures
            await _send(answer, header(scope, b"if-none-match"), send)
            return
        await self._app(scope, receive, send)
        if to_keep := scope["state"].get("to_keep"):
            self._keep(asked, scope["route"], *to_keep)

    async def _is_current(self) -> bool:
        """Whether what is kept is of the build that is published now. Where that cannot be said, the route will say why."""
        try:
            self._of(await self._database.build_id())
        except (DatabaseUnavailableError, NoPublicationError):
            return False
        return True

    def _of(self, build_id: str) -> None:
        if build_id != self._build_id:
            self._answers.clear()
            self._bytes, self._build_id = 0, build_id

    def _keep(self, asked: Asked, route: object, build_id: str, response: Response) -> None:
        self._of(build_id)
        if asked in self._answers:
            return
        headers, body = response.raw_headers, bytes(response.body)
        self._answers[asked] = Answer(route, headers, body, response.headers["etag"])
        self._bytes += _size(asked, body)
        while self._bytes > self._most_bytes:
            first, answer = self._answers.popitem(last=False)
            self._bytes -= _size(first, answer.body)
        self._metrics.kept(self._bytes)


def _size(asked: Asked, body: bytes) -> int:
    return len(body) + sum(map(len, asked)) + _OVERHEAD


async def _send(answer: Answer, known: bytes, send: Send) -> None:
    if known and is_known(answer.entity_tag, known.decode("latin-1")):
        headers = [(name, value) for name, value in answer.headers if name not in _OF_A_BODY]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
