"""What the service is told by files and variables, and how it says no: by the variable's name,
without its value, in printable text."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from pydantic import ValidationError

from api.settings import Settings
from tests.support.environment import without_settings
from tests.support.live_warehouse import ROOT, SQLiteWarehouse, served_by_process

KEYS = ["planted-key-0123456789", "planted-key-9876543210"]


@pytest.mark.parametrize(
    "content",
    [
        "s3cret",
        "s3cret\n",
        "s3cret\r\n",
        "  s3cret\t \n",
        "s3cret\nanother\n",
        "s3cret\n\n\n",
        "s3cret \r",
    ],
)
def test_a_password_is_the_first_line_less_the_blanks_around_it(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "password").write_bytes(content.encode())
    settings = Settings(warehouse_password_file=tmp_path / "password")
    assert settings.warehouse_password.get_secret_value() == "s3cret"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b" \t\n", b"\ns3cret\n", b"\r\ns3cret", b"\xffs3cret"]
)
@pytest.mark.parametrize("variable", ["WAREHOUSE_PASSWORD_FILE", "API_KEYS_FILE"])
def test_a_file_without_a_secret_is_refused_by_name(
    tmp_path: Path, variable: str, content: bytes
) -> None:
    """A key may stand in any line, as .env.example says; here none is long enough to be one."""
    (tmp_path / "file").write_bytes(content)
    given: dict[str, Any] = {variable.lower(): tmp_path / "file"}
    with pytest.raises(ValidationError, match=variable) as refused:
        Settings(**given)
    assert "s3cret" not in str(refused.value)
    (tmp_path / "file").unlink()
    with pytest.raises(ValidationError, match=f"{variable}.*No such file"):
        Settings(**given)


@pytest.mark.parametrize("content", ["{}\n{}\n", "{},{}", " {} \r\n\r\n {}", "{} , \n{}\n,\n"])
def test_a_file_of_keys_has_one_in_each_line_or_several(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys").write_bytes(content.format(*KEYS).encode())
    assert Settings(api_keys_file=tmp_path / "keys").keys == KEYS


def test_a_start_that_is_refused_says_why_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    told = {
        "WAREHOUSE_PASSWORD_FILE": str(tmp_path / "empty"),
        "API_KEYS_FILE": "\x1b]0;\u202e\x9b",
        "API_PORT": "planted-port",
        "API_KEYS": "planted key",
    }
    for variable, value in told.items():
        done = subprocess.run(
            [sys.executable, "-m", "api"],
            cwd=ROOT,
            env=without_settings() | {variable: value},
            capture_output=True,
            check=False,
        )
        said = (done.stdout + done.stderr).decode("ascii")
        assert done.returncode == 1
        assert said.startswith(f"api: {variable}: ")
        assert said.count("\n") == 1
        assert "planted" not in said
        assert said.strip().isprintable()


def test_what_is_logged_cannot_move_a_terminal(tmp_path: Path) -> None:
    """Names of folders and files stand in the log: with an escape, a C1 control, a mark of
    direction."""
    folder = tmp_path / "a\x1b]0;\x9b31m\u202e\x7f"
    live = SQLiteWarehouse(folder, "onet_test_names")
    live.pointer.parent.mkdir(parents=True)
    live.point_at("no\x9bfile.duckdb")
    with served_by_process(live.environment(), tmp_path / "log") as server:
        assert httpx.get(f"{server.url}/publication").status_code == 503
    said = (tmp_path / "log").read_bytes()
    assert b"publication_unreadable" in said
    assert not set(said) - set(range(0x20, 0x7F)) - {0x0A}


def _run_api(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = without_settings() | variables
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("arguments", [["api"], ["api", "--check"]])
def test_a_taken_port_is_one_sentence_that_names_the_variable(arguments: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = _run_api(*arguments, API_PORT=port)
    assert done.returncode == 1
    assert (
        done.stderr
        == f"api: API_PORT: {port} on 127.0.0.1 is taken by another program. Stop that, or set"
        " API_PORT to another number\n"
    )
    assert done.stdout == ""


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid", "a" * 300])
def test_an_address_of_another_machine_is_refused_by_name(host: str) -> None:
    done = _run_api("api", "--check", API_HOST=host, API_PORT="0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("api: API_HOST: ")
    assert done.stderr.count("\n") == 1


def test_uvicorn_on_its_own_is_told_of_a_bad_setting_without_a_traceback() -> None:
    done = _run_api("uvicorn", "api.app:app", "--port", "0", API_PORT="abc")
    assert done.returncode == 1
    assert (
        done.stderr
        == "api: API_PORT: Input should be a valid integer, unable to parse string as an integer\n"
    )


def test_help_names_the_settings_and_an_unknown_argument_is_refused() -> None:
    help_text = _run_api("api", "--help").stdout
    assert "WEB_CONCURRENCY" in help_text
    assert _run_api("api", "--port", "9000").returncode == 2


def test_make_run_looks_at_settings_and_port_before_it_lands_anything() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nrun:")[2].splitlines()[1:3]
    assert ["api --check" in line or "loader land" in line for line in recipe] == [True, True]
    assert "api --check" in recipe[0]
