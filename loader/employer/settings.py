"""Settings of the employer's commands: the loader's own, and where an employer's data comes from
and goes to."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from loader.errors import LoaderError
from loader.settings import Settings


class EmployerSettings(Settings):
    """`WAREHOUSE_DIR/employer` and the databases `<WAREHOUSE_NAME>_employer_…`: never those of
    O*NET."""

    employer_source: Path | None = None
    employer_max_error_share: float = Field(default=0.2, ge=0, le=1)
    """Share of a file's rows that may be no rows before the load fails, and of a table's rows that
    may be errors to be published."""

    enrich_url: str = ""
    """Root of the service that knows companies; empty: nobody is asked."""
    enrich_rate: float = Field(default=4, gt=0, le=100)
    enrich_attempts: int = Field(default=5, ge=1)
    enrich_timeout: float = Field(default=30, gt=0)
    enrich_cache_days: int = Field(default=30, ge=0)

    @property
    def employer_dir(self) -> Path:
        return self.warehouse_dir / "employer"

    @property
    def employer_name(self) -> str:
        return f"{self.warehouse_name}_employer"


def load_employer_settings() -> EmployerSettings:
    """EmployerSettings(), with one line per bad variable."""
    try:
        return EmployerSettings()
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
            for item in error.errors(include_input=False)
        ]
        raise LoaderError("; ".join(lines)) from None
