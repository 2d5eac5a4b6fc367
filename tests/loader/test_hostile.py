"""Sources and zips that nobody means well with: each ends in one line that says what is wrong, and
steers no terminal."""

from __future__ import annotations

import io
import os
import pty
import random
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock

from loader.archive import MAX_MEMBERS
from loader.errors import LoaderError
from loader.release import open_release
from loader.settings import Settings
from tests.support.landing import as_nobody, land_here, zipped
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import ROOT, Warehouse

on_duckdb = pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
ESCAPE = "\x1b]0;planted\x07\x1b[2J"
"""Would rename a terminal's window and clear it."""


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(warehouse_dir=tmp_path / "warehouse", loader_fetch_attempts=1)


def read_all(settings: Settings, source: str | Path) -> dict[str, bytes]:
    """Every file of the release, read to its end."""
    read = {}
    with open_release(settings, str(source), "99.1") as release:
        for name in release.files:
            with release.open(name) as file:
                read[name] = file.read()
                assert file.read(1) == b""
    return read


# Sources


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("http://", "not a web address"),
        ("https:///db_29_2_text.zip", "not a web address"),
        ("http://[::1", "not a web address"),
        ("http://[", "not a web address"),
        ("http://..../db.zip", "not a web address"),
        (f"http://{'a' * 300}/db.zip", "not a web address"),
        ("http://127.0.0.1:99999/db.zip", "not a web address"),
        ("http://127.0.0.1:abc/db.zip", "not a web address"),
        ("http://host/\udcff.zip", "cannot be fetched|not a web address"),
        ("http://ex\nample/db.zip", "not a web address"),
        ("ftp://me:planted-secret@127.0.0.1/db.zip", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("~nobody-of-that-name/db.zip", "cannot be looked at"),
        ("nul\0byte", "cannot be looked at"),
        ("a" * 5000, "cannot be looked at"),
        ("not-\udcff-utf8", "no such file or folder"),
        ("/dev/null", "a pipe, socket or device"),
        ("/dev/zero", "a pipe, socket or device"),
        ("29.2.1", "no such file or folder"),
        ("\uff12\uff19.\uff12", "no such file or folder"),
    ],
)
def test_whatever_is_typed_as_source_is_told_what_is_wrong_with_it(
    settings: Settings, source: str, told: str
) -> None:
    with pytest.raises(LoaderError, match=told) as raised:
        read_all(settings, source)
    assert str(raised.value).isprintable()
    assert "planted-secret" not in str(raised.value)


@pytest.mark.parametrize(
    "number",
    ["29", "29.2; drop", ESCAPE, "sample", "29.22222222222222222222", "\uff12\uff19.\uff12"],
)
def test_an_option_that_is_no_release_number_is_refused(
    settings: Settings, sample: Release, number: str
) -> None:
    opening = open_release(settings, str(sample.folder), number)
    with pytest.raises(LoaderError, match="not a release number") as raised, opening:
        pass
    assert str(raised.value).isprintable()


def test_a_pipe_in_the_folder_or_in_its_place_is_not_waited_for(
    settings: Settings, sample: Release, tmp_path: Path
) -> None:
    os.mkfifo(sample.folder / "More.txt")
    with pytest.raises(LoaderError, match=r"More\.txt is a pipe, a device or a link to nothing"):
        read_all(settings, sample.folder)
    os.mkfifo(tmp_path / "db_98_1_text.zip")
    with pytest.raises(LoaderError, match="a pipe, socket or device"):
        read_all(settings, tmp_path / "db_98_1_text.zip")


def test_two_files_that_print_alike_are_refused(settings: Settings, sample: Release) -> None:
    for name in ("a\x1b.txt", r"a\x1b.txt"):
        (sample.folder / name).write_text("which of them?")
    with pytest.raises(LoaderError, match="is there twice, as it is printed"):
        read_all(settings, sample.folder)


def test_a_link_to_nothing_is_named(settings: Settings, sample: Release) -> None:
    (sample.folder / "Skills.txt").unlink()
    (sample.folder / "Skills.txt").symlink_to("gone")
    with pytest.raises(LoaderError, match=r"Skills\.txt is a pipe, a device or a link to nothing"):
        read_all(settings, sample.folder)


def test_the_sample_has_no_release_number(settings: Settings) -> None:
    opening = open_release(settings, "sample", "29.2")
    with pytest.raises(LoaderError, match="the sample is of no release"), opening:
        pass


# Names


@on_duckdb
def test_no_name_of_a_file_or_member_steers_a_terminal(
    warehouse: Warehouse, sample: Release, tmp_path: Path
) -> None:
    """On a real terminal: what is printed there is not JSON, which would escape by itself."""
    (sample.folder / f"{ESCAPE}.txt").write_text("no data\n")
    zip_path = zipped(sample, tmp_path / f"db_99_1_text{ESCAPE}.zip")
    broken = tmp_path / f"{ESCAPE}.zip"
    broken.write_bytes(zip_path.read_bytes()[:-30])
    for command in (
        ("land", str(sample.folder)),
        ("check", str(sample.folder)),
        ("land", str(zip_path), "--force"),
        ("check", str(zip_path)),
        ("land", str(broken)),
        ("land", f"nothing{ESCAPE}"),
    ):
        printed = on_terminal(warehouse, *command)
        assert "planted" in printed, command
        for character in ("\x1b]", "\x1b[2J", "\x07"):
            assert character not in printed, command
    recorded = warehouse.raw("select source, source_address from {raw}.raw_load")
    assert all(text.isprintable() for row in recorded for text in row)


def on_terminal(warehouse: Warehouse, *arguments: str, **extra: str) -> str:
    """What the loader prints where standard error is a terminal, less the colours."""
    master, slave = pty.openpty()
    environment = warehouse.environment("loader") | {"TERM": "dumb", "COLUMNS": "300"} | extra
    command = [sys.executable, "-m", "loader", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=slave, stderr=slave)
    os.close(slave)
    pieces = []
    with suppress(OSError):  # the other end is closed
        while piece := os.read(master, 65536):
            pieces.append(piece)
    process.wait(60)
    os.close(master)
    return re.sub(r"\x1b\[[0-9;]*m", "", b"".join(pieces).decode("utf-8", "replace"))


@on_duckdb
def test_a_loader_that_waits_for_another_one_says_so_on_a_terminal_too(
    warehouse: Warehouse,
) -> None:
    warehouse.dir.mkdir(parents=True)
    with FileLock(warehouse.dir / "pipeline.lock"):
        printed = on_terminal(warehouse, "land", "sample", WAREHOUSE_LOCK_TIMEOUT="1")
    assert "waiting for another load or build" in printed
    assert "is running; waited 1 s. Try again when it is done" in printed


# Zips


def test_a_member_that_is_there_twice_is_refused(
    settings: Settings, sample: Release, tmp_path: Path
) -> None:
    path = zipped(sample, tmp_path / "db_99_1_text.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("db_99_1_text/Skills.txt", "another file of that name")
    with pytest.raises(LoaderError, match=r"Skills\.txt' is there twice"):
        read_all(settings, path)


def test_a_zip_with_more_members_than_any_release_is_not_opened(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "db_99_1_text.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MAX_MEMBERS + 1):
            archive.writestr(f"db_99_1_text/{number}.txt", b"")
    with pytest.raises(LoaderError, match=f"more than {MAX_MEMBERS} members"):
        read_all(settings, path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_no_release_uses_is_refused(
    settings: Settings, tmp_path: Path, method: int
) -> None:
    path = tmp_path / "db_99_1_text.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("db_99_1_text/Skills.txt", "rows")
    with pytest.raises(LoaderError, match="compressed in a way that no official release uses"):
        read_all(settings, path)


def outcome(settings: Settings, path: Path) -> dict[str, bytes] | str:
    """What was read, or why it was refused."""
    try:
        return read_all(settings, path)
    except LoaderError as error:
        return str(error)


def small_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("Skills", "Knowledge", "Read Me"):
            archive.writestr(f"db_99_1_text/{name}.txt", f"O*NET 99.1 Database {name}\n" * 40)
    return content.getvalue()


def damaged(whole: bytes, chance: random.Random) -> Iterator[bytes]:
    """Cut at every part, less its first bytes, with bytes changed, sizes wrong, parts twice or
    swapped."""
    yield from (whole[:end] for end in range(0, len(whole), 23))
    yield from (whole[start:] for start in range(1, len(whole), 23))
    yield from (b"before it " * 50 + whole, whole + b" behind it" * 50, b"", b"PK", whole + whole)
    for place in range(len(whole)):
        yield (
            whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :]
        )
    for signature, fields in (
        (b"PK\1\2", range(4, 46, 2)),
        (b"PK\3\4", range(4, 30, 2)),
        (b"PK\5\6", range(4, 22, 2)),
    ):
        start = whole.rfind(signature)
        for offset in fields:
            for value in (0, 1, 0x7FFF, 0xFFFF):
                changed = bytearray(whole)
                struct.pack_into("<H", changed, start + offset, value)
                yield bytes(changed)


def test_no_damage_to_a_zip_ends_in_anything_but_one_line_about_it(
    settings: Settings, tmp_path: Path
) -> None:
    whole = small_zip()
    path = tmp_path / "db_99_1_text.zip"
    path.write_bytes(whole)
    sound = read_all(settings, path)
    refused = 0
    for content in damaged(whole, random.Random(15)):  # noqa: S311 - chance, the same each time
        path.write_bytes(content)
        told = outcome(settings, path)
        if isinstance(told, str):
            refused += 1
            assert told.isprintable()
            assert "zip" in told or "disagree" in told
        else:  # what is read all the same is what was written, whatever its name
            assert set(told.values()) <= set(sound.values())
    assert refused > 400


def test_a_member_that_is_shorter_than_it_says_is_damaged(
    settings: Settings, tmp_path: Path
) -> None:
    whole = small_zip()
    path = tmp_path / "db_99_1_text.zip"
    changed = bytearray(whole)
    at = whole.index(b"PK\1\2") + 24
    struct.pack_into("<L", changed, at, struct.unpack_from("<L", whole, at)[0] + 5)
    path.write_bytes(bytes(changed))
    with pytest.raises(LoaderError, match="is damaged"):
        read_all(settings, path)


@on_duckdb
def test_a_zip_without_its_first_bytes_fails_the_load_in_words(
    warehouse: Warehouse, sample: Release, tmp_path: Path
) -> None:
    path = zipped(sample, tmp_path / "db_99_1_text.zip")
    path.write_bytes(path.read_bytes()[100:])
    with pytest.raises(
        LoaderError, match=r"db_99_1_text\.zip: member .* is damaged .*fetch the zip again"
    ):
        land_here(warehouse, path)
    printed = warehouse.land(path, code=1)
    assert "is damaged" in printed
    assert "the warehouse" not in printed
    assert str(tmp_path) not in str(warehouse.raw("select error from {raw}.raw_load"))


# What may not be read


def test_what_may_not_be_read_is_named(settings: Settings) -> None:
    # pytest's own folders are closed to others
    with tempfile.TemporaryDirectory(dir="/tmp") as parent:
        Path(parent).chmod(0o755)
        sample = sample_copy(Path(parent) / "db_99_1_text")
        archive = zipped(sample, Path(parent) / "db_99_1_text.zip")
        for forbidden, told in (
            (
                sample.folder / "Skills.txt",
                r"Skills\.txt cannot be read \(Permission denied\); make it readable",
            ),
            (archive, r"db_99_1_text\.zip cannot be read \(Permission denied\); make it readable"),
            (sample.folder, r"db_99_1_text cannot be read \(Permission denied\); make it readable"),
        ):
            mode = forbidden.stat().st_mode
            forbidden.chmod(0)
            source = forbidden if forbidden == archive else sample.folder
            with as_nobody(), pytest.raises(LoaderError, match=told):
                read_all(settings, source)
            forbidden.chmod(mode)
