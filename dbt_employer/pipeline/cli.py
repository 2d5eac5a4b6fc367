"""Command line: `python -m dbt_employer build | remove | stage | spark-outputs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import pymysql
import structlog
import typer
from pydantic import ValidationError
from rich.console import Console

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Builds, tests and publishes an employer's own data, apart from O*NET.",
    pretty_exceptions_enable=False,
)
console = Console(stderr=True)


@app.command()
def build(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Judge every row again.")
    ] = False,
) -> None:
    """Build and test what is loaded; publish it and write the outputs when every test passed."""
    from dbt_employer.pipeline.build import (
        build as run,  # dbt takes seconds to import: not for --help
    )

    with _explain_errors():
        run(full_refresh=full_refresh)


@app.command()
def remove() -> None:
    """Remove what was built, published and written, after the loader removed all raw rows."""
    from dbt_employer.pipeline.build import remove as run

    with _explain_errors():
        run()


@app.command()
def stage(
    folder: Annotated[Path, typer.Argument(help="Where to: a folder that the cluster reads.")],
) -> None:
    """Write what Spark reads as Parquet: the raw tables and the published views of O*NET."""
    from dbt_employer.pipeline.spark import stage as run

    with _explain_errors():
        run(folder)


@app.command("spark-outputs")
def spark_outputs(
    spark_dir: Annotated[Path, typer.Argument(help="EMPLOYER_SPARK_DIR of the build.")],
    staged: Annotated[Path, typer.Argument(help="The folder that `stage` wrote.")],
) -> None:
    """Write the outputs from what `dbt build --target spark` built."""
    from dbt_employer.pipeline.spark import write_spark_outputs

    with _explain_errors():
        write_spark_outputs(spark_dir, staged)


@contextmanager
def _explain_errors() -> Iterator[None]:
    from dbt_onet.pipeline.build import BuildError
    from dbt_onet.pipeline.publish.live_files import UnreadableLiveError
    from dbt_onet.pipeline.settings import SecretFileError

    try:
        yield
    except (BuildError, SecretFileError, UnreadableLiveError) as error:
        message = str(error)
    except ValidationError as error:
        message = "; ".join(
            f"EMPLOYER_{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}"
            for item in error.errors(include_input=False)
        )
    except pymysql.MySQLError as error:
        code = error.args[0] if error.args else "?"
        message = f"MySQL: error {code}. What is live stays. Check WAREHOUSE_* and the server."
    except Exception as error:  # its message may hold a value of a row
        message = f"{type(error).__name__}. What is live and in the outputs stays."
    else:
        return
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


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
