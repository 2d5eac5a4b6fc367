"""What is to be published: tables, keys and views, read from dbt's manifest and nowhere else.

A mart is a table with a contract, a serving model is a view. Keys are the contract's constraints;
the one key that dbt cannot hold, of a table to itself, is the mart's meta `self_foreign_key`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    nullable: bool


@dataclass(frozen=True)
class ForeignKey:
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]


@dataclass(frozen=True)
class View:
    name: str
    sql: str  # names the relations of the build
    # relation of the build, as it stands in the SQL → name of the table or view
    reads: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """Tables parents first, views after the views they read."""

    tables: tuple[Table, ...]
    views: tuple[View, ...]

    def is_view(self, name: str) -> bool:
        return any(view.name == name for view in self.views)


def plan_from_manifest(manifest: Mapping[str, Any]) -> Plan:
    """Reads `target/manifest.json` of a finished build.

    Raises:
        ValueError: a mart without a contract or a primary key, or a serving view that reads
            anything but marts and serving views.
    """
    models = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    marts = {key: node for key, node in models.items() if node["fqn"][1] == "marts"}
    serving = {key: node for key, node in models.items() if node["fqn"][1] == "serving"}

    tables = {node["name"]: _table(node) for node in marts.values()}
    parents = {
        table.name: {key.to_table for key in table.foreign_keys} - {table.name}
        for table in tables.values()
    }
    views: dict[str, View] = {}
    reads: dict[str, set[str]] = {}
    for node in serving.values():
        sources = {key: models[key] for key in node["depends_on"]["nodes"] if key in models}
        if stray := sorted(set(node["depends_on"]["nodes"]) - set(marts) - set(serving)):
            raise ValueError(
                f"view {node['name']} reads {', '.join(stray)}: a published view reads marts and"
                " published views only"
            )
        views[node["name"]] = View(
            node["name"],
            node["compiled_code"].strip(),
            {s["relation_name"]: s["name"] for s in sources.values()},
        )
        reads[node["name"]] = {source["name"] for source in sources.values()} & {
            other["name"] for other in serving.values()
        }
    return Plan(
        tuple(
            tables[name]
            for name in TopologicalSorter({k: parents[k] for k in sorted(parents)}).static_order()
        ),
        tuple(
            views[name]
            for name in TopologicalSorter({k: reads[k] for k in sorted(reads)}).static_order()
        ),
    )


def _table(node: Mapping[str, Any]) -> Table:
    name = node["name"]
    if not node["config"]["contract"]["enforced"]:
        raise ValueError(f"mart {name} has no enforced contract")
    columns = tuple(
        Column(
            column["name"],
            column["data_type"].lower(),
            not any(c["type"] == "not_null" for c in column["constraints"]),
        )
        for column in node["columns"].values()
    )
    primary = [c["columns"] for c in node["constraints"] if c["type"] == "primary_key"]
    if len(primary) != 1:
        raise ValueError(
            f"mart {name} needs exactly one primary_key constraint, has {len(primary)}"
        )
    foreign = [
        ForeignKey(tuple(c["columns"]), c["to"].split(".")[-1].strip('"`'), tuple(c["to_columns"]))
        for c in node["constraints"]
        if c["type"] == "foreign_key"
    ]
    if own := node["config"]["meta"].get("self_foreign_key"):
        foreign.append(ForeignKey(tuple(own["columns"]), name, tuple(own["to_columns"])))
    return Table(name, columns, tuple(primary[0]), tuple(foreign))


def live_view_sql(view: View, live_names: Mapping[str, str]) -> str:
    """The view's text with each relation of the build replaced by its live name; `live_names` has
    every table and view of the plan."""
    sql = view.sql
    for relation, name in view.reads.items():
        sql = sql.replace(relation, live_names[name])
    return sql
