"""From one file to blocks of rows as text, and what is no row with the reason. RFC 4180: quotes,
newlines inside them, CRLF, a BOM."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loader.employer.inputs import InputFile
from loader.errors import LoaderError

BLOCK_ROWS = 100_000
MAX_FIELD_CHARACTERS = 131_072
"""Of one field: a quote that is never closed must not swallow the rest of the file."""
SHOWN_CHARACTERS = 1000
"""How much of what is no row is kept with its reason."""

Row = tuple[Any, ...]
"""Line number and one text (or None) for each column of the table."""


@dataclass(frozen=True)
class RejectedRow:
    """What could not be read as a row. The content is personal data: it goes to the raw table and
    nowhere else."""

    line_number: int
    reason: str
    content: str


@dataclass
class Block:
    rows: list[Row] = field(default_factory=list)
    rejects: list[RejectedRow] = field(default_factory=list)


@dataclass(frozen=True)
class FileCheck:
    """What a first pass over the bytes tells."""

    sha256: str
    bytes: int
    is_plain: bool
    """UTF-8 from end to end and without NUL: no row has to be looked at for that."""


def check_file(file: InputFile) -> FileCheck:
    digest, size, is_plain = hashlib.sha256(), 0, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.path.open("rb") as stream:
        while chunk := stream.read(4 * 1024**2):
            digest.update(chunk)
            size += len(chunk)
            if is_plain:
                try:
                    decoder.decode(chunk)
                    is_plain = b"\0" not in chunk
                except UnicodeDecodeError:
                    is_plain = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_plain = False
    return FileCheck(digest.hexdigest(), size, is_plain)


class FileReader:
    """Reads one file; `unknown_columns` are those of its header that no table has.

    Raises:
        LoaderError: the file cannot be read as what its name says, or a required column is missing.
    """

    def __init__(self, file: InputFile, check: FileCheck) -> None:
        self.file = file
        self._check = check
        self.unknown_columns: list[str] = []

    def blocks(self) -> Iterator[Block]:
        if self.file.path.suffix == ".json":
            yield self._lookup()
        elif self.file.path.suffix == ".parquet":
            yield from self._parquet()
        else:
            yield from self._csv()

    def _positions(self, header: Sequence[str]) -> list[int | None]:
        """Where each column of the table stands in the file, by name whatever the order and
        case."""
        names = [name.strip().lower() for name in header]
        table = self.file.table
        if missing := [name for name in table.required if name not in names]:
            raise LoaderError(
                f"{self.file.name}, line 1: missing column{'s' * (len(missing) > 1)} "
                f"{', '.join(missing)}; "
                f"expected a header with {', '.join(table.required)} in any order"
            )
        if repeated := sorted({name for name in table.columns if names.count(name) > 1}):
            raise LoaderError(
                f"{self.file.name}, line 1: column {', '.join(repeated)} is there more than once"
            )
        self.unknown_columns = [name for name in names if name not in table.columns]
        return [names.index(name) if name in names else None for name in table.columns]

    def _csv(self) -> Iterator[Block]:
        csv.field_size_limit(MAX_FIELD_CHARACTERS)
        with self.file.path.open(
            "r", encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as stream:
            reader = csv.reader(stream, strict=True)
            try:
                header = next(reader, None)
            except csv.Error as error:
                raise LoaderError(
                    f"{self.file.name}, line 1: the header is no row of CSV ({error})"
                ) from None
            if not header:
                raise LoaderError(
                    f"{self.file.name}: the file is empty; expected a header with "
                    f"{', '.join(self.file.table.required)}"
                )
            if any("\0" in name for name in header):
                raise LoaderError(
                    f"{self.file.name}: the file is not UTF-8; save it as CSV in UTF-8"
                )
            positions = self._positions(header)
            width, block = len(header), Block()
            while True:
                line = reader.line_num + 1
                try:
                    row = next(reader, None)
                except csv.Error as error:
                    block.rejects.append(RejectedRow(line, f"not a row of CSV: {error}", ""))
                    continue
                if row is None:
                    break
                if not row:
                    continue
                if reason := self._reason(row, width):
                    block.rejects.append(RejectedRow(line, reason, _shown(row)))
                else:
                    block.rows.append(
                        (
                            line,
                            *(
                                None if position is None else row[position]
                                for position in positions
                            ),
                        )
                    )
                if len(block.rows) + len(block.rejects) >= BLOCK_ROWS:
                    yield block
                    block = Block()
            yield block

    def _reason(self, row: Sequence[str], width: int) -> str | None:
        if len(row) != width:
            return f"{len(row)} fields, expected {width}"
        if self._check.is_plain:
            return None
        for number, text in enumerate(row, 1):
            if "\0" in text:
                return f"NUL in field {number}"
            try:
                text.encode("utf-8")
            except UnicodeEncodeError:
                return f"field {number} is not UTF-8"
        return None

    def _lookup(self) -> Block:
        name = self.file.name

        def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            found = dict(pairs)
            if len(found) != len(pairs):
                raise LoaderError(f"{name}: a member is there more than once")
            return found

        try:
            content = json.loads(
                self.file.path.read_bytes().decode("utf-8-sig"), object_pairs_hook=unique
            )
        except UnicodeDecodeError:
            raise LoaderError(f"{name}: the file is not UTF-8") from None
        except json.JSONDecodeError as error:
            raise LoaderError(f"{name}, line {error.lineno}: not JSON ({error.msg})") from None
        if not isinstance(content, dict) or not all(
            _is_text(each) for pair in content.items() for each in pair
        ):
            raise LoaderError(
                f"{name}: expected one object whose members are texts, as a domain and the EIN "
                "of its company"
            )
        return Block(
            [(number, key, value) for number, (key, value) in enumerate(content.items(), 1)]
        )

    def _parquet(self) -> Iterator[Block]:
        try:
            import duckdb
        except ImportError:
            raise LoaderError(
                f"{self.file.name}: reading Parquet needs DuckDB, which is not installed here; "
                "give the file as CSV"
            ) from None
        line = 1
        with duckdb.connect(config={"memory_limit": "512MiB"}) as connection:
            try:
                path = [str(self.file.path)]
                described = connection.execute(
                    "describe select * from read_parquet(?)", path
                ).fetchall()
                columns = [(name, kind) for name, kind, *_ in described]
                positions = self._positions([name for name, _ in columns])
                selected = ", ".join(
                    "null" if at is None else _as_text(*columns[at]) for at in positions
                )
                reading = connection.execute(f"select {selected} from read_parquet(?)", path)
                while rows := reading.fetchmany(BLOCK_ROWS):
                    yield Block([(line + number, *row) for number, row in enumerate(rows, 1)])
                    line += len(rows)
            except duckdb.Error:
                raise LoaderError(f"{self.file.name}: cannot be read as Parquet") from None
        if line == 1:
            yield Block()


def _is_text(value: Any) -> bool:
    """Whether it is text that a table can hold: an escape in JSON may spell what UTF-8 cannot."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _as_text(column: str, kind: str) -> str:
    """A day that was written as a timestamp at midnight is a day."""
    name = '"' + column.replace('"', '""') + '"'
    if kind.startswith("TIMESTAMP"):
        day = f"date_trunc('day', {name}::timestamp)"
        as_day, as_it_is = f"cast(cast({name} as date) as varchar)", f"cast({name} as varchar)"
        return f"case when {name}::timestamp = {day} then {as_day} else {as_it_is} end"
    return f"cast({name} as varchar)"


def _shown(row: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    text = out.getvalue()[:SHOWN_CHARACTERS]
    return (
        text.encode("utf-8", "surrogateescape")
        .decode("utf-8", "backslashreplace")
        .replace("\0", "\\x00")
    )


def is_same(file: InputFile, check: FileCheck) -> bool:
    """Whether the file's bytes are still those that were checked."""
    path: Path = file.path
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == check.sha256
