"""What the service is told from outside: environment variables, read once when the application is
created."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.logging_config import escape_unprintable

_KEY = re.compile(r"[!-+\--~]{16,256}")
_ROOT_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")
_ORIGIN = re.compile(
    r"\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?"
)
_KEY_FORM = "keys of 16 to 256 ASCII letters, digits and signs"
DEFAULT_PASSWORD = "local-only-"  # noqa: S105 - how the defaults of docker-compose.yml begin


_MAX_FILE_CHARACTERS = 1_000_000


def _validate_host(value: str) -> str:
    """What cannot be a name of a host would be an error of the encoding where it is looked up."""
    try:
        value.encode("idna")
    except UnicodeError:
        raise ValueError("not a host's name or address") from None
    return value


Host = Annotated[str, AfterValidator(_validate_host)]


def _validate_folder(value: Path) -> Path:
    """A path that is not UTF-8 can be given to no database."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise ValueError("the folder's path is not UTF-8; choose another") from None
    return value


Folder = Annotated[Path, AfterValidator(_validate_folder)]


def _read_secret_file(variable: str, path: Path) -> str:
    """A file of secrets; neither an error nor its cause quotes what is in it."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_MAX_FILE_CHARACTERS)
    except OSError as error:
        raise ValueError(f"{variable}: {str(path)!r} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError(f"{variable}: {str(path)!r} is not UTF-8 text") from None
    return text


def _require_certificates(path: Path) -> None:
    import ssl  # takes as long as all the rest here, and is for few

    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # of which an SSLError is one
        reason = "no certificates in it" if isinstance(error, ssl.SSLError) else error.strerror
        raise ValueError(f"WAREHOUSE_SSL_CA: {str(path)!r} cannot be used ({reason})") from None


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in capitals; names are shared with
    the loader and the dbt project."""

    # hide_input_in_errors: a mistake in one variable must not print the password in another.
    model_config = SettingsConfigDict(hide_input_in_errors=True, env_ignore_empty=True)

    warehouse_engine: Literal["duckdb", "mysql"] = "duckdb"
    warehouse_dir: Folder = Path("warehouse")
    warehouse_name: str = Field(
        default="onet", pattern=r"^[a-z][a-z0-9_]{0,40}$"
    )  # goes into SQL texts: the pattern is what makes that safe
    warehouse_host: Host = "127.0.0.1"
    warehouse_port: int = Field(default=3306, ge=1, le=65535)
    warehouse_user: str = ""
    warehouse_password: SecretStr = SecretStr("")
    warehouse_password_file: Path | None = None
    warehouse_socket: Path | None = None
    warehouse_ssl_ca: Path | None = None
    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=0, le=65535)
    # in a container: the address of the host on which api_port is published
    api_published_host: str = ""
    web_concurrency: int = Field(default=1, ge=1, le=64)
    api_pool_size: int = Field(default=10, ge=1, le=200)
    api_cache_bytes: int = Field(default=32_000_000, ge=0)
    api_root_path: str = Field(default="", max_length=200)
    api_cors_origins: str = ""
    api_keys: SecretStr = SecretStr("")
    api_keys_file: Path | None = None
    schema_docs_dir: Path | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.warehouse_engine == "mysql" and not self.warehouse_user:
            raise ValueError(
                "WAREHOUSE_USER: name the MySQL user that may select from the published views"
            )
        if self.warehouse_ssl_ca is not None:
            _require_certificates(self.warehouse_ssl_ca)
        if self.warehouse_password_file is not None:
            first = (
                _read_secret_file("WAREHOUSE_PASSWORD_FILE", self.warehouse_password_file)
                .partition("\n")[0]
                .strip()
            )
            if not first:
                raise ValueError(
                    "WAREHOUSE_PASSWORD_FILE: the first line of the file is empty; write the"
                    " password there, or unset it"
                )
            self.warehouse_password = SecretStr(first)
        if self.api_keys_file is not None:
            self.api_keys = SecretStr(
                _read_secret_file("API_KEYS_FILE", self.api_keys_file).replace("\n", ",")
            )
        if (self.api_keys_file or self.api_keys.get_secret_value()) and not all(
            map(_KEY.fullmatch, self.keys or [""])
        ):
            # Named and empty is a mistake, too: the service would be open to everyone.
            name = "API_KEYS_FILE" if self.api_keys_file else "API_KEYS"
            raise ValueError(
                f"{name}: {_KEY_FORM}, separated by commas or lines. `openssl rand -hex 32` makes a"
                " good one"
            )
        if not _ROOT_PATH.fullmatch(self.api_root_path):
            raise ValueError(
                "API_ROOT_PATH: the path that a proxy serves this under, such as /onet, of letters,"
                " digits and . _ ~ -"
            )
        self.api_root_path = self.api_root_path.rstrip("/")
        if not all(map(_ORIGIN.fullmatch, self.cors_origins)):
            raise ValueError(
                "API_CORS_ORIGINS: origins such as https://app.example.org, in lower case, without "
                "a path, separated by commas; or * for all"
            )
        return self

    @property
    def cors_origins(self) -> list[str]:
        """Whose pages may ask; empty where no other than the service's own may."""
        return [origin for each in self.api_cors_origins.split(",") if (origin := each.strip())]

    @property
    def keys(self) -> list[str]:
        """What may be asked with; empty where everyone may ask."""
        return [
            key for each in self.api_keys.get_secret_value().split(",") if (key := each.strip())
        ]

    @property
    def has_default_password_in_public(self) -> bool:
        """Whether others than this machine reach a service that connects with a password that
        everyone can read in docker-compose.yml."""
        host = self.api_published_host or self.api_host
        try:
            is_local = ip_address(host).is_loopback
        except ValueError:
            is_local = host == "localhost"
        return not is_local and self.warehouse_password.get_secret_value().startswith(
            DEFAULT_PASSWORD
        )

    @property
    def docs_directory(self) -> Path:
        """Where the dbt docs are looked for."""
        return self.schema_docs_dir or self.warehouse_dir / "docs"


def load_settings() -> Settings:
    """The settings; SystemExit names each variable that cannot be accepted, without what it says:
    it may be a password."""
    try:
        return Settings()
    except ValidationError as error:
        said = []
        for each in error.errors(include_input=False, include_url=False):
            name = f"{each['loc'][0]}: ".upper() if each["loc"] else ""
            said.append(f"api: {name}{each['msg'].removeprefix('Value error, ')}")
        raise SystemExit("\n".join(escape_unprintable(each) for each in said)) from None
