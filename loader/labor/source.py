"""Finds the spreadsheets and CSV files in what the user named: files, folders, zips, addresses."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from loader.errors import LoaderError, SourceUnreachableError
from loader.fetch import _download, require_address
from loader.labor.workbook import MAX_FILE_BYTES, SUFFIXES
from loader.redact import is_url, public_address
from loader.settings import Settings

MAX_MEMBERS = 1000
"""Of a zip; an official one has a handful."""


@dataclass(frozen=True)
class LaborFile:
    """A file that was found: its bytes, and where it was read from."""

    name: str
    address: str
    data: bytes
    is_named: bool
    """The user named this very file: that it is none of the known ones is then an error."""


def open_sources(settings: Settings, sources: list[str]) -> Iterator[LaborFile]:
    """Every spreadsheet and CSV file of the sources, one after the other.

    Raises:
        SourceUnreachableError: an address could not be fetched.
        LoaderError: not there, or nothing of the kind in it.
    """
    for source in sources:
        found = False
        for file in _open_source(settings, source):
            found = True
            yield file
        if not found:
            raise LoaderError(f"{source}: no {', '.join(SUFFIXES)} file in it")


def _open_source(settings: Settings, source: str) -> Iterator[LaborFile]:
    if is_url(source):
        yield from fetch_files(settings, source)
        return
    path = Path(source).expanduser()
    if path.is_dir():
        for each in sorted(path.iterdir()):
            if each.is_file() and _is_data(each.name):
                yield _read(each, is_named=False)
            elif each.is_file() and each.suffix.lower() == ".zip":
                yield from _open_zip(each.read_bytes(), each.name, each.name)
    elif path.is_file() and zipfile.is_zipfile(path) and path.suffix.lower() == ".zip":
        yield from _open_zip(path.read_bytes(), path.name, path.name)
    elif path.is_file() and path.suffix.lower() in SUFFIXES:
        yield _read(path, is_named=True)
    elif path.is_file():
        raise LoaderError(f"{source}: not a readable zip and none of {', '.join(SUFFIXES)}")
    else:
        seen = f". {settings.loader_paths_hint}" if settings.loader_paths_hint else ""
        raise LoaderError(f"{source}: no such file or folder, and no address{seen}")


def _read(path: Path, *, is_named: bool) -> LaborFile:
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)  # one more than allowed says that it is too long
    return LaborFile(path.name, path.name, data, is_named)


def _is_data(name: str) -> bool:
    """Not what a spreadsheet program or macOS leaves beside a file."""
    return name.lower().endswith(SUFFIXES) and not name.startswith(("~$", "._"))


def _open_zip(data: bytes, name: str, address: str) -> Iterator[LaborFile]:
    """Reads members where they are: nothing is unpacked to disk, so their paths lead nowhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise LoaderError(f"{name}: {len(members):,} members; no official zip has as many")
            for member in members:
                base = member.filename.replace("\\", "/").rsplit("/", 1)[-1]
                if not _is_data(base) or member.filename.startswith("__MACOSX"):
                    continue
                if member.flag_bits & 1:
                    raise LoaderError(f"{name}: member {member.filename!r} is encrypted")
                if member.file_size > MAX_FILE_BYTES:
                    raise LoaderError(
                        f"{name}: member {member.filename!r} has more than {MAX_FILE_BYTES:,} bytes"
                    )
                yield LaborFile(base, f"{address}#{base}", archive.read(member), is_named=False)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise LoaderError(f"{name}: the zip is damaged ({error}); download it again") from error


def fetch_files(settings: Settings, address: str) -> Iterator[LaborFile]:
    """The file behind an address, or those in the zip there. Raises as `open_sources` does."""
    require_address(address)
    shown = public_address(address)
    name = unquote(urlsplit(address).path).rsplit("/", 1)[-1] or "download"
    with tempfile.TemporaryDirectory(prefix="onet-labor-") as folder:
        path = Path(folder) / "download"
        try:
            _download(settings, address, path, None)
        except LoaderError as error:
            # its own advice is about releases
            if found := re.search(
                r"\(((?:HTTP \d{3})|.*)\)\. (?:What is published|Is the release)", str(error)
            ):
                raise SourceUnreachableError(_instead(shown, found[1])) from None
            raise
        data = path.read_bytes()
    if name.lower().endswith(SUFFIXES):
        yield LaborFile(name, shown, data, is_named=True)
    elif data[:2] == b"PK":
        yield from _open_zip(data, name, shown)
    else:
        raise SourceUnreachableError(
            f"{shown}: what it answers with is neither a zip nor one of {', '.join(SUFFIXES)}. "
            f"Open it in a browser, save the file, and name that"
        )


def _instead(shown: str, reason: str) -> str:
    """What to do where an address cannot be fetched."""
    refuses = "BLS refuses scripts. " if reason == "HTTP 403" else ""
    return (
        f"{shown} cannot be fetched ({reason}). {refuses}Open the address in a browser, save the "
        "file, and name it: python -m loader labor /path/to/file. Nothing was landed; what is "
        "published stays"
    )
