"""Sheets of a workbook or a CSV file as rows of typed cells, read by python-calamine.

A workbook is a zip of XML that may come from anywhere: it is unpacked once under a limit, with its
checksums, and its cells are counted before anything lays them out in memory.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, ZipError

from loader.errors import LoaderError

SUFFIXES = (".xlsx", ".xls", ".csv")
MAX_FILE_BYTES = 64 * 1024**2
"""Of one file; the largest official one has half a million."""
MAX_UNPACKED_BYTES = 128 * 1024**2
MAX_CELLS = 2_000_000
"""Of one sheet, empty ones among them: from A1 to the last row and column."""

Cell = str | float | int | bool | date | datetime | time | timedelta

_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,4})([0-9]{1,9})["']""")


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows from its first line; an empty cell is an empty text."""

    name: str
    rows: Sequence[Sequence[Any]]


def read_sheets(name: str, data: bytes) -> list[Sheet]:
    """Every sheet of the file in its order; a CSV file is one sheet without a name.

    Raises:
        LoaderError: not a readable file of the kind that its name says, or larger than any official
            one.
    """
    if len(data) > MAX_FILE_BYTES:
        raise LoaderError(
            f"{name}: more than {MAX_FILE_BYTES:,} bytes; no official file is as large"
        )
    if name.lower().endswith(".csv"):
        return [Sheet("", _read_csv(name, data))]
    if data[:2] == b"PK":
        _check_archive(name, data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            each.name for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet
        ]
        return [
            Sheet(each, workbook.get_sheet_by_name(each).to_python(skip_empty_area=False))
            for each in sheets
        ]
    except (CalamineError, ZipError, OSError, ValueError) as error:
        raise _damaged(name, error) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of the Rust library; it is no Exception
            raise _damaged(name, error) from error
        raise


def _damaged(name: str, error: BaseException) -> LoaderError:
    return LoaderError(
        f"{name}: not a readable spreadsheet ({error}). Download it again, and do not save it from"
        " a spreadsheet program"
    )


def _check_archive(name: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise LoaderError(
                    f"{name}: more than {MAX_UNPACKED_BYTES:,} bytes when unpacked; no official"
                    " file is as large"
                )
            for member in members:
                content = archive.read(member)  # checks length and CRC
                if member.filename.startswith("xl/worksheets/"):
                    _check_extent(name, content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(name, error) from error


def _check_extent(name: str, xml: bytes) -> None:
    """Two cells far apart would make the library lay out everything between them."""
    rows = columns = 1
    for letters, number in _PLACE.findall(xml):
        rows = max(rows, int(number))
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        columns = max(columns, column)
    if rows * columns > MAX_CELLS:
        raise LoaderError(
            f"{name}: a sheet reaches over {rows:,} rows and {columns:,} columns; no official file"
            " does"
        )


def _read_csv(name: str, data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LoaderError(
            f"{name}: not UTF-8 at byte {error.start + 1}. Download it again, and do not save it"
            " from a spreadsheet program"
        ) from error
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise LoaderError(
            f"{name}: not a readable CSV file ({error}). Download it again"
        ) from error


def as_text(cell: Cell) -> str:
    """The cell as it was typed: 77710.0 is 77710, true is TRUE. A text is left as it is."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else repr(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
