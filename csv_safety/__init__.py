"""The one rule that makes a CSV safe to open in a spreadsheet: a text that it would run as a
formula gets an apostrophe in front.

A package of its own because two write CSV files that may not import each other: the API row by row,
the export inside DuckDB.
"""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the start of a formula, or skips on the way to one."""


def escape_formula(cell: object) -> object:
    """The cell as it may stand in a CSV; only a text is ever changed."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def escape_formula_sql(column: str) -> str:
    """The same as an expression over a text column of DuckDB; `column` is an identifier, quoted
    where it has to be."""
    starts = ", ".join(f"chr({ord(start)})" for start in FORMULA_STARTS)
    return (
        f"case when left({column}, 1) in ({starts}) then concat('''', {column}) else {column} end"
    )
