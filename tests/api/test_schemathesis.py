"""Schemathesis asks a real server all that its own description allows, and much that it forbids;
every answer must be as described.

All checks: no 5xx, documented statuses, media types, headers and shapes, valid data accepted and
invalid refused, other methods refused with the right Allow, and no data without a key. The
questions are derived from the description alone, the same ones each time.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx

from tests.support.environment import without_settings
from tests.support.live_warehouse import Edition, Warehouse, served_by_process
from tests.support.warehouse import ROOT


def test_every_answer_is_as_described(live: Warehouse, tmp_path: Path) -> None:
    live.publish(Edition())
    key = secrets.token_hex(16)
    log = tmp_path / "log"
    options = [
        "--checks",
        "all",
        "--max-examples",
        "15",
        "--generation-deterministic",
        "--continue-on-failure",
        "--no-color",
    ]
    with served_by_process(live.environment() | {"API_KEYS": key}, log) as server:
        described = f"{server.url}/openapi.json"
        operations = [
            (path, method.upper())
            for path, item in httpx.get(described).json()["paths"].items()
            for method in item
        ]
        asked = subprocess.run(
            [
                sys.executable,
                "-m",
                "schemathesis.cli",
                "--config-file",
                str(ROOT / "tests" / "api" / "schemathesis.toml"),
                "run",
                described,
                *options,
            ],
            cwd=tmp_path,  # it leaves its memory of failures here
            env=without_settings() | {"API_KEYS": key},
            capture_output=True,
            text=True,
            check=False,
        )
    assert asked.returncode == 0, asked.stdout + asked.stderr
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert "unexpected_error" not in {line["event"] for line in lines}
    answered = {
        (line["path"], line["method"], line["status"])
        for line in lines
        if line["event"] == "request"
    }
    for path, method in operations:
        # The log says nothing of health, and no invented profile has an element that is rated.
        if not path.startswith("/health/") and method == "GET":
            assert (path, method, 200) in answered  # the right questions were among them
    assert key not in log.read_text() + asked.stdout + asked.stderr
