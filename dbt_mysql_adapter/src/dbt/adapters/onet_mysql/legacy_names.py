"""The module names that dbt-mysql 1.7 imports, for as long as it is being imported.

dbt-core 1.8 moved what adapters use into dbt-common and dbt-adapters. Of the old names some are
gone and some are other modules now.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace

import dbt.adapters.base.impl
import dbt.adapters.contracts.connection
import dbt.adapters.events.logging
import dbt.adapters.exceptions
import dbt.adapters.sql
import dbt_common.clients.agate_helper
import dbt_common.contracts.constraints
import dbt_common.exceptions
import dbt_common.utils


def _module(name: str, **names: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(names)
    return module


_EXCEPTIONS = _module(
    "dbt.exceptions", **(vars(dbt_common.exceptions) | vars(dbt.adapters.exceptions))
)

LEGACY_MODULES: dict[str, ModuleType] = {
    "dbt.clients.agate_helper": dbt_common.clients.agate_helper,
    "dbt.contracts.connection": dbt.adapters.contracts.connection,
    # only ever an annotation
    "dbt.contracts.graph.manifest": _module("dbt.contracts.graph.manifest", Manifest=object),
    "dbt.contracts.graph.nodes": dbt_common.contracts.constraints,
    "dbt.events": dbt.adapters.events.logging,
    "dbt.exceptions": _EXCEPTIONS,
    "dbt.utils": dbt_common.utils,
}


@contextmanager
def legacy_names() -> Iterator[None]:
    """Make the old names importable, and leave `sys.modules` with what it had under each of them
    before."""
    before = {name: sys.modules.get(name) for name in LEGACY_MODULES}
    sys.modules.update(LEGACY_MODULES)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def bind_exceptions(*modules: ModuleType) -> None:
    """Give modules that say `dbt.exceptions.…` when they run the classes they mean: today's
    `dbt.exceptions` lacks the adapters' ones."""
    for module in modules:
        vars(module)["dbt"] = SimpleNamespace(exceptions=_EXCEPTIONS)
