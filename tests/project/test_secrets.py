"""Planted secrets are searched for after a whole run in which each of them opened something: MySQL,
the two services, the API."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.support import llm_endpoint, onet_service
from tests.support.live_warehouse import FROM, TO, served_by_process
from tests.support.release_files import sample_copy
from tests.support.warehouse import ROOT, Warehouse

UNRATED = "11-9199.00"


@contextmanager
def command_lines() -> Iterator[set[bytes]]:
    """Every command line that any process of the machine has while the block runs."""
    seen: set[bytes] = set()
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.03):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):  # it has ended
                    seen.add((process / "cmdline").read_bytes())

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield seen
    finally:
        done.set()
        looking.join()


def written_since(folder: Path, moment: float) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime >= moment)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("engine", [pytest.param("mysql", marks=pytest.mark.mysql)], indirect=True)
def test_no_planted_secret_is_anywhere_but_in_the_environment(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    api_keys = [f"planted-api-key-{secrets.token_hex(8)}" for _ in range(2)]
    service = onet_service.Service(
        {"skills": [onet_service.rating(UNRATED, "2.A.1.a", scale, 3.5) for scale in ("LV", "IM")]}
    )
    service.key = f"planted-onet-{secrets.token_hex(8)}"
    endpoint = llm_endpoint.Endpoint(key=f"planted-llm-{secrets.token_hex(8)}")
    planted = {
        "the password": warehouse.password,
        "O*NET's key": service.key,
        "the model's key": endpoint.key,
    }
    planted |= {f"API key {number}": key for number, key in enumerate(api_keys)}
    release = sample_copy(tmp_path / "db_99_1_text")
    start = (tmp_path / "db_99_1_text").stat().st_mtime
    told: dict[str, str] = {}
    with command_lines() as seen, onet_service.serve(service), llm_endpoint.serve(endpoint):
        there = {"ONET_API_URL": service.url, "ONET_API_KEY": service.key, "ONET_API_RATE": "100"}
        there |= {
            "OPENAI_BASE_URL": endpoint.url,
            "OPENAI_API_KEY": endpoint.key,
            "LLM_MODEL": "fake-1",
            "LLM_RATE": "1000",
        }
        # with traces, where there are errors
        there |= {"API_KEYS": ",".join(api_keys), "LOADER_DEBUG": "1"}
        told["land"] = warehouse.run(
            "loader", "loader", "land", str(release.folder), code=0, **there
        )
        told["supplement"] = warehouse.run(
            "loader", "loader", "supplement", "--occupation", UNRATED, code=0, **there
        )
        told["score"] = warehouse.run("loader", "loader", "score", "--limit", "3", code=0, **there)
        told["build"] = warehouse.run("dbt", "dbt_onet", "build", "--docs", code=0, **there)
        # By hand, too: with dbt's own log, which a build does not keep, and all that dbt says of
        # its connection.
        folders = (
            "--project-dir",
            "dbt_onet",
            "--profiles-dir",
            "dbt_onet",
            "--log-path",
            str(tmp_path),
        )
        told["dbt debug"] = warehouse.run(
            "dbt", "dbt.cli.main", "--log-level-file", "debug", "debug", *folders, code=0, **there
        )
        log = tmp_path / "api.log"
        with served_by_process(warehouse.environment("api") | there, log) as server:
            for headers in (
                {"X-API-Key": api_keys[0]},
                {"Authorization": f"Bearer {api_keys[1]}"},
                {"X-API-Key": f"{api_keys[0]}x"},
                {},
            ):
                for path in (
                    f"/skill-gap?from={FROM}&to={TO}",
                    f"/skill-gap?key={api_keys[0]}",
                    "/occupations?q=x&q=y",
                    "/publication",
                    "/metrics",
                ):
                    answer = httpx.get(server.url + path, headers=headers)
                    told[f"{path} {len(told)}"] = f"{answer.headers} {answer.text}"
        for name, secret, command in (
            ("ONET_API_KEY", service.key, ("supplement", "--missing", "--again")),
            ("OPENAI_API_KEY", endpoint.key, ("score", "--limit", "9")),
            ("WAREHOUSE_PASSWORD", warehouse.password, ("land", "sample")),
            ("WAREHOUSE_SOCKET", str(tmp_path / "nowhere"), ("land", "sample")),
        ):
            told[f"wrong {name}"] = warehouse.run(
                "loader", "loader", *command, code=1, **there | {name: f"{secret}-and-more"}
            )
    files = [
        log,
        tmp_path / "dbt.log",
        *written_since(warehouse.dir, start),
        *written_since(ROOT / "dbt_onet", start),
    ]
    files += [path for path in written_since(ROOT, start) if path.parent == ROOT]
    assert any(path.name == "manifest.json" for path in files)
    assert any(b"dbt_onet" in line for line in seen)
    for what, secret in planted.items():
        assert not [name for name, text in told.items() if secret in text], what
        assert not [line for line in seen if secret.encode() in line], what
        assert not [path for path in files if secret.encode() in path.read_bytes()], what
        assert not [address for address in service.asked if secret in address], what
        assert secret not in str(endpoint.asked), what
    server_log = warehouse.open_server().socket.parent / "log"
    assert not [
        what
        for what, secret in planted.items()
        if server_log.exists() and secret in server_log.read_text(errors="replace")
    ]
    assert len(endpoint.asked) == 3
    assert service.asked


def test_no_image_can_hold_a_secret() -> None:
    """Nothing goes to a build but the code, and no Dockerfile is told or says one."""
    first, *allowed = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert first == "*"
    assert {line for line in allowed if line.startswith("!")} == {
        "!requirements/*.txt",
        "!loader",
        "!dbt_onet",
        "!dbt_employer",
        "!dbt_mysql_adapter",
        "!api",
        "!csv_safety",
        "!sqlite_functions",
    }
    files = list(ROOT.glob("Dockerfile.*"))
    assert len(files) == 3
    for path in files:
        text = path.read_text()
        assert not re.search("PASSWORD|SECRET|TOKEN|_KEY|^ARG|^ADD", text, re.M), path.name
        copied = [
            line.split()[1] for line in re.findall("^COPY .*", text, re.M) if "--from" not in line
        ]
        packages = {
            "loader",
            "dbt_onet",
            "dbt_employer",
            "dbt_mysql_adapter",
            "api",
            "csv_safety",
            "sqlite_functions",
        }
        assert {line for line in copied if line.split("/")[0] not in packages} == {
            f"requirements/{path.suffix[1:]}.txt"
        }
