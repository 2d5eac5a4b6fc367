"""The marks that follow from what a test uses are given here, so that none is forgotten;
pyproject.toml says what each means."""

from __future__ import annotations

import pytest

USES = {
    "mysql": {"mysql_server", "own_mysql_server", "unix_socket"},
    "browser": {"browser"},
    "release": {"releases"},
    "containers": {"stack"},
    "long": {"exercise", "built_employer"},
}
"""Mark → the fixtures that give it."""

SLOW_ON_MYSQL = {"exercise", "rules", "by_hand"}
"""An employer's right values and the rules' unit tests: DuckDB's are in every run, MySQL's are
slow."""

LONGEST_FIRST = (
    "test_publication",
    "test_page_looks",
    "test_suites",
    "test_drift",
    "test_publication_sqlite",
    "test_supplement",
    "test_score",
    "test_page",
    "test_right_values",
    "test_gap_every_pair",
    "test_secrets",
    "test_readme",
    "test_labor_build",
    "test_likely",
)
"""Files that take half a minute and more, so that none is begun when the others are done."""


QUICK_RELEASES = ("29.2", "30.3")
"""The releases that are built on DuckDB in every run: the last whole one that the tests have, and
the one that everybody starts with."""


def mark(items: list[pytest.Item]) -> None:
    """Marks all tests, and puts the longest files first."""
    for item in items:
        _mark(item)
    items.sort(
        key=lambda item: (
            LONGEST_FIRST.index(item.path.stem)
            if item.path.stem in LONGEST_FIRST
            else len(LONGEST_FIRST)
        )
    )


def _mark(item: pytest.Item) -> None:
    for name, fixtures in USES.items():
        if fixtures & set(getattr(item, "fixturenames", ())):
            item.add_marker(name)
    whole = {"published", "on_both_engines"} & set(getattr(item, "fixturenames", ())) and _is(
        "release", item
    )
    if whole and (_is("mysql", item) or _parameter(item, "release") not in (None, *QUICK_RELEASES)):
        item.add_marker("slow")
    if _is("mysql", item) and SLOW_ON_MYSQL & set(getattr(item, "fixturenames", ())):
        item.add_marker("slow")
    if _is("slow", item):
        item.add_marker(pytest.mark.timeout(1800))


def _is(name: str, item: pytest.Item) -> bool:
    return item.get_closest_marker(name) is not None


def _parameter(item: pytest.Item, name: str) -> str | None:
    call = getattr(item, "callspec", None)
    return call.params.get(name) if call else None
