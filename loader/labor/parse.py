"""From a file's sheets to raw rows: knows it by its headings, and sets aside what cannot land."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from loader.errors import LoaderError
from loader.labor.file_registry import DATASETS, WAGES, Dataset, Found, Vintage, as_pattern
from loader.labor.source import LaborFile
from loader.labor.workbook import Sheet, as_text, read_sheets
from loader.reader import MAX_LINE_BYTES, Reject

HEADER_WITHIN = 25
"""Lines of a sheet among which its header is looked for."""

_TOP_CODE = re.compile(
    r"#\s*=\s*indicates a wage equal to or greater than "
    r"\$([0-9,]+(?:\.[0-9]+)?) per hour or \$([0-9,]+) per year"
)


@dataclass
class ParsedFile:
    """One dataset of a file: what it is, and its rows as the raw table has them."""

    dataset: Dataset
    vintage: Vintage
    file: LaborFile
    sheet_name: str
    sha256: str
    notes: str
    top_code: tuple[str | None, str | None]
    """Hourly and annual wage from which on the file says `#`; null where it does not say it."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        return len(self.rows) + len(self.rejects)


def parse_file(file: LaborFile) -> list[ParsedFile]:
    """Every dataset in the file; none where it is not one of the known files.

    Raises:
        LoaderError: unreadable, a known file with other headings, or one without a vintage.
    """
    sheets = read_sheets(file.name, file.data)
    sha256 = hashlib.sha256(file.data).hexdigest()
    parsed: dict[str, ParsedFile] = {}
    near: list[_NearMiss] = []
    for sheet in sheets:
        found = _find_header(sheet, near)
        if found and found[0].name not in parsed:  # the same pairs again, sorted otherwise
            parsed[found[0].name] = _parse_sheet(file, sheets, sheet, *found, sha256)
    if near and not parsed:
        nearest = max(near, key=lambda each: each.common)
        raise LoaderError(
            f"{file.name}, line {nearest.line}: {_difference(nearest.dataset, nearest.headings)}"
        )
    return list(parsed.values())


@dataclass(frozen=True)
class _NearMiss:
    """A line that has most of a dataset's headings."""

    common: int
    dataset: Dataset
    headings: Sequence[str]
    line: int


def _find_header(sheet: Sheet, near: list[_NearMiss]) -> tuple[Dataset, int] | None:
    """Which dataset the sheet is, and the index of its header; adds lines that come near to
    `near`."""
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        headings = _headings(row)
        patterns = tuple(as_pattern(each) for each in headings)
        for dataset in DATASETS:
            if not re.fullmatch(dataset.sheet, sheet.name):
                continue
            if dataset.headings in (headings, patterns):
                return dataset, index
            for given in (headings, patterns):
                common = len(set(given) & set(dataset.headings))
                if common > 1 and common * 2 > len(dataset.headings):
                    near.append(_NearMiss(common, dataset, given, index + 1))
    return None


def _headings(row: Sequence[Any]) -> tuple[str, ...]:
    """A row's texts without surrounding blanks and without the empty cells at its end."""
    texts = [as_text(cell).strip() for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _difference(dataset: Dataset, found: Sequence[str]) -> str:
    missing = list((Counter(dataset.headings) - Counter(found)).elements())
    unexpected = list((Counter(found) - Counter(dataset.headings)).elements())
    words = [f"missing column {each!r}" for each in missing]
    words += [f"unexpected column {each!r}" for each in unexpected]
    return (
        f"{' and '.join(words) or 'reordered columns'}; expected the {len(dataset.headings)}"
        f" columns of {dataset.title}. If its publisher changed the file, edit"
        " loader/labor/file_registry.py"
    )


def _parse_sheet(
    file: LaborFile, sheets: list[Sheet], sheet: Sheet, dataset: Dataset, header: int, sha256: str
) -> ParsedFile:
    body = list(enumerate(sheet.rows[header + 1 :], header + 2))
    codes = [dataset.columns.index(code) for code in dataset.codes]

    def is_data(row: Sequence[Any]) -> bool:
        return any(place < len(row) and as_text(row[place]).strip() for place in codes)

    end = max((at for at, (_, row) in enumerate(body, 1) if is_data(row)), default=0)
    above_and_below = [*sheet.rows[:header], *(row for _, row in body[end:])]
    notes = "\n".join(_texts(above_and_below))
    others = "\n".join(_texts(other.rows for other in sheets if other is not sheet))
    try:
        headings = _headings(sheet.rows[header])
        vintage = dataset.vintage(Found(sheet.name, headings, notes, others))
    except LoaderError as error:
        raise LoaderError(f"{file.name}: {error}") from None
    top = _TOP_CODE.search(others) if dataset is WAGES else None
    top_code = (top[1].replace(",", ""), top[2].replace(",", "")) if top else (None, None)
    parsed = ParsedFile(dataset, vintage, file, sheet.name, sha256, notes, top_code)
    for line, row in body[:end]:
        if not any(as_text(cell).strip() for cell in row):
            continue
        if reason := _reason(dataset, row):
            shown = json.dumps([as_text(cell)[:200] for cell in row], ensure_ascii=False)
            parsed.rejects.append(Reject(line, reason, shown.replace("\\u0000", "\\x00")))
        else:
            texts = [as_text(cell) for cell in row[: len(dataset.columns)]]
            values = (text if text != "" else None for text in texts)
            parsed.rows.append(
                {
                    "dataset": dataset.name,
                    "vintage": vintage.key,
                    "line_number": line,
                    **dict(zip(dataset.columns, values, strict=True)),
                }
            )
    if not parsed.rows and not parsed.rejects:
        raise LoaderError(f"{file.name}: a header of {dataset.title} and no row below it")
    return parsed


def _texts(rows: Any) -> Iterator[str]:
    """The texts of some rows, or of several sheets' rows, one line for each row that has any."""
    for row in rows:
        if row and isinstance(row[0], list | tuple):
            yield from _texts(row)
        elif text := " ".join(filter(None, (as_text(cell).strip() for cell in row))):
            yield text


def _reason(dataset: Dataset, row: Sequence[Any]) -> str | None:
    """Why a row cannot be landed; null where it can."""
    width = len(dataset.columns)
    if len(row) < width or any(as_text(cell).strip() for cell in row[width:]):
        return f"{len(row)} cells, expected {width}"
    for code in dataset.codes:
        cell = row[dataset.columns.index(code)]
        if not isinstance(cell, str):
            kind = "a number" if isinstance(cell, int | float) else "a date"
            return f"{code} is {kind} ({as_text(cell)}), not text: a spreadsheet program changed it"
        if not cell.strip():
            return f"{code} is empty"
    for column, cell in zip(dataset.columns, row, strict=False):
        text = as_text(cell)
        if "\0" in text:
            return f"NUL character in {column}"
        if len(text) > MAX_LINE_BYTES:
            return f"{column} is longer than {MAX_LINE_BYTES} characters"
    return None
