"""The views that the tests of the API make by hand are those that are published: name by name,
column by column, type by type."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.live_views import published_views, record, recorded
from tests.support.live_warehouse import Edition
from tests.support.warehouse import Engine, Warehouse


def test_the_record_is_what_is_published(
    request: pytest.FixtureRequest, published: Callable[[str], Warehouse], engine: Engine
) -> None:
    views = published_views(published("sample"))
    if request.config.getoption("--record-views"):
        record(engine, views)
    order = {view: list(columns) for view, columns in views.items()}
    assert {view: list(columns) for view, columns in recorded(engine).items()} == order, (
        "run this test with --record-views"
    )
    assert recorded(engine) == views, "run this test with --record-views"


def test_every_view_has_invented_rows_of_its_width() -> None:
    """What compares the views with O*NET's ratings alone, `llm_agreement`, no endpoint reads."""
    rows = {view: Edition().rows(view) for view in recorded("duckdb") if view != "llm_agreement"}
    assert all(rows.values())
    assert {view: {len(row) for row in each} for view, each in rows.items()} == {
        view: {len(columns)}
        for view, columns in recorded("duckdb").items()
        if view != "llm_agreement"
    }
