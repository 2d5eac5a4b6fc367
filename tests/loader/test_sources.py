"""Where a release comes from: a number, a zip, a folder, a URL or the sample; and what is not taken
for one."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import stat
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loader.errors import LoaderError, SourceUnreachableError
from loader.release import open_release
from loader.settings import Settings
from tests.support.landing import land_here, zipped
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import Warehouse

ZIP_PATH = "/dl_files/database/db_99_1_text.zip"
on_duckdb = pytest.mark.parametrize("engine", ["duckdb"], indirect=True)


@dataclass
class Site:
    """A web site on the loopback: gives its answers one after the other, the last one for good, and
    notes what it was asked."""

    address: str
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            status, content = here.answers.pop(0) if len(here.answers) > 1 else here.answers[0]
            self.send_response(status)
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


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


@pytest.fixture
def sample_zip(sample: Release, tmp_path: Path) -> Path:
    return zipped(sample, tmp_path / "sample.zip")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(warehouse_dir=tmp_path / "warehouse")


def open_once(
    settings: Settings, source: str | Path, number: str | None = None
) -> tuple[str, list[str]]:
    """The release's number and its files' names."""
    with open_release(settings, str(source), number) as release:
        return release.number, list(release.files)


# A release number


@on_duckdb
def test_release_number_is_fetched_once_and_kept_with_a_record(
    warehouse: Warehouse, site: Site, sample_zip: Path
) -> None:
    site.answers = [(200, sample_zip.read_bytes())]

    landed = warehouse.run("loader", "loader", "land", "99.1", ONET_SITE=site.address)
    again = warehouse.run("loader", "loader", "land", "99.1", ONET_SITE=site.address)

    assert site.asked == [ZIP_PATH]
    kept = warehouse.dir / "releases" / "db_99_1_text.zip"
    assert kept.read_bytes() == sample_zip.read_bytes()
    record = json.loads(kept.with_suffix(".json").read_text())
    assert record["address"] == site.address + ZIP_PATH
    assert record["sha256"] == hashlib.sha256(sample_zip.read_bytes()).hexdigest()
    assert record["bytes"] == kept.stat().st_size
    assert (
        abs(
            (
                datetime.fromisoformat(record["fetched_at"]) - datetime.now().astimezone()
            ).total_seconds()
        )
        < 600
    )
    assert "load 1" in landed
    assert "release is here already" in again
    assert "landed already" in again
    assert warehouse.raw("select release, source, source_address from {raw}.raw_load") == [
        ("99.1", "99.1", site.address + ZIP_PATH)
    ]
    assert not list(kept.parent.glob("*.partial"))


def test_of_two_fetches_at_once_one_waits_for_the_other(
    settings: Settings, site: Site, sample_zip: Path
) -> None:
    site.answers = [(200, sample_zip.read_bytes())]
    with ThreadPoolExecutor() as pool:
        opened = list(
            pool.map(lambda _: open_once(settings, site.address + ZIP_PATH, "99.1"), range(4))
        )
    assert {number for number, _ in opened} == {"99.1"}
    assert len(site.asked) == 1


@pytest.mark.parametrize("damage", ["the zip", "the record", "half a record", "another address"])
def test_release_is_fetched_again_when_what_was_kept_is_not_whole(
    settings: Settings, site: Site, sample_zip: Path, damage: str
) -> None:
    settings = settings.model_copy(update={"onet_site": site.address})
    site.answers = [(200, sample_zip.read_bytes())]
    whole = open_once(settings, "99.1")
    kept = settings.warehouse_dir / "releases" / "db_99_1_text.zip"
    record = kept.with_suffix(".json")
    match damage:
        case "the zip":
            kept.write_bytes(kept.read_bytes()[:-1])
        case "the record":
            record.unlink()
        case "half a record":
            record.write_text(record.read_text()[:40])
        case "another address":
            record.write_text(record.read_text().replace(site.address, "http://elsewhere.example"))

    assert open_once(settings, "99.1") == whole

    assert site.asked == [ZIP_PATH, ZIP_PATH]
    assert kept.read_bytes() == sample_zip.read_bytes()


def test_a_busy_site_is_asked_again(
    settings: Settings, site: Site, sample_zip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    site.answers = [(503, b""), (429, b""), (200, sample_zip.read_bytes())]

    assert open_once(settings.model_copy(update={"onet_site": site.address}), "99.1")[0] == "99.1"

    assert len(site.asked) == 3
    assert len(waited) == 2
    assert all(seconds > 0 for seconds in waited)


@pytest.mark.parametrize(
    ("status", "times", "told", "exit_code"),
    [
        (404, 1, "there is no such file (HTTP 404). Is the release number right?", 1),
        (503, 3, "cannot be fetched (HTTP 503)", 2),
    ],
)
def test_only_a_refusal_that_may_pass_is_tried_again(
    settings: Settings,
    site: Site,
    status: int,
    times: int,
    told: str,
    exit_code: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    site.answers = [(status, b"")]

    with pytest.raises(LoaderError, match=re.escape(told)) as raised:
        open_once(
            settings.model_copy(update={"onet_site": site.address, "loader_fetch_attempts": 3}),
            "99.1",
        )

    assert raised.value.exit_code == exit_code
    assert len(site.asked) == times


def test_an_address_with_a_password_is_refused_without_repeating_it(
    settings: Settings, site: Site
) -> None:
    with pytest.raises(LoaderError, match="a URL with a password in it") as raised:
        open_once(
            settings,
            site.address.replace("http://", "http://user:planted-7c2@") + "/db_99_1_text.zip",
        )

    assert "planted-7c2" not in str(raised.value)
    assert site.asked == []


def test_a_page_in_place_of_the_zip_is_not_kept(
    settings: Settings, site: Site, sample_zip: Path
) -> None:
    settings = settings.model_copy(update={"onet_site": site.address})
    site.answers = [
        (200, b"<html>Please sign in to this network</html>"),
        (200, sample_zip.read_bytes()),
    ]

    with pytest.raises(SourceUnreachableError, match="not a zip"):
        open_once(settings, "99.1")
    assert not list((settings.warehouse_dir / "releases").iterdir())

    assert open_once(settings, "99.1")[0] == "99.1"


def test_a_download_above_the_limit_is_stopped_and_thrown_away(
    settings: Settings, site: Site, sample_zip: Path
) -> None:
    site.answers = [(200, sample_zip.read_bytes())]

    with pytest.raises(LoaderError, match="LOADER_MAX_DOWNLOAD_BYTES"):
        open_once(
            settings.model_copy(
                update={"onet_site": site.address, "loader_max_download_bytes": 1000}
            ),
            "99.1",
        )

    assert not list((settings.warehouse_dir / "releases").iterdir())


@on_duckdb
def test_an_unreachable_site_is_exit_code_2_and_changes_nothing(warehouse: Warehouse) -> None:
    land_here(warehouse, "sample", None)
    before = warehouse.raw("select * from {raw}.raw_load")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # taken, and nobody listens: connections are refused
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        printed = warehouse.run(
            "loader", "loader", "land", "99.1", code=2, ONET_SITE=address, LOADER_FETCH_ATTEMPTS="1"
        )

    assert address + ZIP_PATH in printed
    assert "ONET_SOURCE=/path/to/" in printed
    assert "`sample`" in printed
    assert "Traceback" not in printed
    assert warehouse.raw("select * from {raw}.raw_load") == before
    assert not list((warehouse.dir / "releases").iterdir())


# The other sources


@on_duckdb
def test_zip_folder_and_url_hold_the_same_release(
    warehouse: Warehouse, site: Site, sample: Release, sample_zip: Path
) -> None:
    site.answers = [(200, sample_zip.read_bytes())]
    url = site.address + "/mirror/onet.zip?edition=text"

    loads = [
        land_here(warehouse, source, None, force=True)
        for source in (sample.folder, sample_zip, url)
    ]

    assert [load.load_id for load in loads] == [1, 2, 3]
    assert site.asked == ["/mirror/onet.zip?edition=text"]
    assert warehouse.raw(
        "select distinct release, file_checksums, rows_landed from {raw}.raw_load"
    ) == [
        (
            "99.1",
            *warehouse.raw(
                "select file_checksums, rows_landed from {raw}.raw_load where load_id = 1"
            )[0],
        )
    ]
    addresses = warehouse.raw("select source_address from {raw}.raw_load order by load_id")
    assert addresses == [("db_99_1_text",), ("sample.zip",), (site.address + "/mirror/onet.zip",)]


@on_duckdb
def test_sample_lands_with_the_words_the_user_said(warehouse: Warehouse) -> None:
    printed = warehouse.land("sample")

    assert "O*NET sample, load 1" in printed
    assert warehouse.raw("select release, source, state from {raw}.raw_load") == [
        ("sample", "sample", "complete")
    ]
    assert "work_context not loaded: there is no Work Context.txt" in printed


def test_a_source_that_is_nothing_is_told_what_it_could_be(settings: Settings) -> None:
    with pytest.raises(
        LoaderError,
        match=(
            r"no such file or folder, and neither a release number \(as 30.3\), `latest`, a URL nor"
            r" `sample`"
        ),
    ):
        open_once(settings, "29.2.1")


def test_a_folder_without_text_files_is_not_a_release(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "db_99_1_text").mkdir()

    with pytest.raises(LoaderError, match=r"no \.txt files in this folder"):
        open_once(settings, tmp_path / "db_99_1_text")


# Which release it is


def test_the_read_me_names_the_release_of_a_folder_with_any_name(
    settings: Settings, sample: Release
) -> None:
    (sample.folder / "Read Me.txt").write_text("O*NET 99.1 Database\nFebruary 2090 Release\n")
    folder = sample.folder.rename(sample.folder.with_name("downloads"))

    assert open_once(settings, folder)[0] == "99.1"


def test_a_release_that_nobody_names_needs_the_option(settings: Settings, sample: Release) -> None:
    folder = sample.folder.rename(sample.folder.with_name("downloads"))

    with pytest.raises(LoaderError, match="say it with --release"):
        open_once(settings, folder)
    assert open_once(settings, folder, "99.1")[0] == "99.1"


@pytest.mark.parametrize("by", ["option", "Read Me.txt", "top folder"])
def test_names_that_disagree_on_the_release_are_refused(
    settings: Settings, sample: Release, tmp_path: Path, by: str
) -> None:
    source, number = sample.folder, None
    if by == "option":
        number = "98.1"
    elif by == "Read Me.txt":
        (sample.folder / "Read Me.txt").write_text("O*NET 98.1 Database\n")
    else:
        (sample.folder / "Read Me.txt").write_text("O*NET 99.1 Database\n")
        source = zipped(sample, tmp_path / "any.zip", "db_98_1_text")

    with pytest.raises(LoaderError, match=re.escape("disagree on the release: 98.1, 99.1")):
        open_once(settings, source, number)


def test_a_number_whose_zip_holds_another_release_is_refused(
    settings: Settings, site: Site, sample: Release, tmp_path: Path
) -> None:
    site.answers = [(200, zipped(sample, tmp_path / "any.zip", "db_98_1_text").read_bytes())]

    with pytest.raises(LoaderError, match=re.escape("disagree on the release: 98.1, 99.1")):
        open_once(settings.model_copy(update={"onet_site": site.address}), "99.1")


# Zips that no official release is like


def member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


@pytest.mark.parametrize(
    ("name", "mode", "told"),
    [
        ("../Skills.txt", stat.S_IFREG, "points out of the zip"),
        ("db_99_1_text/../../Skills.txt", stat.S_IFREG, "points out of the zip"),
        ("/etc/Skills.txt", stat.S_IFREG, "points out of the zip"),
        ("C:\\db_99_1_text\\Skills.txt", stat.S_IFREG, "points out of the zip"),
        ("db_99_1_text/More.txt", stat.S_IFLNK, "is a symbolic link"),
        (
            "elsewhere/More.txt",
            stat.S_IFREG,
            (
                "expected one folder with .txt files, as db_29_2_text; found 'db_99_1_text',"
                " 'elsewhere'"
            ),
        ),
        ("db_99_1_text/more/More.txt", stat.S_IFREG, "found 'db_99_1_text', 'db_99_1_text/more'"),
    ],
)
def test_a_member_that_no_release_has_is_refused(
    settings: Settings, sample_zip: Path, name: str, mode: int, told: str
) -> None:
    with zipfile.ZipFile(sample_zip, "a") as archive:
        archive.writestr(member(name, mode), "O*NET-SOC Code\n")

    with pytest.raises(LoaderError, match=re.escape(told)):
        open_once(settings, sample_zip)


def test_a_zip_without_text_files_or_that_is_no_zip_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("db_99_1_pictures/Skills.png", b"PNG")
    (tmp_path / "half.zip").write_bytes((tmp_path / "other.zip").read_bytes()[:-10])

    with pytest.raises(LoaderError, match="found none"):
        open_once(settings, tmp_path / "other.zip")
    with pytest.raises(LoaderError, match="not a readable zip"):
        open_once(settings, tmp_path / "half.zip")


def test_an_encrypted_zip_is_refused(settings: Settings, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "db_99_1_text.zip", "w") as archive:
        archive.writestr(member("db_99_1_text/Skills.txt"), "O*NET-SOC Code\n")
        archive.infolist()[0].flag_bits |= 1

    with pytest.raises(LoaderError, match="is encrypted; unpack it and name the folder"):
        open_once(settings, tmp_path / "db_99_1_text.zip")


def test_a_bomb_is_not_opened(settings: Settings, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "db_99_1_text.zip", "w") as archive:
        archive.writestr(member("db_99_1_text/Skills.txt"), b"\0" * 2_000_000)
    assert (tmp_path / "db_99_1_text.zip").stat().st_size < 10_000

    with pytest.raises(LoaderError, match="more than 1000000 bytes when unpacked"):
        open_once(
            settings.model_copy(update={"loader_max_release_bytes": 1_000_000}),
            tmp_path / "db_99_1_text.zip",
        )


@on_duckdb
def test_a_truncated_member_fails_the_load_as_a_whole(
    warehouse: Warehouse, sample: Release, tmp_path: Path
) -> None:
    land_here(warehouse, "sample", None)
    before = warehouse.raw("select * from {raw}.skills order by line_number")
    with zipfile.ZipFile(tmp_path / "db_99_1_text.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sample.folder.glob("*.txt"):
            archive.write(file, f"db_99_1_text/{file.name}")
        archive.getinfo("db_99_1_text/Skills.txt").compress_size -= 100

    with pytest.raises(LoaderError, match=r"Skills.txt' is damaged .*; fetch the zip again"):
        land_here(warehouse, tmp_path / "db_99_1_text.zip", None)

    assert warehouse.raw("select load_id, state from {raw}.raw_load order by load_id") == [
        (1, "complete"),
        (2, "failed"),
    ]
    assert warehouse.raw("select * from {raw}.skills order by line_number") == before
