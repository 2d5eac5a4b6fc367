"""Command line: `python -m loader employer | enrich`."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from loader.employer.enrich import enrich, enrich_client
from loader.employer.forget import forget_all, forget_person
from loader.employer.load import LoadResult, load_folder
from loader.employer.settings import EmployerSettings, load_employer_settings
from loader.employer.store import open_store
from loader.errors import LoaderError

console = Console(stderr=True)


def employer_command(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="A folder with employees.csv, plans.csv, claims.csv …; default EMPLOYER_SOURCE."
        ),
    ] = None,
    snapshot: Annotated[
        bool,
        typer.Option(
            "--snapshot",
            help="Rosters and plans are whole: of the file's companies nothing else stays.",
        ),
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Land again what is landed; let a snapshot drop any share."),
    ] = False,
    forget: Annotated[
        tuple[str, str] | None,
        typer.Option("--forget", help="EIN and person: remove every row of that person."),
    ] = None,
    forget_everything: Annotated[
        bool, typer.Option("--forget-all", help="Remove all of the employer's data.")
    ] = False,
) -> None:
    """Land an employer's rosters, plans and claims, apart from O*NET; or remove them."""
    with _errors_in_words() as settings:
        if (folder is not None, forget is not None, forget_everything).count(True) > 1:
            raise LoaderError("say one of FOLDER, --forget EIN PERSON and --forget-all")
        if forget:
            with open_store(settings, create=False) as store:
                rows, lines = forget_person(store, *forget)
            console.print(
                f"Removed {rows} rows and {lines} quarantined lines of that person.",
                highlight=False,
                soft_wrap=True,
            )
            _rebuild("build")
        elif forget_everything:
            with open_store(settings, create=False) as store:
                forget_all(store)
            console.print("Removed all raw rows of the employer's data.")
            _rebuild("remove")
        else:
            source = folder or settings.employer_source
            if source is None:
                raise LoaderError(
                    "say which folder: `python -m loader employer FOLDER`, or EMPLOYER_SOURCE"
                )
            with open_store(settings) as store:
                result = load_folder(settings, store, source, snapshot=snapshot, force=force)
            _summarize(result)


def enrich_command() -> None:
    """Ask ENRICH_URL about the known companies whose answer is not there or too old; nothing where
    it is not set."""
    with _errors_in_words() as settings:
        if not settings.enrich_url:
            console.print("ENRICH_URL is not set: nobody was asked.")
            return
        with (
            closing(enrich_client(settings)) as client,
            open_store(settings, create=False) as store,
        ):
            result = enrich(settings, store, client)
        console.print(
            f"{result.known} companies known to the service, {result.unknown} unknown, "
            f"{result.cached} asked before. "
            f"{client.requests} requests, {client.retries} retries. The next build takes them in.",
            highlight=False,
            soft_wrap=True,
        )


def _rebuild(command: str) -> None:
    """What is built, published and written holds the person until it is made again: by dbt, where
    that is installed, or by hand."""
    if find_spec("dbt_employer") is None or find_spec("dbt") is None:
        console.print(
            f"Now run `python -m dbt_employer {command}`: what was published still has it.",
            style="yellow",
        )
        return
    done = subprocess.run([sys.executable, "-m", "dbt_employer", command], check=False)  # noqa: S603
    if done.returncode:
        raise LoaderError(
            f"raw has forgotten, but `python -m dbt_employer {command}` failed: what was "
            "published still has it. Run it again"
        )


def _summarize(result: LoadResult) -> None:
    if result.load_id is None:
        return
    table = Table(
        "file", "raw table", "rows", "rejected", title=f"Employer's data, load {result.load_id}"
    )
    for file in result.files:
        table.add_row(
            file.file_name, file.table_name, f"{file.rows_landed:,}", str(file.rows_rejected)
        )
    console.print(table)


@contextmanager
def _errors_in_words() -> Iterator[EmployerSettings]:
    os.umask(0o077)  # whatever is written from here on is its owner's alone
    settings = None
    try:
        settings = load_employer_settings()
        yield settings
    except LoaderError as error:
        _say(str(error), error, settings)
        raise typer.Exit(error.exit_code) from None
    except OSError as error:
        what = f"{error.filename or 'the warehouse'}: {error.strerror or type(error).__name__}"
        _say(f"{what}. Nothing of this load counts.", error, settings)
        raise typer.Exit(1) from None
    except Exception as error:
        # what nobody foresaw: its message may hold a value of a row
        what = f"{type(error).__name__}; LOADER_DEBUG=1 says where"
        _say(f"{what}. Nothing of this load counts.", error, settings)
        raise typer.Exit(1) from None


def _say(message: str, error: Exception, settings: EmployerSettings | None) -> None:
    if settings and settings.loader_debug:
        # where it came from, without the values that a frame holds
        for frame in traceback.extract_tb(error.__traceback__):
            where = f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"
            console.print(where, highlight=False, markup=False)
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
