"""The set-up that every make target begins with, on machines that lack something; and files as a
checkout leaves them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import without_settings
from tests.support.warehouse import ROOT

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What set-up needs of the project."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements", "dbt_mysql_adapter"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def _without_ensurepip(tmp_path: Path) -> Path:
    """Python as Debian installs it without python3-venv."""
    hidden = tmp_path / "hidden"
    (hidden / "ensurepip").mkdir(parents=True)
    (hidden / "ensurepip" / "__init__.py").write_text(
        "raise ImportError('No module named ensurepip')\n"
    )
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{hidden}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return python


def _make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Sets up without installing anything."""
    command = ["make", "--no-print-directory", ".venv/run", "PIP=true", *arguments]
    return subprocess.run(
        command, cwd=project, env=without_settings(), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("left", ["nothing", "half an environment"])
def test_without_the_venv_module_one_command_is_named_and_nothing_is_left(
    project: Path, tmp_path: Path, left: str
) -> None:
    if left != "nothing":
        subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", project / ".venv"], check=True
        )
    lacking = _make(project, f"PYTHON={_without_ensurepip(tmp_path)}")
    assert lacking.returncode != 0
    assert f"sudo apt install python{VERSION}-venv" in lacking.stderr
    assert not (project / ".venv/run").exists()

    mended = _make(project, f"PYTHON={sys.executable}")
    assert mended.returncode == 0, mended.stderr
    pip = subprocess.run(
        [project / ".venv/bin/python", "-m", "pip", "--version"], capture_output=True, check=False
    )
    assert pip.returncode == 0


def test_an_environment_whose_python_is_gone_is_made_again(project: Path) -> None:
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").symlink_to("/nowhere/python3")
    made = _make(project, f"PYTHON={sys.executable}")
    assert made.returncode == 0, made.stderr
    assert os.access(project / ".venv/bin/python", os.X_OK)


def test_a_checkout_with_autocrlf_has_no_carriage_returns(tmp_path: Path) -> None:
    """But for the sample, whose layout is O*NET's."""
    index = tmp_path / "index"
    run = {"cwd": ROOT, "env": without_settings() | {"GIT_INDEX_FILE": str(index)}, "check": True}
    subprocess.run(["git", "read-tree", "HEAD"], **run)  # type: ignore[call-overload]
    subprocess.run(
        ["git", "-c", "core.autocrlf=true", "checkout-index", "--all", f"--prefix={tmp_path}/out/"],
        **run,
    )  # type: ignore[call-overload]
    texts = [
        path
        for path in (tmp_path / "out").rglob("*")
        if path.is_file() and "loader/sample" not in str(path)
    ]
    assert len(texts) > 100
    assert [
        str(path)
        for path in texts
        if path.suffix not in {".png", ".webp"} and b"\r" in path.read_bytes()
    ] == []
