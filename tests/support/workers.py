"""Which worker runs what. Tests of one file on one engine go to one worker, so that what a module's
fixtures make is made once.

xdist has this as `--dist loadgroup`, but writes the group into a test's id, which this pytest does
not let it do: each test was a unit of its own.
"""

from __future__ import annotations

import os

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling


class FileOnEngine(LoadScopeScheduling):  # type: ignore[misc]  # xdist is not typed
    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def unit(nodeid: str) -> str:
    file, _, test = nodeid.partition("::")
    return f"{file} {'mysql' if 'mysql' in test else 'duckdb'}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return FileOnEngine(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of a test's time is waiting for MySQL, a browser or a
    child process."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else 3
