"""The rules of the employer's dbt project, held over its manifest; and that nothing of O*NET knows
of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest

from dbt_onet.pipeline.publish.plan import plan_from_manifest
from tests.employer.employer_warehouse import EmployerWarehouse
from tests.support.warehouse import ROOT, Warehouse

PERSONAL = {"full_name", "email", "notes", "email_domain"}


class Manifest:
    """The project as the last build parsed it."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def nodes(self, kind: str) -> list[dict[str, Any]]:
        return [node for node in self.content["nodes"].values() if node["resource_type"] == kind]

    def models(self, folder: str) -> list[dict[str, Any]]:
        return [node for node in self.nodes("model") if node["fqn"][1] == folder]

    @cached_property
    def tests(self) -> list[tuple[str, str, str | None, dict[str, Any]]]:
        """(kind, node it is attached to, column, arguments) of each generic test of a model."""
        return [
            (
                node["test_metadata"]["name"],
                node["attached_node"] or "",
                node["column_name"],
                node["test_metadata"]["kwargs"],
            )
            for node in self.nodes("test")
            if node.get("test_metadata")
        ]


@pytest.fixture
def manifest(built_employer: EmployerWarehouse) -> Manifest:
    text = (built_employer.dir / "dbt" / "manifest.json").read_text()
    return Manifest(json.loads(text))


def test_everything_is_described_grain_first(manifest: Manifest) -> None:
    described = manifest.nodes("model") + manifest.nodes("seed")
    own = [node for node in described if not node["original_file_path"].startswith("..")]
    assert not [node["name"] for node in own if not node["description"].startswith("One row")]
    sources = list(manifest.content["sources"].values())
    bare = [
        f"{node['name']}.{name}"
        for node in described + sources
        for name, column in node["columns"].items()
        if not column["description"].strip()
    ]
    assert not bare


def test_every_mart_has_a_contract_and_a_tested_key(manifest: Manifest) -> None:
    plan = plan_from_manifest(manifest.content)
    for node in manifest.models("marts"):
        table = next(table for table in plan.tables if table.name == node["name"])
        keys = [
            arguments["columns"]
            for kind, attached, _, arguments in manifest.tests
            if kind == "key" and attached == node["unique_id"]
        ]
        assert keys == [list(table.primary_key)], node["name"]
    related = {
        (attached.rsplit(".", 1)[-1], column)
        for kind, attached, column, _ in manifest.tests
        if kind == "relationships"
    }
    for table in plan.tables:
        for key in table.foreign_keys:
            assert {(table.name, column) for column in key.columns} <= related, table.name


def test_every_published_column_is_described(
    manifest: Manifest, built_employer: EmployerWarehouse
) -> None:
    for node in manifest.models("serving"):
        if built_employer.onet.server:
            rows = built_employer.query(f"show columns from {{live}}.{node['name']}")
            names = [str(row[0]) for row in rows]
        else:
            rows = built_employer.query(f"describe select * from {{live}}.{node['name']}")
            names = [str(row[0]) for row in rows]
        assert names == list(node["columns"]), node["name"]


def test_nothing_personal_is_published(manifest: Manifest) -> None:
    for node in manifest.models("marts") + manifest.models("serving"):
        assert not PERSONAL & set(node["columns"]), node["name"]


def test_layers_read_the_one_before(manifest: Manifest) -> None:
    for node in manifest.models("staging"):
        assert all(key.startswith("source.") for key in node["depends_on"]["nodes"]), node["name"]
    for node in manifest.models("marts") + manifest.models("serving"):
        assert not [key for key in node["depends_on"]["nodes"] if key.startswith("source.")]


def test_nothing_of_it_exists_before_the_first_load(
    published: Callable[[str], Warehouse],
) -> None:
    onet = published("sample")
    assert not (onet.dir / "employer").exists()
    if onet.server:
        with onet.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "select schema_name from information_schema.schemata where schema_name like %s",
                [f"{onet.name}_employer%"],
            )
            assert cursor.fetchall() == ()


def test_engines_differ_in_their_macros_alone() -> None:
    named = [
        path.name
        for path in sorted((ROOT / "dbt_employer").rglob("*.sql"))
        if "target/" not in path.as_posix()
        and re.search(r"target\.type|adapter\.dispatch|(duckdb|mysql|spark)__", path.read_text())
    ]
    assert named == ["employer_engine.sql", "spark_sources.sql"]


def test_nothing_of_onet_reads_an_employers_data() -> None:
    """But for the one command that hands over to the other project."""
    for folder in ("api", "dbt_onet"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".sql", ".yml", ".js") and path.name != "cli.py":
                assert "employer" not in path.read_text().lower().replace("employers", ""), path
