"""The start of the mysql container: a password that is empty or missing is refused by name, before
anything is written or started."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.environment import without_settings
from tests.support.warehouse import ROOT

ALL = {"LOADER_PASSWORD": "one", "DBT_PASSWORD": "two", "API_PASSWORD": "three"}


def start(folder: Path, **variables: str) -> str:
    """What it says before it ends; a server that it came to start says `started`."""
    server = folder / "bin" / "mysqld"
    server.parent.mkdir(exist_ok=True)
    server.write_text("#!/bin/bash\necho started\n")
    server.chmod(0o755)
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run(
        [bash, str(ROOT / "mysql" / "start.sh"), str(server)],
        env={**without_settings(), "PATH": f"{server.parent}:{os.environ['PATH']}", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode, "a container's folders are not there: it must end"
    printed = done.stdout + done.stderr
    assert "started" not in printed
    return printed


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("value", ["", None])
def test_an_empty_or_missing_password_is_refused_by_name(
    tmp_path: Path, name: str, value: str | None
) -> None:
    others = {each: password for each, password in ALL.items() if each != name}
    assert f"mysql: {name} is empty or missing" in start(
        tmp_path, **others, **({} if value is None else {name: value})
    )


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("content", ["", "\n", " \t\r\n", "\nsecond line", None])
def test_an_empty_or_missing_file_is_refused_by_name_whatever_else_is_set(
    tmp_path: Path, name: str, content: str | None
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content)
    printed = start(tmp_path, **ALL, **{f"{name}_FILE": str(file)})
    assert f"mysql: {name}_FILE: the first line of {file} is empty" in printed
    assert not [
        password for password in ALL.values() if password in printed.replace("or missing", "")
    ]


def test_good_passwords_are_let_through(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("no newline")
    printed = start(tmp_path, **ALL, DBT_PASSWORD_FILE=str(tmp_path / "password"))
    assert "mysql:" not in printed
    assert "/run/onet" in printed, "the first thing it writes"
