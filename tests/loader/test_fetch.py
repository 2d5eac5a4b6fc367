"""Fetching: it ends in time, says how far it is, stays on its site, keeps its files apart and
cleans up, also on a disk without room."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from filelock import FileLock
from structlog.testing import capture_logs

from loader import fetch
from loader.errors import LoaderError, SourceUnreachableError
from loader.fetch import MAX_REDIRECTS, fetch_address, fetch_official
from loader.latest_release import find_newest_release
from loader.settings import Settings
from tests.support.landing import zipped
from tests.support.release_files import Release, sample_copy

Answer = Callable[["Handler"], None]


@dataclass
class Site:
    answer: Answer
    address: str = ""
    asked: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        self.site.asked.append(self.path)
        with suppress(OSError):  # the client has had enough
            self.site.answer(self)

    def log_message(self, format: str, *arguments: object) -> None:
        """What was asked is in `site.asked`."""

    def give(self, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def drip(self, piece: bytes) -> None:
        while not self.site.is_over.wait(0.05):
            self.wfile.write(piece)


@contextmanager
def serve(answer: Answer) -> Iterator[Site]:
    site = Site(answer)
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), type("OfSite", (Handler,), {"site": site})
    ) as server:
        site.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield site
        site.is_over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


@pytest.fixture
def content(sample: Release, tmp_path: Path) -> bytes:
    return zipped(sample, tmp_path / "sample.zip").read_bytes()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(warehouse_dir=tmp_path / "warehouse", loader_fetch_attempts=2)


def left_over(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.warehouse_dir / "releases").iterdir())


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
    handler.drip(b"x")


def drip_body(handler: Handler) -> None:
    handler.give(b"", 200, **{"Content-Length": "10000000"})
    handler.drip(b"P")


def drip_after_errors(handler: Handler) -> None:
    if len(handler.site.asked) == 1:
        handler.give(b"", 503)
    else:
        drip_body(handler)


# Time


@pytest.mark.parametrize("answer", [drip_headers, drip_body, drip_after_errors])
def test_a_source_that_drips_is_given_up_at_the_deadline(
    settings: Settings, answer: Answer
) -> None:
    settings = settings.model_copy(update={"loader_fetch_timeout": 1.0})
    with serve(answer) as site:
        began = time.monotonic()
        with pytest.raises(
            SourceUnreachableError,
            match="bytes had come in 1 s, and LOADER_FETCH_TIMEOUT allows no more time",
        ):
            fetch_address(settings, f"{site.address}/db_99_1_text.zip")
        assert time.monotonic() - began < 10
    assert left_over(settings) == []


def test_a_slow_fetch_says_how_far_it_is(
    settings: Settings, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PROGRESS_SECONDS", 0.0)
    with serve(lambda handler: handler.give(content)) as site, capture_logs() as logs:
        fetch_address(settings, f"{site.address}/db_99_1_text.zip?token=planted")
    told = [entry for entry in logs if entry["event"] == "fetching"]
    assert (told[-1]["bytes"], told[-1]["of"]) == (len(content), len(content))
    assert "planted" not in str(logs)


def test_a_loader_that_waits_for_anothers_fetch_says_so_and_not_for_ever(
    settings: Settings, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PROGRESS_SECONDS", 0.2)
    settings = settings.model_copy(update={"loader_fetch_timeout": 1.0})
    (settings.warehouse_dir / "releases").mkdir(parents=True)
    (settings.warehouse_dir / "releases" / "db_99_1_text.partial").write_bytes(b"half of it")
    with serve(lambda handler: handler.give(content)) as site, capture_logs() as logs:
        with (
            FileLock(settings.warehouse_dir / "fetch.lock"),
            pytest.raises(
                LoaderError,
                match=r"another loader has been fetching for 1 s \(LOADER_FETCH_TIMEOUT\)",
            ),
        ):
            fetch_address(settings, f"{site.address}/db_99_1_text.zip")
        waits = [
            entry
            for entry in logs
            if entry["event"] == "waiting for another loader that is fetching"
        ]
        assert len(waits) >= 2
        assert {(entry["log_level"], entry["bytes_it_has"]) for entry in waits} == {
            ("warning", len(b"half of it"))
        }
        assert site.asked == []
        assert fetch_address(settings, f"{site.address}/db_99_1_text.zip").read_bytes() == content


# Redirects


def redirecting(site_of: dict[str, str], content: bytes) -> Answer:
    def answer(handler: Handler) -> None:
        if there := site_of.get(handler.path):
            handler.give(b"", 302, Location=there)
        else:
            handler.give(content)

    return answer


def test_a_redirect_is_followed_on_the_site_that_was_named(
    settings: Settings, content: bytes
) -> None:
    with serve(redirecting({"/a.zip": "/b.zip"}, content)) as site:
        assert fetch_address(settings, f"{site.address}/a.zip").read_bytes() == content
        assert site.asked == ["/a.zip", "/b.zip"]


def test_a_redirect_to_another_site_is_not_followed(settings: Settings, content: bytes) -> None:
    with serve(redirecting({}, content)) as elsewhere:
        there = elsewhere.address.replace("http://", "http://me:planted@") + "/db.zip?sig=planted"
        told = r"redirects to http://127\.0\.0\.1:[0-9]+/db\.zip, another site"
        with (
            serve(redirecting({"/a.zip": there}, content)) as site,
            pytest.raises(LoaderError, match=told) as raised,
        ):
            fetch_address(settings, f"{site.address}/a.zip")
        assert elsewhere.asked == []
    assert "planted" not in str(raised.value)
    assert left_over(settings) == []


def test_redirects_in_a_circle_end(settings: Settings, content: bytes) -> None:
    with serve(redirecting({"/a.zip": "/a.zip"}, content)) as site:
        with pytest.raises(LoaderError, match=f"more than {MAX_REDIRECTS} redirects"):
            fetch_address(settings, f"{site.address}/a.zip")
        assert len(site.asked) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    ("named", "here", "there", "is_allowed"),
    [
        (
            "https://www.onetcenter.org/a",
            "https://www.onetcenter.org/a",
            "https://www.onetcenter.org/b",
            True,
        ),
        (
            "https://www.onetcenter.org/a",
            "https://www.onetcenter.org/a",
            "https://onetcenter.org/a",
            True,
        ),
        (
            "http://www.onetcenter.org/a",
            "http://www.onetcenter.org/a",
            "https://www.onetcenter.org/a",
            True,
        ),
        (
            "https://www.onetcenter.org/a",
            "https://www.onetcenter.org/a",
            "http://www.onetcenter.org/a",
            False,
        ),
        ("http://host/a", "https://host/a", "http://host/b", False),
        (
            "https://www.onetcenter.org/a",
            "https://www.onetcenter.org/a",
            "https://www.onetcenter.org.evil/a",
            False,
        ),
        ("https://mirror/a", "https://mirror/a", "https://www.onetcenter.org/a", False),
        ("https://mirror/a", "https://mirror/a", "https://mirror:8443/a", False),
        ("http://mirror:81/a", "http://mirror:81/a", "http://mirror:82/a", False),
        ("https://mirror/a", "https://mirror/a", "ftp://mirror/a", False),
    ],
)
def test_a_redirect_stays_on_https_and_on_known_sites(
    named: str, here: str, there: str, is_allowed: bool
) -> None:
    urls = [httpx.URL(each) for each in (named, here, there)]
    if is_allowed:
        fetch._require_allowed_redirect(*urls)
    else:
        with pytest.raises(LoaderError, match="not followed"):
            fetch._require_allowed_redirect(*urls)


def test_the_page_that_lists_the_newest_release_is_read_by_the_same_rules(
    settings: Settings, content: bytes
) -> None:
    settings = settings.model_copy(update={"loader_fetch_timeout": 1.0})
    with serve(drip_body) as site, pytest.raises(SourceUnreachableError, match="cannot be fetched"):
        find_newest_release(settings.model_copy(update={"onet_site": site.address}))
    with serve(redirecting({}, content)) as elsewhere:
        with (
            serve(redirecting({"/database.html": elsewhere.address}, content)) as site,
            pytest.raises(LoaderError, match="another site or less secure; not followed"),
        ):
            find_newest_release(settings.model_copy(update={"onet_site": site.address}))
        assert elsewhere.asked == []


# Checksums and records


def test_an_official_zip_that_changes_is_said_aloud(settings: Settings, content: bytes) -> None:
    changed = content + b"\n"
    now = [content]
    with serve(lambda handler: handler.give(now[0])) as site, capture_logs() as logs:
        settings = settings.model_copy(update={"onet_site": site.address})
        path = fetch_official(settings, "99.1")
        path.unlink()
        fetch_official(settings, "99.1")  # the same again: nothing to say
        assert [entry for entry in logs if entry["log_level"] == "warning"] == []
        path.unlink()
        now[0] = changed
        fetch_official(settings, "99.1")
    [warning] = [entry for entry in logs if entry["log_level"] == "warning"]
    before, after = (hashlib.sha256(each).hexdigest() for each in (content, changed))
    assert (warning["sha256_before"], warning["sha256"]) == (before, after)
    assert "O*NET does not change a release that is out" in warning["event"]
    record = json.loads(path.with_suffix(".json").read_text())
    assert (record["sha256"], [each["sha256"] for each in record["earlier"]]) == (after, [before])


@pytest.mark.parametrize(
    "path",
    [
        "/db.json",
        "/db.partial",
        "/checksums.json",
        "/..",
        "/%2e%2e/%2e%2e",
        "/",
        "/a%2Fb%00c\x7f",
        "/" + "long" * 200,
    ],
)
def test_no_name_of_an_address_makes_a_record_overwrite_what_was_fetched(
    settings: Settings, content: bytes, path: str
) -> None:
    with serve(lambda handler: handler.give(content)) as site, suppress(LoaderError):
        kept = fetch_address(settings, site.address + path.replace("\x7f", "%7f"))
        assert kept.read_bytes() == content
        assert (
            json.loads(kept.with_suffix(".json").read_text())["sha256"]
            == hashlib.sha256(content).hexdigest()
        )
        assert kept.parent == settings.warehouse_dir / "releases"
        assert fetch_address(settings, site.address + path.replace("\x7f", "%7f")) == kept
        assert len(site.asked) == 1
        return
    pytest.fail("was not fetched")


def test_addresses_with_the_same_name_are_kept_apart(settings: Settings, content: bytes) -> None:
    with serve(lambda handler: handler.give(content + handler.path.encode())) as site:
        settings = settings.model_copy(update={"onet_site": site.address})
        official = fetch_official(settings, "99.1")
        before = official.read_bytes()
        other = fetch_address(settings, f"{site.address}/mirror/db_99_1_text.zip")
        third = fetch_address(settings, f"{site.address}/mirror/db_99_1_text.json")
        assert official.read_bytes() == before
        assert len({official, other, third}) == 3


def test_records_of_an_earlier_version_lose_their_secrets(
    settings: Settings, content: bytes
) -> None:
    folder = settings.warehouse_dir / "releases"
    folder.mkdir(parents=True)
    old = {
        "address": "https://planted@host/db.zip?sig=planted",
        "sha256": "0",
        "fetched_at": "2026-01-01",
    }
    (folder / "db.json").write_text(json.dumps(old))
    with serve(lambda handler: handler.give(content)) as site:
        fetch_address(settings, f"{site.address}/other.zip")
    assert json.loads((folder / "db.json").read_text()) == old | {"address": "https://host/db.zip"}


# Disks


class Full:
    """A file that takes a little and then has no room, or no right, for more."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def write(self, _: bytes) -> int:
        raise OSError(self.number, "planted")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "the disk of .*releases is full .*: free space there, or set WAREHOUSE_DIR"),
        (errno.EDQUOT, "the disk of .*releases is full"),
        (errno.EROFS, "cannot be written .*: allow it, or set WAREHOUSE_DIR"),
        (errno.EFBIG, "may not grow further .*: raise that limit"),
    ],
)
def test_a_disk_without_room_is_named_and_nothing_is_left(
    settings: Settings, content: bytes, number: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def opened(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        stream = real(path, mode, *rest, **more)
        if mode == "wb" and path.suffix == ".partial":
            stream.write(b"a little")
            stream.close()
            return Full(number)
        return stream

    with serve(lambda handler: handler.give(content)) as site:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", opened)
            with pytest.raises(LoaderError, match=told) as raised:
                fetch_address(settings, f"{site.address}/db_99_1_text.zip")
            assert not isinstance(raised.value, SourceUnreachableError)
        assert left_over(settings) == []
        assert fetch_address(settings, f"{site.address}/db_99_1_text.zip").read_bytes() == content


def test_what_a_killed_fetch_left_is_taken_away_by_the_next(
    settings: Settings, content: bytes
) -> None:
    folder = settings.warehouse_dir / "releases"
    folder.mkdir(parents=True)
    (folder / "db_98_1_text.partial").write_bytes(b"half")
    with serve(lambda handler: handler.give(content)) as site:
        fetch_address(settings, f"{site.address}/db_99_1_text.zip")
    assert [name for name in left_over(settings) if name.endswith(".partial")] == []
    assert [re.sub("-[0-9a-f]{12}", "", name) for name in left_over(settings)] == [
        "db_99_1_text.json",
        "db_99_1_text.zip",
    ]
