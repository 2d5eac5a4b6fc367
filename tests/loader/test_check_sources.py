"""`make check-sources`: what the publishers offer beside what is landed. They are played on
loopback."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loader.labor.file_registry import DATASETS
from tests.support.labor_files import labor_files, matrix, projections, wages, write_labor_files
from tests.support.warehouse import ROOT, Warehouse

DATABASE = b'<a href="/dl_files/database/db_99_9_text.zip">Text</a>'


def zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, data)
    return packed.getvalue()


@contextmanager
def publishers(pages: dict[str, bytes], otherwise: int) -> Iterator[str]:
    """Serves these addresses; every other one is answered with that status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(200 if body is not None else otherwise)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.fixture
def landed(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse("duckdb", tmp_path / "warehouse")
    warehouse.run("loader", "loader", "labor", str(write_labor_files(tmp_path / "files")))
    return warehouse


def ask(warehouse: Warehouse, url: str, code: int = 0) -> list[str]:
    printed = warehouse.run(
        "loader",
        "loader",
        "check-sources",
        code=code,
        BLS_SITE=url,
        ONET_SITE=url,
        LOADER_FETCH_ATTEMPTS="1",
    )
    return printed.splitlines()


def line(lines: list[str], words: str) -> str:
    [found] = [each for each in lines if words in each]
    return found


def test_newer_same_changed_and_refused_are_told_apart(landed: Warehouse) -> None:
    before = landed.raw("select count(*) from {raw}.labor_load")
    pages = {
        "/database.html": DATABASE,
        "/oes/special-requests/oesm00nat.zip": zipped("national_M2100_dl.xlsx", wages(2100)),
        "/emp/ind-occ-matrix/occupation.xlsx": projections(2099),
        "/emp/classifications-crosswalks/nem-onet-to-soc-crosswalk.xlsx": matrix(),
        "/crosswalks/cip/Education_CIP_to_ONET_SOC.xlsx": b"",
        "/crosswalks/esco/ESCO_to_ONET-SOC.xlsx": labor_files()["ESCO_to_ONET-SOC.xlsx"],
    }
    with publishers(pages, otherwise=403) as url:
        lines = ask(landed, url)
    assert "99.9 is there: ONET_SOURCE=99.9 make build" in line(lines, "O*NET Database")
    wage = line(lines, "BLS Occupational Employment")
    assert wage.startswith("NEWER")
    assert (
        "landed: May 2099. May 2100 is there, 10 rows, 0 codes or pairs more, 0 gone: python -m"
        " loader labor" in wage
    )
    assert "2099–09 is there" in line(lines, "BLS Employment Projections")  # noqa: RUF001
    assert line(lines, "National Employment Matrix crosswalk").startswith("current")
    assert line(lines, "ESCO to O*NET-SOC").startswith("current")
    assert "cannot be read as what it was" in line(lines, "CIP 2020")
    refused = line(lines, "SOC 2010 to SOC 2018, landed")
    assert refused.startswith("not known")
    assert "BLS refuses scripts. Open the address in a browser" in refused
    assert landed.raw("select count(*) from {raw}.labor_load") == before


def test_a_year_that_is_not_out_yet_is_no_news(landed: Warehouse) -> None:
    with publishers({"/database.html": DATABASE}, otherwise=404) as url:
        assert line(ask(landed, url), "BLS Occupational Employment").startswith("current")


def test_where_nobody_can_be_asked_it_fails_and_says_so(landed: Warehouse) -> None:
    lines = ask(landed, "http://127.0.0.1:9", code=2)
    assert "none of the publishers could be asked" in lines[-1]


def test_the_page_about_labor_files_names_every_kind() -> None:
    text = (ROOT / "docs" / "labor.md").read_text()
    for dataset in DATASETS:
        assert dataset.official_address.startswith(
            ("https://www.bls.gov/", "https://www.onetcenter.org/")
        )
        if dataset.official_address.startswith("https://www.bls.gov/"):
            assert dataset.official_address in text, dataset.name
