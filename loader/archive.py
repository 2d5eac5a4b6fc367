"""Opens the .txt files of a folder or a zip. A zip is never extracted: members are read where they
are.

Names come out as they may be printed: a control character is its escape, so no name can steer a
terminal, whoever prints it.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from loader.errors import LoaderError
from loader.redact import escape_controls

MAX_MEMBERS = 10_000
"""Of a zip; official releases have about 40."""
MAX_DIRECTORY_BYTES = 8 * 1024**2
"""Of a zip's list of members, which is read into memory whole."""

TEXT_EDITION = (
    "what is read is the text edition, as db_30_3_text.zip from"
    " https://www.onetcenter.org/database.html"
)
_EDITIONS = {".xlsx": "the Excel", ".xls": "the Excel", ".sql": "a database", ".csv": "the CSV"}
"""What else O*NET publishes a release as, by the suffix of its files."""

_END_OF_DIRECTORY = b"PK\5\6"
_END_BYTES = 22
_MAX_COMMENT_BYTES = 0xFFFF


@dataclass(frozen=True)
class Opened:
    """Files that can be read: name → size in bytes, and `open(name)`, which gives the bytes front
    to back."""

    files: dict[str, int]
    open: Callable[[str], BinaryIO]
    folder: str
    """The name of the folder that the files lie in."""


def open_folder(folder: Path, max_bytes: int) -> Opened:
    """Raises LoaderError where it has no .txt files, or one that is not a file to be read from
    front to back."""
    paths: dict[str, Path] = {}
    sizes: dict[str, int] = {}
    try:
        listing = sorted(folder.iterdir())
        _refuse_other_edition(folder, (path.name for path in listing if path.is_file()))
        for path in listing:
            if path.suffix != ".txt" or path.is_dir():
                continue
            name = escape_controls(path.name)
            if not path.is_file():
                raise LoaderError(
                    f"{folder}: {name} is a pipe, a device or a link to nothing; take it away or"
                    " put the file there"
                )
            if name in paths:
                raise LoaderError(
                    f"{folder}: {name} is there twice, as it is printed; take one away"
                )
            paths[name], sizes[name] = path, path.stat().st_size
    except OSError as error:
        raise LoaderError(
            f"{folder} cannot be read ({_reason(error)}); make it readable"
        ) from error
    if not paths:
        raise LoaderError(f"{folder}: no .txt files in this folder; {_advise_on(folder)}")
    _refuse_too_large(folder, sum(sizes.values()), max_bytes)

    def opener(name: str) -> BinaryIO:
        try:
            stream = paths[name].open("rb")
        except OSError as error:
            raise LoaderError(
                f"{name} cannot be read ({_reason(error)}); make it readable"
            ) from error
        return _Told(stream, name, "look at the disk that it is on")  # type: ignore[return-value]

    return Opened(sizes, opener, folder.resolve().name)


def open_zip(stack: ExitStack, path: Path, max_bytes: int) -> Opened:
    """The members without their one top folder. Refuses, as LoaderError, what no official release
    has."""
    _refuse_endless_directory(path)
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except Exception as error:  # zipfile lets struct, zlib and the system speak too
        raise LoaderError(
            f"{path}: not a readable zip ({_reason(error)}); fetch it again"
        ) from error
    _refuse_other_edition(path, archive.namelist())
    members: dict[str, zipfile.ZipInfo] = {}
    tops = set()
    for member in archive.infolist():
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] in ("", ".") or ":" in parts[0]:
            raise LoaderError(
                f"{path}: member {member.filename!r} points out of the zip; no official release"
                " does that"
            )
        if member.is_dir() or parts[0] == "__MACOSX":
            continue
        if stat.S_ISLNK(member.external_attr >> 16):
            raise LoaderError(
                f"{path}: member {member.filename!r} is a symbolic link; no official release"
                " has one"
            )
        if member.flag_bits & 1:
            raise LoaderError(
                f"{path}: member {member.filename!r} is encrypted; unpack it and name the folder"
            )
        if parts[-1].endswith(".txt"):
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise LoaderError(
                    f"{path}: member {member.filename!r} is compressed in a way that no official"
                    " release uses; unpack it and name the folder"
                )
            name = escape_controls(parts[-1])
            if name in members and "/".join(parts[:-1]) in tops:
                raise LoaderError(
                    f"{path}: member {member.filename!r} is there twice; no official release has"
                    " it so"
                )
            tops.add("/".join(parts[:-1]))
            members[name] = member
    _refuse_too_large(path, sum(member.file_size for member in members.values()), max_bytes)
    if len(tops) != 1:
        found = ", ".join(repr(top) for top in sorted(tops)[:5]) or "none"
        raise LoaderError(
            f"{path}: expected one folder with .txt files, as db_29_2_text; found {found}"
        )

    def opener(name: str) -> BinaryIO:
        what = f"{escape_controls(path.name)}: member {members[name].filename!r}"
        try:
            stream = archive.open(members[name])
        except Exception as error:  # as above
            raise LoaderError(
                f"{what} is damaged ({_reason(error)}); fetch the zip again"
            ) from error
        return _Told(stream, what, "fetch the zip again", members[name].file_size)  # type: ignore[arg-type, return-value]

    sizes = {name: member.file_size for name, member in sorted(members.items())}
    return Opened(sizes, opener, escape_controls(tops.pop()))


def refuse_single_file(path: Path) -> None:
    """Raises LoaderError for one file out of a release, in the place of all of it."""
    suffix = path.suffix.lower()
    if suffix == ".txt":
        raise LoaderError(
            f"{path}: one file of a release; name the folder or the zip that holds all of them"
        )
    if suffix in _EDITIONS:
        raise LoaderError(f"{path}: one file of {_EDITIONS[suffix]} edition; {TEXT_EDITION}")


def _refuse_other_edition(where: Path, names: Iterable[str]) -> None:
    """Each edition has a Read Me.txt, so that one does not make it the text edition."""
    suffixes = {
        PurePath(name).suffix.lower() for name in names if PurePath(name).name != "Read Me.txt"
    }
    other = next((edition for suffix, edition in _EDITIONS.items() if suffix in suffixes), None)
    if other and ".txt" not in suffixes:
        raise LoaderError(f"{where}: this is {other} edition; {TEXT_EDITION}")


def _advise_on(folder: Path) -> str:
    """What to name in the place of a folder that holds no release itself."""
    held = sorted(
        each for each in folder.iterdir() if each.suffix == ".zip" or any(each.glob("*.txt"))
    )
    if held:
        names = ", ".join(escape_controls(each.name) for each in held[:5])
        return f"name what it holds: {names}"
    return f"name the folder that holds them, as db_30_3_text; {TEXT_EDITION}"


def _refuse_too_large(path: Path, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise LoaderError(
            f"{path}: more than {max_bytes} bytes when unpacked (LOADER_MAX_RELEASE_BYTES); no"
            " official release is that large"
        )


def _refuse_endless_directory(path: Path) -> None:
    """Looks at what the zip says of its list of members before that is read. What is no zip passes:
    opening it tells why."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _END_BYTES - _MAX_COMMENT_BYTES))
            tail = file.read()
    except OSError as error:
        raise LoaderError(f"{path} cannot be read ({_reason(error)}); make it readable") from error
    end = tail[tail.rfind(_END_OF_DIRECTORY) :]
    if len(end) >= _END_BYTES:
        members, directory_bytes = struct.unpack_from("<HL", end, 10)
        if members > MAX_MEMBERS or directory_bytes > MAX_DIRECTORY_BYTES:
            raise LoaderError(
                f"{path}: more than {MAX_MEMBERS} members; no official release has so many"
            )


class _Told:
    """A stream whose damage is told in words, whenever reading comes to it."""

    def __init__(self, stream: BinaryIO, what: str, advice: str, size: int | None = None) -> None:
        self._stream, self._what, self._advice = stream, what, advice
        self._left = size

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except Exception as error:  # zipfile lets struct, zlib and the system speak too
            raise LoaderError(
                f"{self._what} is damaged ({_reason(error)}); {self._advice}"
            ) from error
        if self._left is not None:
            self._left -= len(data)
            if not data and size != 0 and self._left:
                raise LoaderError(
                    f"{self._what} is damaged (not of the size it says); {self._advice}"
                )
        return data

    def __enter__(self) -> _Told:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


def _reason(error: Exception) -> str:
    """One printable line; of a system's error without the path, which may hold what nobody else is
    to see."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return escape_controls(str(error)) or type(error).__name__
