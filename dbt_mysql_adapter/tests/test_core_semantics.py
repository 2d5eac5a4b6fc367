"""Where dbt-mysql does something else than dbt-core says: casts in views, snapshots, incremental
strategies, docs of nothing."""

from datetime import datetime

import pytest

from .conftest import Project

pytestmark = pytest.mark.mysql

CAST_VIEW = """
{{ config(materialized='view') }}
select {{ dbt.cast('name', 'varchar(20)') }} as name,
    {{ dbt.safe_cast('name', 'text') }} as free_text from {{ ref('names') }}
"""


def test_a_cast_to_text_keeps_the_collation_in_a_view(project: Project) -> None:
    project.write("models/names.sql", "select 'a' as name")
    project.write("models/cast_names.sql", CAST_VIEW)
    project.write(
        "models/joined.sql",
        "select n.name from {{ ref('cast_names') }} as c join {{ ref('names') }} as n on c.name ="
        " n.name",
    )
    project.build()
    collations = (
        "select collation_name from information_schema.columns where table_name = 'cast_names' and"
        " table_schema = database()"
    )
    assert project.query(collations) == [("utf8mb4_0900_bin",)] * 2
    assert project.query("select count(*) from cast_names where name = 'A' or free_text = 'A'") == [
        (0,)
    ]
    assert project.query("select name from joined") == [("a",)]


def test_a_snapshot_closes_rows_whatever_it_says_of_rows_that_are_valid(project: Project) -> None:
    """A date in place of null, other names for dbt's columns, a key of two columns, and rows that
    are gone and come back."""
    project.write(
        "snapshots/history.yml",
        """
        snapshots:
          - name: history
            relation: ref('now')
            config:
              unique_key: [id, part]
              strategy: check
              check_cols: all
              hard_deletes: new_record
              dbt_valid_to_current: "cast('9999-12-31' as datetime)"
              snapshot_meta_column_names: {dbt_valid_to: valid_to}
        """,
    )
    columns = "id, part, word, dbt_is_deleted, valid_to = '9999-12-31'"
    present = [
        (
            "select 1 as id, 'x' as part, 'old' as word union all select 2, 'x', 'kept' union all"
            " select 2, 'y', 'gone'"
        ),
        "select 1 as id, 'x' as part, 'new' as word union all select 2, 'x', 'kept'",
    ]
    for rows in (*present, present[1]):
        project.write("models/now.sql", rows)
        assert set(project.statuses("build").values()) == {"success"}
    assert project.query(
        f"select {columns} from history order by id, part, dbt_valid_from, valid_to"
    ) == [
        (1, "x", "old", "False", 0),
        (1, "x", "new", "False", 1),
        (2, "x", "kept", "False", 1),
        (2, "y", "gone", "False", 0),
        (2, "y", "gone", "True", 1),
    ]
    [(closed,)] = project.query("select max(valid_to) from history where valid_to < '9999-12-31'")
    assert closed > datetime(2026, 1, 1)  # noqa: DTZ001  # MySQL's datetime has no zone


INCREMENTAL = (
    "{{{{ config(materialized='incremental', {config}) }}}} select {columns} from {{{{"
    " ref('numbers') }}}}"
)


def test_an_incremental_strategy_is_done_as_asked_or_refused(project: Project) -> None:
    strategies = {
        "replaced": "unique_key='id', incremental_strategy='delete+insert'",
        "replaced_by_default": "unique_key='id'",
        "appended": "unique_key='id', incremental_strategy='append'",
        "appended_by_default": "tags=[]",
        "replaced_where_asked": "unique_key='id', incremental_predicates=['word <> \"one\"']",
        "widened": "unique_key='id', on_schema_change='append_new_columns'",
        "merged": "unique_key='id', incremental_strategy='merge'",
        "unheard_of": "incremental_strategy='unheard_of'",
    }
    rows = {
        1: "select 1 as id, 'one' as word union all select 2, 'two'",
        2: "select 1 as id, 'uno' as word union all select 2, 'due'",
    }
    for run, text in rows.items():
        project.write("models/numbers.sql", text)
        for name, config in strategies.items():
            columns = "id, word, 'new' as note" if (name, run) == ("widened", 2) else "id, word"
            project.write(f"models/{name}.sql", INCREMENTAL.format(config=config, columns=columns))
        outcome = {result.node.name: result for result in project.dbt("build").result}
        assert {name for name, result in outcome.items() if result.status == "error"} == {
            "merged",
            "unheard_of",
        }
        assert "'merge' is not valid for this adapter" in outcome["merged"].message
        assert "unheard_of" in outcome["unheard_of"].message
    replaced, both = [(1, "uno"), (2, "due")], [(1, "one"), (2, "two"), (1, "uno"), (2, "due")]
    for name in ("replaced", "replaced_by_default"):
        assert project.query(f"select * from {name} order by id") == replaced, name
    for name in ("appended", "appended_by_default"):
        assert sorted(project.query(f"select * from {name}")) == sorted(both), name
    assert sorted(project.query("select * from replaced_where_asked")) == [
        (1, "one"),
        (1, "uno"),
        (2, "due"),
    ]
    assert project.query("select * from widened order by id") == [
        (1, "uno", "new"),
        (2, "due", "new"),
    ]
    assert {name for (name,) in project.query("show tables")} & {"merged", "unheard_of"} == set()


def test_docs_of_no_relation(project: Project) -> None:
    project.write("models/alone.sql", "select 1 as id")
    outcome = project.dbt("docs", "generate", "--select", "tag:nothing_has_it")
    assert outcome.exception is None, project.log()
    assert (outcome.result.nodes, outcome.result.errors) == ({}, None)
