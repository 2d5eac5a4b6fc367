"""The README is a promise: its examples are asked of a real server on the release they name, its commands and variables exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from warehouse import ROOT, Warehouse

README = (ROOT / "README.md").read_text()


@pytest.fixture
def server(published: Callable[[str], Warehouse]) -> Iterator[str]:
    """`python -m api` on 29.2, as `make serve` runs it, on a port of its own."""
    warehouse = published("29.2")
    command = [sys.executable, "-m", "api"]
    environment = warehouse.environment("api") | {"API_PORT": "0"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            pytest.fail("the server stopped before it listened")
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.wait(10)


def test_the_examples_answer_as_printed(server: str) -> None:
    examples = re.findall(r"```console\n\$ (curl [^\n]*)\n(.*?)```", README, re.S)
    assert examples
    for command, printed in examples:
        url = next(word for word in shlex.split(command) if word.startswith("http"))
        actual = httpx.get(url.replace("http://127.0.0.1:8000", server)).json()
        expected = json.loads(printed)
        for name in ("build_id", "published_at"):
            assert actual["publication"].pop(name)
            assert expected["publication"].pop(name) == "…"
        assert actual == expected


def test_the_three_readings_of_the_table(server: str) -> None:
    rows = re.findall(r"^\| `(\w+)`.*\| (\d+) \|$", README, re.M)
    assert [name for name, _ in rows] == ["missing", "newly_relevant", "higher"]
    for definition, count in rows:
        answer = httpx.get(f"{server}/skill-gap?from=29-1141&to=29-1171&definition={definition}").json()
        assert len(answer["gaps"]) == answer["counts"][definition] == int(count)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(/[a-z/?=.0-9-]+)`", README)) - {"/docs", "/schema"}))
def test_addresses_that_are_named_are_there(server: str, path: str) -> None:
    assert httpx.get(server + path).status_code == 200


def test_every_make_target_is_told_and_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M)) - {"help"}
    assert set(re.findall(r"(?:^|`|&& |\.zip )make ([a-z-]+)\b", README, re.M)) == targets


def test_every_variable_is_told_and_read() -> None:
    named = set(re.findall(r"`((?:ONET|WAREHOUSE|API|OPENAI|LLM)_[A-Z_]+)`", README))
    source = "".join(path.read_text() for room in ("loader", "api", "dbt_onet") for path in Path(ROOT / room).glob("settings.py")).lower()
    unread = [name for name in named if name.lower() not in source and name.lower().removeprefix("warehouse_") not in source]
    assert not unread


def test_files_that_are_named_are_there() -> None:
    for path in re.findall(r"`((?:loader|dbt_onet|api|dbt_mysql_adapter|tests|bench)/[\w/.]*)`", README) + re.findall(
        r"\]\(([\w/.]+)\)", README
    ):
        assert (ROOT / path).exists(), path
