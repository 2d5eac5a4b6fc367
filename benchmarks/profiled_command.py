"""Runs one of the project's commands in this process and writes what can only be seen from inside:
its phases and its peak memory.

`python -m benchmarks.profiled_command OUT ROOM TIMED ARGUMENT…` is `python -m ROOM
ARGUMENT…`; TIMED are `module:function`s or `module:class.method`s, comma separated, whose calls are
timed. This module imports next to nothing, so that the whole process costs what the command costs.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def peak_bytes(pid: int | str = "self") -> int:
    """The most memory that a process has had resident since it was started.

    Linux keeps it as VmHWM. `ru_maxrss`, the portable figure, starts at the parent's size there; it
    is the fallback elsewhere.
    """
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    if pid == "self":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
    import psutil

    return int(psutil.Process(int(pid)).memory_info().rss)


def _time_calls(where: str, calls: dict[str, float]) -> None:
    """Replaces a function by itself with a clock around it."""
    module_name, name = where.split(":")
    *owners, name = name.split(".")
    owner: Any = importlib.import_module(module_name)
    for each in owners:
        owner = getattr(owner, each)
    original: Callable[..., Any] = getattr(owner, name)
    calls[where] = 0.0

    def timed(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            calls[where] += time.perf_counter() - started

    setattr(owner, name, timed)


def main() -> None:
    out, room, timed, *arguments = sys.argv[1:]
    started = time.perf_counter()
    program = importlib.import_module(f"{room}.__main__")
    calls: dict[str, float] = {}
    for where in filter(None, timed.split(",")):
        _time_calls(where, calls)
    sys.argv = [room, *arguments]
    imported = time.perf_counter()
    code: object = 0
    try:
        program.main()
    except SystemExit as stop:
        code = stop.code or 0
    figures = {
        "imports": imported - started,
        "inside": time.perf_counter() - imported,
        "calls": calls,
        "peak_bytes": peak_bytes(),
    }
    Path(out).write_text(json.dumps(figures))
    sys.exit(1 if code else 0)


if __name__ == "__main__":
    main()
