"""The registry: which file of an employer's folder lands in which raw table, with which columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loader.errors import LoaderError


@dataclass(frozen=True)
class InputTable:
    """One raw table and the file that fills it: `<name>.csv`, `<name>_raw.csv`, `<name>.parquet`
    or, of a lookup, `<name>.json`."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    is_lookup: bool = False
    """A JSON object of text to text, its members the two required columns."""

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


INPUTS = (
    InputTable(
        "employees",
        ("person_id", "title", "email", "company_ein", "start_date"),
        ("full_name", "end_date", "occupation_code", "notes"),
    ),
    InputTable("plans", ("company_ein", "plan_type", "carrier_name", "start_date", "end_date")),
    InputTable("claims", ("claim_id", "company_ein", "service_date", "amount", "claim_type")),
    InputTable("companies", ("company_ein",), ("company_name", "domain", "expected_count")),
    InputTable("company_lookup", ("domain", "company_ein"), is_lookup=True),
    InputTable("title_map", ("title", "occupation_code")),
    InputTable("target_occupations", ("company_ein", "occupation_code")),
)
TABLES = {table.name: table for table in INPUTS}


@dataclass(frozen=True)
class InputFile:
    table: InputTable
    path: Path

    @property
    def name(self) -> str:
        return self.path.name


def find_files(folder: Path) -> tuple[list[InputFile], list[str]]:
    """The registered files of a folder in the registry's order, and the names of all others.

    Raises:
        LoaderError: no folder, nothing in it that is known, or two files for one table.
    """
    if not folder.is_dir():
        raise LoaderError(
            f"{folder} is not a folder: name one with employees.csv, plans.csv or claims.csv"
        )
    found: list[InputFile] = []
    there = {path.name for path in folder.iterdir() if path.is_file()}
    for table in INPUTS:
        names = (
            [f"{table.name}.json"]
            if table.is_lookup
            else [f"{table.name}{end}" for end in (".csv", "_raw.csv", ".parquet", "_raw.parquet")]
        )
        present = [name for name in names if name in there]
        if len(present) > 1:
            raise LoaderError(f"{folder}: {' and '.join(present)} are both there; keep one of them")
        found += [InputFile(table, folder / name) for name in present]
    if not found:
        raise LoaderError(
            f"{folder}: no file of {', '.join(TABLES)} is in this folder (as employees.csv or "
            "employees.parquet)"
        )
    return found, sorted(there - {file.name for file in found})
