"""What a raw table beside the release is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "text", "number", "moment"]
"""A name is at most 120 characters and may be part of a key; a text has any length; a number is
whole; a moment is UTC without a zone."""


@dataclass(frozen=True)
class SideTable:
    """One table: its columns in order, and the columns that name one row."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, Kind]
