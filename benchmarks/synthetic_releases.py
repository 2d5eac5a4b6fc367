"""Releases made from the files of a real one: its occupations several times over, its skills a
hundred times over, some levels moved.

Line by line: what is made may be larger than this process should be.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from benchmarks.commands import Run, Warehouse, run
from loader.file_registry import FILES, REQUIRED

NUMBER = "99.1"
"""What a made release is called: no real one's reviewed row counts are expected of it."""
OCCUPATIONS = "Occupation Data.txt"
SKILLS = frozenset(file.name for file in FILES if file.table == "skills")
SUFFIXES = 12
"""So many suffixes of a code each copy has to itself: O*NET's own go from .00 to .11, and eight
copies fit below .99."""
TASKS = 100_000_000
"""More than any task's number: a copy's tasks have numbers of their own, too."""
STEP = Decimal("0.12")
EVERY_LEVEL = 20
"""Of the levels that can be moved every 20th is: 5 %."""


def land(warehouse: Warehouse, release: Path) -> tuple[Run, int]:
    """Lands a made release; also the number of its rows."""
    load = run(warehouse, "loader", "loader", ["land", str(release), "--release", NUMBER])
    newest = (
        "select rows_landed from {raw}.raw_load where state = 'complete' order by load_id desc"
        " limit 1"
    )
    ((rows,),) = warehouse.raw(newest)
    return load, rows


def copies(files: Sequence[Path], folder: Path, count: int, every: int) -> Path:
    """A release of `count` copies of every `every`th occupation. A copy has codes and tasks of its
    own, and relates to itself alone.

    Raises:
        ValueError: the release has more suffixes than a copy has room for.
    """
    folder.mkdir()
    [occupations] = [path for path in files if path.name == OCCUPATIONS]
    kept = {fields[0] for fields in list(_lines(occupations))[1::every]}

    def copied(header: list[str], fields: list[str]) -> Iterator[list[str]]:
        codes = [
            place for place, heading in enumerate(header) if heading.endswith("O*NET-SOC Code")
        ]
        tasks = [
            place
            for place, heading in enumerate(header)
            if heading.endswith("Task ID") and fields[place].isdecimal()
        ]
        if not all(fields[place] in kept for place in codes):
            return
        for copy in range(count if codes else 1):
            row = fields.copy()
            for place in codes:
                row[place] = code_of(fields[place], copy)
            for place in tasks:
                row[place] = str(int(fields[place]) + copy * TASKS)
            yield row

    for path in files:
        _rewrite(path, folder, copied)
    return folder


def code_of(code: str, copy: int) -> str:
    """A copy's own code: the occupation's, with a suffix that no other copy has."""
    stem, suffix = code.split(".")
    if int(suffix) >= SUFFIXES:
        raise ValueError(f"{code}: a copy has room for suffixes below .{SUFFIXES} only")
    return f"{stem}.{int(suffix) + copy * SUFFIXES:02d}"


def many_skills(files: Sequence[Path], folder: Path, count: int) -> Path:
    """What every release must have, with the rows of its skills `count` times over."""
    folder.mkdir()
    required = frozenset[str]().union(
        *(names for alternatives in REQUIRED for names in alternatives)
    )
    for path in (path for path in files if path.name in required):
        shutil.copyfile(path, folder / path.name)
        if path.name in SKILLS:
            with (folder / path.name).open("ab") as made:
                for _ in range(count - 1):
                    with path.open("rb") as rows:
                        rows.readline()
                        shutil.copyfileobj(rows, made)
    return folder


def moved_levels(files: Sequence[Path], folder: Path) -> Path:
    """The release with some levels of its skills a little higher or lower, as far as their
    published bounds allow."""
    folder.mkdir()
    seen = 0

    def moved(header: list[str], fields: list[str]) -> Iterator[list[str]]:
        nonlocal seen
        if other := _other_level(dict(zip(header, fields, strict=True))):
            if seen % EVERY_LEVEL == 0:
                fields[header.index("Data Value")] = other
            seen += 1
        yield fields

    for path in files:
        if path.name in SKILLS:
            _rewrite(path, folder, moved)
        else:
            shutil.copyfile(path, folder / path.name)
    return folder


def _other_level(row: dict[str, str]) -> str | None:
    # 0 is the rule's edge
    if row["Scale ID"] != "LV" or row["Upper CI Bound"] == "n/a" or Decimal(row["Data Value"]) == 0:
        return None
    level, low, high = (
        Decimal(row[heading]) for heading in ("Data Value", "Lower CI Bound", "Upper CI Bound")
    )
    return next(
        (str(other) for other in (level + STEP, level - STEP) if low <= other <= high), None
    )


def _rewrite(
    path: Path, folder: Path, change: Callable[[list[str], list[str]], Iterable[list[str]]]
) -> None:
    """Writes the file anew, each row as those that `change` makes of its header and fields."""
    lines = _lines(path)
    header = next(lines)
    with (folder / path.name).open("w", encoding="utf-8", newline="\r\n") as made:
        made.write("\t".join(header) + "\n")
        for fields in lines:
            made.writelines("\t".join(row) + "\n" for row in change(header, fields))


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line.rstrip("\r\n").split("\t")
