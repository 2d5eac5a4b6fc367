"""The rules of the dbt project, held over its manifest: what a reviewer would otherwise have to
look for in every change."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any

import duckdb
import pytest

from dbt_onet.pipeline.build import load_project
from dbt_onet.pipeline.dbt_runner import run_dbt
from dbt_onet.pipeline.publish.plan import plan_from_manifest
from dbt_onet.pipeline.settings import Settings
from tests.support.warehouse import ROOT

# Raised by hand together with a change that adds tests; lowered only with the reason in the change
# that takes one away.
DATA_TESTS, UNIT_TESTS = 230, 31


class Manifest:
    """The parsed project."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def nodes(self, kind: str) -> list[dict[str, Any]]:
        return [node for node in self.content["nodes"].values() if node["resource_type"] == kind]

    def models(self, room: str) -> list[dict[str, Any]]:
        return [node for node in self.nodes("model") if node["fqn"][1] == room]

    @cached_property
    def tests(self) -> list[tuple[str, str, str | None, dict[str, Any]]]:
        """(kind, node it is attached to, column, arguments) of each generic test; dbt names no node
        for a test of a source."""
        return [
            (
                node["test_metadata"]["name"],
                node["attached_node"]
                or next(
                    key for key in node["depends_on"]["nodes"] if not key.endswith(".raw_load")
                ),
                node["column_name"],
                node["test_metadata"]["kwargs"],
            )
            for node in self.nodes("test")
            if node.get("test_metadata")
            and node["depends_on"]["nodes"] != ["source.dbt_onet.raw.raw_load"]
        ]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Compiled, so that what a view reads can be told."""
    with pytest.MonkeyPatch.context() as patch:
        settings = Settings(dir=tmp_path_factory.mktemp("rules"), name="onet_test_rules")
        patch.setenv("WAREHOUSE_DIR", str(settings.dir))
        patch.setenv("WAREHOUSE_NAME", settings.name)
        patch.delenv("WAREHOUSE_ENGINE", raising=False)
        with duckdb.connect(str(settings.dir / "raw.duckdb")):
            pass
        parsed = load_project(settings)
        assert run_dbt(settings, "compile", ["--no-introspect"], manifest=parsed).success
    content = parsed.writable_manifest().to_dict(omit_none=False, context={"artifact": True})
    return Manifest(json.loads(json.dumps(content, default=str)))


def test_everything_is_described(manifest: Manifest) -> None:
    described = (
        manifest.nodes("model")
        + manifest.nodes("seed")
        + list(manifest.content["sources"].values())
    )
    bare = [node["name"] for node in described if not node["description"].strip()]
    bare += [
        f"{node['name']}.{name}"
        for node in described
        for name, column in node["columns"].items()
        if not column["description"].strip()
    ]
    assert not bare


def test_every_macro_and_its_arguments_are_described(manifest: Manifest) -> None:
    """But for materializations, for what an engine has of a macro that dispatches to it, and for
    the arguments of generic tests, which dbt does not take."""
    bare = []
    for macro in manifest.content["macros"].values():
        name = macro["name"]
        unnamed = re.match(r"materialization_|(duckdb|mysql)__", name)
        if macro["package_name"] != "dbt_onet" or unnamed:
            continue
        bare += [] if macro["description"].strip() else [name]
        if name.startswith("test_"):
            continue
        signature = re.search(rf"macro\s+{name}\s*\(([^)]*)\)", macro["macro_sql"])
        assert signature, name
        arguments = [each.split("=")[0].strip() for each in signature[1].split(",") if each.strip()]
        described = {each["name"]: each["description"] for each in macro["arguments"]}
        bare += [] if list(described) == arguments else [f"{name}: {arguments}"]
        bare += [f"{name}.{key}" for key, text in described.items() if not text.strip()]
    assert not bare


def test_each_models_grain_comes_first(manifest: Manifest) -> None:
    vague = [
        node["name"]
        for node in manifest.nodes("model") + manifest.nodes("seed")
        if not node["description"].startswith("One row")
    ]
    assert not vague


def test_every_mart_has_a_contract_a_key_and_rows(manifest: Manifest) -> None:
    plan = plan_from_manifest(manifest.content)
    assert {table.name for table in plan.tables} == {
        node["name"] for node in manifest.models("marts")
    }
    for node in manifest.models("marts"):
        table = next(table for table in plan.tables if table.name == node["name"])
        tested = [
            kwargs["columns"]
            for kind, attached, _, kwargs in manifest.tests
            if kind == "key" and attached == node["unique_id"]
        ]
        assert tested == [list(table.primary_key)], node["name"]
        # the others where a release may lack the file, or nobody landed it
        counted = ("not_empty", "not_empty_if_landed", "not_empty_if_labor_landed")
        has_rows = any(
            kind in counted and attached == node["unique_id"]
            for kind, attached, _, _ in manifest.tests
        )
        # what language models gave is empty where none was asked
        assert has_rows or node["name"].startswith("fct_llm_"), node["name"]


def test_every_foreign_key_has_a_relationships_test(manifest: Manifest) -> None:
    tested = {
        (attached.rsplit(".", 1)[-1], column, kwargs["to"].split("'")[1], kwargs["field"])
        for kind, attached, column, kwargs in manifest.tests
        if kind == "relationships"
    }
    for table in plan_from_manifest(manifest.content).tables:
        for key in table.foreign_keys:
            assert (table.name, key.columns[0], key.to_table, key.to_columns[0]) in tested


def test_foreign_key_columns_are_not_left_out(manifest: Manifest) -> None:
    """A column named like another mart's single-column key refers to it; but for an index that the
    build makes of another mart's rows, and for the grid of levels that a person can state, of which
    the level of an occupation need not be one."""
    plan = plan_from_manifest(manifest.content)
    keys = {
        table.primary_key[0]: table.name
        for table in plan.tables
        if len(table.primary_key) == 1
        and table.name.startswith("dim_")
        and table.name != "dim_stated_level"
    }
    for table in plan.tables:
        if table.name == "bridge_search_title_stem":
            continue
        declared = {key.columns[0] for key in table.foreign_keys}
        for column in table.columns:
            if column.name in keys and keys[column.name] != table.name:
                assert column.name in declared, f"{table.name}.{column.name}"


def test_marts_never_read_sources(manifest: Manifest) -> None:
    """But for `publication`, which is about the load itself."""
    for node in manifest.models("marts") + manifest.models("serving"):
        sources = {key for key in node["depends_on"]["nodes"] if key.startswith("source.")}
        assert sources <= (
            {"source.dbt_onet.raw.raw_load"} if node["name"] == "publication" else set()
        ), node["name"]


def test_staging_reads_sources_only(manifest: Manifest) -> None:
    for node in manifest.models("staging"):
        assert node["depends_on"]["nodes"]
        assert all(key.startswith("source.") for key in node["depends_on"]["nodes"]), node["name"]


def test_every_typed_column_is_tested_to_have_become_that_type(manifest: Manifest) -> None:
    """`typed('x', 't')` in staging gives null for what it cannot read: the test of the same type on
    the source finds it."""
    tests = [
        (attached, kwargs["columns"])
        for kind, attached, _, kwargs in manifest.tests
        if kind == "typed_as"
    ]
    tested = {
        (attached, column, type_)
        for attached, columns in tests
        for column, type_ in columns.items()
    }
    for node in manifest.models("staging"):
        for column, type_ in re.findall(r"typed\('(\w+)', '([^']+)'\)", node["raw_code"]):
            for source in node["depends_on"]["nodes"]:
                if not source.endswith((".raw_load", ".labor_file")):  # which rows count
                    assert (source, column, type_) in tested, f"{source}.{column} as {type_}"
        assert "cast(" not in node["raw_code"], f"{node['name']}: types come from typed() only"


def test_the_number_of_tests_never_falls_unnoticed(manifest: Manifest) -> None:
    assert (len(manifest.nodes("test")), len(manifest.content["unit_tests"])) == (
        DATA_TESTS,
        UNIT_TESTS,
    )


def test_only_the_unreviewed_release_warns(manifest: Manifest) -> None:
    lenient = [
        node["name"]
        for node in manifest.nodes("test")
        if node["config"]["severity"].lower() != "error"
    ]
    assert sorted(lenient) == ["assert_labor_vintage_is_reviewed", "assert_release_is_reviewed"]


def test_engines_differ_in_one_macro_file() -> None:
    named = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "dbt_onet").rglob("*.sql"))
        if "target/" not in path.as_posix()
        and re.search(r"target\.type|adapter\.dispatch|(duckdb|mysql)__", path.read_text())
    ]
    assert named == ["dbt_onet/macros/engine.sql"]


def test_the_views_alone_are_public(manifest: Manifest) -> None:
    public = {node["unique_id"] for node in manifest.nodes("model") if node["access"] == "public"}
    assert public == {node["unique_id"] for node in manifest.models("serving")}


def test_the_api_is_an_exposure_of_every_view(manifest: Manifest) -> None:
    exposure = manifest.content["exposures"]["exposure.dbt_onet.api"]
    # those whom the licence names
    assert exposure["owner"]["name"] in (ROOT / "LICENSE").read_text()
    assert set(exposure["depends_on"]["nodes"]) == {
        node["unique_id"] for node in manifest.models("serving")
    }
