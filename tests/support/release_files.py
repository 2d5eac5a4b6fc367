"""A copy of the bundled sample in a folder, and ways to spoil it: one value, one row, one file at a
time."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tests.support.warehouse import ROOT

SAMPLE = ROOT / "loader" / "sample"


@dataclass(frozen=True)
class Release:
    """Files in the official layout. Rows are numbered as lines: 1 is the header."""

    folder: Path

    def lines(self, file: str) -> list[list[str]]:
        text = (self.folder / file).read_bytes().decode("ascii")
        return [line.split("\t") for line in text.removesuffix("\r\n").split("\r\n")]

    def write(self, file: str, lines: list[list[str]]) -> None:
        (self.folder / file).write_bytes(
            "".join("\t".join(line) + "\r\n" for line in lines).encode("utf-8")
        )

    def value(self, file: str, row: int, column: str) -> str:
        lines = self.lines(file)
        return lines[row - 1][lines[0].index(column)]

    def replace_value(self, file: str, row: int, column: str, value: str) -> None:
        lines = self.lines(file)
        lines[row - 1][lines[0].index(column)] = value
        self.write(file, lines)

    def repeat_row(self, file: str, row: int) -> None:
        lines = self.lines(file)
        self.write(file, [*lines, lines[row - 1]])

    def drop_rows(self, file: str, column: str, value: str) -> None:
        lines = self.lines(file)
        place = lines[0].index(column)
        self.write(file, [lines[0], *(line for line in lines[1:] if line[place] != value)])


OCCUPATION_COLUMNS = ("O*NET-SOC Code", "Related O*NET-SOC Code")


def reduced_copy(archive: Path, folder: Path, codes: Collection[str]) -> Release:
    """The files of an official zip with the rows of these occupations alone; what is of no
    occupation is there whole."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(archive) as members:
        for member in members.namelist():
            if not member.endswith(".txt"):
                continue
            header, *rows = members.read(member).splitlines(keepends=True)
            places = [
                place
                for place, name in enumerate(header.decode().rstrip().split("\t"))
                if name in OCCUPATION_COLUMNS
            ]
            kept = [
                row
                for row in rows
                if all(row.decode().rstrip().split("\t")[place] in codes for place in places)
            ]
            (folder / Path(member).name).write_bytes(header + b"".join(kept))
    return Release(folder)


def sample_copy(folder: Path) -> Release:
    """The sample's files, less the Read Me that names its release."""
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("Read Me.txt", "README.md"))
    return Release(folder)
