"""Tests that run joined: what they stand for, what is said where one fails, and the manifest that
is kept. On DuckDB, without a build."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.clients import jinja
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import GenericTestNode, SingularTestNode

from dbt_onet.pipeline import file_cache
from dbt_onet.pipeline.build import Outcome, drop_consequences, load_project
from dbt_onet.pipeline.dbt_runner import run_dbt
from dbt_onet.pipeline.manifest import JOINED, LAYERS, descendants, join_tests, load_manifest
from dbt_onet.pipeline.settings import Settings
from tests.support.warehouse import ROOT


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, bytes]]:
    settings = Settings(dir=tmp_path_factory.mktemp("parsed"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DIR", str(settings.dir))
        yield settings, pickle.dumps(load_project(settings))


def fresh(parsed: tuple[Settings, bytes]) -> Manifest:
    found = pickle.loads(parsed[1])  # noqa: S301
    assert isinstance(found, Manifest)
    found.build_parent_and_child_maps()
    return found


def generic(manifest: Manifest) -> dict[str, GenericTestNode]:
    return {key: node for key, node in manifest.nodes.items() if isinstance(node, GenericTestNode)}


def joinable(manifest: Manifest) -> set[str]:
    """All tests but those that warn."""
    tests = [
        node
        for node in manifest.nodes.values()
        if isinstance(node, GenericTestNode | SingularTestNode)
    ]
    assert {test.config.severity for test in tests} == {"error", "warn"}
    return {test.unique_id for test in tests if test.config.severity == "error"}


def outcome(manifest: Manifest, key: str) -> Outcome:
    return Outcome(manifest.nodes[key].name, "fail", "", 1, "")


def test_every_test_is_joined_once(parsed: tuple[Settings, bytes]) -> None:
    manifest = fresh(parsed)
    joined = join_tests(manifest)
    members = [member for each in joined.values() for member in each.members]
    assert sorted(members) == sorted(joinable(fresh(parsed)))
    for key, each in joined.items():
        wanted = {
            node for member in each.members for node in manifest.nodes[member].depends_on.nodes
        }
        assert set(manifest.nodes[key].depends_on.nodes) == wanted
        assert manifest.nodes[key].raw_code.count("having count(*) > 0") == len(each.members)
    assert {key for key, node in manifest.nodes.items() if JOINED in node.tags} == set(members)


def test_a_layers_tests_wait_for_nothing_that_is_built_after_it(
    parsed: tuple[Settings, bytes],
) -> None:
    manifest = fresh(parsed)
    for each in join_tests(manifest).values():
        layer = LAYERS.index(each.name.removeprefix("rules_of_").rpartition("_")[0])
        about = {
            key
            for member in each.members
            for key in manifest.nodes[member].depends_on.nodes
            if key in manifest.nodes
        }
        folders = {
            "seeds"
            if key.startswith("seed.")
            else next(part for part in reversed(manifest.nodes[key].fqn[1:-1]) if part in LAYERS)
            for key in about
        }
        assert all(LAYERS.index(folder) <= layer for folder in folders)


@pytest.mark.parametrize(
    "config",
    [
        {"where": "1 = 1"},
        {"limit": 3},
        {"severity": "warn"},
        {"error_if": "> 5"},
        {"fail_calc": "max(n)"},
        {"enabled": False},
    ],
)
def test_a_test_that_is_told_more_runs_by_itself(
    parsed: tuple[Settings, bytes], config: dict[str, object]
) -> None:
    manifest = fresh(parsed)
    key = next(iter(generic(manifest)))
    for name, value in config.items():
        setattr(manifest.nodes[key].config, name, value)
    assert key not in [member for each in join_tests(manifest).values() for member in each.members]
    assert JOINED not in manifest.nodes[key].tags


def test_of_a_part_only_its_tests_are_joined(parsed: tuple[Settings, bytes]) -> None:
    manifest = fresh(parsed)
    part = descendants(manifest, {"source.dbt_onet.raw.llm_answer"})
    members = {member for each in join_tests(manifest, part).values() for member in each.members}
    assert members == part & joinable(fresh(parsed))
    assert 0 < len(members) < len(joinable(fresh(parsed))) / 2


def test_what_follows_from_another_failure_is_not_told(parsed: tuple[Settings, bytes]) -> None:
    manifest = fresh(parsed)
    of_source = next(
        key
        for key, test in generic(manifest).items()
        if "source.dbt_onet.raw.skills" in test.depends_on.nodes
    )
    of_rating = next(
        key
        for key, test in generic(manifest).items()
        if test.depends_on.nodes == ["model.dbt_onet.stg_rating"]
    )
    of_scale = next(
        key
        for key, test in generic(manifest).items()
        if test.depends_on.nodes == ["model.dbt_onet.dim_scale"]
    )
    failing = {key: outcome(manifest, key) for key in (of_rating, of_source, of_scale)}
    assert set(drop_consequences(manifest, failing)) == {of_source, of_scale}


def never() -> Manifest:
    raise AssertionError("parsed again")


def test_the_kept_project_gets_the_names_of_another_warehouse(
    parsed: tuple[Settings, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is of no use to another project."""
    settings, _ = parsed
    monkeypatch.setattr(file_cache, "PROJECT_DIR", settings.dir / "project")
    load_manifest(settings, "this", lambda: fresh(parsed))
    other = Settings(dir=settings.dir, name="elsewhere")
    found = load_manifest(other, "this", never)
    assert {node.schema for node in found.nodes.values()} == {"elsewhere_build"}
    assert {source.database for source in found.sources.values()} == {"elsewhere_raw"}
    assert "onet_build" not in "".join(str(node.relation_name) for node in found.nodes.values())
    constraints = [
        str(constraint.to)
        for node in found.nodes.values()
        for constraint in getattr(node, "constraints", [])
    ]
    assert not [to for to in constraints if "onet_build" in to]
    with pytest.raises(AssertionError, match="parsed again"):
        load_manifest(other, "another", never)


def test_a_kept_project_that_cannot_be_read_is_parsed_again(
    parsed: tuple[Settings, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _ = parsed
    folder: Path = settings.dir / "cut"
    monkeypatch.setattr(file_cache, "PROJECT_DIR", folder)
    load_manifest(settings, "this", lambda: fresh(parsed))
    [file] = (folder / "target").iterdir()
    file.write_bytes(file.read_bytes()[:1000])
    assert load_manifest(settings, "this", lambda: fresh(parsed)).nodes
    assert load_manifest(settings, "this", never).nodes
    assert ROOT not in folder.parents


def test_kept_sql_is_what_dbt_compiles(
    parsed: tuple[Settings, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for another warehouse, whose names it gets, and never of Jinja that has changed or that
    says another thing in each run."""
    # nothing is kept there yet
    monkeypatch.setattr(file_cache, "PROJECT_DIR", tmp_path / "project")
    load_manifest(parsed[0], "this", lambda: fresh(parsed))

    def compiled(name: str, changed: str = "") -> tuple[dict[str, str], Manifest]:
        settings = Settings(dir=tmp_path / name, name=name)
        monkeypatch.setenv("WAREHOUSE_DIR", str(settings.dir))
        monkeypatch.setenv("WAREHOUSE_NAME", name)
        settings.dir.mkdir(exist_ok=True)
        with duckdb.connect(str(settings.dir / "raw.duckdb")):
            pass
        manifest = load_manifest(settings, "this", never)
        join_tests(manifest)
        if changed:
            manifest.nodes[changed].raw_code += " -- changed"
        assert run_dbt(settings, "compile", ["--no-introspect"], manifest=manifest).success
        texts = {
            key: node.compiled_code
            for key, node in manifest.nodes.items()
            if node.resource_type in ("model", "test")
        }
        return texts, manifest

    at_first, _ = compiled("onet_one")
    asked: list[str] = []
    rendered = jinja.get_rendered

    def render(text: str, *rest: Any, **more: Any) -> Any:
        asked.append(text)
        return rendered(text, *rest, **more)

    monkeypatch.setattr(jinja, "get_rendered", render)
    model = "model.dbt_onet.dim_scale"
    again, manifest = compiled("onet_two", changed=model)
    with_jinja = {
        node.raw_code
        for node in manifest.nodes.values()
        if "{{" in node.raw_code and "invocation_id" not in node.raw_code
    }
    assert with_jinja & set(asked) == {manifest.nodes[model].raw_code}
    assert (
        manifest.nodes["model.dbt_onet.dim_element"].raw_code
        == fresh(parsed).nodes["model.dbt_onet.dim_element"].raw_code
    )
    assert again.pop(model).endswith(" -- changed")
    publication = "model.dbt_onet.publication"
    assert again.pop(publication) != at_first.pop(publication).replace("onet_one", "onet_two")
    assert again == {
        key: text.replace("onet_one", "onet_two") for key, text in at_first.items() if key != model
    }
