"""Landing inside the test's own process: for the many small cases where a process of its own costs
a second and proves nothing more."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loader.load import LoadResult, load_release
from loader.release import open_release
from loader.settings import Settings
from loader.store import open_store
from tests.support.release_files import Release
from tests.support.warehouse import Warehouse

NUMBER = "99.1"
"""What the tests call the release that they make up."""


def settings_for(warehouse: Warehouse, **extra: object) -> Settings:
    """What the loader's settings are in that warehouse's environment."""
    ours = {
        name.lower(): value
        for name, value in warehouse.environment("loader").items()
        if name.startswith("WAREHOUSE_")
    }
    return Settings.model_validate(ours | extra)


def land_here(
    warehouse: Warehouse,
    source: str | Path,
    number: str | None = NUMBER,
    *,
    force: bool = False,
    **extra: object,
) -> LoadResult:
    """What `python -m loader land` does, less the command line; extra is settings by their field
    names."""
    settings = settings_for(warehouse, **extra)
    with open_release(settings, str(source), number) as release, open_store(settings) as store:
        return load_release(settings, store, release, force=force)


def zipped(release: Release, path: Path, top: str = "db_99_1_text") -> Path:
    """The release's files in a zip, under one folder as the official ones."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(release.folder.glob("*.txt")):
            archive.write(file, f"{top}/{file.name}")
    return path


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root, whom nothing is forbidden, is somebody else in the block; anyone else stays who they
    are."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
