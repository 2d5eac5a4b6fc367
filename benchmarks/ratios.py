"""Each ratio beside its aim and beside what was recorded of it: `ratios.json` holds both, and a run
that falls behind says so.

A ratio is of two figures of one run, so that it can be compared with another run's, on another
machine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.report import Section

KEPT = Path(__file__).parent / "ratios.json"
TITLE = "Each ratio beside its aim and its record"
TOLERANCE = 0.2
"""So much worse than recorded is not yet behind: single runs on a machine that others use differ by
less."""
BEHIND = 3
"""The exit code of a run that is behind."""

Measured = dict[str, dict[str, float]]
"""By the ratio's name in the file, then by engine."""


@dataclass(frozen=True)
class Ratio:
    """One ratio on one engine."""

    name: str
    engine: str
    what: str
    unit: str
    lower_is_better: bool
    aim: float
    recorded: float | None
    now: float

    @property
    def is_met(self) -> bool:
        return self.now <= self.aim if self.lower_is_better else self.now >= self.aim

    @property
    def is_behind(self) -> bool:
        if self.recorded is None:
            return False
        if self.lower_is_better:
            return self.now > self.recorded * (1 + TOLERANCE)
        return self.now < self.recorded * (1 - TOLERANCE)

    def words(self) -> tuple[str, ...]:
        aim = f"{'at most' if self.lower_is_better else 'at least'} {self.aim:g}"
        recorded = "not recorded yet" if self.recorded is None else f"{self.recorded:.3g}"
        return (
            f"{self.what} ({self.unit})",
            self.engine,
            f"{self.now:.3g}",
            aim,
            "met" if self.is_met else "missed",
            recorded,
        )


def compare(measured: Measured, kept: Path = KEPT) -> list[Ratio]:
    """In the file's order; what was not measured is left out."""
    return [
        Ratio(
            name,
            engine,
            told["what"],
            told["unit"],
            told["better"] == "lower",
            aim,
            told["recorded"].get(engine),
            measured[name][engine],
        )
        for name, told in json.loads(kept.read_text()).items()
        for engine, aim in told["aim"].items()
        if engine in measured.get(name, {})
    ]


def section(ratios: Sequence[Ratio]) -> Section:
    shown = Section(TITLE, ("", "engine", "now", "aim", "", "recorded", "beside it"))
    for ratio in ratios:
        beside = "" if ratio.recorded is None else "BEHIND" if ratio.is_behind else "not behind"
        shown.rows.append((*ratio.words(), beside))
        shown.figures.append(asdict(ratio))
    shown.notes = [
        f"Behind: more than {TOLERANCE:.0%} worse than `{KEPT.name}` has it. `python -m benchmarks"
        " --record` records a run's own."
    ]
    return shown


def judge(console: Console, ratios: Sequence[Ratio]) -> int:
    """Says loudly which ratios are behind, and gives the exit code for it."""
    behind = [ratio for ratio in ratios if ratio.is_behind]
    for ratio in behind:
        console.print(
            f" BEHIND ITS RECORD: {ratio.what} on {ratio.engine}: {ratio.now:.3g} {ratio.unit},"
            f" recorded {ratio.recorded:.3g} ",
            style="bold white on red",
            highlight=False,
            soft_wrap=True,
        )
    return BEHIND if behind else 0


def record(measured: Measured, kept: Path = KEPT) -> None:
    """Writes what was measured as what later runs are compared with; the rest stays."""
    told = json.loads(kept.read_text())
    for name, values in measured.items():
        told[name]["recorded"] |= {
            engine: float(f"{value:.3g}") for engine, value in values.items()
        }
    kept.write_text(json.dumps(told, indent=2) + "\n")
