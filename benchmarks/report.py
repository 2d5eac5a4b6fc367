"""What was measured, as tables for a person and as JSON for a script. Every table says what its
figures include."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import psutil
from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out"


@dataclass
class Section:
    """One table: its rows as shown, and every repeat's figures behind them."""

    title: str
    headings: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)


def machine(mysql_version: str | None) -> dict[str, Any]:
    """What the figures depend on; the load average says whether something else was running."""
    names = [
        line.split(":")[1].strip()
        for line in _lines("/proc/cpuinfo")
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1024**3, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "mysql": mysql_version,
        "load_average_at_start": round(os.getloadavg()[0], 2),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def show(console: Console, section: Section) -> None:
    table = Table(title=section.title, title_justify="left", title_style="bold")
    for number, heading in enumerate(section.headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=number == 0)
    for row in section.rows:
        table.add_row(*row)
    console.print(table)
    for note in section.notes:
        console.print(f"  {note}", style="dim", highlight=False, markup=False)
    console.print()


def write(about: dict[str, Any], sections: Sequence[Section]) -> Path:
    """One file per run; the newest is also named in the last line of the output."""
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(
        json.dumps(
            {"about": about, "sections": [asdict(section) for section in sections]}, indent=1
        )
    )
    return path


def seconds(values: Sequence[float]) -> str:
    """The median, and the range that it stands for."""
    return (
        f"{median(values):.2f} ({min(values):.2f}-{max(values):.2f})"
        if len(values) > 1
        else f"{values[0]:.2f}"
    )


def times(values: Sequence[float], ceiling: Sequence[float]) -> str:
    return f"{median(values) / median(ceiling):.1f}x"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.0f} MB"
