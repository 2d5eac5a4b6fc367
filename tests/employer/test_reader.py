"""What is a row and what is none: CSV as RFC 4180 has it and as people save it, Parquet, a lookup
in JSON. No value is in an error."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from loader.employer.inputs import TABLES, InputFile, find_files
from loader.employer.reader import Block, FileReader, check_file
from loader.errors import LoaderError

HEADER = b"claim_id,company_ein,service_date,amount,claim_type\n"


def read(folder: Path, content: bytes, name: str = "claims.csv", table: str = "claims") -> Block:
    path = folder / name
    path.write_bytes(content)
    file = InputFile(TABLES[table], path)
    blocks = list(FileReader(file, check_file(file)).blocks())
    return Block(
        [row for block in blocks for row in block.rows],
        [each for block in blocks for each in block.rejects],
    )


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (
            HEADER + b"1,11-1111111,2022-01-01,5.00,Medical\n",
            [(2, "1", "11-1111111", "2022-01-01", "5.00", "Medical")],
        ),
        (b"\xef\xbb\xbf" + HEADER + b"1,a,b,c,d\n", [(2, "1", "a", "b", "c", "d")]),
        (HEADER.replace(b"\n", b"\r\n") + b"1,a,b,c,d\r\n", [(2, "1", "a", "b", "c", "d")]),
        (
            HEADER + b'1,a,b,c,"d ""e"", f"\n2,a,b,c,d',
            [(2, "1", "a", "b", "c", 'd "e", f'), (3, "2", "a", "b", "c", "d")],
        ),
        (
            HEADER + b'1,a,b,c,"two\nlines"\n2,a,b,c,d\n',
            [(2, "1", "a", "b", "c", "two\nlines"), (4, "2", "a", "b", "c", "d")],
        ),
        (HEADER + b"\n1,a,b,c,d\n\n", [(3, "1", "a", "b", "c", "d")]),
        (
            b"Amount , CLAIM_ID,claim_type,extra,service_date,company_ein\n9,1,d,x,b,a\n",
            [(2, "1", "a", "b", "9", "d")],
        ),
        (HEADER + "1,a,b,c,Zähne\n".encode(), [(2, "1", "a", "b", "c", "Zähne")]),
        (HEADER, []),
    ],
    ids=[
        "plain",
        "bom",
        "crlf",
        "quotes",
        "newline inside",
        "blank lines",
        "any order, one more",
        "utf-8",
        "no rows",
    ],
)
def test_rows_are_read(tmp_path: Path, content: bytes, rows: list[tuple[object, ...]]) -> None:
    block = read(tmp_path, content)
    assert block.rows == rows
    assert not block.rejects


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1,a,b,c", "4 fields, expected 5"),
        (b"1,a,b,c,d,e", "6 fields, expected 5"),
        (b"1,a,b,c,\xff\xfe", "field 5 is not UTF-8"),
        (b"1,a,b\0,c,d", "NUL in field 3"),
        (b'1,a,b,c,"d"e', "not a row of CSV: ',' expected after '\"'"),
        (b"1,a,b,c," + b"x" * 140_000, "not a row of CSV: field larger than field limit (131072)"),
    ],
    ids=["short", "long", "bytes", "nul", "after a quote", "huge"],
)
def test_what_is_no_row_is_set_aside_and_the_rest_is_read(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    block = read(tmp_path, HEADER + b"0,a,b,c,d\n" + line + b"\n2,a,b,c,d\n")
    assert [row[:2] for row in block.rows] == [(2, "0"), (4, "2")]
    assert [(each.line_number, each.reason) for each in block.rejects] == [(3, reason)]


def test_a_quote_that_is_never_closed_is_said(tmp_path: Path) -> None:
    block = read(tmp_path, HEADER + b'0,a,b,c,d\n1,a,b,c,"d\n2,a,b,c,d\n')
    assert [row[1] for row in block.rows] == ["0"]
    assert [each.line_number for each in block.rejects] == [3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (
            b"claim_id,company_ein,amount\n1,2,3\n",
            "line 1: missing columns service_date, claim_type",
        ),
        (HEADER.strip() + b",Amount\n", "line 1: column amount is there more than once"),
        ("claim_id,company_ein\n".encode("utf-16"), "not UTF-8"),
        (b"Jane Planted,jane@planted.example\n", "missing columns"),
    ],
    ids=["empty", "missing", "twice", "utf-16", "no header"],
)
def test_a_file_without_its_header_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(LoaderError, match=message) as refused:
        read(tmp_path, content)
    assert "claims.csv" in str(refused.value)
    assert "lanted" not in str(refused.value)


def test_parquet_is_read_as_csv_is(tmp_path: Path) -> None:
    path = tmp_path / "made.parquet"
    duckdb.execute(
        "copy (select 7 as claim_id, '11-1111111' as company_ein, "
        "timestamp '2022-01-02 00:00:00' as service_date, 12.50::decimal(9,2) as amount, "
        f"null::varchar as claim_type, 1 as more) to '{path}' (format parquet)"
    )
    block = read(tmp_path, path.read_bytes(), "claims.parquet")
    assert block.rows == [(2, "7", "11-1111111", "2022-01-02", "12.50", None)]
    with pytest.raises(LoaderError, match="cannot be read as Parquet"):
        read(tmp_path, b"PAR1 and nothing else", "claims.parquet")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "line 1: not JSON"),
        (b"[]", "expected one object"),
        (b'{"a.com": 1}', "expected one object"),
        (rb'{"a.com": "\ud800"}', "expected one object"),
        (rb'{"a\u0000.com": "1"}', "expected one object"),
        (b'{"a.com": "1", "a.com": "2"}', "more than once"),
        (b'{"a\xff": "1"}', "not UTF-8"),
    ],
)
def test_a_lookup_is_one_object_of_texts(tmp_path: Path, content: bytes, message: str) -> None:
    assert read(
        tmp_path, b'{"a.com": "11-1111111"}', "company_lookup.json", "company_lookup"
    ).rows == [(1, "a.com", "11-1111111")]
    with pytest.raises(LoaderError, match=message):
        read(tmp_path, content, "company_lookup.json", "company_lookup")


def test_files_are_found_by_name(tmp_path: Path) -> None:
    with pytest.raises(LoaderError, match="not a folder"):
        find_files(tmp_path / "nowhere")
    with pytest.raises(LoaderError, match="no file of employees, plans"):
        find_files(tmp_path)
    for name in ("claims_raw.csv", "company_lookup.json", "employees.parquet", "employees_bad.csv"):
        (tmp_path / name).touch()
    found, others = find_files(tmp_path)
    assert [file.name for file in found] == [
        "employees.parquet",
        "claims_raw.csv",
        "company_lookup.json",
    ]
    assert others == ["employees_bad.csv"]
    (tmp_path / "claims.csv").touch()
    with pytest.raises(LoaderError, match="both there"):
        find_files(tmp_path)
