"""The README and docs/ are a promise: their examples are asked of a real server on the release they
name, their commands, files and variables exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import httpx2 as httpx
import pytest
from playwright.sync_api import expect

from loader.settings import Settings
from tests.support.browser import chromium, visit
from tests.support.warehouse import ROOT, Warehouse

README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
DOCS = "\n".join(path.read_text() for path in PAGES)
API_DOCS = (ROOT / "docs" / "api.md").read_text()


@pytest.fixture(scope="module")
def serving() -> Iterator[Callable[[Warehouse], str]]:
    """The address of `python -m api` on a warehouse, started once."""
    with ExitStack() as stack:
        yield cache(lambda warehouse: stack.enter_context(run_server(warehouse)))


@pytest.fixture
def server(published: Callable[[str], Warehouse], serving: Callable[[Warehouse], str]) -> str:
    """Of the release that everybody starts with."""
    return serving(published(Settings.model_fields["onet_source"].default))


@contextmanager
def run_server(warehouse: Warehouse) -> Iterator[str]:
    """`python -m api`, as `make serve` runs it, on a port of its own."""
    command = [sys.executable, "-m", "api"]
    environment = warehouse.environment("api") | {"API_PORT": "0"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            pytest.fail(
                f"the server stopped with {process.wait()} before it listened: {''.join(said)}"
            )
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.release
def test_the_python_of_the_docs_prints_what_stands_below_it(server: str) -> None:
    text = (ROOT / "docs" / "requests.md").read_text()
    examples = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.S)
    assert examples
    for code, printed in examples:
        assert "http://127.0.0.1:8000" in code
        here = code.replace("http://127.0.0.1:8000", server)
        done = subprocess.run(
            [sys.executable, "-c", here], capture_output=True, text=True, check=True
        )
        assert done.stdout == printed


@pytest.mark.release
def test_the_examples_answer_as_printed(server: str) -> None:
    examples = re.findall(
        r"```console\n\$ (curl -s 'http[^\n]*)\n(\{.*?)```", README + API_DOCS, re.S
    )
    assert len(examples) >= 2
    for command, printed in examples:
        url = next(word for word in shlex.split(command) if word.startswith("http"))
        actual = httpx.get(url.replace("http://127.0.0.1:8000", server)).json()
        expected = json.loads(printed)
        for name in ("build_id", "published_at"):
            assert actual["publication"].pop(name)
            assert expected["publication"].pop(name) == "…"
        assert actual == expected


@pytest.mark.release
def test_the_three_readings_of_the_table(server: str) -> None:
    rows = re.findall(r"^\| `(\w+)`.*\| (\d+) \|$", API_DOCS, re.M)
    assert [name for name, _ in rows] == ["missing", "newly_relevant", "higher"]
    for definition, count in rows:
        answer = httpx.get(
            f"{server}/skill-gap?from=29-1141&to=29-1171&definition={definition}"
        ).json()
        assert len(answer["gaps"]) == answer["counts"][definition] == int(count)


@pytest.mark.release
def test_the_ways_to_go_of_the_table(published: Callable[[str], Warehouse]) -> None:
    """Of 29.2: the copy of 30.3 that the tests have lacks knowledge."""
    rows = re.findall(r"^\| [^|]+ \(([0-9-]{7})\) \| (.*) \|$", API_DOCS, re.M)
    assert len(rows) == 3
    with run_server(published("29.2")) as address:
        for code, nearest in rows:
            moves = httpx.get(f"{address}/occupations/{code}/transitions?limit=3").json()[
                "transitions"
            ]
            told = [
                f"{move['to']['title']} ({move['share_of_needs_met']:.0%},"
                f" {move['significant_gap_count']})"
                for move in moves
            ]
            assert "; ".join(told).replace("%,", " %,") == nearest


@pytest.mark.release
@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`(/[a-z/?=.0-9-]+)`", README + API_DOCS)) - {"/docs", "/schema"}),
)
def test_addresses_that_are_named_are_there(server: str, path: str) -> None:
    assert httpx.get(server + path).status_code == 200


@pytest.mark.browser
@pytest.mark.release
def test_the_page_says_what_is_printed(server: str, tmp_path: Path) -> None:
    [address] = re.findall(r"`http://127.0.0.1:8000/(\?from=[^`]*&to=[^`]*)`", README)
    sentence = " ".join(re.findall(r"^> (.*)$", README, re.M))
    with chromium(tmp_path) as browser, visit(browser, server) as tab:
        page = tab.goto(address)
        expect(page.locator(".lead")).to_have_text(sentence.replace("**", ""))
        assert page.locator("main .levels tbody tr:not(.about)").count() == 35
        expect(page.locator("#sample")).to_be_hidden()


def test_every_make_target_is_told_and_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M)) - {"help"}
    told = set(re.findall(r"(?:^|`|&& |\.zip )make\s([a-z-]+)\b", DOCS, re.M))
    assert told == targets


def test_every_variable_is_told_and_read() -> None:
    named = set(re.findall(r"`((?:ONET|WAREHOUSE|API|DOCS|LOADER|DBT|OPENAI|LLM)_[A-Z_]+)`", DOCS))
    files = [
        *(ROOT / room / "settings.py" for room in ("loader", "api", "dbt_onet/pipeline")),
        ROOT / "docker-compose.yml",
    ]
    source = "".join(path.read_text() for path in files).lower()
    unread = [
        name
        for name in named
        if name.lower() not in source and name.lower().removeprefix("warehouse_") not in source
    ]
    assert not unread


def test_a_new_release_is_taken_in_by_ten_steps_of_what_there_is() -> None:
    steps = (ROOT / "docs" / "new-release.md").read_text()
    assert [int(number) for number in re.findall(r"^(\d+)\. ", steps, re.M)] == list(range(1, 11))
    files = re.findall(r"`((?:loader|dbt_onet|tests)/[\w/.]+\.\w+)`", steps)
    assert len(files) > 4
    assert not [path for path in files if not (ROOT / path).is_file()]
    assert set(re.findall(r"make ([a-z-]+)", steps)) <= set(
        re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M)
    )
    assert "_NAMED_OTHERWISE" in (ROOT / "loader" / "file_registry.py").read_text()
    assert (ROOT / "dbt_onet" / "tests" / "assert_row_counts_are_as_reviewed.sql").is_file()
    for command in re.findall(r"python -m (\w+) (\w+)", steps):
        subprocess.run(
            [sys.executable, "-m", *command, "--help"], cwd=ROOT, capture_output=True, check=True
        )


def test_files_that_are_named_are_there() -> None:
    named = (
        r"`((?:loader|dbt_onet|api|dbt_mysql_adapter|tests|benchmarks|mysql|requirements)/[\w/.]*)`"
    )
    for page in PAGES:
        text = page.read_text()
        for path in re.findall(named, text):
            assert (ROOT / path).exists(), (page.name, path)
        for path in re.findall(r"\]\((?!https?:)([\w/.-]+)\)", text):
            assert (page.parent / path).exists(), (page.name, path)


def test_the_readme_fits_three_screens() -> None:
    assert len(README.splitlines()) <= 120
