"""The hooks of a commit are the project's own locked tools and ask what `make lint` asks; the
formatters find nothing to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.warehouse import ROOT

[REPO] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
HOOKS: list[dict[str, Any]] = REPO["hooks"]
TOOLS = Path(sys.executable).parent
MAKEFILE = (ROOT / "Makefile").read_text()


def _recipe(target: str) -> str:
    """What a target runs, as one line."""
    after = MAKEFILE.split(f"\n{target}: ", 1)[1].split("\n\n", 1)[0]
    return " ".join(after.replace("\\\n", " ").replace("$(BIN)", ".venv/bin").split())


def test_no_hook_is_fetched() -> None:
    assert REPO["repo"] == "local"
    assert {hook["language"] for hook in HOOKS} == {"system"}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_there_and_asks_what_lint_asks(hook: dict[str, Any]) -> None:
    command = hook["entry"].removesuffix(" --force-exclude")
    assert (TOOLS / command.split()[0].removeprefix(".venv/bin/")).is_file()
    assert " ".join([command, *hook.get("args", [])]) in _recipe("lint")


def test_lint_asks_nothing_that_no_hook_asks() -> None:
    assert _recipe("lint").count(".venv/bin/") == len(HOOKS)


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--select", "I", "."],
        ["ruff", "format", "--check", "."],
        ["biome", "check", "--linter-enabled=false"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_what_make_format_runs_changes_nothing(command: list[str]) -> None:
    tool, *options = command
    done = subprocess.run(
        [str(TOOLS / tool), *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
