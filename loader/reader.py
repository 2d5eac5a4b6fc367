"""From the bytes of one file to checked blocks of rows, and the rows that cannot be landed with the
reason.

The text layout has no quoting: a row is a line, a field is what stands between two tabs, whatever
it holds. Memory stays flat: a block is a few megabytes however long the file.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

import numpy as np
import pandas as pd

from loader.errors import LoaderError
from loader.file_registry import Layout, ReleaseFile, columns

BLOCK_BYTES = 4 * 1024**2
MAX_LINE_BYTES = 1024**2
MAX_REJECTS = 10_000
"""Of one file: nobody reads more, and a file that is wrong from end to end must not fill memory."""
SHOWN_OF_LONG_LINE = 1000
"""How many bytes of a line that is too long are kept with its reject."""


_QUOTED = re.compile(rb'(?:^|\t)"((?:[^"\t\n]|"")*)"(?=[\t\n])', re.MULTILINE)


class HeaderError(LoaderError):
    """A file whose header is not one that the registry knows."""


@dataclass(frozen=True)
class Reject:
    """A line that cannot be landed; content shows undecodable bytes and NULs as \\xNN."""

    line_number: int
    reason: str
    content: str


@dataclass(frozen=True)
class Block:
    """Consecutive rows of one file: those that can be landed as text, the others as rejects."""

    layout: Layout
    text: bytes
    """Valid UTF-8, one row per line, each ended by one \\n."""
    line_numbers: Sequence[int]
    """Where each row stood in the file; the header is line 1."""
    rejects: Sequence[Reject]
    bytes_after: int
    """How many bytes of the file have been read so far."""

    def frame(self) -> pd.DataFrame:
        """One row per line of text, every column str, exactly as published."""
        # pandas drops a byte order mark at the very start, where here it is a value's first
        # character: give it a first line to look at.
        hidden = codecs.BOM_UTF8 if self.text.startswith(codecs.BOM_UTF8) else b""
        guard = b"\t" * (len(self.layout) - 1) + b"\n" if hidden else b""
        frame = pd.read_csv(
            io.BytesIO(guard + self.text),
            sep="\t",
            header=None,
            names=list(columns(self.layout)),
            dtype=object,
            quoting=csv.QUOTE_NONE,
            na_filter=False,
            lineterminator="\n",
            skip_blank_lines=False,
            encoding="utf-8",
            low_memory=False,
        )
        if guard:
            frame = frame.iloc[1:]
        frame.insert(0, "line_number", np.asarray(self.line_numbers, dtype=np.int64))
        return frame

    def numbered(self) -> bytes:
        """The text with each row's line number as its first field."""
        rows = self.text.split(b"\n")[:-1]
        return b"".join([b"%d\t%s\n" % pair for pair in zip(self.line_numbers, rows, strict=True)])


class FileReader:
    """Reads one file once, front to back; sha256 and bytes are those of the bytes that were
    read."""

    def __init__(self, file: ReleaseFile, stream: BinaryIO) -> None:
        self.file = file
        self._stream = stream
        self._digest = hashlib.sha256()
        self.bytes = 0
        self._rejected = 0
        self._pieces = self._whole_lines()
        header, _, self._first = next(self._pieces, b"").partition(b"\n")
        self.layout = match_header(file, header)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def blocks(self) -> Iterator[Block]:
        """At least one block, so that a file without rows is seen too.

        Raises LoaderError after the block that goes beyond MAX_REJECTS, which ends there.
        """
        line = 2
        for piece in chain([self._first], self._pieces):
            self._first = b""
            block, line = self._check(piece, line)
            yield block
            if self._rejected > MAX_REJECTS:
                raise LoaderError(
                    f"{self.file.name}: more than {MAX_REJECTS:,} rows cannot be landed; see"
                    " raw_reject for each with its reason"
                )

    def _whole_lines(self) -> Iterator[bytes]:
        """Pieces that end with a newline. Of a line too long to land, only as much as shows that it
        is."""
        rest = b""
        while chunk := self._stream.read(BLOCK_BYTES):
            self._digest.update(chunk)
            self.bytes += len(chunk)
            end = chunk.rfind(b"\n") + 1
            if end:
                yield rest + chunk[:end]
                rest = chunk[end:]
            else:
                rest += chunk
            rest = rest[: MAX_LINE_BYTES + 2]
        if rest:
            yield rest + b"\n"

    def _check(self, data: bytes, first_line: int) -> tuple[Block, int]:
        data = data.replace(b"\r\n", b"\n")
        _refuse_quotes(self.file.name, data, first_line)
        width = len(self.layout)
        characters = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(characters == ord("\n"))
        tabs = np.flatnonzero(characters == ord("\t"))
        next_line = first_line + len(ends)
        bad = np.diff(np.searchsorted(tabs, ends), prepend=0) != width - 1
        bad |= np.diff(ends, prepend=-1) - 1 > MAX_LINE_BYTES
        if b"\0" in data:
            bad[np.searchsorted(ends, np.flatnonzero(characters == 0))] = True
        decodable = data.isascii() or _decodes(data)
        if decodable and not bad.any():
            return Block(self.layout, data, range(first_line, next_line), (), self.bytes), next_line
        lines = data.split(b"\n")[:-1]
        kept: list[bytes] = []
        numbers: list[int] = []
        rejects: list[Reject] = []
        for number, (line, is_bad) in enumerate(zip(lines, bad.tolist(), strict=True), first_line):
            if is_bad or not (decodable or _decodes(line)):
                rejects.append(Reject(number, _reason(line, width), _shown(line)))
                if self._rejected + len(rejects) > MAX_REJECTS:
                    break
            else:
                kept.append(line + b"\n")
                numbers.append(number)
        self._rejected += len(rejects)
        return Block(self.layout, b"".join(kept), numbers, rejects, self.bytes), next_line


def match_header(file: ReleaseFile, line: bytes) -> Layout:
    """The layout whose headings these are, exactly. HeaderError says what differs from the nearest
    one, and what to edit."""
    if not line.strip(b"\r"):
        raise HeaderError(
            f"{file.name}: the file is empty or starts with an empty line; expected the header"
            f" {_listed(file.layouts[-1])}"
        )
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in line:
        raise HeaderError(
            f"{file.name}: the file is UTF-16, not UTF-8 as O*NET publishes it; save it as UTF-8"
            " without a byte order mark"
        )
    if line.startswith(codecs.BOM_UTF8):
        raise HeaderError(
            f"{file.name}: the file starts with a byte order mark, which O*NET does not publish;"
            " save it as UTF-8 without one"
        )
    found = tuple(line.removesuffix(b"\r").decode("utf-8", "backslashreplace")[:10_000].split("\t"))
    if found in file.layouts:
        return found
    nearest = max(
        reversed(file.layouts),
        key=lambda layout: len(set(layout) & set(found)) - len(set(layout) ^ set(found)),
    )
    missing = list((Counter(nearest) - Counter(found)).elements())
    unexpected = list((Counter(found) - Counter(nearest)).elements())
    problems = []
    if missing:
        problems.append(f"missing column{'s' * (len(missing) > 1)} {_listed(missing)}")
    if unexpected:
        problems.append(f"unexpected column{'s' * (len(unexpected) > 1)} {_listed(unexpected)}")
    if not problems:
        problems.append(f"reordered columns: found {_listed(found)}")
    raise HeaderError(
        f"{file.name}: {' and '.join(problems)}; expected exactly {_listed(nearest)}. "
        "If O*NET changed this file, add its new layout to loader/file_registry.py"
    )


def _refuse_quotes(name: str, data: bytes, first_line: int) -> None:
    """Spreadsheets quote a field with a comma or a quote in it, and double its quotes; O*NET
    publishes no such field (27.0 to 30.3)."""
    if b'\t"' not in data and b'\n"' not in data and not data.startswith(b'"'):
        return
    for field in _QUOTED.finditer(data):
        if b"," in field[1] or b'""' in field[1]:
            line = first_line + data.count(b"\n", 0, field.start(1))
            raise LoaderError(
                f"{name}, line {line}: {_shown(field[0].strip())[:80]} is in quotes, as a"
                " spreadsheet program writes it. Take the file as O*NET publishes it: such"
                " programs also change dates and codes"
            )


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(repr(heading) for heading in headings)


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _reason(line: bytes, width: int) -> str:
    if len(line) > MAX_LINE_BYTES:
        return f"longer than {MAX_LINE_BYTES} bytes"
    if (nul := line.find(b"\0")) >= 0:
        return f"NUL byte at byte {nul + 1}"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8 at byte {error.start + 1}"
    fields = line.count(b"\t") + 1
    return f"{fields} fields, expected {width}"


def _shown(line: bytes) -> str:
    if len(line) > MAX_LINE_BYTES:
        line = line[:SHOWN_OF_LONG_LINE] + b"..."
    return line.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
