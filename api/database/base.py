"""What the rest of the API asks of a database, whichever engine it is on, and what its failures
mean."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

Row = tuple[Any, ...]
if TYPE_CHECKING:

    class Record(Row):
        """A row whose columns have names, those of its statement: `record.title`."""

        def __getattr__(self, column: str) -> Any: ...
        def _asdict(self) -> dict[str, Any]: ...

else:
    Record = tuple
Params = Mapping[str, object]
Statement = tuple[str, Params]
"""A text of api/queries/, and its parameters."""

MAX_STATEMENTS = 64
"""Texts that an engine keeps as its driver takes them, the last used ones."""


class NoPublicationError(Exception):
    """The warehouse has never been published: no views to select from."""


class DatabaseUnavailableError(Exception):
    """The warehouse cannot be reached or read now.

    The reason is in the log, never in this message: it may end up in a response.
    """


class Usage:
    """How many connections are in use, of how many; `listen` is told of each change."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.in_use = 0
        self.listen: Callable[[float], None] | None = None

    @contextmanager
    def track_use(self) -> Iterator[None]:
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def _change(self, by: int) -> None:
        self.in_use += by
        if self.listen:
            self.listen(self.in_use)


class Database(Protocol):
    """Runs statements from the event loop. Decimals come as float, times as `read_timestamp` takes
    them."""

    usage: Usage

    async def fetch(self, statement: str, params: Params, *, is_long: bool = False) -> list[Record]:
        """All rows. Raises NoPublicationError or DatabaseUnavailableError.

        A long statement takes more than a few milliseconds: an engine in this process runs it in a
        thread.
        """

    async def fetch_together(
        self, statements: Sequence[Statement], *, is_long: bool = False
    ) -> list[list[Record]]:
        """All rows of each statement, all of one publication. Raises as `fetch` does."""

    async def fetch_skill_gap(
        self, from_code: str, to_code: str, domain: str
    ) -> tuple[str, list[Row]]:
        """The build id, and its rows of `queries.skill_gap.SKILL_GAP`. Raises as `fetch` does.

        They are plain: most of them are only counted, and to name them would cost each request.
        """

    async def build_id(self) -> str:
        """What is published now. Raises as `fetch` does."""

    async def close(self) -> None:
        """Give back every connection."""


def name_columns(description: Iterable[Sequence[Any]], rows: Iterable[Row]) -> list[Record]:
    """The rows as records, by what a cursor says of its columns."""
    return list(map(_create_record_maker(tuple(column[0] for column in description)), rows))


@lru_cache(maxsize=MAX_STATEMENTS)
def _create_record_maker(columns: tuple[str, ...]) -> Callable[[Row], Record]:
    # Renamed: an expression without a name of its own is found by its position only.
    return namedtuple("Record", columns, rename=True)._make  # type: ignore[attr-defined, no-any-return]


def read_build_id(rows: list[Record]) -> str:
    """The build id of the rows of `queries.publication.BUILD_ID`."""
    if not rows:
        raise NoPublicationError
    return str(rows[0].build_id)


def read_timestamp(value: str | datetime | None) -> datetime | None:
    """A time of a row, naive UTC: SQLite has no type for it and gives a text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
