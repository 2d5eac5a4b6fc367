"""Settings of the loader, from the environment."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from loader.errors import LoaderError

MAX_SECRET_CHARACTERS = 4096


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


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

    warehouse_engine: Literal["duckdb", "mysql"] = "duckdb"
    warehouse_dir: Folder = Path("warehouse")
    warehouse_name: str = Field(default="onet", pattern=r"^[a-z][a-z0-9_]{0,40}$")
    warehouse_host: Host = "127.0.0.1"
    warehouse_port: int = Field(default=3306, ge=1, le=65535)
    warehouse_user: str = ""
    warehouse_password: SecretStr = SecretStr("")
    warehouse_password_file: Path | None = None
    warehouse_socket: Path | None = None
    """Wins over host and port."""
    warehouse_ssl_ca: Path | None = None
    """Authorities of which one must vouch for the server."""
    warehouse_lock_timeout: int = Field(default=600, ge=0)
    """Seconds to wait for another pipeline run on the same warehouse."""

    onet_source: str = "30.3"
    onet_site: str = "https://www.onetcenter.org"
    bls_site: str = "https://www.bls.gov"

    loader_max_reject_share: float = Field(default=0.001, ge=0, le=1)
    """Share of a file's rows that may be rejected before the load fails."""
    loader_max_download_bytes: int = 512 * 1024**2
    loader_max_release_bytes: int = 8 * 1024**3
    """A release that says it is larger, uncompressed, is not opened."""
    loader_fetch_attempts: int = Field(default=4, ge=1)
    loader_fetch_timeout: float = Field(default=1800, gt=0)
    """Seconds for a fetch with all its attempts; also how long a loader waits for another one's
    fetch."""
    loader_without: str = ""
    """Subjects to be left out, separated by commas."""
    loader_paths_hint: str = ""
    """Said where a path is not there: what a container sees of the machine it runs on."""
    loader_debug: bool = False

    onet_api_url: str = "https://api-v2.onetcenter.org/"
    onet_api_key: SecretStr = SecretStr("")
    onet_api_key_file: Path | None = None
    onet_api_rate: float = Field(default=4, gt=0, le=100)
    """Requests a second. O*NET publishes no maximum and asks for restraint; 5 was the limit of the
    service before this one."""
    onet_api_attempts: int = Field(default=8, ge=1)
    onet_api_timeout: float = Field(default=60, gt=0)
    """Seconds for one whole answer."""

    openai_base_url: str = "https://api.openai.com/v1"
    openai_api_key: SecretStr = SecretStr("")
    openai_api_key_file: Path | None = None
    llm_model: str = Field(default="", max_length=120)
    llm_concurrency: int = Field(default=4, ge=1, le=64)
    llm_rate: float = Field(default=5, gt=0, le=1000)
    """Requests a second, over all that run at once."""
    llm_attempts: int = Field(default=3, ge=1)
    """Answers to one prompt that may be malformed, refused or out of range before it is put
    aside."""
    llm_timeout: float = Field(default=120, gt=0)
    """Seconds for one whole answer."""

    @property
    def without(self) -> tuple[str, ...]:
        """The subjects that a load is to leave out."""
        return tuple(part.strip() for part in self.loader_without.split(",") if part.strip())

    @cached_property
    def openai_key(self) -> str:
        """The file's first line wins over the variable; empty where there is neither, as with most
        local servers."""
        return _key("OPENAI_API_KEY", self.openai_api_key_file, self.openai_api_key)

    @cached_property
    def password(self) -> str:
        """The file's first line wins over the variable."""
        return _secret("WAREHOUSE_PASSWORD", self.warehouse_password_file, self.warehouse_password)

    @cached_property
    def onet_key(self) -> str:
        """The file's first line wins over the variable; empty where there is neither."""
        return _key("ONET_API_KEY", self.onet_api_key_file, self.onet_api_key)


def _secret(variable: str, file: Path | None, value: SecretStr) -> str:
    """The variable's value; where a file is named, its first line less the blanks around it, which
    may not be empty."""
    if file is None:
        return value.get_secret_value()
    name = f"{variable}_FILE"
    try:
        with file.open(encoding="utf-8-sig") as lines:
            secret = lines.readline(MAX_SECRET_CHARACTERS).strip()
    except OSError as error:
        raise LoaderError(f"{name}: {file} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:  # without its cause, which quotes the file
        raise LoaderError(f"{name}: {file} is not UTF-8 text") from None
    if not secret:
        raise LoaderError(
            f"{name}: the first line of {file} is empty; write the secret there, or unset {name}"
        )
    return secret


def _key(variable: str, file: Path | None, value: SecretStr) -> str:
    """A secret that fits in an HTTP header: libraries quote one that does not in their errors."""
    key = _secret(variable, file, value).strip()
    if not re.fullmatch("[!-~]*", key):
        raise LoaderError(f"{variable}{'_FILE' if file else ''}: holds characters that no key has")
    return key


def load_settings() -> Settings:
    """Settings(), with an empty variable meaning an unset one and one line per bad variable."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
            for item in error.errors(include_input=False)
        ]
        raise LoaderError("; ".join(lines)) from None
