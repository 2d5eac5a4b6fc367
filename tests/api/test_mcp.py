"""The tools for agents, asked by the protocol's own SDK: over HTTP and over standard input and
output, of real servers."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent

from api.mcp_tools import TOOLS
from api.responses import ATTRIBUTION, LICENSE
from tests.support.environment import without_settings
from tests.support.live_warehouse import (
    FROM,
    ROOT,
    TO,
    UNRATED,
    Edition,
    Served,
    SQLiteWarehouse,
    served,
    served_by_process,
)

KEY = "a-key-of-this-test-0123456789"
EDITION = Edition()
PAIR: dict[str, Any] = {"from": FROM, "to": TO}
# Tool, its arguments, the address that answers the same.
SAME: list[tuple[str, dict[str, Any], str]] = [
    ("search_occupations", {"q": "chief", "limit": 1}, "/occupations?q=chief&limit=1"),
    (
        "get_occupation",
        {"code": TO, "max_items": 1000, "explain": True},
        f"/occupations/{TO}?explain=true",
    ),
    ("compare_occupations", PAIR, f"/compare?from={FROM}&to={TO}"),
    (
        "compare_occupations",
        {**PAIR, "explain": True},
        f"/compare?from={FROM}&to={TO}&explain=true",
    ),
    (
        "skill_gap",
        {**PAIR, "definition": "higher", "significant": True},
        f"/skill-gap?from={FROM}&to={TO}&definition=higher&significant=true",
    ),
    ("skill_gap", {**PAIR, "explain": True}, f"/skill-gap?from={FROM}&to={TO}&explain=true"),
    (
        "skill_gap",
        {"from": "Chief Executives", "to": "11-3013", "min_importance": 3.5},
        f"/skill-gap?from={FROM}&to={TO}&min_importance=3.5",
    ),
    ("technology_gap", {**PAIR, "max_items": 1000}, f"/technology-gap?from={FROM}&to={TO}"),
    ("career_transitions", {"code": TO, "limit": 2}, f"/occupations/{TO}/transitions?limit=2"),
]
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("skill_gap", {"from": "11-9199", "to": TO}, f"/skill-gap?from=11-9199&to={TO}"),
    ("skill_gap", {"from": "99-9999", "to": TO}, f"/skill-gap?from=99-9999&to={TO}"),
    ("skill_gap", {"to": TO}, f"/skill-gap?to={TO}"),
    (
        "skill_gap",
        {**PAIR, "significant": "perhaps"},
        f"/skill-gap?from={FROM}&to={TO}&significant=perhaps",
    ),
    (
        "skill_gap",
        {**PAIR, "domain": ["skills"]},
        f'/skill-gap?from={FROM}&to={TO}&domain=["skills"]',
    ),
    (
        "compare_occupations",
        {"from": FROM, "to": "a&from=b"},
        f"/compare?from={FROM}&to=a%26from%3Db",
    ),
    ("get_occupation", {"code": "../publication"}, "/occupations/..%2Fpublication"),
    ("get_occupation", {"code": "facilities"}, "/occupations/facilities"),
    ("career_transitions", {"code": UNRATED}, f"/occupations/{UNRATED}/transitions"),
    ("career_transitions", {"code": TO, "limit": 99}, f"/occupations/{TO}/transitions?limit=99"),
    ("search_occupations", {"limit": 0}, "/occupations?limit=0"),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> SQLiteWarehouse:
    made = SQLiteWarehouse(tmp_path_factory.mktemp("warehouse"), "onet_test_mcp")
    made.publish(EDITION)
    return made


@pytest.fixture(scope="module")
def url(warehouse: SQLiteWarehouse) -> Iterator[str]:
    with served(warehouse.environment()) as address:
        yield address


@pytest.fixture(scope="module")
def with_key(
    warehouse: SQLiteWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("log") / "log"
    with served_by_process(warehouse.environment() | {"API_KEYS": KEY}, log) as server:
        yield server


def by_stdio(warehouse: SQLiteWarehouse) -> StdioServerParameters:
    environment = {**without_settings(), **warehouse.environment(), "API_KEYS": KEY}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "api.mcp"], cwd=ROOT, env=environment
    )


@asynccontextmanager
async def sending(url: str, headers: dict[str, str]) -> AsyncIterator[Client]:
    async with (
        httpx.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
    ):
        yield client


def text(result: CallToolResult) -> Any:
    [content] = result.content
    assert isinstance(content, TextContent)
    return json.loads(content.text)


async def ask_all(
    client: Client, questions: list[tuple[str, dict[str, Any], str]]
) -> list[CallToolResult]:
    """The client also holds each result against the schema that the tool promises."""
    return [await client.call_tool(name, arguments) for name, arguments, _ in questions]


@pytest.mark.parametrize(
    "way", ["HTTP", "HTTP, with the handshake of before", "standard input and output"]
)
def test_tools_answer_as_the_api_does(way: str, url: str, warehouse: SQLiteWarehouse) -> None:
    async def ask() -> tuple[set[str], list[CallToolResult]]:
        target = f"{url}/mcp" if way.startswith("HTTP") else by_stdio(warehouse)
        async with Client(target, mode="legacy" if "before" in way else "auto") as client:
            assert "O*NET" in (client.instructions or "")
            tools = (await client.list_tools()).tools
            assert all(
                tool.annotations and tool.annotations.read_only_hint and tool.output_schema
                for tool in tools
            )
            return {tool.name for tool in tools}, await ask_all(client, SAME)

    names, results = asyncio.run(ask())
    assert names == {name for name, _, _ in SAME} == set(TOOLS)
    for (name, _, address), result in zip(SAME, results, strict=True):
        expected = httpx.get(url + address).json()
        body = result.structured_content
        assert not result.is_error
        assert body == text(result)
        assert body["publication"]["release"] == EDITION.release
        assert body["publication"]["build_id"] == EDITION.build_id
        added = {
            "license": LICENSE,
            "attribution": ATTRIBUTION,
            "significance": TOOLS[name].significance,
        }
        omitted: dict[str, Any] = {"omitted": {}} if TOOLS[name].has_max_items else {}
        assert body == expected | added | omitted, address
    for result in (
        results[3].structured_content["elements"],
        results[5].structured_content["gaps"],
    ):
        assert result[0]["published_rows"]["to_level"]["line"]


def test_errors_are_the_api_s_own(url: str) -> None:
    async def ask() -> list[CallToolResult]:
        async with Client(f"{url}/mcp") as client:
            with pytest.raises(
                MCPError, match="There is no tool 'drop_tables'; there are search_occupations"
            ):
                await client.call_tool("drop_tables", {})
            return await ask_all(client, WRONG)

    for (_, _, address), result in zip(WRONG, asyncio.run(ask()), strict=True):
        expected = httpx.get(url + address).json()
        problem = text(result)
        assert result.is_error
        assert problem.pop("request_id") != expected.pop("request_id")
        assert problem == expected, address


@pytest.mark.parametrize(
    ("name", "arguments", "detail"),
    [
        (
            "skill_gap",
            {**PAIR, "format": "csv"},
            "format: is not known; the parameters here are from, to, domain",
        ),
        ("skill_gap", {**PAIR, "max_items": 1}, "max_items: is not known"),
        ("get_occupation", {}, "code: is required."),
        ("get_occupation", {"code": ".."}, "code: is required."),
        (
            "get_occupation",
            {"code": TO, "max_items": 0},
            "max_items: must be a whole number from 1 to 1000.",
        ),
        (
            "get_occupation",
            {"code": TO, "max_items": "9" * 5000},
            "max_items: must be a whole number from 1 to 1000.",
        ),
    ],
)
def test_what_tools_alone_take_is_refused_in_the_same_way(
    url: str, name: str, arguments: dict[str, Any], detail: str
) -> None:
    async def ask() -> CallToolResult:
        async with Client(f"{url}/mcp") as client:
            return await client.call_tool(name, arguments)

    problem = text(asyncio.run(ask()))
    assert (problem["type"], problem["status"]) == ("/problems/invalid-parameter", 422)
    assert problem["detail"].startswith(detail)


def test_long_lists_are_cut_and_counted(url: str) -> None:
    async def ask() -> CallToolResult:
        async with Client(f"{url}/mcp") as client:
            return await client.call_tool("technology_gap", {**PAIR, "max_items": 2})

    body = asyncio.run(ask()).structured_content
    everything = httpx.get(f"{url}/technology-gap?from={FROM}&to={TO}").json()["technologies"]
    assert body["technologies"] == everything[:2]
    assert body["omitted"] == {"technologies": len(everything) - 2}
    assert body["omitted"]["technologies"] > 0


def test_the_same_keys_are_asked_for_and_not_told(with_key: Served) -> None:
    async def ask(headers: dict[str, str]) -> CallToolResult:
        async with sending(with_key.url, headers) as client:
            return await client.call_tool("skill_gap", PAIR)

    for headers in ({"Authorization": f"Bearer {KEY}"}, {"X-API-Key": KEY}):
        result = asyncio.run(ask(headers))
        assert not result.is_error, result.content
        assert result.structured_content["counts"]
    refused_headers: list[dict[str, str]] = [{}, {"X-API-Key": f"not-{KEY}"}]
    for headers in refused_headers:
        with pytest.raises(ExceptionGroup) as refused:
            asyncio.run(ask(headers))
        assert "Server returned an error response" in repr(refused.value)
        answer = httpx.post(f"{with_key.url}/mcp", headers=headers, json={})
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/key-required")
        assert answer.headers["www-authenticate"].startswith("Bearer ")
    log = with_key.log.read_text()
    assert '"path":"/mcp","status":200' in log
    assert '"path":"/mcp","status":401' in log
    assert KEY not in log
    assert FROM not in log


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://localhost:6274", 200),
        ("http://127.0.0.1", 200),
        ("http://[::1]:3000", 200),
        ("https://example.org", 403),
        ("http://localhost.example.org", 403),
        ("http://127.0.0.1.example.org:8000", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_pages_of_strangers_are_refused(url: str, origin: str | None, status: int) -> None:
    headers = ACCEPT | ({} if origin is None else {"Origin": origin})
    answer = httpx.post(f"{url}/mcp", json=INITIALIZE, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["type"] == "/problems/origin-not-allowed"
        assert httpx.get(f"{url}/problems/origin-not-allowed").status_code == 200
    else:
        assert answer.json()["result"]["serverInfo"]["name"] == "onet-skill-gap"


def test_a_page_under_a_name_turned_to_this_address_is_refused(url: str) -> None:
    """DNS rebinding: the browser takes the page and the service for one site, and names that site
    in Origin and Host alike."""
    answer = httpx.post(
        f"{url}/mcp",
        json=INITIALIZE,
        headers=ACCEPT | {"Origin": "http://evil.example:8000", "Host": "evil.example:8000"},
    )
    assert answer.status_code == 403
    through_a_proxy = httpx.post(
        f"{url}/mcp", json=INITIALIZE, headers=ACCEPT | {"Host": "skills.example.org"}
    )
    assert through_a_proxy.status_code == 200


@pytest.mark.parametrize(
    ("origins", "status"),
    [("https://app.example.org", 200), ("https://other.example.org", 403), ("*", 200)],
)
def test_pages_that_may_ask_the_api_may_use_the_tools(
    warehouse: SQLiteWarehouse, origins: str, status: int
) -> None:
    with served(warehouse.environment() | {"API_CORS_ORIGINS": origins}) as url:
        answer = httpx.post(
            f"{url}/mcp", json=INITIALIZE, headers=ACCEPT | {"Origin": "https://app.example.org"}
        )
        assert answer.status_code == status
        asked = {"Origin": "https://app.example.org", "Access-Control-Request-Method": "POST"}
        asked["Access-Control-Request-Headers"] = (
            "content-type, mcp-protocol-version, mcp-method, mcp-name"
        )
        assert httpx.options(f"{url}/mcp", headers=asked).status_code == (
            200 if status == 200 else 400
        )


def test_behind_a_path_the_problems_of_tools_are_there_too(warehouse: SQLiteWarehouse) -> None:
    async def ask(url: str) -> list[CallToolResult]:
        async with Client(f"{url}/mcp") as client:
            return [
                await client.call_tool("get_occupation", {"code": code}) for code in ("99-9999", "")
            ]

    with served(warehouse.environment() | {"API_ROOT_PATH": "/onet"}) as url:
        found = [text(result)["type"] for result in asyncio.run(ask(url))]
        assert found == ["/onet/problems/occupation-not-found", "/onet/problems/invalid-parameter"]


def test_what_is_no_message_of_the_protocol(url: str) -> None:
    for method in ("GET", "DELETE", "PUT"):
        answer = httpx.request(method, f"{url}/mcp")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert answer.json()["type"] == "/problems/method-not-allowed"
    assert (
        httpx.post(
            f"{url}/mcp", content=b"{", headers=ACCEPT | {"Content-Type": "application/json"}
        ).status_code
        == 400
    )
    assert (
        httpx.post(
            f"{url}/mcp",
            content=b" " * 70_000,
            headers=ACCEPT | {"Content-Type": "application/json"},
        ).status_code
        == 413
    )
    assert httpx.post(f"{url}/mcp?x=1", json=INITIALIZE, headers=ACCEPT).status_code == 422
    assert httpx.get(f"{url}/health/live").status_code == 200


def test_the_sdk_is_not_imported_before_it_is_asked_for(url: str) -> None:
    """It takes longer than all the rest of the start."""
    code = (
        "import sys; from api.app import create_app; create_app(); print(sorted({'mcp',"
        " 'mcp_types', 'httpx2'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=without_settings(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


DOCS = (ROOT / "docs" / "agents.md").read_text()


def test_the_documented_tools_are_those_that_there_are() -> None:
    told = re.findall(r"^\| `(\w+)` \| .* \| `GET (\S+)` \|$", DOCS, re.M)
    assert dict(told) == {tool.name: tool.path for tool in TOOLS.values()}


def test_the_documented_configurations_connect(
    with_key: Served, warehouse: SQLiteWarehouse
) -> None:
    over_http, over_stdio = (
        json.loads(each) for each in re.findall(r"```json\n(.*?)```", DOCS, re.S)
    )
    [remote] = over_http["servers"].values()
    [local] = over_stdio["mcpServers"].values()
    assert remote["url"] == "http://127.0.0.1:8000/mcp"
    headers = {name: value.replace("KEY", KEY) for name, value in remote["headers"].items()}
    written = (
        json.dumps(local)
        .replace("/path/to/checkout/.venv/bin/python", sys.executable)
        .replace("/path/to/checkout", str(ROOT))
    )
    local = json.loads(written)
    environment = {**without_settings(), **local["env"], **warehouse.environment()}
    started = StdioServerParameters(
        command=local["command"], args=local["args"], cwd="/", env=environment
    )

    async def ask() -> None:
        async with sending(with_key.url, headers) as client:
            assert len((await client.list_tools()).tools) == len(TOOLS)
        async with Client(started) as client:
            assert len((await client.list_tools()).tools) == len(TOOLS)

    asyncio.run(ask())


def test_the_documented_program_runs(url: str, tmp_path: Path) -> None:
    [program] = re.findall(r"```python\n(.*?)```", DOCS, re.S)
    (tmp_path / "ask.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "ask.py", f"{url}/mcp"],
        cwd=tmp_path,
        env=without_settings(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == "Largest 2.25 ± 0.206"
