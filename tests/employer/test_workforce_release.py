"""The exercise's workforce beside whole releases of O*NET, by the values that were computed twice,
by independent programs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.employer.employer_warehouse import EmployerWarehouse, make_employer
from tests.employer.test_workforce_gap import assert_everybody_stands_as_their_occupation
from tests.support.warehouse import Engine, Warehouse

TARGET = "company_ein,occupation_code\n11-1111111,11-3013.00\n"
REVIEWED = "title,occupation_code\nVP HR,11-3121.00\nDirector Finance,11-3031.00\n"
COUNTS = """
select count(*), sum(people_below), sum(people_uncertain), sum(people_meeting),
    sum(case when people_below > 0 then 1 else 0 end), max(people_below),
    min(people_below + people_uncertain + people_meeting),
    max(people_below + people_uncertain + people_meeting), min(people_unknown), max(people_unknown)
from {live}.workforce_gap
where domain = 'skills' and onet_release = '%s'
"""
EXACT_TITLES = (35, 56, 16, 208, 7, 8, 8, 8, 16, 16)
"""Elements; people below, uncertain, meeting over all; elements with somebody below, and how many
at most; compared at least and at most, unknown at least and at most."""
REVIEWED_MAP = (35, 119, 43, 433, 7, 17, 17, 17, 7, 7)


@pytest.fixture
def beside(
    engine: Engine,
    request: pytest.FixtureRequest,
    exercise: Path,
    published: Callable[[str], Warehouse],
    release: str,
    tmp_path: Path,
) -> Iterator[EmployerWarehouse]:
    """The exercise's roster beside a release, loaded and not built."""
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    with make_employer(engine, tmp_path, server, published(release)) as employer:
        given = tmp_path / "given"
        given.mkdir()
        for name in ("employees_raw.csv", "company_lookup.json"):
            shutil.copy(exercise / name, given)
        (given / "target_occupations.csv").write_text(TARGET)
        employer.load(given)
        yield employer


def review_titles(employer: EmployerWarehouse, folder: Path) -> None:
    folder.mkdir()
    (folder / "title_map.csv").write_text(REVIEWED)
    employer.load(folder)


@pytest.mark.release
@pytest.mark.parametrize("release", ["29.2"])
def test_eight_people_are_compared_by_their_titles_and_seventeen_by_a_map(
    beside: EmployerWarehouse, release: str, tmp_path: Path
) -> None:
    beside.build()
    assert tuple(map(int, beside.query(COUNTS % release)[0])) == EXACT_TITLES
    review_titles(beside, tmp_path / "reviewed")
    beside.build()
    assert tuple(map(int, beside.query(COUNTS % release)[0])) == REVIEWED_MAP
    assert_everybody_stands_as_their_occupation(beside)


@pytest.mark.release
@pytest.mark.slow
@pytest.mark.parametrize("release", ["30.3"])
def test_it_is_built_beside_another_release(
    beside: EmployerWarehouse, release: str, tmp_path: Path
) -> None:
    review_titles(beside, tmp_path / "reviewed")
    beside.build()
    [counts] = beside.query(COUNTS % release)
    assert (int(counts[0]), int(counts[6]), int(counts[9])) == (35, 17, 7)
    assert_everybody_stands_as_their_occupation(beside)
