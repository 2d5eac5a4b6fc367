"""A language model's endpoint on loopback: speaks OpenAI's chat completions, answers by a rule of
the test, and misbehaves when told to."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Said = Callable[[dict[str, Any]], str]
"""From a request to the text of the answer."""


def saying(level: Any = 3.5, confidence: Any = 0.5, justification: Any = "It does.") -> str:
    return json.dumps({"level": level, "confidence": confidence, "justification": justification})


@dataclass
class Endpoint:
    """What it says, what spoils its next answers (one each), and what it was asked."""

    say: Said = lambda _: saying()
    key: str = "planted-llm-key-3c"
    has_schemas: bool = True
    faults: deque[Callable[[Answering], None]] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    open: threading.Event = field(default_factory=threading.Event)
    """While it is not set, no answer after the first `before_closed` goes out."""
    before_closed: int = 10**9
    waiting: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Answering(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_POST(self) -> None:
        endpoint = self.endpoint
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != f"Bearer {endpoint.key}":
            return self.send(401, {"error": {"message": "Incorrect API key provided."}})
        if self.path != "/v1/chat/completions":
            return self.send(404, {"error": {"message": "no such path"}})
        if not endpoint.has_schemas and "response_format" in request:
            return self.send(400, {"error": {"message": "response_format is not supported"}})
        with endpoint.lock:
            endpoint.asked.append(request)
            number = len(endpoint.asked)
            fault = endpoint.faults.popleft() if endpoint.faults else None
        if number > endpoint.before_closed:
            endpoint.waiting += 1
            endpoint.open.wait()
        if fault:
            return fault(self)
        return self.complete(endpoint.say(request))

    def complete(self, text: str | None, finish: str = "stop", refusal: str | None = None) -> None:
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": refusal},
            "finish_reason": finish,
        }
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        self.send(200, {"object": "chat.completion", "choices": [choice], "usage": usage})

    def send(self, status: int, content: Any) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: what was asked is in `endpoint.asked`."""


def text(content: str) -> Callable[[Answering], None]:
    """A whole answer with this content."""
    return lambda handler: handler.complete(content)


@contextmanager
def serve(endpoint: Endpoint) -> Iterator[Endpoint]:
    """The endpoint on a port of its own, until the block ends."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Handler", (Answering,), {"endpoint": endpoint})
    )
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.open.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
