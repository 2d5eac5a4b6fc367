"""What of a name or an address may be shown and kept: nothing that steers a terminal, no secret, no
path of this machine."""

from __future__ import annotations

import re
from pathlib import PurePath

_URL = re.compile(r"https?://", re.IGNORECASE)


def escape_controls(text: str) -> str:
    """The text on one line, with each character that does not print as its escape, `\\x1b`."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def is_storable(value: object) -> bool:
    """Whether it is a text that a database takes: JSON may hold halves of characters, which UTF-8
    cannot."""
    try:
        return isinstance(value, str) and value.encode("utf-8") is not None
    except UnicodeEncodeError:
        return False


def is_url(source: str) -> bool:
    return _URL.match(source) is not None


def public_address(source: str) -> str:
    """An http address without user info, query and fragment; of a path, the last part; anything
    else as it is.

    Leaves what it has made as it is. Takes whatever a person types, whether it can be opened or
    not.
    """
    if not is_url(source):
        return escape_controls(PurePath(source).name or source)
    scheme, _, rest = re.split(r"[?#]", source)[0].partition("://")
    authority, slash, path = rest.partition("/")
    return escape_controls(f"{scheme.lower()}://{authority.rpartition('@')[2]}{slash}{path}")


def clean_record(source: str, address: str, error: str | None) -> list[str | None]:
    """What an earlier version recorded of a load, which may be whole addresses and paths, as it is
    recorded now."""
    cleaned = {each: public_address(each) for each in (address, source)}
    for whole, public in cleaned.items():
        error = error and error.replace(whole, public)
    return [cleaned[source], cleaned[address], error]
