"""The figures for Prometheus, and the dashboard and alerts that are made of them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from api import __version__
from tests.support.live_warehouse import (
    FROM,
    ROOT,
    TO,
    Edition,
    MySQLWarehouse,
    SQLiteWarehouse,
    Warehouse,
    served,
)

MONITORING = ROOT / "docs" / "monitoring"
GAP = f"/skill-gap?from={FROM}&to={TO}"


Samples = dict[str, list[tuple[dict[str, str], float]]]
"""Name → labels and value of each sample."""


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """From a server that has answered a request."""
    warehouse = SQLiteWarehouse(tmp_path_factory.mktemp("warehouse"), "onet_test_metrics")
    warehouse.publish(Edition())
    with served(warehouse.environment()) as url:
        httpx.get(url + GAP)
        return samples(httpx.get(f"{url}/metrics").text)


def samples(text: str) -> Samples:
    """As a scraper reads them."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def expressions() -> list[str]:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    found = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    found += [each["expr"] for each in dashboard["annotations"]["list"]]
    return [each.replace("$__rate_interval", "5m").replace("$job", "onet") for each in found] + [
        rule["expr"] for rule in alerts()
    ]


def alerts() -> list[dict[str, Any]]:
    [group] = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]
    return group["rules"]  # type: ignore[no-any-return]


def selectors(expression: str) -> list[tuple[str, set[str]]]:
    """Name and labels of everything that an expression selects, by the parser of PromQL."""
    found = []

    def visit(node: Any) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append((str(node.name), {matcher.name for matcher in node.matchers.matchers}))
            return
        for name in ("expr", "lhs", "rhs", "vector_selector", "args"):
            child = getattr(node, name, None)
            for each in child if isinstance(child, list) else [child]:
                if each is not None and not isinstance(each, str | float):
                    visit(each)

    visit(promql_parser.parse(expression))
    return found


def test_a_scrape_tells_what_is_served(live: Warehouse) -> None:
    engine = "mysql" if isinstance(live, MySQLWarehouse) else "duckdb"
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        before = samples(client.get("/metrics").text)
        assert before["onet_warehouse_up"] == [({}, 0)]
        assert "onet_publication_info" not in before
        assert before["onet_build_info"] == [({"version": __version__, "engine": engine}, 1)]
        live.publish(Edition())
        published = client.get("/publication").json()
        for _ in range(3):
            assert client.get(GAP).status_code == 200
        assert client.get("/skill-gap?from=99-9999&to=11-3013").status_code == 404
        after = samples(client.get("/metrics").text)
    assert after["onet_warehouse_up"] == [({}, 1)]
    assert after["onet_publication_info"] == [
        ({"release": published["release"], "build_id": published["build_id"]}, 1)
    ]
    [(_, timestamp)] = after["onet_publication_timestamp_seconds"]
    assert datetime.fromtimestamp(timestamp, UTC) == datetime.fromisoformat(
        published["published_at"]
    )
    labels = {"method": "GET", "route": "/skill-gap", "status": "200"}
    assert (labels, 3) in after["http_request_duration_seconds_count"]
    assert (labels | {"status": "404"}, 1) in after["http_request_duration_seconds_count"]
    assert (labels | {"le": "+Inf"}, 3) in after["http_request_duration_seconds_bucket"]
    assert after["onet_response_cache_requests_total"] == [
        ({"result": "hit"}, 2),
        ({"result": "miss"}, 2),
    ]
    assert after["onet_response_cache_bytes"][0][1] > 1000
    assert after["onet_database_connections_max"][0][1] >= 1
    assert after["onet_database_connections_in_use"] == [({}, 0)]
    assert not [name for name in after if name.endswith("_created")]


def test_a_scrape_does_not_fail_with_the_warehouse(tmp_path: Path) -> None:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_metrics")
    warehouse.publish(Edition())
    for file in (tmp_path / "live").glob("*.sqlite"):
        file.write_bytes(b"damaged")
    with served(warehouse.environment()) as url:
        assert httpx.get(url + GAP).status_code == 503
        assert samples(httpx.get(f"{url}/metrics").text)["onet_warehouse_up"] == [({}, 0)]


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_and_label_of_the_dashboard_and_the_alerts_is_there(
    expression: str, scraped: Samples
) -> None:
    chosen = selectors(expression)
    assert chosen
    for name, labels in chosen:
        assert name in scraped, name
        assert labels - {"job"} <= set(scraped[name][0][0]), name


def test_there_are_three_alerts_that_say_what_to_do() -> None:
    assert len(alerts()) == 3
    for rule in alerts():
        assert re.fullmatch(r"\d+[mh]", rule["for"])
        assert rule["labels"]["severity"]
        assert set(rule["annotations"]) == {"summary", "description"}


def test_every_metric_is_described(scraped: Samples) -> None:
    names = {
        name.removesuffix(
            next((each for each in ("_bucket", "_count", "_sum") if name.endswith(each)), "")
        )
        for name in scraped
    }
    told = set(re.findall(r"^\| `(\w+)` \|", (MONITORING / "README.md").read_text(), re.M))
    assert told == {name for name in names if not name.startswith("process_")}
