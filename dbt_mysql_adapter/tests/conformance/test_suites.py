"""dbt's own conformance suites, as far as they apply: which do not, and why, is in ../../README.md.

A class with a body says in MySQL's words what the suite says in Postgres's.
"""

from typing import Any

import pytest
from dbt.tests.adapter.aliases import fixtures as alias_fixtures
from dbt.tests.adapter.aliases.test_aliases import (
    BaseAliasErrors,
    BaseAliases,
    BaseSameAliasDifferentSchemas,
)
from dbt.tests.adapter.basic.expected_catalog import base_expected_catalog, no_stats
from dbt.tests.adapter.basic.test_adapter_methods import BaseAdapterMethod
from dbt.tests.adapter.basic.test_base import BaseSimpleMaterializations
from dbt.tests.adapter.basic.test_docs_generate import BaseDocsGenerate
from dbt.tests.adapter.basic.test_empty import BaseEmpty
from dbt.tests.adapter.basic.test_ephemeral import BaseEphemeral
from dbt.tests.adapter.basic.test_generic_tests import BaseGenericTests
from dbt.tests.adapter.basic.test_incremental import BaseIncremental, BaseIncrementalBadStrategy
from dbt.tests.adapter.basic.test_singular_tests import BaseSingularTests
from dbt.tests.adapter.basic.test_singular_tests_ephemeral import BaseSingularTestsEphemeral
from dbt.tests.adapter.basic.test_snapshot_check_cols import BaseSnapshotCheckCols
from dbt.tests.adapter.basic.test_snapshot_timestamp import BaseSnapshotTimestamp
from dbt.tests.adapter.basic.test_table_materialization import BaseTableMaterialization
from dbt.tests.adapter.basic.test_validate_connection import BaseValidateConnection
from dbt.tests.adapter.caching.test_caching import (
    BaseCachingLowercaseModel,
    BaseCachingSelectedSchemaOnly,
    BaseNoPopulateCache,
)
from dbt.tests.adapter.concurrency.test_concurrency import BaseConcurrency
from dbt.tests.adapter.constraints.test_constraints import (
    BaseIncrementalConstraintsColumnsEqual,
    BaseIncrementalForeignKeyConstraint,
    BaseTableConstraintsColumnsEqual,
    BaseViewConstraintsColumnsEqual,
)
from dbt.tests.adapter.hooks.test_model_hooks import (
    BaseDuplicateHooksInConfigs,
    BaseHooksRefsOnSeeds,
)
from dbt.tests.adapter.hooks.test_run_hooks import BaseAfterRunHooks
from dbt.tests.adapter.incremental.test_incremental_on_schema_change import (
    BaseIncrementalOnSchemaChange,
)
from dbt.tests.adapter.incremental.test_incremental_unique_id import BaseIncrementalUniqueKey
from dbt.tests.adapter.query_comment.test_query_comment import (
    BaseEmptyQueryComments,
    BaseMacroArgsQueryComments,
    BaseMacroInvalidQueryComments,
    BaseMacroQueryComments,
    BaseNullQueryComments,
    BaseQueryComments,
)
from dbt.tests.adapter.relations.test_changing_relation_type import BaseChangeRelationTypeValidator
from dbt.tests.adapter.relations.test_dropping_schema_named import BaseDropSchemaNamed
from dbt.tests.adapter.store_test_failures_tests.test_store_test_failures import (
    BaseStoreTestFailures,
    BaseStoreTestFailuresLimit,
)
from dbt.tests.adapter.unit_testing.test_case_insensitivity import BaseUnitTestCaseInsensivity
from dbt.tests.adapter.unit_testing.test_invalid_input import BaseUnitTestInvalidInput
from dbt.tests.adapter.unit_testing.test_quoted_reserved_word_column_names import (
    BaseUnitTestQuotedReservedWordColumnNames,
)
from dbt.tests.adapter.unit_testing.test_types import BaseUnitTestingTypes
from dbt.tests.util import run_dbt

pytestmark = [pytest.mark.mysql, pytest.mark.slow]


# Basic


class TestSimpleMaterializations(BaseSimpleMaterializations): ...


class TestAdapterMethod(BaseAdapterMethod): ...


class TestDocsGenerate(BaseDocsGenerate):
    @pytest.fixture(scope="class")
    def expected_catalog(self, project: Any) -> dict[str, Any]:
        types = {
            "id_type": "int",
            "text_type": "text",
            "time_type": "datetime",
            "view_type": "view",
            "table_type": "table",
        }
        return base_expected_catalog(project, role=None, model_stats=no_stats(), **types)  # type: ignore[no-any-return]


class TestEmpty(BaseEmpty): ...


class TestEphemeral(BaseEphemeral): ...


class TestGenericTests(BaseGenericTests): ...


class TestIncremental(BaseIncremental): ...


class TestIncrementalBadStrategy(BaseIncrementalBadStrategy): ...


class TestSingularTests(BaseSingularTests): ...


class TestSingularTestsEphemeral(BaseSingularTestsEphemeral): ...


class TestSnapshotCheckCols(BaseSnapshotCheckCols): ...


class TestSnapshotTimestamp(BaseSnapshotTimestamp): ...


class TestTableMaterialization(BaseTableMaterialization): ...


class TestValidateConnection(BaseValidateConnection): ...


# Aliases, relations, concurrency, cache

ALIAS_MACROS = {
    "cast.sql": alias_fixtures.MACROS__CAST_SQL.replace("::text", ""),
    "expect_value.sql": alias_fixtures.MACROS__EXPECT_VALUE_SQL,
}


class TestAliases(BaseAliases):
    @pytest.fixture(scope="class")
    def macros(self) -> dict[str, str]:
        return ALIAS_MACROS


class TestAliasErrors(BaseAliasErrors): ...


class TestSameAliasDifferentSchemas(BaseSameAliasDifferentSchemas):
    @pytest.fixture(scope="class")
    def macros(self) -> dict[str, str]:
        return ALIAS_MACROS


class TestChangeRelationType(BaseChangeRelationTypeValidator): ...


class TestDropSchemaNamed(BaseDropSchemaNamed): ...


class TestConcurrency(BaseConcurrency): ...


class _WithoutDatabase:
    """The suite, less its look at the name of the database: in MySQL that is the schema's."""

    def run_and_inspect_cache(self, project: Any, run_args: list[str] | None = None) -> None:
        seen = []
        for _ in range(2):
            run_dbt(run_args)
            [relation] = project.adapter.cache.relations
            seen.append((relation.schema.lower(), relation.identifier.lower()))
        assert seen[0] == seen[1]
        assert seen[0][0] == project.test_schema


class TestCachingLowercaseModel(_WithoutDatabase, BaseCachingLowercaseModel): ...


class TestNoPopulateCache(_WithoutDatabase, BaseNoPopulateCache): ...


class TestCachingSelectedSchemaOnly(_WithoutDatabase, BaseCachingSelectedSchemaOnly): ...


# Constraints and contracts


class _Types:
    @pytest.fixture
    def string_type(self) -> str:
        return "text"

    @pytest.fixture
    def int_type(self) -> str:
        return "integer"

    @pytest.fixture
    def data_types(self) -> list[list[str]]:
        """The expression, its type in the contract, its type in dbt's message."""
        return [
            ["1", "integer", "integer"],
            ["'1'", "text", "text"],
            ["cast('2013-11-03' as datetime)", "datetime", "datetime"],
            ["cast('2013-11-03' as date)", "date", "date"],
            ["cast(1.5 as decimal(3, 1))", "decimal(3,1)", "decimal"],
            ["cast(1 as double)", "double", "double"],
        ]


class TestTableConstraintsColumnsEqual(_Types, BaseTableConstraintsColumnsEqual): ...


class TestViewConstraintsColumnsEqual(_Types, BaseViewConstraintsColumnsEqual): ...


class TestIncrementalConstraintsColumnsEqual(_Types, BaseIncrementalConstraintsColumnsEqual): ...


class TestIncrementalForeignKeyConstraint(BaseIncrementalForeignKeyConstraint): ...


# Incremental by key, stored failures, unit tests, hooks, query comments


class TestIncrementalUniqueKey(BaseIncrementalUniqueKey): ...


class TestIncrementalOnSchemaChange(BaseIncrementalOnSchemaChange):
    test_run_incremental_append_new_columns = None  # casts to text, as does the next
    test_run_incremental_sync_all_columns = None


class TestStoreTestFailures(BaseStoreTestFailures): ...


class TestStoreTestFailuresLimit(BaseStoreTestFailuresLimit): ...


class TestUnitTestCaseInsensitivity(BaseUnitTestCaseInsensivity): ...


class TestUnitTestInvalidInput(BaseUnitTestInvalidInput): ...


class TestUnitTestQuotedReservedWordColumnNames(BaseUnitTestQuotedReservedWordColumnNames): ...


class TestUnitTestingTypes(BaseUnitTestingTypes):
    @pytest.fixture
    def data_types(self) -> list[list[str]]:
        return [
            ["1", "1"],
            ["'1'", "1"],
            ["true", "true"],
            ["date '2020-01-02'", "2020-01-02"],
            ["timestamp '2013-11-03 00:00:00'", "2013-11-03 00:00:00"],
            ["cast('1' as decimal(5, 2))", "1"],
        ]


class TestAfterRunHooks(BaseAfterRunHooks): ...


class TestDuplicateHooksInConfigs(BaseDuplicateHooksInConfigs): ...


class TestHooksRefsOnSeeds(BaseHooksRefsOnSeeds): ...


class TestQueryComments(BaseQueryComments): ...


class TestMacroQueryComments(BaseMacroQueryComments): ...


class TestMacroArgsQueryComments(BaseMacroArgsQueryComments): ...


class TestMacroInvalidQueryComments(BaseMacroInvalidQueryComments): ...


class TestNullQueryComments(BaseNullQueryComments): ...


class TestEmptyQueryComments(BaseEmptyQueryComments): ...
