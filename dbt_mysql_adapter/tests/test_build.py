"""What a dbt project may count on: contracts that MySQL enforces, tests that fail, builds that can
be repeated."""

import json
from collections.abc import Iterator

import pytest

from .conftest import Project, new_project

pytestmark = pytest.mark.mysql

THINGS = "id,name,amount\n1,Ärger,1.50\n2,back\\slash,\n"

EVERY_CONSTRAINT = """
models:
  - name: parent
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: int, constraints: [{type: primary_key}]}]
  - name: thing
    description: one row per thing
    config: {contract: {enforced: true}}
    constraints:
      - {type: primary_key, columns: [id]}
      - {type: foreign_key, columns: [id], to: ref('parent'), to_columns: [id]}
      - {type: check, name: positive_id, expression: id > 0}
    columns:
      - {name: id, data_type: int, constraints: [{type: foreign_key, to: ref('parent'),
          to_columns: [id]}], data_tests: [unique]}
      - {name: name, data_type: varchar(20), constraints: [{type: not_null}, {type: unique}]}
      - {name: amount, data_type: "decimal(5,2)"}
      - {name: long_cast, data_type: varchar(1500)}
      - {name: long_column, data_type: varchar(1500)}
      - {name: free_text, data_type: text}
      - {name: ratio, data_type: double}
      - {name: flag, data_type: tinyint, constraints: [{type: check, expression: "flag in (0, 1)"}]}
      - {name: seen_at, data_type: datetime}
"""

THING = """
select id, name, cast(amount as decimal(5,2)) as amount, cast(name as char(1500)) as long_cast,
    name as long_column,
    cast(name as char) as free_text, cast(amount as double) as ratio, case when id = 1 then 1 else 0
        end as flag,
    cast('2024-01-02 03:04:05' as datetime) as seen_at
from {{ ref('thing_seed') }}
"""


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory, unix_socket: str) -> Iterator[Project]:
    """A project with a seed, a model with every kind of constraint and type, an incremental model
    and a view, built once."""
    with new_project(tmp_path_factory.mktemp("things"), unix_socket) as project:
        project.write("seeds/thing_seed.csv", THINGS)
        project.write(
            "seeds/seeds.yml",
            "seeds: [{name: thing_seed, config: {column_types: {id: smallint, name:"
            " varchar(1500)}}}]",
        )
        project.write("models/parent.sql", "select id from {{ ref('thing_seed') }}")
        project.write(
            "models/named.sql",
            "{{ config(materialized='view') }} select id, name from {{ ref('thing') }}",
        )
        incremental = "{{ config(materialized='incremental', unique_key='id') }}"
        project.write(
            "models/kept.sql", f"{incremental} select id, name from {{{{ ref('thing_seed') }}}}"
        )
        project.write("models/thing.sql", THING)
        project.write("models/models.yml", EVERY_CONSTRAINT)
        project.build()
        yield project


def test_a_second_build_gives_the_same_tables_with_the_declared_types_and_constraints(
    things: Project,
) -> None:
    queries = [
        "show create table thing",
        "select * from thing order by id",
        "select * from kept order by id",
        "select * from named order by id",
    ]
    first = [things.query(sql) for sql in queries]
    things.build()
    assert [things.query(sql) for sql in queries] == first
    lines = [line.strip(" ,") for line in first[0][0][1].splitlines()]
    assert lines[1:-1] == [
        "`id` int NOT NULL",
        "`name` varchar(20) COLLATE utf8mb4_0900_bin NOT NULL",
        "`amount` decimal(5,2) DEFAULT NULL",
        "`long_cast` varchar(1500) COLLATE utf8mb4_0900_bin DEFAULT NULL",
        "`long_column` varchar(1500) COLLATE utf8mb4_0900_bin DEFAULT NULL",
        "`free_text` text COLLATE utf8mb4_0900_bin",
        "`ratio` double DEFAULT NULL",
        "`flag` tinyint DEFAULT NULL",
        "`seen_at` datetime DEFAULT NULL",
        "PRIMARY KEY (`id`)",
        "UNIQUE KEY `name` (`name`)",
        "CONSTRAINT `thing_chk_1` CHECK ((`flag` in (0,1)))",
        "CONSTRAINT `thing_chk_2` CHECK ((`id` > 0))",
    ]
    assert first[2] == first[3] == [(1, "Ärger"), (2, "back\\slash")]


def test_foreign_keys_are_in_the_manifest_for_others_to_use(things: Project) -> None:
    manifest = json.loads((things.folder / "target" / "manifest.json").read_text())
    (foreign_key,) = [
        c
        for c in manifest["nodes"]["model.tiny.thing"]["constraints"]
        if c["type"] == "foreign_key"
    ]
    assert (foreign_key["columns"], foreign_key["to_columns"]) == (["id"], ["id"])
    assert foreign_key["to"] == f"`{things.schema}`.`parent`"


def test_docs_know_types_and_comments(things: Project) -> None:
    things.query(
        "alter table thing comment 'one row per thing', modify flag tinyint comment 'yes or no'"
    )
    catalog = things.dbt("docs", "generate").result
    thing = catalog.nodes["model.tiny.thing"]
    assert (thing.metadata.type, thing.metadata.comment) == ("table", "one row per thing")
    assert (thing.columns["long_cast"].type, thing.columns["amount"].type) == (
        "varchar(1500)",
        "decimal(5,2)",
    )
    assert (thing.columns["flag"].index, thing.columns["flag"].comment) == (8, "yes or no")
    assert catalog.nodes["model.tiny.named"].metadata.type == "view"
    assert {*catalog.nodes} == {
        *(f"model.tiny.{name}" for name in ("kept", "named", "parent", "thing")),
        "seed.tiny.thing_seed",
    }
    assert catalog.errors is None


CONTRACT_VIOLATIONS = {  # model: its constraint, its rows, the error
    "absent": ("{type: not_null}", "select cast(null as signed) as id", "cannot be null"),
    "doubled_key": ("{type: primary_key}", "select 1 as id union all select 1", "Duplicate entry"),
    "doubled": ("{type: unique}", "select 1 as id union all select 1", "Duplicate entry"),
    "unchecked": ("{type: check, expression: id < 2}", "select 2 as id", "Check constraint"),
    "mistyped": ("{type: not_null}", "select '1' as id", "data type mismatch"),
}

LONG_NAME = "it's a \\\\ " + "x" * 300  # YAML reads the two backslashes as one

RIGHT_AND_WRONG_TESTS = f"""
models:
  - {{name: numbers, columns: [{{name: n,
      data_tests: [unique: {{config: {{store_failures: true}}}}]}}]}}
unit_tests:
  - name: right
    model: shouted
    given: [{{input: ref('thing_seed'), rows: [{{id: 7, name: "{LONG_NAME}"}}]}}]
    expect: {{rows: [{{id: 7, name: "{LONG_NAME}!", amount: null}}]}}
  - name: expects_nothing
    model: shouted
    given: [{{input: ref('thing_seed'), rows: []}}]
    expect: {{rows: []}}
  - name: wrong
    model: shouted_too
    given: [{{input: ref('thing_seed'), rows: [{{id: 7, name: a}}]}}]
    expect: {{rows: [{{id: 7, name: A!}}]}}
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory, unix_socket: str) -> Iterator[Project]:
    """A project in which much is wrong, not built yet."""
    with new_project(tmp_path_factory.mktemp("faulty"), unix_socket) as project:
        for name, (constraint, rows, _) in CONTRACT_VIOLATIONS.items():
            project.write(f"models/{name}.sql", rows)
            columns = f"[{{name: id, data_type: int, constraints: [{constraint}]}}]"
            model = (
                f"{{name: {name}, config: {{contract: {{enforced: true}}}}, columns: {columns}}}"
            )
            project.write(f"models/{name}.yml", f"models: [{model}]")
        project.write("seeds/thing_seed.csv", THINGS)
        columns = "id, concat(name, '!') as name, cast(amount as decimal(5,2)) as amount"
        for name in ("shouted", "shouted_too"):
            project.write(
                f"models/{name}.sql", f"select {columns} from {{{{ ref('thing_seed') }}}}"
            )
        project.write("models/numbers.sql", "select 1 as n union all select 2 union all select 2")
        project.write("models/tests.yml", RIGHT_AND_WRONG_TESTS)
        yield project


def test_a_row_or_a_type_against_the_contract_fails_the_model(faulty: Project) -> None:
    results = {
        result.node.name: result
        for result in faulty.dbt("build", "--select", *CONTRACT_VIOLATIONS).result
    }
    for name, (_, _, message) in CONTRACT_VIOLATIONS.items():
        assert results[name].status == "error", name
        assert message in results[name].message
    assert not {name for (name,) in faulty.query("show tables")} & {*CONTRACT_VIOLATIONS}


def test_a_unit_test_passes_when_right_and_fails_when_wrong(faulty: Project) -> None:
    statuses = faulty.statuses("build", "--select", "thing_seed+")
    assert (statuses["right"], statuses["expects_nothing"], statuses["wrong"]) == (
        "pass",
        "pass",
        "fail",
    )
    assert (statuses["shouted"], statuses["shouted_too"]) == ("success", "skipped")


def test_a_failing_data_test_stores_its_rows(faulty: Project) -> None:
    for _ in range(2):
        (test,) = [
            result
            for result in faulty.dbt("build", "--select", "numbers").result
            if result.status == "fail"
        ]
        assert test.failures == 1
        assert faulty.query(f"select * from {test.node.relation_name}") == [(2, 2)]


def test_a_snapshot_keeps_what_changed_closes_what_is_gone_and_takes_a_new_column(
    project: Project,
) -> None:
    config = "{unique_key: id, strategy: check, check_cols: all, hard_deletes: invalidate}"
    project.write(
        "snapshots/history.yml",
        f"snapshots: [{{name: history, relation: ref('thing_seed'), config: {config}}}]",
    )
    for content in (THINGS, f"id,name,note\n1,Ärger mit b,{'x' * 300}\n"):
        project.write("seeds/thing_seed.csv", content)
        assert set(project.statuses("build", "--full-refresh").values()) == {"success"}
    columns = "id, name, length(note), dbt_valid_to is null, length(dbt_scd_id)"
    history = project.query(f"select {columns} from history order by id, dbt_valid_to is null")
    assert history == [
        (1, "Ärger", None, 0, 64),
        (1, "Ärger mit b", 300, 1, 64),
        (2, "back\\slash", None, 0, 64),
    ]


def test_casts_use_the_names_that_mysql_casts_to(project: Project) -> None:
    types = {
        "varchar(20)": "varchar(20)",
        "text": "varchar(0)",  # as long as its value
        "integer": "bigint",
        "tinyint(1)": "bigint",
        "bigint unsigned": "bigint unsigned",
        "numeric(7,4)": "decimal(7,4)",
        "double precision": "double",
        "timestamp": "datetime",
        "datetime(6)": "datetime(6)",
        "date": "date",
        "json": "json",
    }
    casts = ", ".join(
        f"{{{{ dbt.cast('null', '{name}') }}}} as c{i}" for i, name in enumerate(types)
    )
    safe_casts = ", ".join(
        f"{{{{ dbt.safe_cast('null', '{name}') }}}} as s{i}" for i, name in enumerate(types)
    )
    project.write("models/casts.sql", f"select {casts}, {safe_casts}")
    strings = (
        "{{ dbt.concat([\"'a'\", \"'b'\"]) }} as joined, length({{ dbt.hash('1') }}) as hash_length"
    )
    project.write(
        "models/strings.sql",
        f"select {strings}, {{{{ dbt.string_literal(dbt.escape_single_quotes('\\\\n')) }}}} as"
        " backslash",
    )
    project.build()
    created = {name: kind for name, kind, *_ in project.query("show columns from casts")}
    assert {name: created[f"c{i}"] for i, name in enumerate(types)} == types
    assert created["s0"] == "varchar(0)", "safe_cast never cuts a value to the length of its column"
    assert project.query("select * from strings") == [("ab", 64, "\\n")]


def test_names_of_sixty_characters_can_be_rebuilt(project: Project) -> None:
    names = ["n" * 59 + "a", "n" * 59 + "b", "v" * 64]
    for name in names:
        kind = "view" if name.startswith("v") else "table"
        project.write(
            f"models/{name}.sql", f"{{{{ config(materialized='{kind}') }}}} select '{name}' as name"
        )
    config = "{unique_key: name, strategy: check, check_cols: all}"
    project.write(
        "snapshots/s.yml",
        f"snapshots: [{{name: {'s' * 60}, relation: ref('{names[0]}'), config: {config}}}]",
    )
    temporary = (
        "make_temp_relation(this.incorporate(path={'identifier': 'x' * 63 ~ '%s'})).identifier"
    )
    project.write(
        "models/marks.sql",
        f"select '{{{{ {temporary % 'a'} }}}}' as a, '{{{{ {temporary % 'b'} }}}}' as b",
    )
    project.build()
    project.build()
    for name in names:
        assert project.query(f"select name from {name}") == [(name,)]
    assert len(project.query("show tables")) == 5
    assert project.query("select a <> b, length(a), length(b) from marks") == [(1, 64, 64)]
