"""Where an export goes: a folder that is new, empty or an earlier export, untouched as its manifest
says; no other is changed.

All is written into a folder beside it (`.NAME.….unfinished`) and switched in when it is whole. A
killed export leaves that folder, and the next one to the same place removes it: it holds a lock
file that nobody holds any more.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from dbt_onet.pipeline.build import BuildError

log = structlog.get_logger()

MANIFEST = "manifest.json"
_LOCK = ".export.lock"


@contextmanager
def folder_for_export(folder: Path) -> Iterator[Path]:
    """The folder to write into; afterwards it stands in the place of `folder`. On any error that is
    as it was, and nothing is left over.

    Raises:
        BuildError: `folder` is or holds what no export wrote.
    """
    try:
        folder = folder.resolve()  # of a link, what it leads to
    except (RuntimeError, ValueError) as error:  # a link to itself, a NUL
        raise BuildError(
            f"{str(folder)!r} names no folder: {error}. Nothing was exported."
        ) from None
    beside = folder.parent
    beside.mkdir(parents=True, exist_ok=True)
    _put_back(folder)
    require_replaceable(folder)
    _sweep(folder)
    unfinished = _beside(folder, "unfinished")
    unfinished.mkdir()
    try:
        with FileLock(unfinished / _LOCK):
            yield unfinished
            require_replaceable(folder)  # somebody may have put something there meanwhile
            _switch(unfinished, folder)
            (folder / _LOCK).unlink()  # not before: what is half done is known by it
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _sweep(folder)


def require_replaceable(folder: Path) -> None:
    """Raises BuildError unless the folder is not there, empty, or an earlier export in which
    nothing was changed or added."""
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise BuildError(f"{folder} is no folder. Nothing was exported: name a new one.")
    if folder.is_mount():
        raise BuildError(
            f"{folder} is a mount point, which cannot be switched. Nothing was exported: name a"
            " folder in it."
        )
    if any(folder.iterdir()) and (reason := _why_not_ours(folder)):
        raise BuildError(
            f"{folder} is no export that may be replaced: {reason}. Nothing was exported or"
            " removed: name a new folder."
        )


def _why_not_ours(folder: Path) -> str | None:
    """What keeps the folder from being an untouched export; None where nothing does. A file that
    has gone is no loss."""
    try:
        listed = {
            file["path"]: file
            for file in json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        }
    except FileNotFoundError:
        return f"it has no {MANIFEST}"
    except (OSError, ValueError, KeyError, TypeError):
        return f"its {MANIFEST} is not of an export"
    folders = {parent.as_posix() for path in listed for parent in Path(path).parents}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in (MANIFEST, _LOCK) or (
            name in folders and path.is_dir() and not path.is_symlink()
        ):
            continue
        if name not in listed or path.is_symlink() or not path.is_file():
            return f"no export wrote {name}"
        if path.stat().st_size != listed[name].get("bytes"):
            return f"{name} was changed"
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != listed[name].get("sha256"):
                return f"{name} was changed"
    return None


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.{what}")


def _switch(unfinished: Path, folder: Path) -> None:
    if not (folder.exists() and any(folder.iterdir())):
        unfinished.rename(folder)  # over an empty folder, too
        return
    earlier = _beside(folder, "earlier")
    folder.rename(earlier)
    try:
        unfinished.rename(folder)
    except BaseException:
        earlier.rename(folder)
        raise


def _put_back(folder: Path) -> None:
    """After a kill between the two renames of a switch."""
    if not os.path.lexists(folder):
        for earlier in folder.parent.glob(f".{_escaped(folder.name)}.????????.earlier"):
            if _why_not_ours(earlier) is None:
                earlier.rename(folder)
                return


def _sweep(folder: Path) -> None:
    """Removes what killed exports to this place left in it and beside it."""
    (folder / _LOCK).unlink(missing_ok=True)
    for unfinished in folder.parent.glob(f".{_escaped(folder.name)}.????????.unfinished"):
        if (unfinished / _LOCK).is_file():
            try:
                with FileLock(unfinished / _LOCK, timeout=0):
                    shutil.rmtree(unfinished)
            except Timeout:
                log.info("another export to the same place is running", folder=str(unfinished))
    for earlier in folder.parent.glob(f".{_escaped(folder.name)}.????????.earlier"):
        if folder.exists() and _why_not_ours(earlier) is None:
            shutil.rmtree(earlier)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
