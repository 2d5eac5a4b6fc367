"""The adapter: what today's dbt-core asks of it in another way than dbt-core 1.7 did, and
constraints that MySQL can create."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import agate  # type: ignore[import-untyped]
from dbt.adapters.base import BaseRelation, Column
from dbt.adapters.contracts.relation import RelationConfig
from dbt.adapters.onet_mysql.connections import OnetMySQLConnectionManager
from dbt.adapters.onet_mysql.published import MySQLAdapter
from dbt.adapters.sql import SQLAdapter
from dbt_common.contracts.constraints import ColumnLevelConstraint, ConstraintType
from dbt_common.exceptions import DbtDatabaseError
from mysql.connector import errorcode


# dbt derives the plugin's module from what precedes "Adapter" in the class name, in lower case:
# hence the underscore.
class Onet_MySQLAdapter(MySQLAdapter):  # type: ignore[misc]  # noqa: N801
    ConnectionManager = OnetMySQLConnectionManager

    @classmethod
    def convert_datetime_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "datetime"  # MySQL's timestamp ends in 2038

    @classmethod
    def process_parsed_constraint(
        cls, parsed_constraint: ColumnLevelConstraint, render_func: Callable[[Any], str | None]
    ) -> str | None:
        """Leave foreign keys out without a warning: create-table-as cannot make them. Drop the name
        of a check: it is unique per database, so that the next build's table could not be made
        beside the present one (error 3822)."""
        if parsed_constraint.type == ConstraintType.foreign_key:
            return None
        if parsed_constraint.type == ConstraintType.check:
            parsed_constraint = replace(parsed_constraint, name=None)
        rendered: str | None = super().process_parsed_constraint(parsed_constraint, render_func)
        return rendered

    def valid_incremental_strategies(self) -> list[str]:
        # what macros/incremental.sql can do; dbt refuses any other before anything is written
        return ["append", "delete+insert"]

    def get_columns_in_relation(self, relation: BaseRelation) -> list[Column]:
        """None for a relation that is not there, as dbt-core expects: while it compiles, nothing
        may be built yet. From `show columns`, because information_schema does not list temporary
        tables."""
        try:
            found: list[Column] = super().get_columns_in_relation(relation)
        except DbtDatabaseError as error:
            if getattr(error.__cause__, "errno", None) != errorcode.ER_NO_SUCH_TABLE:
                raise
            return []
        return found

    # by `except`, which MySQL has now and which finds nulls alike
    get_rows_different_sql = SQLAdapter.get_rows_different_sql

    def get_catalog(
        self,
        relation_configs: Iterable[RelationConfig],
        used_schemas: frozenset[tuple[str | None, str]],
    ) -> tuple[agate.Table, list[Exception]]:
        """Every relation and column of the schemas that the project uses, in one query."""
        schemas = sorted({schema for _, schema in used_schemas})
        return self.execute_macro(
            "get_catalog", kwargs={"information_schema": "information_schema", "schemas": schemas}
        ), []
