"""Answers that were finished before, kept as bytes: who asks the same of the same publication gets the same bytes without their making.

Before each of them is sent, the warehouse is asked which build is published now; with another build all of them go. Nothing is kept but
answers with data that a route wrote with 200 and named its build for (answers.py), the least recently used leave first, and where the
service asks for keys nothing is kept at all.
"""

from collections import OrderedDict
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import is_known
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
        accept, known = _conditions(scope)
        asked = (scope["path"], scope["query_string"], accept)
        # Looked for again after the warehouse was asked: it may have gone meanwhile.
        if asked in self._answers and await self._is_current() and (answer := self._answers.get(asked)):
            self._answers.move_to_end(asked)
            scope["route"] = answer.route  # for the log and the figures
            await _send(answer, known, send)
            return
        await self._app(scope, receive, self._keeping(asked, scope, send))

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

    def _keeping(self, asked: Asked, scope: Scope, send: Send) -> Send:
        """`send`, which also keeps an answer that is worth it."""
        start: Message | None = None

        async def send_and_keep(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message if message["status"] == 200 and "build_id" in scope["state"] else None
                if start is not None:
                    message = {**start, "headers": list(start["headers"])}  # the edge adds what is of one request alone
            elif start is not None and not message.get("more_body"):
                self._keep(asked, scope, start["headers"], message.get("body", b""))
            await send(message)

        return send_and_keep

    def _keep(self, asked: Asked, scope: Scope, headers: Headers, body: bytes) -> None:
        self._of(scope["state"]["build_id"])
        if asked in self._answers:
            return
        self._answers[asked] = Answer(scope["route"], headers, body, dict(headers)[b"etag"].decode())
        self._bytes += _size(asked, body)
        while self._bytes > self._most_bytes:
            first, answer = self._answers.popitem(last=False)
            self._bytes -= _size(first, answer.body)
        self._metrics.kept(self._bytes)


def _size(asked: Asked, body: bytes) -> int:
    return len(body) + sum(map(len, asked)) + _OVERHEAD


def _conditions(scope: Scope) -> tuple[bytes, bytes]:
    """Accept and If-None-Match, each as one text however often it was sent."""
    accept, known = [], []
    for name, value in scope["headers"]:
        if name == b"accept":
            accept.append(value)
        elif name == b"if-none-match":
            known.append(value)
    return b", ".join(accept), b", ".join(known)


async def _send(answer: Answer, known: bytes, send: Send) -> None:
    if known and is_known(answer.entity_tag, known.decode("latin-1")):
        headers = [(name, value) for name, value in answer.headers if name not in _OF_A_BODY]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": list(answer.headers)})
    await send({"type": "http.response.body", "body": answer.body})
