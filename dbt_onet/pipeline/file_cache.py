"""Files that spare the next run work: what they hold can be made again, and is where one is not
this project's.

Kept in the project's folder, where that can be written, so that another warehouse finds them too:
the names in them are changed to that warehouse's. Only the owner of the code can write there.
"""

from __future__ import annotations

import os
import pickle
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from dbt_onet.pipeline.settings import PROJECT_DIR, Settings


def read_cache(settings: Settings, what: str, checksum: str) -> tuple[str, Any] | None:
    """The name of the warehouse that it was kept by, and the content; None where there is none of
    this project."""
    for folder in _folders(settings):
        try:
            kept_checksum, name, content = pickle.loads(_file(folder, settings, what).read_bytes())  # noqa: S301
        except (OSError, ValueError, EOFError, AttributeError, ImportError, pickle.UnpicklingError):
            continue
        if kept_checksum == checksum:
            return str(name), content
    return None


def write_cache(settings: Settings, what: str, checksum: str, content: Any) -> None:
    for folder in _folders(settings):
        file = _file(folder, settings, what)
        unfinished = file.with_suffix(f".{os.getpid()}.tmp")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(pickle.dumps((checksum, settings.name, content)))
            unfinished.replace(file)
        except OSError:  # the image's own folder cannot be written, or a disk is full
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            continue
        return


def database_name_pattern(name: str) -> re.Pattern[str]:
    """What names the databases of a warehouse in a parsed node or in SQL: `NAME_raw` and
    `NAME_build`."""
    return re.compile(rf"\b{re.escape(name)}_(raw|build)\b")


def _folders(settings: Settings) -> list[Path]:
    return [PROJECT_DIR / "target", settings.dbt_dir]


def _file(folder: Path, settings: Settings, what: str) -> Path:
    return folder / f"{what}-{settings.engine}.pickle"
