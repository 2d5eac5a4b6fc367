"""Logs, request ids, metrics, start and stop of the service as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import (
    FROM,
    ROOT,
    TO,
    Edition,
    Served,
    SQLiteWarehouse,
    served,
    served_by_process,
    until,
)

GAP = f"/skill-gap?from={FROM}&to={TO}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("warehouse")
    live = SQLiteWarehouse(directory, "onet_test_logs")
    live.publish(Edition())
    with served_by_process(live.environment(), directory / "log") as server:
        yield server


def events(log: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in log.read_text().splitlines(keepends=True)
        if line.endswith("\n")
    ]


def line_of(server: Served, request_id: str) -> dict[str, Any]:
    def lines() -> list[dict[str, Any]]:
        return [
            event
            for event in events(server.log)
            if event.get("request_id") == request_id and event["event"] == "request"
        ]

    until(lambda: lines())  # it is written after the answer
    [line] = lines()
    return line


@pytest.mark.parametrize(
    ("method", "path", "template", "status"),
    [
        ("GET", GAP, "/skill-gap", 200),
        ("HEAD", GAP, "/skill-gap", 200),
        ("GET", "/occupations/11-3013.00", "/occupations/{code}", 200),
        ("GET", "/occupations/nonsense", "/occupations/{code}", 422),
        ("GET", "/schema/x", "/schema/{path:path}", 404),
        ("GET", "/secret-address", "(none)", 404),
        ("POST", "/publication", "/publication", 405),
    ],
)
def test_one_line_per_request_without_its_query(
    server: Served, method: str, path: str, template: str, status: int
) -> None:
    answer = httpx.request(method, server.url + path)
    line = line_of(server, answer.headers["x-request-id"])
    assert line.pop("ms") > 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "method": method,
        "path": template,
        "status": status,
        "request_id": answer.headers["x-request-id"],
    }
    assert "secret-address" not in server.log.read_text()


def test_a_safe_request_id_is_kept(server: Served) -> None:
    for path in ("/health/live", "/publication"):
        answer = httpx.get(server.url + path, headers={"X-Request-ID": "trace-1.a_B"})
        assert answer.headers["x-request-id"] == "trace-1.a_B"
    line = line_of(server, "trace-1.a_B")  # one line: those who only ask for its health fill no log
    assert (line["path"], line["status"]) == ("/publication", 200)


@pytest.mark.parametrize(
    "given", ["", "a b", "a" * 65, 'x"}', "<script>", "é".encode().decode("latin-1")]
)
def test_any_other_is_replaced(server: Served, given: str) -> None:
    answer = httpx.get(
        server.url + "/health/live", headers={b"X-Request-ID": given.encode("latin-1")}
    )
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


def test_every_line_is_json_uvicorns_too(server: Served) -> None:
    lines = events(server.log)
    assert {"started", "Application startup complete."} <= {line["event"] for line in lines}
    assert not any("GET /" in line["event"] for line in lines)  # uvicorn's own access log is off


def test_metrics_count_by_template(server: Served) -> None:
    httpx.get(server.url + "/occupations/11-3013.00")
    answer = httpx.get(server.url + "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert (
        'http_request_duration_seconds_count{method="GET",route="/occupations/{code}",status="200"}'
        in answer.text
    )
    assert (
        'http_request_duration_seconds_bucket{le="5.0",method="GET",route="/occupations/{code}",status="200"}'
        in answer.text
    )
    assert "process_resident_memory_bytes" in answer.text
    assert "11-3013" not in answer.text


def test_uvicorn_by_itself_serves_too_and_stops_cleanly(tmp_path: Path) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_uvicorn")
    live.publish(Edition())
    command = ("-m", "uvicorn", "api.app:app", "--port", "0")
    with served_by_process(live.environment(), tmp_path / "log", *command) as server:
        assert httpx.get(server.url + GAP).status_code == 200
        server.process.terminate()
        # uvicorn ends itself with the signal it was sent, after the shutdown
        assert server.process.wait(20) in (0, -15)
    log = (tmp_path / "log").read_text()
    assert '"event":"stopped"' in log
    assert "Traceback" not in log
    assert "from=" not in log


def test_the_unexpected_is_a_500_with_the_id_that_the_log_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_bug")
    live.publish(Edition())

    def fail(*_: object) -> None:
        raise RuntimeError("planted /path select")

    monkeypatch.setattr("api.database.sqlite.SQLiteDatabase.fetch_skill_gap", fail)
    with served(live.environment()) as url:
        answer = httpx.get(url + GAP)
        assert (answer.status_code, answer.headers["content-type"]) == (
            500,
            "application/problem+json",
        )
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert "planted" not in answer.text
        assert httpx.get(url + "/health/live").status_code == 200


def test_a_mistake_in_the_settings_is_named_and_shows_no_password(tmp_path: Path) -> None:
    environment = {
        "WAREHOUSE_ENGINE": "mysql",
        "WAREHOUSE_PASSWORD": "planted-secret",
        "PATH": "/usr/bin",
    }
    run = subprocess.run(
        [sys.executable, "-m", "api"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert run.returncode != 0
    assert "WAREHOUSE_USER" in run.stderr
    assert "planted-secret" not in run.stdout + run.stderr


def test_the_embedded_service_imports_no_mysql_no_duckdb_and_no_dbt() -> None:
    """What an engine does not need is not imported: it keeps the start short and the image
    small."""
    others = (
        "asyncmy",
        "cryptography",
        "duckdb",
        "sqlalchemy",
        "pymysql",
        "dbt",
        "pandas",
        "numpy",
        "loader",
    )
    code = f"import sys, api.app; api.app.app; print(*sorted({{*{others}}} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert run.stdout.strip() == ""


def test_metrics_are_of_all_processes_and_leave_nothing_behind(tmp_path: Path) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_workers")
    live.publish(Edition())
    (shared := tmp_path / "shared").mkdir()
    environment = live.environment() | {"WEB_CONCURRENCY": "2", "TMPDIR": str(shared)}
    with served_by_process(environment, tmp_path / "log") as server:
        until(lambda: len([each for each in events(server.log) if each["event"] == "started"]) == 2)
        for _ in range(20):  # without keep-alive, so that either process gets some
            assert httpx.get(server.url + GAP).status_code == 200
        until(
            lambda: (
                'http_request_duration_seconds_count{method="GET",route="/skill-gap",status="200"}'
                " 20.0" in httpx.get(server.url + "/metrics").text
            )
        )
        assert any(shared.iterdir())
    assert not any(shared.iterdir())


@pytest.mark.parametrize(
    ("variables", "warns"),
    [
        ({"API_PUBLISHED_HOST": "0.0.0.0"}, True),  # noqa: S104
        ({"API_PUBLISHED_HOST": "192.0.2.1"}, True),
        ({"API_PUBLISHED_HOST": "0.0.0.0", "WAREHOUSE_PASSWORD": "of-my-own"}, False),  # noqa: S104
        ({"API_PUBLISHED_HOST": "127.0.0.1"}, False),
        ({}, False),
    ],
)
def test_a_default_password_in_public_is_warned_of(
    tmp_path: Path, variables: dict[str, str], warns: bool
) -> None:
    """Bound to 127.0.0.1 here; where a container's port is published it is told by
    API_PUBLISHED_HOST."""
    environment = (
        SQLiteWarehouse(tmp_path, "onet_test_public").environment()
        | {"WAREHOUSE_PASSWORD": "local-only-api"}
        | variables
    )
    with served_by_process(environment, tmp_path / "log") as server:
        until(lambda: any(each["event"] == "started" for each in events(server.log)))
    assert any(each["event"] == "default_password" for each in events(server.log)) is warns
    assert "local-only" not in server.log.read_text()
