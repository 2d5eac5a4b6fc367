"""What went wrong outside the project, in words: what is full, closed or damaged, and what to do
about it."""

from __future__ import annotations

import errno
import re
import sqlite3
import sys
from pathlib import Path

import pymysql
from pydantic import ValidationError

from dbt_onet.pipeline.publish.live_files import UnreadableLiveError
from dbt_onet.pipeline.settings import SecretFileError, Settings

STAYS = "What is live stays."
_FULL = re.compile(
    r"no space left on device|disk quota exceeded|file too large|disk (?:is )?full|the table '.*'"
    r" is full|"
    rf"errno:? (?:{errno.ENOSPC}|{errno.EDQUOT}|{errno.EFBIG})\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"read-only file system|permission denied|operation not permitted|errno:?"
    rf" (?:{errno.EROFS}|{errno.EACCES}|{errno.EPERM})\b",
    re.IGNORECASE,
)


def explain_error(error: BaseException, settings: Settings | None) -> str | None:
    """One message for a person; None where the error is a mistake of this program's own."""
    if isinstance(error, ValidationError):
        lines = [
            f"WAREHOUSE_{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}"
            for each in error.errors(include_input=False)
        ]
        return "; ".join(lines)
    if isinstance(error, UnreadableLiveError | SecretFileError):
        return str(error)
    if settings is None:
        return None
    if isinstance(error, pymysql.MySQLError):
        where = settings.socket or f"{settings.host}:{settings.port}"
        text = str(error.args[-1] if error.args else error).rstrip(".")
        advice = disk_advice(text, settings) or "Check WAREHOUSE_* and the server."
        if "CERTIFICATE_VERIFY" in text:
            advice = "Its certificate is by none of the authorities in WAREHOUSE_SSL_CA."
        return f"MySQL at {where}, user `{settings.user}`: {text}. {STAYS} {advice}"
    if isinstance(error, OSError):
        where = error.filename2 or error.filename or settings.dir  # of a renaming, its aim
        of_the_disk = disk_advice(
            f"errno {error.errno}", settings, Path(where).parent if error.filename else None
        )
        return (
            f"{where}: {error.strerror or error}. {STAYS}"
            f" {of_the_disk or 'Look into it, then run this again.'}"
        )
    duckdb = sys.modules.get("duckdb")  # where MySQL is the engine, it need not be installed
    if duckdb and isinstance(error, duckdb.Error):
        text = str(error).strip().splitlines()[0].rstrip(".")
        look = f"Look into {settings.dir.resolve()}, then run this again."
        return f"DuckDB: {text}. {STAYS} {disk_advice(text, settings) or look}"
    if isinstance(error, sqlite3.Error):
        look = f"Look into {settings.dir.resolve()}, its disk and your quota, then run this again."
        return f"SQLite: {error}. {STAYS} {disk_advice(str(error), settings) or look}"
    return None


def disk_advice(text: str, settings: Settings, folder: Path | None = None) -> str | None:
    """What to do where a message tells of a full disk or one that may not be written; None for any
    other."""
    where = (
        f"the server's ({settings.host})"
        if settings.engine == "mysql"
        else f"that of {settings.dir.resolve()}"
    )
    if _FULL.search(text):
        return (
            f"A disk is full ({where}, or that of {settings.dbt_dir.resolve()} or of temporary"
            " files): make room, then run this again."
        )
    if _CLOSED.search(text):
        return (
            f"Make {folder or settings.dir.resolve()} and all in it writable for this user, then"
            " run this again."
        )
    return None
