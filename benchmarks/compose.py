"""`python -m benchmarks.compose`: sizes of the images, and how long `docker compose up` takes from
nothing and from what is there.

Under a project name, ports and volumes of its own, which are thrown away. ONET_SOURCE names the
release as it does for `docker compose up`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress

from rich.console import Console

from benchmarks.commands import ROOT
from benchmarks.report import Section, machine, megabytes, show, write

PYTHON = "python:3.13-slim"
WAYS = {
    "from nothing": "images built, volumes empty: land, build, test, publish, document",
    "again": "everything runs already: nothing to land, nothing to build",
    "after `down`": "volumes full, containers made anew",
    "after `stop`": "containers there",
    "a new project": "the same data built and published once more, by a changed dbt project",
}


def main() -> int:
    console = Console(width=120)
    about = machine(None)
    os.environ |= {
        "COMPOSE_PROJECT_NAME": "onet-benchmarks",
        "API_PORT": "18001",
        "DOCS_PORT": "18081",
    }
    _compose("build")
    sizes = Section("Images", ("service", "size", f"beyond {PYTHON}"))
    for service in ("loader", "dbt", "api", "docs"):
        size, base = _size(f"onet-benchmarks-{service}"), _size(PYTHON)
        sizes.rows.append((service, megabytes(size), megabytes(size - base)))
        sizes.figures.append({"service": service, "bytes": size, "base_bytes": base})
    show(console, sizes)
    starts = Section(
        "`docker compose up --wait`, until the API answers", ("start", "seconds", "what it does")
    )
    try:
        for way, what in WAYS.items():
            taken = _start(way)
            starts.rows.append((way, f"{taken:.1f}", what))
            starts.figures.append({"start": way, "seconds": taken})
    finally:
        _compose("down", "--volumes")
    starts.notes = [
        f"ONET_SOURCE={os.environ.get('ONET_SOURCE', '')}; load average {os.getloadavg()[0]:.1f} at"
        " the end."
    ]
    show(console, starts)
    console.print(
        f"Every figure: {write(about, [sizes, starts]).relative_to(ROOT)}", highlight=False
    )
    return 0


def _start(way: str) -> float:
    """Seconds of one way to start; each finds what the one before it left."""
    if way == "after `down`":
        _compose("down")
    elif way == "after `stop`":
        _compose("stop")
    elif way == "a new project":
        _compose(
            "run",
            "--rm",
            "--no-deps",
            "--entrypoint",
            "rm",
            "dbt",
            "/var/lib/onet/dbt/last_build.json",
        )
    began = time.monotonic()
    _compose("up", "--detach", "--wait")
    return time.monotonic() - began


def _compose(*arguments: str) -> None:
    done = subprocess.run(
        ["docker", "compose", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"docker compose {' '.join(arguments)}:\n{done.stdout}{done.stderr}")


def _size(image: str) -> int:
    with suppress(subprocess.CalledProcessError):
        described = subprocess.run(
            ["docker", "image", "inspect", image], capture_output=True, check=True
        )
        return int(json.loads(described.stdout)[0]["Size"])
    return 0  # a base that was built from, and is not kept under its name


if __name__ == "__main__":
    sys.exit(main())
