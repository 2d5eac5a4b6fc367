"""The containers of one `docker compose up`, started by .ci/compose from a copy of the project, and
a person's ways to handle them."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx2 as httpx


@dataclass(frozen=True)
class Stack:
    """Runs `docker compose` in `directory`, with the project's name and its ports from this
    process's environment."""

    directory: Path

    def compose(
        self,
        *arguments: str,
        code: int | None = 0,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """What `docker compose …` prints, both streams; its exit code must be `code` (None:
        anything but 0)."""
        done = subprocess.run(
            ["docker", "compose", *arguments],
            cwd=self.directory,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code or (code is None and done.returncode), (
            f"exit code {done.returncode}:\n{done.stdout}"
        )
        return done.stdout

    def up(self, *options: str, **variables: str) -> str:
        return self.compose("up", "--detach", "--wait", *options, variables=variables)

    def failing_up(self, **variables: str) -> str:
        return self.compose("up", "--detach", "--wait", code=None, variables=variables)

    def inspect(self, service: str) -> list[dict[str, Any]]:
        """The containers of a service, stopped ones too, as the engine describes them."""
        identifiers = self.compose("ps", "--all", "--quiet", service).split()
        described = subprocess.run(
            ["docker", "inspect", *identifiers], stdout=subprocess.PIPE, check=True
        )
        return json.loads(described.stdout)  # type: ignore[no-any-return]

    def started_at(self, service: str) -> list[str]:
        return [each["State"]["StartedAt"] for each in self.inspect(service)]

    def logs(self, service: str) -> str:
        return self.compose("logs", "--no-color", "--no-log-prefix", service)

    def address(self, service: str = "api", port: int = 8000, index: int = 1) -> str:
        return "http://" + self.compose("port", "--index", str(index), service, str(port)).strip()

    def sql(self, role: str, statement: str, *, password: str = "", code: int | None = 0) -> str:
        """What MySQL answers the user of that role, by TCP."""
        client = [
            "mysql",
            "-h",
            "127.0.0.1",
            "-u",
            f"onet_{role}",
            "--batch",
            "--skip-column-names",
            "-e",
            statement,
        ]
        return self.compose(
            "exec",
            "-T",
            "--env",
            f"MYSQL_PWD={password or 'local-only-' + role}",
            "mysql",
            *client,
            code=code,
        )

    def publication(self) -> dict[str, Any]:
        answer = httpx.get(self.address() + "/publication")
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    @contextmanager
    def readers(self, path: str, number: int = 3) -> Iterator[list[dict[str, Any]]]:
        """Asks again and again meanwhile; yields the answers' publications. Any answer but 200
        fails."""
        done, publications, failures = threading.Event(), [], []

        def read(url: str) -> None:
            with httpx.Client(base_url=url) as client:
                while not done.wait(0.25):
                    try:
                        answer = client.get(path)
                        publications.append(answer.raise_for_status().json()["publication"])
                    except httpx.HTTPError as error:
                        failures.append(error)

        threads = [threading.Thread(target=read, args=(self.address(),)) for _ in range(number)]
        for thread in threads:
            thread.start()
        try:
            yield publications
        finally:
            done.set()
            for thread in threads:
                thread.join()
        assert not failures, failures
        assert publications
