"""Rows: what cannot be landed is kept with its reason, and everything else arrives exactly as
published."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loader.errors import LoaderError
from loader.file_registry import FILES, columns
from loader.reader import MAX_LINE_BYTES, MAX_REJECTS, FileReader, Reject
from loader.store import open_store
from tests.support.landing import land_here, settings_for
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import Warehouse

SCALES = next(file for file in FILES if file.name == "Scales Reference.txt")
HEADER = "\t".join(SCALES.layouts[0]).encode()
WIDTH = len(SCALES.layouts[0])
NAMES = ", ".join(columns(SCALES.layouts[0]))

Row = tuple[str, ...]

ODD_VALUES = [
    *("\\", "\\N", "\\t", "\\\\n", "C:\\new", "NULL", "null", "n/a", "NaN", "None", "nan"),
    *('"', '"quoted"', '"open', "'", "''", "it's", "a,b;c", "--", "%s {x} :name ?"),
    *("", " ", "  leading", "trailing  ", "a\r", "\ra", "\x1a", "\x01", "\x0b", "\x7f"),
    *(
        "1.0",
        "01",
        "1e5",
        "TRUE",
        "2025-02-30",
        "🧑‍🚀",
        "é",
        "e\u0301",
        "a\u0085b",
        "\u2028",
        "\u00a0",
        "\ufeff",
        "\ufeffbegins",
        "\U0010ffff",
    ),
]
"""What a reader, a driver or an engine may take for something else than a value."""


def read(content: bytes) -> tuple[list[tuple[int, Row]], list[Reject]]:
    """What the reader makes of a file's bytes: rows by line number, as pandas gives them, and
    rejects."""
    rows: list[tuple[int, Row]] = []
    rejects: list[Reject] = []
    for block in FileReader(SCALES, io.BytesIO(content)).blocks():
        if block.line_numbers:
            for number, *values in block.frame().itertuples(index=False, name=None):
                rows.append((number, tuple(values)))
        rejects += block.rejects
    return rows, rejects


def file_of(rows: Sequence[Row], ending: str = "\r\n") -> bytes:
    return (
        HEADER + ending.encode() + "".join("\t".join(row) + ending for row in rows).encode("utf-8")
    )


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


# Rejects


@pytest.mark.parametrize(
    ("line", "reason", "content"),
    [
        (b"IM\tImportance\t1", "3 fields, expected 4", "IM\tImportance\t1"),
        (b"IM\tImportance\t1\t5\t", "5 fields, expected 4", "IM\tImportance\t1\t5\t"),
        (b"", "1 fields, expected 4", ""),
        (b"IM\tImportanc\xe9\t1\t5", "not UTF-8 at byte 13", "IM\tImportanc\\xe9\t1\t5"),
        (b"IM\tImportance\0\t1\t5", "NUL byte at byte 14", "IM\tImportance\\x00\t1\t5"),
        (b"IM\t\xed\xa0\x80\t1\t5", "not UTF-8 at byte 4", "IM\t\\xed\\xa0\\x80\t1\t5"),
    ],
    ids=["too narrow", "too wide", "empty", "Latin-1", "NUL", "half a surrogate pair"],
)
def test_a_line_that_cannot_be_landed_is_a_reject_with_its_number_and_reason(
    line: bytes, reason: str, content: str
) -> None:
    good = b"LV\tLevel\t0\t7"

    rows, rejects = read(b"\n".join([HEADER, good, line, good, b""]))

    assert rejects == [Reject(3, reason, content)]
    assert rows == [(2, ("LV", "Level", "0", "7")), (4, ("LV", "Level", "0", "7"))]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
def test_a_line_may_be_as_long_as_the_limit_and_no_longer(ending: bytes) -> None:
    longest = b"IM\t1\t5\t" + b"x" * (MAX_LINE_BYTES - 7)

    rows, rejects = read(HEADER + b"\n" + longest + ending)
    assert (len(rows), rejects) == (1, [])
    assert len(rows[0][1][3]) == MAX_LINE_BYTES - 7

    rows, rejects = read(HEADER + b"\n" + longest + b"x" + ending)
    assert rows == []
    assert [(reject.line_number, reject.reason) for reject in rejects] == [
        (2, f"longer than {MAX_LINE_BYTES} bytes")
    ]
    assert len(rejects[0].content) < 2000


def test_a_line_longer_than_many_blocks_costs_no_row_around_it() -> None:
    good = b"LV\tLevel\t0\t7"

    rows, rejects = read(b"\r\n".join([HEADER, good, b"x\t" * 6_000_000, good, b""]))

    assert [number for number, _ in rows] == [2, 4]
    assert [reject.line_number for reject in rejects] == [3]


def test_line_numbers_hold_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    written = [(f"S{number}", "é" * (number % 5), "", "7") for number in range(300)]
    content = file_of(written).replace(b"\tS7\t", b"\t").replace(b"S150\t", b"")
    whole = read(content)

    for size in (1, 2, 3, 7, 64, 1000):
        monkeypatch.setattr("loader.reader.BLOCK_BYTES", size)
        assert read(content) == whole
    assert [reject.line_number for reject in whole[1]] == [152]
    assert whole[0][200] == (203, ("S201", "é", "", "7"))


def test_rejects_are_kept_and_the_rest_lands(warehouse: Warehouse, sample: Release) -> None:
    path = sample.folder / "Scales Reference.txt"
    good = path.read_bytes()
    path.write_bytes(
        good
        + b"XX\tLatin-1 \xe9\t1\t5\r\n"
        + b"XX\t\xf0\x9f\x98\x80\\N\r\n"
        + b"X\0X\tNUL\t1\t5\r\n"
    )
    last = good.count(b"\n")

    land_here(warehouse, sample.folder, loader_max_reject_share=0.9)

    assert warehouse.raw(
        "select load_id, file_name, line_number, reason, content from {raw}.raw_reject order by"
        " line_number"
    ) == [
        (1, "Scales Reference.txt", last + 1, "not UTF-8 at byte 12", "XX\tLatin-1 \\xe9\t1\t5"),
        (1, "Scales Reference.txt", last + 2, "2 fields, expected 4", "XX\t😀\\N"),
        (1, "Scales Reference.txt", last + 3, "NUL byte at byte 2", "X\\x00X\tNUL\t1\t5"),
    ]
    counts = (
        "select rows_read, rows_landed, rows_rejected from {raw}.raw_load_file where file_name ="
        " 'Scales Reference.txt'"
    )
    assert warehouse.raw(counts) == [(last + 2, last - 1, 3)]
    assert warehouse.raw(
        "select state, rows_rejected, rows_read - rows_landed from {raw}.raw_load"
    ) == [("complete", 3, 3)]
    assert warehouse.raw("select count(*) from {raw}.scales_reference") == [(last - 1,)]


def test_too_many_rejects_fail_the_load_but_are_kept(warehouse: Warehouse, sample: Release) -> None:
    land_here(warehouse, "sample", None)
    tables = ("skills", "scales_reference", "occupation_data", "raw_load_file")
    before = [sorted(warehouse.raw(f"select * from {{raw}}.{table}"), key=str) for table in tables]
    path = sample.folder / "Skills.txt"  # after other files, whose rows are written by then
    path.write_bytes(path.read_bytes() + b"one field\r\n")

    printed = warehouse.land(sample.folder, "--release", "99.1", code=1)

    rows = len(sample.lines("Skills.txt")) - 1
    told = (
        f"Skills.txt: 1 of {rows} rows cannot be landed, more than the share of 0.001 that"
        " LOADER_MAX_REJECT_SHARE allows"
    )
    assert told in printed
    assert "Traceback" not in printed
    loads = warehouse.raw(
        "select load_id, state, error, file_checksums from {raw}.raw_load order by load_id"
    )
    assert [load[:2] for load in loads] == [(1, "complete"), (2, "failed")]
    assert told in loads[1][2]
    assert loads[1][3] is None
    assert warehouse.raw("select load_id, line_number, reason, content from {raw}.raw_reject") == [
        (2, rows + 1, "1 fields, expected 13", "one field")
    ]
    assert [
        sorted(warehouse.raw(f"select * from {{raw}}.{table}"), key=str) for table in tables
    ] == before


def test_a_share_just_at_the_limit_still_lands(warehouse: Warehouse, sample: Release) -> None:
    path = sample.folder / "Scales Reference.txt"
    path.write_bytes(HEADER + b"\n" + b"LV\tLevel\t0\t7\n" * 3 + b"one field\n")

    assert land_here(warehouse, sample.folder, loader_max_reject_share=0.25).is_new
    with pytest.raises(LoaderError, match="1 of 4 rows"):
        land_here(warehouse, sample.folder, loader_max_reject_share=0.2499, force=True)


def test_a_file_full_of_rejects_fails_early_and_keeps_the_first_of_them(
    warehouse: Warehouse, sample: Release
) -> None:
    (sample.folder / "Scales Reference.txt").write_bytes(HEADER + b"\n" + b"one field\n" * 20_000)

    with pytest.raises(LoaderError, match=f"more than {MAX_REJECTS:,} rows cannot be landed"):
        land_here(warehouse, sample.folder)

    kept = warehouse.raw(
        "select count(*), min(line_number), max(line_number) from {raw}.raw_reject"
    )
    assert kept == [(MAX_REJECTS, 2, MAX_REJECTS + 1)]
    assert [state for (state,) in warehouse.raw("select state from {raw}.raw_load")] == ["failed"]


@pytest.mark.parametrize("line", [b"\n", b"\xff\n", b"one field\n"])
def test_of_a_file_full_of_rejects_no_more_than_the_limit_is_held(line: bytes) -> None:
    """A block of empty lines would be millions of rejects at once."""
    blocks = FileReader(SCALES, io.BytesIO(HEADER + b"\n" + line * 5_000_000)).blocks()
    assert len(next(blocks).rejects) == MAX_REJECTS + 1
    with pytest.raises(LoaderError, match=f"more than {MAX_REJECTS:,} rows"):
        next(blocks)


# Exact values


def landed_rows(warehouse: Warehouse, load_id: int) -> list[Row]:
    found = warehouse.raw(
        f"select line_number, {NAMES} from {{raw}}.scales_reference where load_id = {load_id} order"
        " by line_number"
    )
    assert [number for number, *_ in found] == list(range(2, len(found) + 2))
    return [tuple(values) for _, *values in found]


def test_every_odd_value_is_read_back_exactly(warehouse: Warehouse, sample: Release) -> None:
    # each value first, in the middle and last in its row, and once as a whole row
    rows = [
        row
        for value in ODD_VALUES
        for row in (
            (value, "a", "b", "c"),
            ("a", value, "", "c"),
            ("a", "b", "c", value),
            (value, value, value, value),
        )
        # before a line feed a carriage return belongs to the line's end
        if not row[-1].endswith("\r")
    ]
    (sample.folder / "Scales Reference.txt").write_bytes(file_of(rows))

    land_here(warehouse, sample.folder)

    assert landed_rows(warehouse, 1) == rows
    assert warehouse.raw("select count(*) from {raw}.raw_reject") == [(0,)]


def test_mixed_line_endings_and_no_final_newline_land_alike(
    warehouse: Warehouse, sample: Release
) -> None:
    (sample.folder / "Scales Reference.txt").write_bytes(
        HEADER + b"\nA\t1\t2\t3\r\nB\t1\t2\t3\nC\t1\t2\t3\r\nD\t1\t2\t"
    )

    land_here(warehouse, sample.folder)

    assert landed_rows(warehouse, 1) == [
        ("A", "1", "2", "3"),
        ("B", "1", "2", "3"),
        ("C", "1", "2", "3"),
        ("D", "1", "2", ""),
    ]


def test_a_row_as_long_as_a_line_may_be_lands_whole(warehouse: Warehouse, sample: Release) -> None:
    row = ("IM", "é" * (MAX_LINE_BYTES // 2 - 10), "1", "5")
    (sample.folder / "Scales Reference.txt").write_bytes(file_of([row]))

    land_here(warehouse, sample.folder)

    assert landed_rows(warehouse, 1) == [row]


VALUES = st.one_of(
    st.sampled_from(ODD_VALUES),
    # tabs, line ends and NULs among them
    st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=12),
)
TABLES_OF_STRINGS = st.lists(st.tuples(*[VALUES] * WIDTH), max_size=8)


@given(rows=TABLES_OF_STRINGS, ending=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_rows_or_rejects_and_nothing_is_lost(rows: list[Row], ending: str) -> None:
    content = file_of(rows, ending)

    landed, rejects = read(content)

    lines = content.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")[1:]
    numbered = dict(enumerate((line.decode() for line in lines), 2))
    assert {number: "\t".join(values) for number, values in landed} | {
        reject.line_number: (
            reject.content.replace("\\x00", "\0")
            if "\0" in numbered[reject.line_number]
            else reject.content
        )
        for reject in rejects
    } == numbered
    for reject in rejects:
        line = numbered[reject.line_number]
        assert "\0" in line or line.count("\t") != WIDTH - 1
    for _, values in landed:
        assert len(values) == WIDTH
        assert "\0" not in "".join(values)


def test_any_table_of_strings_lands_exactly_or_is_rejected(warehouse: Warehouse) -> None:
    load_ids = iter(range(1, 1000))

    with open_store(settings_for(warehouse)) as store:
        store.prepare()
        seen: list[tuple[int, list[tuple[int, Row]]]] = []

        @given(rows=TABLES_OF_STRINGS)
        @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def write(rows: list[Row]) -> None:
            load_id = next(load_ids)
            for block in FileReader(SCALES, io.BytesIO(file_of(rows))).blocks():
                if block.line_numbers:
                    assert store.write(load_id, SCALES.name, SCALES.table, block) == len(
                        block.line_numbers
                    )
            seen.append((load_id, read(file_of(rows))[0]))

        write()

    for load_id, rows in seen:
        found = warehouse.raw(
            f"select line_number, {NAMES} from {{raw}}.scales_reference where load_id = {load_id}"
            " order by line_number"
        )
        assert [(number, tuple(values)) for number, *values in found] == rows
