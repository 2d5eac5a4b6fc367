"""A publication of a few rows on either engine, by the real steps of publication, without the
minute of a build before them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from dbt_onet.pipeline.publish import duckdb as publish_duckdb
from dbt_onet.pipeline.publish import mysql as publish_mysql
from dbt_onet.pipeline.publish.plan import Column, Plan, Table, View
from dbt_onet.pipeline.settings import Settings
from tests.support.warehouse import Warehouse

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = {
    "publication": (
        Column("build_id", "varchar(36)", False),
        Column("onet_release", "varchar(20)", False),
        Column("published_at", "datetime", True),
        Column("passed_test_count", "bigint", True),
        Column("warned_test_count", "bigint", True),
    ),
    "dim_occupation": (
        Column("occupation_code", "varchar(10)", False),
        Column("title", "varchar(150)", True),
        Column("job_zone", "bigint", True),
    ),
}
VIEWS = {
    "current_publication": ("publication", "select * from {}"),
    "occupation": ("dim_occupation", "select occupation_code, title, job_zone from {}"),
    "skill_gap": (
        "dim_occupation",
        "select occupation_code as from_occupation_code, title, job_zone from {}",
    ),
}


@dataclass
class SmallPublication:
    """Occupations of a warehouse: put into its build, then published as they are."""

    warehouse: Warehouse
    settings: Settings
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        keys = {"publication": "build_id", "dim_occupation": "occupation_code"}
        tables = tuple(Table(name, columns, (keys[name],), ()) for name, columns in COLUMNS.items())
        views = tuple(
            View(name, text.format(self._built(table)), {self._built(table): table})
            for name, (table, text) in VIEWS.items()
        )
        self.plan = Plan(tables, views)
        self.settings.dbt_dir.mkdir(parents=True, exist_ok=True)
        (self.settings.dbt_dir / "manifest.json").write_text(
            json.dumps({"nodes": dict(map(self._node, VIEWS))})
        )

    def _built(self, table: str) -> str:
        """As dbt names a relation."""
        return (
            f"`{self.settings.build}`.`{table}`"
            if self.warehouse.server
            else f"{self.settings.build}.{table}"
        )

    @staticmethod
    def _node(name: str) -> tuple[str, dict[str, Any]]:
        meta = {"export": "by_major_group"} if name == "skill_gap" else {}
        return name, {
            "resource_type": "model",
            "name": name,
            "fqn": ["dbt_onet", "serving", name],
            "config": {"meta": meta},
        }

    def build(self, *occupations: tuple[str, str | None, int | None]) -> None:
        """Puts these rows, and nothing else, into the build."""
        build, raw = self.settings.build, self.settings.raw
        statements: list[tuple[str, Sequence[object]]] = []
        if self.warehouse.server:
            publish_mysql.create_databases(self.settings)
            statements.append((f"create database if not exists {raw}", ()))
        else:
            statements.append((f"create schema if not exists {build}", ()))
        for name, columns in COLUMNS.items():
            text = ", ".join(f"{column.name} {column.type}" for column in columns)
            statements += [
                (f"drop table if exists {build}.{name}", ()),
                (f"create table {build}.{name} ({text})", ()),
            ]
        value = "%s" if self.warehouse.server else "?"
        statements.append(
            (
                f"insert into {build}.publication values ({value}, '29.2', null, null, null)",
                (str(uuid.uuid4()),),
            )
        )
        statements += [
            (f"insert into {build}.dim_occupation values ({value}, {value}, {value})", row)
            for row in occupations
        ]
        if self.warehouse.server:
            for name, (_, text) in VIEWS.items():
                statements.append(
                    (
                        (
                            f"create or replace view {build}.{name} as"
                            f" {text.format(self._built(VIEWS[name][0]))}"
                        ),
                        (),
                    )
                )
        reject = (
            "(load_id bigint, file_name varchar(120), line_number bigint, reason varchar(500),"
            " content varchar(500))"
        )
        statements.append(
            (
                (
                    "create table if not exists"
                    f" {raw if self.warehouse.server else f'{build}'}.raw_reject {reject}"
                ),
                (),
            )
        )
        if self.warehouse.server:
            with self.warehouse.server.connect() as connection, connection.cursor() as cursor:
                for text, values in statements:
                    cursor.execute(text, values or None)
            return
        with duckdb.connect(str(self.settings.dir / "build.duckdb")) as built:
            for text, values in statements:
                built.execute(text, values)
        with duckdb.connect(str(self.settings.dir / "raw.duckdb")) as landed:
            landed.execute(f"create table if not exists raw_reject {reject}")

    def publish(self, moment: datetime = NOW) -> None:
        if self.warehouse.server:
            publish_mysql.publish(self.settings, self.plan, moment, 1, 0)
        else:
            publish_duckdb.publish(self.settings, self.plan, str(uuid.uuid4()), moment, 1, 0)

    def codes(self) -> list[str]:
        """What is live."""
        return [
            code
            for (code,) in self.warehouse.query(
                "select occupation_code from {live}.occupation order by 1"
            )
        ]


@contextmanager
def small_publication(warehouse: Warehouse) -> Iterator[SmallPublication]:
    """An empty one; the settings of this process are the warehouse's meanwhile."""
    warehouse.dir.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in warehouse.environment("dbt").items():
            patch.setenv(name, value)
        yield SmallPublication(warehouse, Settings())
