"""The embedded engine's publications as files: the one that readers follow, and those that
publications made.

`current` names the file to read. `publications.json` lists, in the order of their making, each
publication's files. It is written before the first of them is made, so that nothing is ever removed
for its name or its age: only what a publication recorded, unless that is what `current` names or
the publication before it. All other files of the folder are somebody else's and stay.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import TypeAdapter

log = structlog.get_logger()

POINTER, HISTORY = "current", "publications.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,120}")
"""Of a file in this very folder: what `current` or the list says is never a path that leads
elsewhere."""


class UnreadableLiveError(Exception):
    """What is live cannot be told or read. The message says which file, why, and what to do."""

    def __init__(self, path: Path | str, reason: object) -> None:
        super().__init__(
            f"what is live cannot be read: {path}: {reason}. `make build` builds and publishes it"
            " again."
        )


@dataclass(frozen=True)
class PublicationFiles:
    """The files of one publication, by their names in the folder; complete or not."""

    build_id: str
    files: tuple[str, ...]


def live_file(live: Path) -> Path | None:
    """The file that readers follow; None where nothing was ever published.

    Raises:
        UnreadableLiveError: `current` is missing although there were publications, or names no file
            of this folder.
    """
    pointer = live / POINTER
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        if read_history(live):
            raise UnreadableLiveError(pointer, "it is missing") from None
        return None
    except (OSError, UnicodeError) as error:
        raise UnreadableLiveError(
            pointer, getattr(error, "strerror", None) or "it is no text"
        ) from None
    if not _NAME.fullmatch(name):
        raise UnreadableLiveError(pointer, "it names no file" if name else "it is empty")
    if not (live / name).is_file():
        raise UnreadableLiveError(live / name, "there is no such file")
    return live / name


def read_history(live: Path) -> list[PublicationFiles]:
    """What publications made, oldest first. A list that cannot be read is taken for empty, aloud:
    what it named then stays."""
    try:
        listed = TypeAdapter(list[PublicationFiles]).validate_json((live / HISTORY).read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        log.warning(
            "the list of publications cannot be read: what it named stays", file=str(live / HISTORY)
        )
        return []
    return [each for each in listed if all(map(_NAME.fullmatch, each.files))]


def begin(live: Path, publication: PublicationFiles) -> None:
    """Removes what earlier publications left behind, and records which files this one is about to
    make."""
    live.mkdir(parents=True, exist_ok=True)
    prune(live)
    _write_history(live, [*read_history(live), publication])


def switch(live: Path, name: str) -> None:
    """Makes readers follow the file, atomically."""
    _replace(live / POINTER, f"{name}\n".encode())


def prune(live: Path) -> None:
    """Removes the files of publications that are neither current nor the one before it, and
    everything half made.

    Where `current` does not name a recorded file, nothing that is complete goes.
    """
    for own in (POINTER, HISTORY):
        remove(live / f"{own}.tmp")
    history = read_history(live)
    try:
        current = live_file(live)
    except UnreadableLiveError:
        current = None
    index = next(
        (i for i, each in enumerate(history) if current and current.name in each.files), None
    )
    kept = history if index is None else history[max(index - 1, 0) : index + 1]
    for each in history:
        for name in each.files:
            for half in live.glob(f"{name}.tmp*"):
                remove(half)
            # a name that somebody gave to the live file, such as a link, must not lose what it
            # stands for
            if each not in kept and not (
                current and (live / name).exists() and current.samefile(live / name)
            ):
                remove(live / name)
    if kept != history:
        _write_history(live, kept)


def abandon(live: Path, publication: PublicationFiles) -> None:
    """After a failure: frees at once what it made, unless readers follow it already. Where that
    fails too, the next one does it."""
    with suppress(OSError):
        prune(live)
        pointer = live / POINTER
        if (
            pointer.exists()
            and pointer.read_text(encoding="utf-8", errors="replace").strip() in publication.files
        ):
            return
        for name in publication.files:
            remove(live / name)
        _write_history(live, [each for each in read_history(live) if each != publication])


def sync(paths: Sequence[Path]) -> None:
    """Until it returns, the content may be in memory only."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_history(live: Path, history: Sequence[PublicationFiles]) -> None:
    _replace(live / HISTORY, TypeAdapter(list[PublicationFiles]).dump_json(list(history), indent=1))


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.tmp")
    try:
        fresh.write_bytes(content)
        sync([fresh])
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    sync([path.parent])


def remove(path: Path) -> None:
    """A file, a link, or the folder in which an engine keeps what does not fit into memory."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
