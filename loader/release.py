"""Finds a release, fetches it if need be, and opens its files."""

from __future__ import annotations

import importlib.resources
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from loader.archive import Opened, open_folder, open_zip, refuse_single_file
from loader.errors import LoaderError
from loader.fetch import OnBytes, fetch_address, fetch_official, official_address
from loader.redact import escape_controls, is_url, public_address
from loader.settings import Settings

SAMPLE = "sample"
_NUMBER = re.compile(r"\d{1,3}\.\d{1,2}", re.ASCII)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_IN_NAME = re.compile(r"db_(\d{1,3})_(\d{1,2})_text", re.ASCII)
_IN_READ_ME = re.compile(r"O\*NET (\d{1,3}\.\d{1,2}) Database", re.ASCII)


@dataclass(frozen=True)
class Release:
    """An opened release. `open(name)` gives the bytes of one of its files, front to back."""

    number: str
    source: str
    """What the user named, and `address` where it was read from: without secrets, and of a path the
    last part."""
    address: str
    files: dict[str, int]
    """Name → size in bytes, of every .txt file. Names are as they may be printed."""
    open: Callable[[str], BinaryIO]


@contextmanager
def open_release(
    settings: Settings, source: str, number: str | None = None, on_bytes: OnBytes | None = None
) -> Iterator[Release]:
    """Opens what the user named: a release number, a zip, a folder, a URL or `sample`.

    Args:
        settings: where fetched zips are kept, and the official site.
        source: what the user named.
        number: the release's number, where the source does not say it.
        on_bytes: called with bytes fetched and bytes in all (None where the server does not say)
            while fetching.

    Raises:
        SourceUnreachableError: the address could not be fetched.
        LoaderError: not a release, or not a safe one.
    """
    if number is not None and not _NUMBER.fullmatch(number):
        raise LoaderError(f"--release {escape_controls(number)}: not a release number (as 30.3)")
    with ExitStack() as stack:
        if source == SAMPLE:
            if number is not None:
                raise LoaderError("the sample is of no release; leave --release out")
            folder = stack.enter_context(
                importlib.resources.as_file(importlib.resources.files("loader") / "sample")
            )
            opened = open_folder(folder, settings.loader_max_release_bytes)
            yield Release(SAMPLE, source, SAMPLE, opened.files, opened.open)
            return
        hint, shown = None, public_address(source)
        if _NUMBER.fullmatch(source):
            address = public_address(official_address(settings, source))
            path, hint = fetch_official(settings, source, on_bytes), source
        elif is_url(source):
            address, path = shown, fetch_address(settings, source, on_bytes)
        else:
            path = _find(settings, source)
            address = shown = public_address(str(path.resolve()))
        opened = _open(stack, settings, path)
        named = _number_in(opened.folder) or _number_in(path.name)
        agreed = _agree_on_number(shown, number, hint, named, _number_in_read_me(opened))
        yield Release(agreed, shown, address, opened.files, opened.open)


def _find(settings: Settings, source: str) -> Path:
    """The path that the user typed, if there is anything to open."""
    if scheme := _SCHEME.match(source):  # the rest is not repeated: it may hold a password
        raise LoaderError(
            f"{scheme[1]}://…: only http and https are fetched; fetch the zip and name the file"
        )
    shown = escape_controls(source)
    try:
        path = Path(source).expanduser()
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        seen = f". {settings.loader_paths_hint}" if settings.loader_paths_hint else ""
        raise LoaderError(
            f"{shown}: no such file or folder, and neither a release number (as 30.3), `latest`, a"
            f" URL nor `sample`{seen}"
        ) from None
    except (OSError, RuntimeError, ValueError) as error:
        # a forbidden folder, a user without a home, a name with a NUL
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise LoaderError(f"{shown} cannot be looked at: {reason}") from error
    return path


def _open(stack: ExitStack, settings: Settings, path: Path) -> Opened:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return open_folder(path, settings.loader_max_release_bytes)
    if stat.S_ISREG(mode):
        refuse_single_file(path)
        return open_zip(stack, path, settings.loader_max_release_bytes)
    raise LoaderError(
        f"{escape_controls(str(path))}: a pipe, socket or device; a release is a zip or a folder"
        " with .txt files"
    )


def _agree_on_number(source: str, *said: str | None) -> str:
    """The one number that option, name and Read Me agree on."""
    numbers = {number for number in said if number}
    if not numbers:
        raise LoaderError(
            f"{source}: neither its name nor a Read Me.txt says which release it is; say it with"
            " --release"
        )
    if len(numbers) > 1:
        raise LoaderError(
            f"{source}: option, name and Read Me.txt disagree on the release:"
            f" {', '.join(sorted(numbers))}"
        )
    return numbers.pop()


def _number_in(name: str) -> str | None:
    found = _IN_NAME.search(name)
    return f"{found[1]}.{found[2]}" if found else None


def _number_in_read_me(opened: Opened) -> str | None:
    if "Read Me.txt" not in opened.files:
        return None
    with opened.open("Read Me.txt") as file:
        found = _IN_READ_ME.search(file.read(10_000).decode("utf-8", "replace"))
    return found[1] if found else None
