"""`python -m loader labor`: what lands, what is set aside and why, and that a failed load changes
nothing."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loader.errors import LoaderError, SourceUnreachableError
from loader.labor.load import LaborLoad, land_labor
from loader.labor.source import open_sources
from loader.store import open_store
from tests.support.labor_files import (
    pairs,
    pairs_csv,
    projections,
    wages,
    workbook,
    write_labor_files,
)
from tests.support.landing import settings_for
from tests.support.warehouse import Warehouse


def land(
    warehouse: Warehouse, *sources: str | Path, force: bool = False, **extra: object
) -> LaborLoad:
    """What the command does, in this process."""
    settings = settings_for(warehouse, **extra)
    named = [str(source) for source in sources]
    files = list(open_sources(settings, named))
    with open_store(settings) as store:
        return land_labor(settings, store, " ".join(named), files, force=force)


def refused(warehouse: Warehouse, *sources: str | Path) -> str:
    with pytest.raises(LoaderError) as error:
        land(warehouse, *sources)
    return str(error.value)


def counts(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for table in (
            "labor_wage",
            "labor_projection",
            "labor_nem",
            "labor_crosswalk",
            "labor_file",
        )
        for row in warehouse.raw(f"select count(*) from {{raw}}.{table}")
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_labor_files(tmp_path / "labor")


def test_a_folder_lands_with_audit_checksums_and_vintages(
    warehouse: Warehouse, folder: Path
) -> None:
    done = land(warehouse, folder)
    assert not done.unknown
    files = warehouse.raw(
        "select dataset, vintage, rows_landed, rows_rejected, length(sha256) from {raw}.labor_file"
        " order by 1, 2"
    )
    assert [tuple(row) for row in files] == [
        ("cip2020_to_onet2019", "2020", 2, 0, 64),
        ("employment_projections", "2098-08", 5, 0, 64),
        ("esco_to_onet2019", "09.09.09", 4, 0, 64),
        ("isco08_to_soc2010", "2097-06", 1, 0, 64),
        ("nem_to_onet2019", "2099-01-02", 5, 0, 64),
        ("oews_national", "2098-05", 10, 0, 64),
        ("oews_national", "2099-05", 10, 0, 64),
        ("onet2010_to_onet2019", "2019", 1, 0, 64),
        ("onet2019_to_soc2018", "2019", 7, 0, 64),
        ("soc2010_to_soc2018", "2097-11", 1, 0, 64),
    ]
    assert [
        tuple(row)
        for row in warehouse.raw(
            "select state, files_landed, rows_landed, error from {raw}.labor_load"
        )
    ] == [("complete", 10, 46, None)]
    # As published: marks, digits and blanks as they stand in the file, an empty cell as null.
    cells = "occ_code, tot_emp, a_mean, a_pct75, h_mean, emp_prse, jobs_1000, line_number"
    chief = warehouse.raw(
        f"select {cells} from {{raw}}.labor_wage where vintage = '2099-05' and occ_code = '11-1011'"
    )
    assert [tuple(row) for row in chief] == [("11-1011", "300", "260000", "#", "*", "1.5", None, 4)]
    top = warehouse.raw(
        "select top_code_hourly, top_code_annual from {raw}.labor_file where dataset ="
        " 'oews_national'"
    )
    assert {tuple(row) for row in top} == {("115.00", "239200")}
    codes = warehouse.raw(
        "select from_code, to_code from {raw}.labor_crosswalk where dataset in ('esco_to_onet2019',"
        " 'isco08_to_soc2010') order by 1"
    )
    assert [tuple(row) for row in codes][:2] == [
        ("0110.1", "11-1011.00"),
        ("0110.10", "29-1141.00"),
    ]
    assert ("2512", "15-1132 ") in [tuple(row) for row in codes]


def test_the_same_again_is_left_alone_and_a_changed_file_takes_its_place(
    warehouse: Warehouse, folder: Path
) -> None:
    land(warehouse, folder)
    before = counts(warehouse)
    assert land(warehouse, folder).load_id is None
    assert counts(warehouse) == before
    (folder / "national_M2099_dl.xlsx").write_bytes(wages(2099, nurse=91000))
    again = land(warehouse, folder)
    assert [each.vintage.key for each in again.landed] == ["2099-05"]
    assert len(again.unchanged) == 9
    current = "select distinct a_median from {raw}.labor_wage where occ_code = '29-1141' order by 1"
    # the vintage before it is kept
    assert [tuple(row) for row in warehouse.raw(current)] == [("88000",), ("91000",)]


def test_a_load_that_fails_changes_nothing_and_says_why(warehouse: Warehouse, folder: Path) -> None:
    land(warehouse, folder)
    before = counts(warehouse)
    write_labor_files(
        folder,
        {
            "national_M2099_dl.xlsx": wages(2099, nurse=91000),
            "occupation.xlsx": b"PK not a workbook",
        },
    )
    message = refused(warehouse, folder)
    assert message.startswith("occupation.xlsx: not a readable spreadsheet")
    assert counts(warehouse) == before
    [(state, error)] = warehouse.raw("select state, error from {raw}.labor_load where load_id = 2")
    assert (state, error) == ("failed", message)


def test_codes_that_went_through_a_spreadsheet_program_are_set_aside(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    rows = [(f"10.{number:04d}", "T", "29-1141.00", "T") for number in range(9)]
    path = tmp_path / "cip.xlsx"
    path.write_bytes(
        pairs(
            "cip2020_to_onet2019",
            [*rows, (51.3801, "Nursing", "29-1141.00", "T"), ("51.1", "Gone", None, "T")],
        )
    )
    message = refused(warehouse, path)
    assert "2 of 11 rows cannot be landed" in message
    assert "line 11: from_code is a number (51.3801), not text" in message
    rejects = warehouse.raw(
        "select file_name, line_number, reason, content from {raw}.labor_reject order by 2"
    )
    assert [(row[1], row[2]) for row in rejects] == [
        (11, "from_code is a number (51.3801), not text: a spreadsheet program changed it"),
        (12, "to_code is empty"),
    ]
    assert "51.3801" in rejects[0][3]
    assert counts(warehouse)[3] == (0,)
    done = land(warehouse, path, loader_max_reject_share=0.5)  # on purpose: the rest lands
    assert [(len(each.rows), len(each.rejects)) for each in done.landed] == [(9, 2)]


BAD: dict[str, tuple[dict[str, bytes], str]] = {
    "another layout": (
        {
            "w.xlsx": workbook(
                {
                    "national_M2099_dl": [
                        [
                            "AREA",
                            "AREA_TITLE",
                            "AREA_TYPE",
                            "PRIM_STATE",
                            "NAICS",
                            "NAICS_TITLE",
                            "I_GROUP",
                            "OWN_CODE",
                            "OCC_CODE",
                            "OCC_TITLE",
                            "O_GROUP",
                            "TOT_EMP",
                            "EMP_PRSE",
                            "JOBS_1000",
                            "LOC_QUOTIENT",
                            "PCT_TOTAL",
                            "PCT_RPT",
                            "H_MEAN",
                        ],
                        ["99"],
                    ]
                }
            )
        },
        "w.xlsx, line 1: missing column 'A_MEAN'",
    ),
    "no vintage": (
        {"w.xlsx": pairs("esco_to_onet2019", [("1.1", "T", "29-1141.00", "T")])},
        "does not say its vintage",
    ),
    "years that do not fit": ({"w.xlsx": projections(2098, -10)}, "headings name different years"),
    "a header alone": ({"w.xlsx": pairs("cip2020_to_onet2019", [])}, "and no row below it"),
    "two that differ": (
        {"a.xlsx": wages(2099), "b.xlsx": wages(2099, nurse=1)},
        "a.xlsx and b.xlsx are both",
    ),
    "none that is known": (
        {"w.xlsx": workbook({"sheet": [["a", "b"]]})},
        "none of the files is a known one: w.xlsx",
    ),
    "text in another encoding": ({"w.csv": "é".encode("latin-1")}, "w.csv: not UTF-8 at byte 1"),
    "an old workbook that is none": (
        {"w.xls": b"\xd0\xcf\x11\xe0 and no more"},
        "w.xls: not a readable spreadsheet",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_landed_is_told_in_words(case: str, tmp_path: Path) -> None:
    """On DuckDB alone: nothing of it reaches an engine."""
    files, words = BAD[case]
    assert words in refused(
        Warehouse("duckdb", tmp_path / "warehouse"), write_labor_files(tmp_path / "files", files)
    )


def far_apart() -> bytes:
    """A workbook of a few bytes that a library would lay out as a thousand million cells."""
    small, packed = zipfile.ZipFile(io.BytesIO(workbook({"s": [["a"], ["b"]]}))), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in small.namelist():
            text = (
                small.read(name)
                .replace(b'<row r="2">', b'<row r="1048576">')
                .replace(b'r="A2"', b'r="XFD1048576"')
            )
            archive.writestr(name, text)
    return packed.getvalue()


def bomb() -> bytes:
    """Unpacks to more than any official file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(9):
            archive.writestr(f"xl/{number}", b"0" * 60 * 1024**2)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("make", "words"),
    [(far_apart, "reaches over 1,048,576 rows"), (bomb, "bytes when unpacked")],
    ids=["far apart", "bomb"],
)
def test_a_hostile_workbook_is_refused_before_it_is_laid_out(
    make: Callable[[], bytes], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "w.xlsx"
    path.write_bytes(make())
    assert words in refused(Warehouse("duckdb", tmp_path / "warehouse"), path)


def test_a_zip_is_read_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "oesm99nat.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("oesm99nat/national_M2099_dl.xlsx", wages(2099))
        archive.writestr(
            "oesm99nat/~$national_M2099_dl.xlsx", b"a lock file of a spreadsheet program"
        )
        archive.writestr("../../escape.csv", b"x")
        archive.writestr("oesm99nat/read me.txt", b"x")
    warehouse = Warehouse("duckdb", tmp_path / "warehouse")
    done = land(warehouse, path)
    assert ([each.vintage.key for each in done.landed], done.unknown) == (
        ["2099-05"],
        ["escape.csv"],
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == ["oesm99nat.zip", "warehouse"]


class Publisher(BaseHTTPRequestHandler):
    """Serves one file; refuses scripts at another address, as BLS does."""

    def do_GET(self) -> None:
        status, body = (
            (200, wages(2099))
            if self.path == "/national_M2099_dl.xlsx"
            else (403, b"Access Denied")
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def publisher() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_an_address_is_fetched_and_a_refusal_names_the_browser(
    tmp_path: Path, publisher: str
) -> None:
    warehouse = Warehouse("duckdb", tmp_path / "warehouse")
    done = land(warehouse, f"{publisher}/national_M2099_dl.xlsx")
    assert [each.file.address for each in done.landed] == [f"{publisher}/national_M2099_dl.xlsx"]
    with pytest.raises(SourceUnreachableError) as error:
        land(warehouse, f"{publisher}/oes/special-requests/oesm25nat.zip")
    message = str(error.value)
    assert (
        f"{publisher}/oes/special-requests/oesm25nat.zip cannot be fetched (HTTP 403). BLS refuses"
        " scripts." in message
    )
    assert (
        "in a browser, save the file, and name it: python -m loader labor /path/to/file" in message
    )


def test_the_command_lands_and_says_so(tmp_path: Path) -> None:
    warehouse = Warehouse("duckdb", tmp_path / "warehouse")
    folder = write_labor_files(
        tmp_path / "labor", {"national_M2099_dl.xlsx": wages(2099), "notes.csv": b"a,b\n"}
    )
    printed = warehouse.run("loader", "loader", "labor", str(folder))
    assert "national_M2099_dl.xlsx" in printed
    assert "notes.csv" in printed
    assert "The next build takes them in." in printed
    assert "no such file or folder" in warehouse.run(
        "loader", "loader", "labor", str(tmp_path / "none"), code=1
    )


def test_an_interrupted_load_is_marked_so_by_the_next(tmp_path: Path) -> None:
    warehouse = Warehouse("duckdb", tmp_path / "warehouse")
    folder = write_labor_files(
        tmp_path / "labor", {"w.csv": pairs_csv("onet2010_to_onet2019", [("1.1", "T", "2.2", "T")])}
    )
    land(warehouse, folder)
    with duckdb.connect(str(warehouse.dir / "raw.duckdb")) as raw:
        raw.execute(
            "insert into labor_load (load_id, source, state, started_at) values (2, 'x', 'running',"
            " current_timestamp)"
        )
    land(warehouse, folder)
    states = warehouse.raw("select load_id, state, error from {raw}.labor_load order by 1")
    assert [tuple(row) for row in states] == [
        (1, "complete", None),
        (2, "failed", "interrupted"),
        (3, "complete", None),
    ]


def test_the_official_files_land_as_their_facts_say(warehouse: Warehouse) -> None:
    folder = Path(os.environ.get("LABOR_FILES", Path(__file__).parents[3] / "shared" / "labor"))
    if not (folder / "national_M2025_dl.xlsx").exists():
        pytest.skip(f"no official labour-market files in {folder}: set LABOR_FILES")
    done = land(warehouse, folder)
    landed = {(each.dataset.name, each.vintage.key): len(each.rows) for each in done.landed}
    assert landed == {
        ("oews_national", "2024-05"): 1403,
        ("oews_national", "2025-05"): 1401,
        ("employment_projections", "2024-34"): 1113,
        ("nem_to_onet2019", "2023-09-06"): 997,
        ("onet2019_to_soc2018", "2019"): 1016,
        ("onet2010_to_onet2019", "2019"): 1164,
        ("onet2009_to_onet2010", "2010"): 1110,
        ("onet2006_to_onet2009", "2009"): 949,
        ("onet2000_to_onet2006", "2006"): 1167,
        ("cip2020_to_onet2019", "2020"): 8501,
        ("esco_to_onet2019", "01.01.00"): 8627,
        ("soc2010_to_soc2018", "2017-11"): 900,
        ("isco08_to_soc2010", "2015-06"): 1125,
    }
    assert not any(each.rejects for each in done.landed)
    [(jobs, median)] = warehouse.raw(
        "select tot_emp, a_median from {raw}.labor_wage where vintage = '2025-05' and occ_code ="
        " '29-1141' and o_group = 'detailed'"
    )
    assert (jobs, median) == ("3379720", "97550")
