"""What each test costs: CPU seconds of its own process and of the children that it waited for, and
wall time. The dearest are listed.

Set-up counts for the test that needs it first. A server that all tests share is no child: its CPU
is told apart.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

COST = "cost"


def cpu_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def cpu_seconds_of(pid: int) -> float:
    """Of another process, where the machine tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(eq=False)  # hashed, as plugins are
class Slowest:
    """A plugin that measures in each worker and lists in the process that reports."""

    listed: int
    costs: dict[str, tuple[float, float]] = field(default_factory=dict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        item.stash[STARTED] = (cpu_seconds(), time.perf_counter())
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "teardown":
            cpu, wall = item.stash[STARTED]
            report.user_properties.append((COST, (cpu_seconds() - cpu, time.perf_counter() - wall)))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, cost in report.user_properties:
            if name == COST and report.when == "teardown":
                self.costs[report.nodeid] = cost  # type: ignore[assignment]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.listed or not self.costs:
            return
        terminalreporter.section(f"the {self.listed} dearest tests: CPU seconds, wall seconds")
        for name, (cpu, wall) in sorted(self.costs.items(), key=lambda each: -each[1][0])[
            : self.listed
        ]:
            terminalreporter.write_line(f"{cpu:8.1f} {wall:8.1f}  {name}")
        cpu, wall = (sum(cost[place] for cost in self.costs.values()) for place in (0, 1))
        terminalreporter.write_line(f"{cpu:8.1f} {wall:8.1f}  all {len(self.costs)}")


STARTED = pytest.StashKey[tuple[float, float]]()
