"""Where an employer's warehouse is: beside that of O*NET, under names of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from dbt_onet.pipeline.settings import Settings

PROJECT_DIR = Path(__file__).parents[1]


class EmployerSettings(BaseSettings):
    """`EMPLOYER_…` of the environment, and the warehouse that `WAREHOUSE_…` names."""

    model_config = SettingsConfigDict(env_prefix="EMPLOYER_", env_ignore_empty=True)

    outputs: Path = Path("outputs")
    as_of: date | None = None
    """The day that "active" and "lapsed" speak of; None: the newest day that the data knows."""
    max_error_share: float = Field(default=0.2, ge=0, le=1)
    memory: str = Field(default="1500MiB", pattern=r"^[0-9]+(\.[0-9]+)? ?[KMGT]i?B$")
    """DuckDB's, of each step."""


def onet_warehouse() -> Settings:
    return Settings()


def employer_warehouse() -> Settings:
    """O*NET's settings with the employer's folder and the employer's names."""
    onet = Settings()
    return onet.model_copy(update={"dir": onet.dir / "employer", "name": f"{onet.name}_employer"})
