"""Where the warehouse is: the `WAREHOUSE_*` environment variables, the same that profiles.yml
reads."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_DIR = Path(__file__).parents[1]


def _is_host(value: str) -> str:
    """What cannot be a name of a host would be an error of the encoding where it is looked up."""
    try:
        value.encode("idna")
    except UnicodeError:
        raise ValueError("not a host's name or address") from None
    return value


Host = Annotated[str, AfterValidator(_is_host)]


def _is_text(value: Path) -> Path:
    """A path that is not UTF-8 can be given to no database."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise ValueError("the folder's path is not UTF-8; choose another") from None
    return value


Folder = Annotated[Path, AfterValidator(_is_text)]


class SecretFileError(Exception):
    """A file that should hold a password does not. The message names the variable and the file,
    never what is in it."""


class Settings(BaseSettings):
    """Read once per run; a password has no default that works anywhere but on an open server."""

    model_config = SettingsConfigDict(env_prefix="WAREHOUSE_", env_ignore_empty=True)

    engine: Literal["duckdb", "mysql"] = "duckdb"
    dir: Folder = Path("warehouse")
    name: str = Field(default="onet", pattern=r"^[a-z][a-z0-9_]{0,40}$")
    host: Host = "127.0.0.1"
    port: int = Field(default=3306, ge=1, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    socket: Path | None = None
    ssl_ca: Path | None = None
    lock_timeout: float = Field(
        default=600, description="seconds to wait for another load or build"
    )

    @property
    def raw(self) -> str:
        return f"{self.name}_raw"

    @property
    def build(self) -> str:
        return f"{self.name}_build"

    @property
    def core(self) -> str:
        return f"{self.name}_core"

    @property
    def live_dir(self) -> Path:
        """DuckDB: one immutable file per publication, and `current`, which names the one to
        read."""
        return self.dir / "live"

    @property
    def dbt_dir(self) -> Path:
        """dbt's own files (manifest, logs), which nobody needs to keep."""
        return self.dir / "dbt"

    @property
    def docs_dir(self) -> Path:
        return self.dir / "docs"

    @cached_property
    def secret(self) -> str:
        """The password; where a file is named, its first line less the blanks around it.

        Raises:
            SecretFileError: the file cannot be read, or that leaves nothing.
        """
        if self.password_file is None:
            return self.password.get_secret_value()
        name = "WAREHOUSE_PASSWORD_FILE"
        try:
            with self.password_file.open(encoding="utf-8-sig") as lines:
                secret = lines.readline(4096).strip()
        except OSError as error:
            raise SecretFileError(
                f"{name}: {self.password_file} cannot be read ({error.strerror})"
            ) from None
        except UnicodeDecodeError:  # whose own text quotes the file
            raise SecretFileError(f"{name}: {self.password_file} is not UTF-8 text") from None
        if not secret:
            raise SecretFileError(
                f"{name}: the first line of {self.password_file} is empty; write the password"
                f" there, or unset {name}"
            )
        return secret
