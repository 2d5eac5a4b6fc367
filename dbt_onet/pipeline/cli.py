"""Command line: `python -m dbt_onet build | docs | export | validate | diagram | published |
agreement`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import structlog
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from dbt_onet.pipeline.settings import Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Builds, tests, publishes and documents the warehouse.",
    pretty_exceptions_enable=False,
)
console = Console(stderr=True)


@app.command()
def build(
    docs: Annotated[bool, typer.Option("--docs", help="Generate the dbt docs, too.")] = False,
    if_changed: Annotated[
        bool,
        typer.Option(
            "--if-changed",
            help=(
                "Leave out what would only be repeated: all of it, or what does not depend on what"
                " changed beside the release."
            ),
        ),
    ] = False,
) -> None:
    """Build and test the newest complete load; publish it when every test passed."""
    # what dbt makes stays to the end: to look through it again and again is a tenth of a build
    gc.disable()
    from dbt_onet.pipeline.build import build as run  # dbt takes seconds to import: not for --help
    from dbt_onet.pipeline.build import is_unchanged, record_docs, record_publication

    with _explain_errors():
        settings = Settings()
        if if_changed and is_unchanged(settings, documented=False):
            if not docs or is_unchanged(settings, documented=True):
                structlog.get_logger().info(
                    "nothing to do: the newest rows are published, by this very project"
                )
            else:
                _document(settings)
                record_docs(settings)
            return
        if console.is_terminal:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            with Progress(*columns, console=console, transient=True) as progress:
                task = progress.add_task("dbt build", total=None)
                published = run(
                    settings,
                    lambda name, done, total: progress.update(
                        task, description=f"dbt: {name[:60]}", completed=done, total=total
                    ),
                    only_changed=if_changed,
                )
            console.print(
                f"Published O*NET [bold]{published.release}[/bold]: {published.passed_tests} tests"
                f" passed, {published.warned_tests} warned (build {published.build_id})."
            )
        else:
            published = run(settings, only_changed=if_changed)
        if docs:
            _document(settings)
        record_publication(settings, published, documented=docs)


@app.command("docs")
def docs_command() -> None:
    """Generate the dbt docs (the schema documentation) from the last build."""
    with _explain_errors():
        _document(Settings())


def _document(settings: Settings) -> None:
    from dbt_onet.pipeline.build import load_project, pipeline_lock
    from dbt_onet.pipeline.dbt_runner import run_dbt
    from dbt_onet.pipeline.lineage import open_on_one_screen

    with pipeline_lock(settings):
        result = run_dbt(settings, "docs generate", ["--static"], manifest=load_project(settings))
    if not result.success:
        console.print(
            "dbt docs could not be generated:"
            f" {result.exception or f'see {settings.dbt_dir}/run_results.json'}"
        )
        raise typer.Exit(1)
    settings.docs_dir.mkdir(parents=True, exist_ok=True)
    fresh = settings.docs_dir / "index.html.tmp"
    try:
        page = (settings.dbt_dir / "static_index.html").read_text(encoding="utf-8")
        fresh.write_text(open_on_one_screen(page), encoding="utf-8")
        fresh.replace(settings.docs_dir / "index.html")
    finally:
        fresh.unlink(missing_ok=True)
    structlog.get_logger().info("documented", page=str(settings.docs_dir / "index.html"))


@app.command()
def export(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; else a folder of the warehouse.")
    ] = None,
) -> None:
    """Write everything that is published as Parquet and CSV, with checksums, licence, and the rows
    that did not make it."""
    from dbt_onet.pipeline.build import BuildError

    with _explain_errors():
        try:
            from dbt_onet.pipeline.export.bulk_export import export as run
        except ModuleNotFoundError as missing:
            raise BuildError(
                f"an export needs the Python package `{missing.name}`, which is not installed here:"
                " run `make export`."
            ) from None
        print(run(Settings(), folder))  # noqa: T201 - the answer, for a script


@app.command()
def employer(command: Annotated[str, typer.Argument(help="build or remove.")] = "build") -> None:
    """An employer's own data, apart from O*NET: what `python -m dbt_employer` does."""
    from dbt_employer.pipeline.cli import app as employer_app

    employer_app([command])


@app.command()
def diagram() -> None:
    """Draw the keys of the last build into docs/keys.md."""
    from dbt_onet.pipeline.build import last_plan
    from dbt_onet.pipeline.diagram import PAGE, page

    plan = last_plan(Settings())
    if plan is None:
        console.print(
            "This project, as it is now, has published nothing here: run `make build` first.",
            style="red",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    PAGE.write_text(page(plan), encoding="utf-8")


@app.command()
def published() -> None:
    """Print the O*NET release that is live; nothing where none is."""
    from dbt_onet.pipeline.build import published_release

    with _explain_errors():
        if release := published_release(Settings()):
            print(release)  # noqa: T201 - the answer, for a script


@app.command()
def agreement() -> None:
    """Say how far the language models' levels are from O*NET's, as view `llm_agreement` has it."""
    from dbt_onet.pipeline.build import published_agreement

    with _explain_errors():
        rows = published_agreement(Settings())
    if not rows:
        console.print(
            "No scored level is published beside one of O*NET's: run `python -m loader score`, then"
            " `make build`.",
            style="red",
        )
        raise typer.Exit(1)
    headings = (
        "model",
        "cut",
        "pairs",
        "error",
        "of the mean",
        "bias",
        "rank corr.",
        "within 1 s.e.",
    )
    table = Table(*headings, title="Levels by models, beside O*NET's")
    for model, cut_by, what, pairs, *figures, _ in rows:
        table.add_row(
            model,
            f"{cut_by} {what or ''}".strip(),
            f"{pairs:,}",
            *("" if each is None else f"{each:.2f}" for each in figures),
        )
    Console().print(table)
    for model, cut_by, *_, is_better in rows:
        if cut_by == "model":
            verdict = "is better than" if is_better else "is NO better than"
            Console().print(
                f"{model} {verdict} always answering the element's mean level.", highlight=False
            )


@contextmanager
def _explain_errors() -> Iterator[None]:
    from dbt_onet.pipeline.build import BuildError
    from dbt_onet.pipeline.error_messages import explain_error

    settings = None
    try:
        with suppress(ValidationError):  # the command itself meets it again
            settings = Settings()
        yield
    except Exception as error:
        message = str(error) if isinstance(error, BuildError) else explain_error(error, settings)
        if message is None or isinstance(error, typer.Exit):
            raise
        console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


def main() -> None:
    """Logs are JSON lines on standard error unless that is a terminal."""
    render = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            render,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app()
