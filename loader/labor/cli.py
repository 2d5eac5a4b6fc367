"""`python -m loader labor`: what it prints."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from loader.errors import SourceUnreachableError
from loader.labor.load import LaborLoad, OnFile, land_labor
from loader.labor.source import open_sources
from loader.labor.source_checks import check_sources, read_landed
from loader.redact import public_address
from loader.settings import Settings
from loader.store import open_store


def run_labor(
    settings: Settings,
    console: Console,
    sources: list[str],
    *,
    force: bool = False,
    on_file: OnFile | None = None,
) -> None:
    """Lands the sources and says what came of it."""
    files = list(open_sources(settings, sources))  # fetched before the pipeline lock is taken
    with open_store(settings) as store:
        done = land_labor(
            settings,
            store,
            " ".join(public_address(source) for source in sources),
            files,
            force=force,
            on_file=on_file,
        )
    _summarize(console, done)


def _summarize(console: Console, done: LaborLoad) -> None:
    title = f"Labour-market files, load {done.load_id}" if done.load_id else "Landed already"
    table = Table("file", "vintage", "raw table", "rows", "rejected", title=title)
    for parsed in [*done.landed, *done.unchanged]:
        is_new = parsed in done.landed
        table.add_row(
            parsed.file.name,
            parsed.vintage.name,
            parsed.dataset.table.name,
            f"{len(parsed.rows):,}" if is_new else "unchanged",
            str(len(parsed.rejects)),
        )
    console.print(table)
    if done.landed:
        console.print("The next build takes them in.")


def run_check_sources(settings: Settings, console: Console) -> None:
    """Asks every publisher for what is newer, and says so line by line.

    Raises:
        SourceUnreachableError: none of them answered.
    """
    with open_store(settings) as store:
        release, landed = read_landed(store)
    words = {"newer": "NEWER", "same": "current", "unknown": "not known"}
    states = []
    for check in check_sources(settings, release, landed):
        states.append(check.state)
        line = f"{words[check.state]}: {check.name}, landed: {check.landed}. {check.found}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if set(states) == {"unknown"}:
        raise SourceUnreachableError(
            "none of the publishers could be asked; what is landed and published stays"
        )
