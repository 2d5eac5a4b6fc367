"""The keys as a picture: a Mermaid entity-relationship diagram, drawn from the same plan that
publication makes the keys from."""

from __future__ import annotations

from dbt_onet.pipeline.publish.plan import Plan, Table
from dbt_onet.pipeline.settings import PROJECT_DIR

PAGE = PROJECT_DIR / "docs" / "keys.md"


def page(plan: Plan) -> str:
    """The page's whole text. Columns are those of a key; a line is a foreign key, its end with one
    bar the table referred to."""
    lines = [
        "# Keys of the published tables",
        "",
        "Drawn from the keys that the models declare (`python -m dbt_onet diagram`).",
        "On MySQL these are real primary and foreign keys in `onet_core`.",
        "Columns that are in no key, and all descriptions, are in the dbt docs.",
        "",
        "```mermaid",
        "erDiagram",
    ]
    for table in sorted(plan.tables, key=lambda each: each.name):
        lines.append(f"    {table.name} {{")
        lines += [
            f"        {_type(table, column)} {column} {', '.join(marks)}"
            for column, marks in _key_columns(table).items()
        ]
        lines.append("    }")
    for table in sorted(plan.tables, key=lambda each: each.name):
        for key in table.foreign_keys:
            nullable = any(
                column.nullable for column in table.columns if column.name in key.columns
            )
            lines.append(
                f"    {key.to_table} {'|o' if nullable else '||'}--o{{ {table.name} :"
                f" {', '.join(key.columns)}"
            )
    return "\n".join([*lines, "```", ""])


def _key_columns(table: Table) -> dict[str, list[str]]:
    marks: dict[str, list[str]] = {column: ["PK"] for column in table.primary_key}
    for key in table.foreign_keys:
        for column in key.columns:
            marks.setdefault(column, []).append("FK")
    return marks


def _type(table: Table, name: str) -> str:
    return next(column.type for column in table.columns if column.name == name)
