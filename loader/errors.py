"""What goes wrong for reasons a user can act on; the command line prints the message and exits with
the code."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


class LoaderError(Exception):
    """One clear line: what, where, what to do."""

    exit_code = 1


class SourceUnreachableError(LoaderError):
    """The release could not be fetched. A code of its own, so that a caller can choose another
    source."""

    exit_code = 2


def describe_disk_error(error: OSError, folder: Path, variable: str) -> str:
    """What the disk would not do, and what to do about it. `variable` is the setting that names the
    folder."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    elsewhere = f"or set {variable} to a folder on another disk"
    if error.errno in _FULL:
        return f"the disk of {folder} is full ({reason}): free space there, {elsewhere}"
    if error.errno in _FORBIDDEN:
        return f"{error.filename or folder} cannot be written ({reason}): allow it, {elsewhere}"
    if error.errno == errno.EFBIG:
        return f"a file in {folder} may not grow further ({reason}): raise that limit, {elsewhere}"
    return f"{error.filename or folder}: {reason}; check {variable}"
