"""Command line: `python -m loader land | check | prune | supplement | score | labor | employer |
enrich`.

Exit codes: 0 done, 1 failed, 2 the source could not be reached.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text
from structlog.typing import EventDict, Processor

from loader.employer.cli import employer_command, enrich_command
from loader.errors import LoaderError, describe_disk_error
from loader.fetch import OnBytes
from loader.http_client import RateLimitedClient
from loader.latest_release import LATEST, find_newest_release
from loader.llm.score import (
    OnPair,
    ScoringResult,
    ScoringTask,
    list_scoring_tasks,
    open_llm_client,
    score,
)
from loader.load import LoadResult, OnBlock, check_release, load_release
from loader.load_plan import LoadPlan, plan_load
from loader.redact import escape_controls, public_address
from loader.release import open_release
from loader.settings import Settings, load_settings
from loader.store import Store, open_store
from loader.web_services.client import UNKNOWN
from loader.web_services.supplement import (
    SupplementRequest,
    SupplementResult,
    open_web_services_client,
    supplement,
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Lands O*NET releases in the raw tables.",
    pretty_exceptions_enable=False,
)
console = Console(stderr=True)
Source = Annotated[
    str | None,
    typer.Argument(
        help=(
            "Release number, `latest` (the newest on the official site), zip, folder, URL or"
            " `sample`; default ONET_SOURCE, else 30.3."
        )
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        help=(
            "Go on without this subject of the release; may be given several times. Also"
            " LOADER_WITHOUT."
        ),
    ),
]
Number = Annotated[
    str | None,
    typer.Option("--release", help="The release's number, where the source does not say it."),
]


@app.command("land")
def land_command(
    source: Source = None,
    release: Number = None,
    without: Without = None,
    force: Annotated[
        bool, typer.Option("--force", help="Land again what is landed already.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove all but the newest complete load first.")
    ] = False,
) -> None:
    """Land a release as one load that counts as a whole or not at all."""
    with _explain_errors() as settings, _progress() as progress:
        settings = _exclude_files(settings, without)
        opening = open_release(
            settings, _find_source(settings, source), release, _track_fetch(progress)
        )
        with opening as opened, open_store(settings) as store:
            if prune:
                _prune(store)
            landed = load_release(
                settings, store, opened, force=force, on_block=_track_blocks(progress)
            )
        progress.stop()
        if landed.is_new:
            _summarise(landed)


@app.command("check")
def check_command(source: Source = None, release: Number = None, without: Without = None) -> None:
    """Read a release as landing would and say what differs from the registry; write nothing."""
    with _explain_errors() as settings, _progress() as progress:
        settings = _exclude_files(settings, without)
        with open_release(
            settings, _find_source(settings, source), release, _track_fetch(progress)
        ) as opened:
            title = Text(f"O*NET {opened.number} ({opened.address})")
            table = Table(
                "file", "raw table", "for", "rows", "bytes", "rejected", "verdict", title=title
            )
            plan = plan_load(opened, settings.without)
            problems = [plan.missing] if plan.missing else []
            purposes = {file.name: file.purpose for file in plan.there}
            details = []
            for found in check_release(settings, opened, plan):
                verdict = "stops" if found.problem else "left out" if found.left_out else "ok"
                table.add_row(
                    found.name,
                    found.table,
                    purposes[found.name],
                    f"{found.rows:,}",
                    f"{found.bytes:,}",
                    str(len(found.rejects)),
                    verdict,
                )
                problems += [found.problem] if found.problem else []
                details += [
                    f"  {found.name}, line {reject.line_number}: {reject.reason}"
                    for reject in found.rejects[:3]
                ]
        progress.stop()
        _add_unloaded_subjects(table, plan)
        console.print(table)
        _print_lines(*problems, *details, *plan.warnings, *plan.not_loaded)
        if problems:
            raise typer.Exit(1)


@app.command("supplement")
def supplement_command(
    missing: Annotated[
        bool,
        typer.Option(
            "--missing", help="The occupations that the landed release lists but does not rate."
        ),
    ] = False,
    occupation: Annotated[
        list[str] | None,
        typer.Option("--occupation", help="This occupation; may be given several times."),
    ] = None,
    every_of: Annotated[
        str | None, typer.Option("--all", help="All of one table of the service, as `skills`.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Ask also for what was answered already.")
    ] = False,
) -> None:
    """Ask O*NET Web Services for what the release lacks; it lands beside the release. Interrupted,
    it goes on where it was."""
    wanted = SupplementRequest(
        missing,
        tuple(code if "." in code else f"{code}.00" for code in occupation or []),
        every_of,
        again,
    )
    with _explain_errors() as settings, _make_counter() as progress:
        if (wanted.missing, bool(wanted.occupations), bool(wanted.every_of)).count(True) != 1:
            raise LoaderError(
                "say what to ask for: --missing, --occupation CODE or --all TABLE, one of them"
            )
        with closing(open_web_services_client(settings)) as client:
            task = progress.add_task("O*NET Web Services", total=None)
            done = supplement(
                settings,
                client,
                wanted,
                lambda number, of: progress.update(task, completed=number, total=of),
            )
            progress.stop()
            if done:
                _print_supplement(done, client)


@app.command("score")
def score_command(
    domain: Annotated[
        str, typer.Option("--domain", help="skills, knowledge, abilities or work_activities.")
    ] = "skills",
    occupation: Annotated[
        list[str] | None,
        typer.Option("--occupation", help="This occupation; may be given several times."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="A fair sample of so many pairs, the same each time."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Print the prompts and their estimated tokens; ask nothing."
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Ask also about pairs that were put aside.")
    ] = False,
) -> None:
    """Ask a language model for the levels of a domain's elements. What was answered before is not
    asked again."""
    with _explain_errors() as settings, _make_counter() as progress:
        codes = tuple(code if "." in code else f"{code}.00" for code in occupation or [])
        left, known = list_scoring_tasks(settings, domain, codes, limit, again=again)
        if dry_run:
            _print_prompts(left, known)
            return
        with closing(open_llm_client(settings)) as client:
            task = progress.add_task(settings.llm_model, total=len(left))
            done = score(settings, client, left, _track_pairs(progress, task))
            progress.stop()
            _print_scoring(settings, done, known, client)


@app.command("labor")
def labor_command(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, zips or addresses of BLS and crosswalk files (docs/labor.md)."
        ),
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Land again what is landed already.")
    ] = False,
) -> None:
    """Land BLS wages, projections and crosswalks beside the release; each vintage is kept."""
    from loader.labor.cli import run_labor  # its spreadsheet library is for this command alone

    with _explain_errors() as settings:
        run_labor(settings, console, sources, force=force)


@app.command("check-sources")
def check_sources_command() -> None:
    """Say which newer release or vintage exists, and what it would change; land nothing."""
    from loader.labor.cli import run_check_sources

    with _explain_errors() as settings:
        run_check_sources(settings, console)


@app.command("prune")
def prune_command() -> None:
    """Remove the rows of all loads but the newest complete one; the record of loads stays."""
    with _explain_errors() as settings, open_store(settings) as store:
        _prune(store)


app.command("employer")(employer_command)
app.command("enrich")(enrich_command)


def _prune(store: Store) -> None:
    store.prepare()
    structlog.get_logger().info("pruned", loads=store.prune())


def _track_fetch(progress: Progress) -> OnBytes:
    task: TaskID | None = None

    def told(done: int, total: int | None) -> None:
        nonlocal task
        if task is None:
            task = progress.add_task("fetching", total=total)
        progress.update(task, completed=done)

    return told


def _track_blocks(progress: Progress) -> OnBlock:
    tasks: dict[str, TaskID] = {}

    def told(name: str, done: int, total: int) -> None:
        if name not in tasks:
            tasks[name] = progress.add_task(name, total=total)
        progress.update(tasks[name], completed=done)

    return told


def _make_counter() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _track_pairs(progress: Progress, task: TaskID) -> OnPair:
    def told(settled: int, of: int) -> None:
        progress.update(task, completed=settled, total=of)
        if progress.disable and settled % 100 == 0:
            structlog.get_logger().info("scoring", settled=settled, of=of)

    return told


def _print_prompts(left: list[ScoringTask], known: int) -> None:
    for question in left:
        # what was asked for
        print(  # noqa: T201
            f"--- {question.prompt.onetsoc_code} {question.prompt.element_id}"
            f" {question.digest[:12]}"
        )
        text = "\n\n".join(message["content"] for message in question.prompt.messages)
        print("\n".join(map(escape_controls, text.split("\n"))), end="\n\n")  # noqa: T201
    tokens = sum(question.prompt.estimated_tokens for question in left)
    console.print(
        f"{len(left):,} pairs to ask, {known:,} settled before; about {tokens:,} tokens of prompts."
        " Nothing was asked."
    )


def _print_scoring(
    settings: Settings, done: ScoringResult, known: int, client: RateLimitedClient
) -> None:
    console.print(
        f"{settings.llm_model}: {done.accepted:,} pairs scored, {done.quarantined:,} put aside,"
        f" {known:,} known from before. {client.requests:,} requests, {client.retries:,} retries,"
        f" {done.rejected:,} answers that could not be taken, {done.prompt_tokens:,} +"
        f" {done.completion_tokens:,} tokens. The next build takes them in.",
        highlight=False,
        soft_wrap=True,
    )


def _print_supplement(done: SupplementResult, client: RateLimitedClient) -> None:
    if done.differs:
        serves = (
            "does not say which release it serves"
            if done.version.release == UNKNOWN
            else f"serves {done.version.release}"
        )
        console.print(
            f"ANOTHER RELEASE: O*NET Web Services {serves}, and O*NET {done.landed_release} is"
            " landed. What it gives may differ from that edition: each of its ratings carries the"
            " release that it is from. Land that release to have one edition throughout.",
            style="bold red",
            highlight=False,
            soft_wrap=True,
        )
    console.print(
        f"O*NET Web Services {done.version.api} (release {done.version.release}):"
        f" {done.rows_landed:,} ratings of {len(done.occupations)} occupations, load"
        f" {done.load_id}. Asked {done.scopes_asked} times for an occupation or table, knew"
        f" {done.scopes_known} from before: {client.requests} requests, {client.retries} retries,"
        f" {client.bytes:,} bytes. The next build takes them in.",
        highlight=False,
        soft_wrap=True,
    )


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _find_source(settings: Settings, source: str | None) -> str:
    """What the user named; in the place of `latest` the number of the release that is the newest on
    the official site."""
    named = source or settings.onet_source
    if named != LATEST:
        return named
    number = find_newest_release(settings)
    console.print(
        f"The newest release that {public_address(settings.onet_site)} offers is O*NET {number}:"
        " taking that.",
        highlight=False,
        soft_wrap=True,
    )
    return number


def _exclude_files(settings: Settings, without: list[str] | None) -> Settings:
    return (
        settings.model_copy(update={"loader_without": ",".join(without)}) if without else settings
    )


def _summarise(landed: LoadResult) -> None:
    table = Table(
        "file",
        "raw table",
        "rows",
        "rejected",
        title=f"O*NET {landed.release}, load {landed.load_id}",
    )
    for result in landed.results:
        if result.state == "landed":
            table.add_row(
                result.file_name,
                result.table_name,
                f"{result.rows_landed:,}",
                str(result.rows_rejected),
            )
    table.add_section()
    table.add_row(
        "all",
        "",
        f"{sum(result.rows_landed for result in landed.results):,}",
        str(sum(r.rows_rejected for r in landed.results)),
    )
    _add_unloaded_subjects(table, landed.plan)
    console.print(table)
    _print_lines(*landed.plan.not_loaded)


def _add_unloaded_subjects(table: Table, plan: LoadPlan) -> None:
    """Rows for the files that are left out and for the subjects that the load lacks; `_print_lines`
    says why."""
    table.add_section()
    for name in plan.left_out:
        table.add_row(Text(name), "not landed")
    for name in plan.unknown:
        table.add_row(Text(name), "unknown file")
    for each in plan.not_loaded:
        table.add_row(Text(each.subject), "not loaded")


def _print_lines(*lines: object) -> None:
    for line in lines:
        console.print(escape_controls(str(line)), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _explain_errors() -> Iterator[Settings]:
    settings = None
    try:
        settings = load_settings()
        yield settings
    except LoaderError as error:
        _print_error(str(error), settings)
        raise typer.Exit(error.exit_code) from None
    except OSError as error:
        folder = settings.warehouse_dir if settings else Path()
        _print_error(
            f"{describe_disk_error(error, folder, 'WAREHOUSE_DIR')}. Nothing of this load counts.",
            settings,
        )
        raise typer.Exit(1) from None


def _print_error(message: str, settings: Settings | None) -> None:
    if settings and settings.loader_debug:
        traceback.print_exc()
    console.print(
        escape_controls(message), style="red", markup=False, highlight=False, soft_wrap=True
    )


def _escape_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    """For a terminal, which shows what it is given; JSON escapes by itself."""
    return {
        name: escape_controls(value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def main() -> None:
    """Logs are JSON lines on standard error unless that is a terminal, where the progress bar takes
    their place."""
    terminal = sys.stderr.isatty()
    rendering: list[Processor] = [structlog.processors.JSONRenderer()]
    if terminal:
        rendering = [_escape_values, structlog.dev.ConsoleRenderer()]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(30 if terminal else 20),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *rendering,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app()
