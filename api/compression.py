"""Content codings: which one a client takes, and bodies in it."""

import asyncio
import zlib
from functools import lru_cache
from typing import Literal, Protocol

import brotli
from starlette.types import Scope

Coding = Literal["br", "gzip"]

CODINGS: tuple[Coding, ...] = ("br", "gzip")
"""The better one first."""
CODING = "onet.coding"
"""Where the scope says which coding is wanted, for who keeps bodies compressed."""
MIN_BYTES = 1024
MAX_INLINE_BYTES = 65_536
"""Of a body that is compressed in the event loop; a longer one takes a thread."""
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6
_MAX_COMMON_BYTES = 128
"""Of a header that is worth remembering."""


class Compressor(Protocol):
    """Takes a body in pieces."""

    def write(self, piece: bytes) -> bytes: ...
    def finish(self) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=_BROTLI_QUALITY)

    def write(self, piece: bytes) -> bytes:
        return bytes(self._compressor.process(piece))

    def finish(self) -> bytes:
        return bytes(self._compressor.finish())


class _Gzip:
    """Without a time in its header: the same body gives the same bytes."""

    def __init__(self) -> None:
        self._compressor = zlib.compressobj(_GZIP_LEVEL, wbits=zlib.MAX_WBITS | 16)

    def write(self, piece: bytes) -> bytes:
        return self._compressor.compress(piece)

    def finish(self) -> bytes:
        return self._compressor.flush()


def create_compressor(coding: Coding) -> Compressor:
    return _Brotli() if coding == "br" else _Gzip()


def compress(body: bytes, coding: Coding) -> bytes:
    """The whole body in a coding."""
    compressor = create_compressor(coding)
    return compressor.write(body) + compressor.finish()


async def compress_async(body: bytes, coding: Coding) -> bytes:
    """The same, without holding up the event loop."""
    if len(body) <= MAX_INLINE_BYTES:
        return compress(body, coding)
    return await asyncio.to_thread(compress, body, coding)


def choose_coding(scope: Scope) -> Coding | None:
    """The coding that the response to a request is to have if it is long enough."""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            return (_parse_common_coding if len(value) <= _MAX_COMMON_BYTES else _parse_coding)(
                value
            )
    return None


def _parse_coding(accept_encoding: bytes) -> Coding | None:
    weights: dict[str, float] = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, parameter = (piece.strip() for piece in part.partition(";"))
        weights[coding] = _parse_weight(parameter)
    any_other = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: weights.get(coding, any_other))
    return best if weights.get(best, any_other) > 0 else None


_parse_common_coding = lru_cache(maxsize=256)(_parse_coding)


def _parse_weight(parameter: str) -> float:
    name, _, value = (piece.strip() for piece in parameter.partition("="))
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
