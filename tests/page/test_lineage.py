"""The lineage graph of the dbt docs, as it opens in a browser."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import httpx2 as httpx
import pytest
from playwright.sync_api import expect

from dbt_onet.pipeline.lineage import CHANGES
from tests.page.test_page import settings
from tests.support.browser import chromium
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse, copy_of

NODES = "document.querySelector('#cy')._cyreg.cy.nodes()"


def test_dbt_s_page_has_each_text_that_is_changed_once() -> None:
    page = (files("dbt.task.docs") / "index.html").read_text(encoding="utf-8")
    assert {old: page.count(old) for old in CHANGES} == dict.fromkeys(CHANGES, 1)


@pytest.mark.browser
def test_the_graph_opens_without_tests_and_on_one_screen(
    built: Callable[..., Warehouse], tmp_path: Path
) -> None:
    with copy_of(built("duckdb", "sample", None), tmp_path / "warehouse") as warehouse:
        warehouse.run("dbt", "dbt_onet", "docs")
        with served(settings(warehouse)) as url, chromium(tmp_path) as browser:
            assert httpx.get(f"{url}/schema/").status_code == 200
            page = browser.new_page(viewport={"width": 1600, "height": 900})
            page.goto(f"{url}/schema/#!/overview?g_v=1")
            expect(page.locator("#cy canvas").first).to_be_visible()
            page.wait_for_function(f"{NODES}.length > 50")
            kinds = page.evaluate(
                f"{NODES}.filter(':visible').map(node => node.data('resource_type'))"
            )
            assert {"source", "seed", "model", "exposure"} == set(kinds)
            page.wait_for_function(f"""(() => {{
                    const [width, height] = [innerWidth, innerHeight];
                    const boxes = {NODES}.filter(':visible').map(node => \
node.renderedBoundingBox());
                    return boxes.every(box => box.x1 >= 0 && box.y1 >= 0 && box.x2 <= width && \
box.y2 <= height);
                }})()""")
