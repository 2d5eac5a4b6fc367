"""The headers that protect whoever looks: on every answer of the API and of its connections, and
the same on the docs service."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import FROM, ROOT, TO, served

PROTECTING = ("content-security-policy", "x-content-type-options", "referrer-policy")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/docs",
            "/openapi.json",
            "/schema/",
            "/page/main.js",
            "/metrics",
            "/health/ready",
            "/problems/not-found",
            "/nowhere",
        ),
        *(
            f"/skill-gap?from={FROM}&to={TO}",
            f"/skill-gap?from={FROM}&to={TO}&format=csv",
            "/skill-gap",
            f"/occupations/{TO}",
        ),
    ],
)
def test_every_answer_is_protected(api_client: httpx.Client, path: str) -> None:
    for accept in ("text/html", "*/*"):
        answer = api_client.get(path, headers={"Accept": accept})
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        again = api_client.get(path, headers={"Accept": accept, "If-None-Match": "*"})
        assert {name: again.headers[name] for name in PROTECTING} == {
            name: answer.headers[name] for name in PROTECTING
        }


def test_the_docs_service_has_the_headers_of_the_api(tmp_path: Path) -> None:
    (tmp_path / "docs" / "below").mkdir(parents=True)
    (tmp_path / "docs" / "index.html").write_text("<!doctype html>docs")
    assert '"python", "serve_docs.py"' in (ROOT / "Dockerfile.dbt").read_text()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "dbt_onet/pipeline/serve_docs.py",
        str(tmp_path / "docs"),
        str(port),
        "127.0.0.1",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"docs on port {port}\n".encode()
        try:
            with served({"WAREHOUSE_DIR": str(tmp_path)}) as url:
                of_api = httpx.get(f"{url}/schema/index.html").headers
            for path, status in (
                ("/", 200),
                ("/index.html", 200),
                ("/below/", 404),
                ("/nowhere", 404),
                ("/../../etc/passwd", 404),
            ):
                answer = httpx.get(f"http://127.0.0.1:{port}{path}")
                assert answer.status_code == status, path
                assert {name: answer.headers[name] for name in PROTECTING} == {
                    name: of_api[name] for name in PROTECTING
                }, path
                assert "Python" not in answer.headers["server"]
            assert httpx.post(f"http://127.0.0.1:{port}/").status_code == 501
        finally:
            process.terminate()


def test_a_member_may_be_in_a_body_once(api_client: httpx.Client) -> None:
    json = {"Content-Type": "application/json"}
    for body in (
        '{"profile": {"9.A.1": 1, "9.A.1": 7}}',
        '{"profile": {"9.A.1": 1}, "profile": {"9.A.1": 1}}',
        '{"profile": {"9.A.1": 1, "9.A.\\u0031": 1}}',
        '{"profile": {"9.A.1": {"a": 1, "a": 2}}}',
    ):
        refused = api_client.post(f"/skill-gap?to={TO}", content=body, headers=json)
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-request"), body
        assert "more than once" in refused.json()["detail"]
    assert (
        api_client.post(
            f"/skill-gap?to={TO}", content='{"profile": {"9.A.1": 1, "9.A.2": 7}}', headers=json
        ).status_code
        == 200
    )
