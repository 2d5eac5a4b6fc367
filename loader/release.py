"""Finds a release, fetches it if need be, and opens its files. A zip is never extracted: members are read where they are.

May write to `{WAREHOUSE_DIR}/releases` and nowhere else.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import httpx2 as httpx
import structlog
import tenacity
from filelock import FileLock

from loader.errors import LoaderError, SourceUnreachableError
from loader.settings import Settings

log = structlog.get_logger()

SAMPLE = "sample"
_NUMBER = re.compile(r"\d{1,3}\.\d{1,2}")
_IN_NAME = re.compile(r"db_(\d{1,3})_(\d{1,2})_text")
_IN_READ_ME = re.compile(r"O\*NET (\d{1,3}\.\d{1,2}) Database")
OnBytes = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Release:
    """An opened release. `open(name)` gives the bytes of one of its files, front to back."""

    number: str
    source: str
    address: str
    files: dict[str, int]
    """Name → size in bytes, of every .txt file."""
    open: Callable[[str], BinaryIO]


@contextmanager
def open_release(settings: Settings, source: str, number: str | None = None, on_bytes: OnBytes | None = None) -> Iterator[Release]:
    """Opens what the user named: a release number, a zip, a folder, a URL or `sample`.

    Args:
        settings: where fetched zips are kept, and the official site.
        source: what the user named.
        number: the release's number, where the source does not say it.
        on_bytes: called with bytes fetched and bytes in all (None where the server does not say) while fetching.

    Raises:
        SourceUnreachableError: the address could not be fetched.
        LoaderError: not a release, or not a safe one.
    """
    with ExitStack() as stack:
        if source == SAMPLE:
            folder = stack.enter_context(importlib.resources.as_file(importlib.resources.files("loader") / "sample"))
            files, opener = _open_folder(folder)
            yield Release(SAMPLE, source, "the hand-made sample in loader/sample", files, opener)
            return
        if _NUMBER.fullmatch(source):
            address = f"{settings.onet_site.rstrip('/')}/dl_files/database/db_{source.replace('.', '_')}_text.zip"
            path, hint = _fetched(settings, address, on_bytes), source
        elif urlsplit(source).scheme in ("http", "https"):
            if urlsplit(source).password:
                raise LoaderError(
                    "a URL with a password in it would be kept with the load and shown in logs; fetch the zip and name the file"
                )
            address = source
            path, hint = _fetched(settings, address, on_bytes), None
        else:
            path, hint = Path(source).expanduser(), None
            address = str(path.resolve())
        if path.is_dir():
            files, opener = _open_folder(path)
            named = _number_in(path.resolve().name)
        elif path.is_file():
            files, opener, top = _open_zip(stack, path, settings.loader_max_release_bytes)
            named = _number_in(top) or _number_in(path.name)
        else:
            seen = f". {settings.loader_paths_hint}" if settings.loader_paths_hint else ""
            raise LoaderError(
                f"{source}: no such file or folder, and neither a release number (as 30.3), `latest`, a URL nor `sample`{seen}"
            )
        yield Release(_agreed(source, number, hint, named, _number_in_read_me(files, opener)), source, address, files, opener)


def _agreed(source: str, *said: str | None) -> str:
    """The one number that option, name and Read Me agree on."""
    numbers = {number for number in said if number}
    if not numbers:
        raise LoaderError(f"{source}: neither its name nor a Read Me.txt says which release it is; say it with --release")
    if len(numbers) > 1:
        raise LoaderError(f"{source}: option, name and Read Me.txt disagree on the release: {', '.join(sorted(numbers))}")
    return numbers.pop()


def _number_in(name: str) -> str | None:
    found = _IN_NAME.search(name)
    return f"{found[1]}.{found[2]}" if found else None


def _number_in_read_me(files: dict[str, int], opener: Callable[[str], BinaryIO]) -> str | None:
    if "Read Me.txt" not in files:
        return None
    with opener("Read Me.txt") as file:
        found = _IN_READ_ME.search(file.read(10_000).decode("utf-8", "replace"))
    return found[1] if found else None


def _open_folder(folder: Path) -> tuple[dict[str, int], Callable[[str], BinaryIO]]:
    files = {path.name: path.stat().st_size for path in sorted(folder.glob("*.txt")) if path.is_file()}
    if not files:
        raise LoaderError(f"{folder}: no .txt files in this folder; name the folder that holds them, as db_29_2_text")
    return files, lambda name: (folder / name).open("rb")


def _open_zip(stack: ExitStack, path: Path, max_bytes: int) -> tuple[dict[str, int], Callable[[str], BinaryIO], str]:
    """The members' names without their one top folder. Refuses what no official release has."""
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError) as error:
        raise LoaderError(f"{path}: not a readable zip ({error}); fetch it again") from error
    members: dict[str, zipfile.ZipInfo] = {}
    tops = set()
    for member in archive.infolist():
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] in ("", ".") or ":" in parts[0]:
            raise LoaderError(f"{path}: member {member.filename!r} points out of the zip; no official release does that")
        if member.is_dir() or parts[0] == "__MACOSX":
            continue
        if stat.S_ISLNK(member.external_attr >> 16):
            raise LoaderError(f"{path}: member {member.filename!r} is a symbolic link; no official release has one")
        if member.flag_bits & 1:
            raise LoaderError(f"{path}: member {member.filename!r} is encrypted; unpack it and name the folder")
        if parts[-1].endswith(".txt"):
            tops.add("/".join(parts[:-1]))
            members[parts[-1]] = member
    if sum(member.file_size for member in members.values()) > max_bytes:
        raise LoaderError(
            f"{path}: more than {max_bytes} bytes when unpacked (LOADER_MAX_RELEASE_BYTES); no official release is that large"
        )
    if len(tops) != 1:
        found = ", ".join(repr(top) for top in sorted(tops)) or "none"
        raise LoaderError(f"{path}: expected one folder with .txt files, as db_29_2_text; found {found}")

    def opener(name: str) -> BinaryIO:
        try:
            return _Checked(archive.open(members[name]), f"{path}: member {members[name].filename!r}")  # type: ignore[return-value]
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise LoaderError(f"{path}: member {name!r} cannot be read ({error}); fetch the zip again") from error

    return {name: member.file_size for name, member in sorted(members.items())}, opener, tops.pop()


class _Checked:
    """A member whose damage is told in words, whenever reading comes to it."""

    def __init__(self, stream: object, what: str) -> None:
        self._stream, self._what = stream, what

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)  # type: ignore[attr-defined, no-any-return]
        except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
            raise LoaderError(f"{self._what} is damaged ({error}); fetch the zip again") from error
        except Exception as error:
            if type(error).__module__ == "zlib":
                raise LoaderError(f"{self._what} is damaged ({error}); fetch the zip again") from error
            raise

    def __enter__(self) -> _Checked:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()  # type: ignore[attr-defined]


def _fetched(settings: Settings, address: str, on_bytes: OnBytes | None) -> Path:
    """The zip behind an address: kept from an earlier time if its checksum still holds, else fetched now, by one at a time."""
    folder = settings.warehouse_dir / "releases"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.warehouse_dir / "fetch.lock"):
        return _kept_or_fetched(settings, folder, address, on_bytes)


def _kept_or_fetched(settings: Settings, folder: Path, address: str, on_bytes: OnBytes | None) -> Path:
    path = folder / (Path(urlsplit(address).path).name or "release.zip")
    record = path.with_suffix(".json")
    if path.exists() and (fetched_at := _fetched_at(record, address, path)):
        log.info("release is here already", file=str(path), fetched_at=fetched_at)
        return path
    partial = path.with_suffix(".partial")
    try:
        _download(settings, address, partial, on_bytes)
        if not zipfile.is_zipfile(partial):  # the page of a proxy or a sign-in; kept, it would answer for the release from now on
            raise SourceUnreachableError(_instead(address, "what it answers with is not a zip"))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, httpx.HTTPStatusError) and error.response.status_code in (404, 410):
            raise LoaderError(f"{address}: there is no such file ({_in_words(error)}). Is the release number right?") from error
        raise SourceUnreachableError(_instead(address, _in_words(error))) from error
    except LoaderError:
        partial.unlink(missing_ok=True)
        raise
    sha256 = _sha256(partial)
    partial.replace(path)
    fetched = {"address": address, "sha256": sha256, "bytes": path.stat().st_size, "fetched_at": datetime.now(UTC).isoformat()}
    record.write_text(json.dumps(fetched, indent=2) + "\n", "utf-8")
    return path


def _fetched_at(record: Path, address: str, path: Path) -> str | None:
    """When the kept file was fetched, if the record beside it is whole and is of this address and these bytes."""
    try:
        kept = json.loads(record.read_text("utf-8"))
        return str(kept["fetched_at"]) if (kept["address"], kept["sha256"]) == (address, _sha256(path)) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _instead(address: str, reason: str) -> str:
    return (
        f"{address} cannot be fetched ({reason}). What is published stays. "
        "Instead, name a zip or folder that you have (ONET_SOURCE=/path/to/db_29_2_text.zip), or `sample`"
    )


def _download(settings: Settings, address: str, to: Path, on_bytes: OnBytes | None) -> None:
    worth_another_try = tenacity.retry_if_exception(
        lambda error: (
            isinstance(error, httpx.TransportError)
            or (isinstance(error, httpx.HTTPStatusError) and (error.response.status_code >= 500 or error.response.status_code == 429))
        )
    )
    for attempt in tenacity.Retrying(
        retry=worth_another_try,
        stop=tenacity.stop_after_attempt(settings.loader_fetch_attempts),
        wait=tenacity.wait_exponential_jitter(multiplier=0.3, max=5),
        reraise=True,
    ):
        with (
            attempt,
            httpx.stream("GET", address, follow_redirects=True, timeout=httpx.Timeout(30, connect=5)) as answer,
            to.open("wb") as file,
        ):
            answer.raise_for_status()
            total = int(answer.headers["content-length"]) if "content-length" in answer.headers else None
            done = 0
            for piece in answer.iter_bytes(1024**2):
                done += len(piece)
                if done > settings.loader_max_download_bytes:
                    raise LoaderError(f"{address}: larger than {settings.loader_max_download_bytes} bytes (LOADER_MAX_DOWNLOAD_BYTES)")
                file.write(piece)
                if on_bytes:
                    on_bytes(done, total)


def _in_words(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return str(error) or type(error).__name__


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
