"""What a source's address or a key must not show, and where it could: records, messages, traces,
files."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loader.errors import LoaderError
from loader.redact import public_address
from loader.settings import Settings
from tests.support.landing import land_here, zipped
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import Warehouse

SECRETS = ("planted-user", "planted-signature", "planted-fragment")
PATH = "/mirror/db_99_1_text.zip"
PARTS = "?X-Amz-Signature=planted-signature#planted-fragment"


@dataclass
class Site:
    """Gives the zip to whoever has the signature."""

    content: bytes
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://planted-user@127.0.0.1:{self.port}{PATH}{PARTS}"

    @property
    def public(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"


@contextmanager
def serve(content: bytes) -> Iterator[Site]:
    site = Site(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            has_right = "planted-signature" in self.path and self.headers.get("Authorization")
            self.send_response(200 if has_right else 403)
            self.send_header("Content-Length", str(len(site.content) if has_right else 0))
            self.end_headers()
            self.wfile.write(site.content if has_right else b"")

        def log_message(self, format: str, *arguments: object) -> None:
            """What was asked is in `site.asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


@pytest.fixture
def site(sample: Release, tmp_path: Path) -> Iterator[Site]:
    with serve(zipped(sample, tmp_path / "any.zip").read_bytes()) as serving:
        yield serving


def kept(folder: Path) -> bytes:
    """All bytes of all files of a warehouse, and their names."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in files)


def test_a_load_records_no_secret_of_its_address(warehouse: Warehouse, site: Site) -> None:
    assert land_here(warehouse, site.address, None).release == "99.1"
    assert warehouse.raw("select source, source_address from {raw}.raw_load") == [
        (site.public, site.public)
    ]
    assert land_here(warehouse, site.address, None).is_new is False
    assert len(site.asked) == 1
    assert not [secret for secret in SECRETS if secret.encode() in kept(warehouse.dir)]


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_no_message_and_no_trace_shows_a_secret_of_the_address(
    warehouse: Warehouse, site: Site
) -> None:
    refused = site.address.replace("planted-signature", "planted-wrong")
    unanswered = site.address.replace(str(site.port), "1")
    site.content = b"no zip"
    for address, code in (
        (site.address, 2),
        (refused, 2),
        (unanswered, 2),
        (f"{site.address}\n", 1),
    ):
        there = {"LOADER_DEBUG": "1", "LOADER_FETCH_ATTEMPTS": "1"}
        printed = warehouse.run("loader", "loader", "land", address, code=code, **there)
        assert "127.0.0.1" in printed
        assert "Traceback" in printed
        assert not [secret for secret in (*SECRETS, "planted-wrong") if secret in printed], address
    assert not [secret for secret in SECRETS if secret.encode() in kept(warehouse.dir)]


def test_a_path_is_recorded_by_its_name_alone(
    warehouse: Warehouse, sample: Release, tmp_path: Path
) -> None:
    land_here(warehouse, sample.folder)
    land_here(warehouse, zipped(sample, tmp_path / "db_99_1_text.zip"), force=True)
    (sample.folder / "Skills.txt").write_bytes(b"no header\n")
    with pytest.raises(LoaderError):
        land_here(warehouse, sample.folder)
    recorded = warehouse.raw(
        "select source, source_address, error from {raw}.raw_load order by load_id"
    )
    assert [row[:2] for row in recorded] == [
        (name, name) for name in ("db_99_1_text", "db_99_1_text.zip", "db_99_1_text")
    ]
    assert str(tmp_path) not in str(recorded)


def test_what_earlier_versions_recorded_is_cleaned_by_the_next_load_even_of_the_same(
    warehouse: Warehouse, sample: Release, site: Site
) -> None:
    land_here(warehouse, sample.folder)
    land_here(warehouse, sample.folder, force=True)
    path = "/home/planted-user/db_99_1_text.zip"
    for load_id, source, error in ((1, site.address, "interrupted"), (2, path, f"{path}: damaged")):
        changed = f"source = '{source}', source_address = '{source}', error = '{error}'"
        warehouse.raw(f"update {{raw}}.raw_load set {changed} where load_id = {load_id}")
    assert not land_here(warehouse, sample.folder).is_new
    assert warehouse.raw(
        "select source, source_address, error from {raw}.raw_load order by load_id"
    ) == [
        (site.public, site.public, "interrupted"),
        ("db_99_1_text.zip", "db_99_1_text.zip", "db_99_1_text.zip: damaged"),
    ]


@pytest.mark.parametrize(
    ("source", "public"),
    [
        ("29.2", "29.2"),
        ("sample", "sample"),
        ("https://me:pw@host:8443/a/b.zip?q=1#f", "https://host:8443/a/b.zip"),
        ("HTTPS://me@host?q=a/b@c", "https://host"),
        ("http://tok#en@host/x", "http://tok"),
        ("http://a@b@[::1]/x", "http://[::1]/x"),
        ("/home/me/db_29_2_text.zip", "db_29_2_text.zip"),
        ("db\x1b[2J.zip", "db\\x1b[2J.zip"),
    ],
)
def test_a_public_address_has_no_secret_and_stays_as_it_is(source: str, public: str) -> None:
    assert public_address(source) == public
    assert public_address(public) == public


# Files with secrets

VARIABLES = (
    ("WAREHOUSE_PASSWORD", "password"),
    ("ONET_API_KEY", "onet_key"),
    ("OPENAI_API_KEY", "openai_key"),
)


def from_file(variable: str, file: Path) -> Settings:
    return Settings.model_validate(
        {variable.lower(): "planted-variable", f"{variable}_file".lower(): file}
    )


@pytest.mark.parametrize(("variable", "name"), VARIABLES)
@pytest.mark.parametrize(
    "content",
    ["s3cret", "s3cret\n", "s3cret\r\n", " \ts3cret \nanother\n", "s3cret\n\n# a comment\n"],
)
def test_a_secret_is_the_first_line_of_its_file_less_the_blanks(
    variable: str, name: str, content: str, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content.encode())
    assert getattr(from_file(variable, file), name) == "s3cret"


@pytest.mark.parametrize(("variable", "name"), VARIABLES)
@pytest.mark.parametrize("content", [b"", b"\n", b" \t\r\n", b"\ns3cret\n", b"\xff\xfes\0", None])
def test_a_file_without_a_secret_is_refused_by_the_variables_name(
    variable: str, name: str, content: bytes | None, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(LoaderError, match=f"{variable}_FILE: ") as raised:
        getattr(from_file(variable, file), name)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("key", ["planted-ключ", "planted key", "planted\x00key", "planted\x1bkey"])
@pytest.mark.parametrize(("variable", "name"), VARIABLES[1:])
def test_a_key_that_no_header_can_carry_is_refused_without_repeating_it(
    variable: str, name: str, key: str
) -> None:
    with pytest.raises(
        LoaderError, match=f"{variable}: holds characters that no key has"
    ) as raised:
        getattr(Settings.model_validate({variable.lower(): key}), name)
    assert "planted" not in str(raised.value)


def test_a_secret_may_come_through_a_pipe_that_gives_it_once(tmp_path: Path) -> None:
    """As a shell's `<(command)` does: it is read once, however often it is needed."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_text, args=("s3cret\n",))
    writing.start()
    settings = from_file("ONET_API_KEY", pipe)
    assert [settings.onet_key, settings.onet_key] == ["s3cret", "s3cret"]
    writing.join()


def test_an_endless_file_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(LoaderError, match="ONET_API_KEY_FILE"):
        _ = from_file("ONET_API_KEY", Path("/dev/zero")).onet_key
