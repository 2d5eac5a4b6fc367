"""`latest`: which release the official site calls its newest, also where the site behaves badly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loader.errors import LoaderError, SourceUnreachableError
from loader.latest_release import MAX_PAGE_BYTES, find_newest_release
from loader.settings import Settings
from tests.support.landing import zipped
from tests.support.release_files import sample_copy
from tests.support.warehouse import Warehouse

PAGE = "/database.html"


def page(*names: str) -> bytes:
    links = "".join(f'<li><a href="/dl_files/database/{name}">{name}</a></li>' for name in names)
    return f"<!doctype html><title>O*NET Database</title><ul>{links}</ul>".encode()


@dataclass
class Site:
    """The official site on the loopback: for each path its answers one after the other, the last
    one for good."""

    address: str
    answers: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    location: str = ""
    asked: list[str] = field(default_factory=list)

    def settings(self, folder: Path) -> Settings:
        return Settings(warehouse_dir=folder, onet_site=self.address, loader_fetch_attempts=3)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            answers = here.answers.get(self.path, [(404, b"no such page")])
            status, content = answers.pop(0) if len(answers) > 1 else answers[0]
            if status == 0:  # hangs up half-way
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html>")
                return
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", here.location)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests read what was asked from the list."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here = Site(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield here
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        (["db_31_0_text.zip", "db_31_0_excel.zip"], "31.0"),
        (["db_9_3_text.zip", "db_30_3_text.zip", "db_30_10_text.zip", "db_30_2_text.zip"], "30.10"),
        (["db_31_0_text/Essential Skills.txt"], "31.0"),
        (["db_31_0_text.zip", "db_99_9_mysql.zip", "db_98_0_textbook.zip"], "31.0"),
    ],
    ids=[
        "the current one",
        "the highest number, not the last in the alphabet",
        "files one by one",
        "other layouts",
    ],
)
def test_the_newest_text_release_that_the_page_offers_is_taken(
    site: Site, tmp_path: Path, names: list[str], newest: str
) -> None:
    site.answers[PAGE] = [(200, page(*names))]
    assert find_newest_release(site.settings(tmp_path)) == newest
    assert site.asked == [PAGE]


def test_a_page_that_has_moved_is_followed_and_a_passing_failure_overcome(
    site: Site, tmp_path: Path
) -> None:
    site.location = "/new.html"
    site.answers = {
        PAGE: [(503, b""), (0, b""), (301, b"")],
        "/new.html": [(200, page("db_31_0_text.zip"))],
    }
    assert find_newest_release(site.settings(tmp_path)) == "31.0"
    assert site.asked == [PAGE, PAGE, PAGE, "/new.html"]


@pytest.mark.parametrize(
    ("answer", "error", "reason", "asked"),
    [
        ((500, b"db_31_0_text.zip"), SourceUnreachableError, r"cannot be fetched \(HTTP 500\)", 3),
        ((404, b"db_31_0_text.zip"), SourceUnreachableError, r"cannot be fetched \(HTTP 404\)", 1),
        ((0, b""), SourceUnreachableError, "cannot be fetched", 3),
        (
            (200, b"<html>Sign in to this hotel's network</html>"),
            LoaderError,
            "names no download of a release",
            1,
        ),
        ((200, b"\xff\xfe\x00" * 1000), LoaderError, "names no download of a release", 1),
        ((200, b"db_31_0_text.zip" + b" " * MAX_PAGE_BYTES), LoaderError, "more than", 1),
    ],
    ids=["an error", "no page", "hangs up", "a page of somebody else", "no text", "without end"],
)
def test_a_site_that_misbehaves_is_told_of(
    site: Site,
    tmp_path: Path,
    answer: tuple[int, bytes],
    error: type[LoaderError],
    reason: str,
    asked: int,
) -> None:
    site.answers[PAGE] = [answer]
    with pytest.raises(error, match=reason) as raised:
        find_newest_release(site.settings(tmp_path))
    assert type(raised.value) is error
    assert site.address + PAGE in str(raised.value)
    assert (
        "What is published stays. Instead, name a release (ONET_SOURCE=30.3), a zip or a folder"
        in str(raised.value)
    )
    assert len(site.asked) == asked


def test_a_redirect_without_end_is_given_up(site: Site, tmp_path: Path) -> None:
    site.location = PAGE
    site.answers[PAGE] = [(302, b"")]
    with pytest.raises(SourceUnreachableError):
        find_newest_release(site.settings(tmp_path))


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_latest_lands_what_the_site_offers_and_says_which(
    warehouse: Warehouse, site: Site, tmp_path: Path
) -> None:
    archive = zipped(sample_copy(tmp_path / "files"), tmp_path / "latest.zip").read_bytes()
    site.answers = {
        PAGE: [(200, page("db_99_1_text.zip"))],
        "/dl_files/database/db_99_1_text.zip": [(200, archive)],
    }

    said = warehouse.run("loader", "loader", "land", ONET_SOURCE="latest", ONET_SITE=site.address)

    assert f"The newest release that {site.address} offers is O*NET 99.1: taking that." in said
    assert warehouse.raw("select release, state from {raw}.raw_load") == [("99.1", "complete")]

    site.answers[PAGE] = [(503, b"")]
    said = warehouse.run(
        "loader",
        "loader",
        "check",
        "latest",
        code=2,
        ONET_SITE=site.address,
        LOADER_FETCH_ATTEMPTS="1",
    )
    assert "HTTP 503" in said
