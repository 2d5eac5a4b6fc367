"""The servers that the API is compared with:
`python -m benchmarks.baseline_servers echo|socket PORT BYTES`.

`echo` is the least that FastAPI can do for such a request: an async route with two parameters and
an answer of the same size, run by uvicorn with the settings of `python -m api`. `socket` answers
the same bytes whatever it is asked: nothing of HTTP but what the load generator must see, and so
the generator's own ceiling.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, cast

import uvicorn
import uvloop
from fastapi import FastAPI, Query, Response


def echo_app(size: int) -> FastAPI:
    app = FastAPI()

    @app.get("/echo")
    async def echo(
        from_code: Annotated[str, Query(alias="from")], to_code: Annotated[str, Query(alias="to")]
    ) -> Response:
        start = f'{{"from":"{from_code}","to":"{to_code}","fill":"'
        return Response(start.ljust(size - 2, "x") + '"}', media_type="application/json")

    return app


class Canned(asyncio.Protocol):
    """Answers each piece that arrives: the generator's requests come in one piece."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is one in all but name

    def data_received(self, data: bytes) -> None:
        self._transport.write(self._answer)


async def serve_canned(port: int, size: int) -> None:
    answer = f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n".encode() + b"x" * size
    server = await asyncio.get_running_loop().create_server(
        lambda: Canned(answer), "127.0.0.1", port
    )
    await server.serve_forever()


def main() -> None:
    kind, port, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if kind == "socket":
        uvloop.run(serve_canned(port, size))
    else:
        uvicorn.run(
            echo_app(size),
            host="127.0.0.1",
            port=port,
            access_log=False,
            log_config=None,
            server_header=False,
        )


if __name__ == "__main__":
    main()
