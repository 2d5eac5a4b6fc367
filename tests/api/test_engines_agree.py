"""The API on SQLite and on MySQL: the same answer to every question, right or wrong, to the last
digit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.support.api_questions import Questions
from tests.support.live_warehouse import Edition, MySQLWarehouse, SQLiteWarehouse, served
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.mysql


def require_alike(embedded: str, service: str, count: int) -> Counter[int]:
    """How often each status was answered."""
    statuses: Counter[int] = Counter()
    with (
        httpx.Client(base_url=embedded, timeout=60) as one,
        httpx.Client(base_url=service, timeout=60) as other,
    ):
        for question in Questions.of(one, seed=1).draw(count):
            answer = question.ask(one)
            assert answer == question.ask(other), question
            statuses[answer[0]] += 1
    return statuses


def own(warehouse: Warehouse) -> dict[str, str]:
    """What tells the API of a warehouse."""
    return {
        name: value
        for name, value in warehouse.environment("api").items()
        if name.startswith("WAREHOUSE_")
    }


@pytest.mark.parametrize(
    "release", ["sample", pytest.param("29.2", marks=[pytest.mark.release, pytest.mark.slow])]
)
def test_of_a_real_publication(
    on_both_engines: Callable[[str], tuple[Warehouse, Warehouse]], release: str
) -> None:
    embedded, service = on_both_engines(release)
    with served(own(embedded)) as one, served(own(service)) as other:
        statuses = require_alike(one, other, 300 if release == "sample" else 3000)
    assert statuses.keys() >= {200, 404, 406, 422}
    assert statuses[200] > 50


def test_of_rows_that_no_release_has(live_mysql: MySQLWarehouse, tmp_path: Path) -> None:
    """Ties, nulls, models' levels, titles that two share, names that a spreadsheet would run."""
    embedded = SQLiteWarehouse(tmp_path, "onet_test_agree")
    embedded.publish(Edition())
    with served(embedded.environment()) as one, served(live_mysql.environment()) as other:
        assert require_alike(one, other, 500).keys() >= {200, 404, 406, 422}
