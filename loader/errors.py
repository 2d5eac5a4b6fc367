"""What goes wrong for reasons a user can act on; the command line prints the message and exits with the code."""

from __future__ import annotations


class LoaderError(Exception):
    """One clear line: what, where, what to do."""

    exit_code = 1


class SourceUnreachableError(LoaderError):
    """The release could not be fetched. A code of its own, so that a caller can choose another source."""

    exit_code = 2
