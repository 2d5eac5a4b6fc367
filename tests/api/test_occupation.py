"""One occupation's answer: every section, their order, and all of them from one publication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import httpx2 as httpx
import pytest

from api.queries.occupations import MAX_TASKS, OCCUPATION, OCCUPATION_SECTIONS
from api.schemas.occupations import OccupationResponse
from tests.support.live_warehouse import FROM, TO, Asked, Edition, MySQLWarehouse, Warehouse


@pytest.fixture
def whole(api_client: httpx.Client) -> OccupationResponse:
    answer = api_client.get(f"/occupations/{TO}")
    assert answer.status_code == 200
    return OccupationResponse.model_validate_json(answer.content)


def test_ratings_are_parted_by_domain_most_important_first(whole: OccupationResponse) -> None:
    assert [each.element_name for each in whole.ratings.skills] == ["First", "Second", "Last"]
    assert [each.element_name for each in whole.ratings.abilities] == ["Lift"]
    assert (whole.ratings.knowledge, whole.ratings.work_activities) == ([], [])
    first, last = whole.ratings.skills[0], whole.ratings.skills[2]
    assert (first.level, first.importance, first.anchor_level, first.anchor, first.group_name) == (
        2,
        4.5,
        2,
        "Drive a nail",
        "Tools",
    )
    assert (last.level, last.importance, last.anchor_level, last.is_not_relevant) == (
        0,
        None,
        None,
        1,
    )


def test_characteristics_are_parted_by_domain_highest_first(whole: OccupationResponse) -> None:
    assert [(each.element_name, each.value) for each in whole.characteristics.work_styles] == [
        ("Care", 2.5),
        ("Calm", -0.5),
    ]
    assert [each.element_name for each in whole.characteristics.interests] == ["Realistic"]
    assert whole.characteristics.work_values == []


def test_education_has_its_typical_level_and_all_shares(whole: OccupationResponse) -> None:
    assert whole.education.typical
    assert (whole.education.typical.education_level, whole.education.typical.percent) == (6, 70)
    assert [(each.education_level, each.percent) for each in whole.education.shares] == [
        (2, 30),
        (6, 70),
    ]


def test_the_ten_tasks_that_weigh_most(whole: OccupationResponse) -> None:
    # a supplemental one is never before a core one
    assert [each.task_id for each in whole.tasks] == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_technologies_titles_and_related_occupations(whole: OccupationResponse) -> None:
    assert [each.technology_name for each in whole.technologies] == [
        "zeta",
        "Alpha",
        "alpha",
        "Beta",
        "Sheet",
        "=Plan",
        "Old",
    ]
    assert whole.reported_titles == []
    assert [(each.code, each.tier, each.index) for each in whole.related_occupations] == [
        ("43-9999.01", "Primary-Short", 1),
        (FROM, "Supplemental", 2),
    ]


def test_what_is_not_published_is_empty(api_client: httpx.Client) -> None:
    answer = OccupationResponse.model_validate_json(
        api_client.get("/occupations/11-9199.00").content
    )
    assert answer.education.typical is None
    assert not answer.ratings.skills + answer.ratings.knowledge
    assert not any(
        (
            answer.education.shares,
            answer.tasks,
            answer.technologies,
            answer.reported_titles,
            answer.related_occupations,
        )
    )


def test_reported_titles(api_client: httpx.Client) -> None:
    assert api_client.get(f"/occupations/{FROM}").json()["reported_titles"] == [
        "CEO (Chief Executive Officer)"
    ]


class Interrupted(Sequence[tuple[str, dict[str, object]]]):
    """Two statements with something that happens between them, the first time they are run
    through."""

    def __init__(self, statements: list[tuple[str, dict[str, object]]], happens: object) -> None:
        self.statements, self.happens = statements, [happens]

    def __len__(self) -> int:
        return len(self.statements)

    def __getitem__(self, index: int) -> tuple[str, dict[str, object]]:  # type: ignore[override]
        return self.statements[index]

    def __iter__(self) -> Iterator[tuple[str, dict[str, object]]]:
        yield self.statements[0]
        if self.happens:
            self.happens.pop()()  # type: ignore[operator]
        yield from self.statements[1:]


TWICE: list[tuple[str, dict[str, object]]] = [(OCCUPATION, {"code": FROM})] * 2


def test_a_publication_between_two_sections_does_not_mix_them(live: Warehouse) -> None:
    live.publish(Edition(1))
    with Asked(live.environment()) as asked:
        before, after = asked.fetch_together(Interrupted(TWICE, lambda: live.publish(Edition(2))))
        assert before == after
        assert before[0][0] == Edition(1).build_id
        assert asked.fetch(*TWICE[0])[0][0] == Edition(2).build_id


@pytest.mark.parametrize("live", [pytest.param("mysql", marks=pytest.mark.mysql)], indirect=True)
def test_a_table_swapped_under_the_snapshot_is_read_again_as_a_whole(live: Warehouse) -> None:
    """A publication whose tables have another definition renames new ones into place: the old
    snapshot cannot see these."""
    assert isinstance(live, MySQLWarehouse)
    live.publish(Edition(1))

    def swap() -> None:
        with live.server.connect() as connection, connection.cursor() as cursor:
            core = f"{live.name}_core"
            cursor.execute(f"create table {core}.fresh like {core}.occupation_task")
            cursor.execute(f"insert into {core}.fresh select * from {core}.occupation_task")
            cursor.execute(
                f"rename table {core}.occupation_task to {core}.old, {core}.fresh to"
                f" {core}.occupation_task"
            )

    tasks = OCCUPATION_SECTIONS["tasks"]
    with Asked(live.environment()) as asked:
        first, second = asked.fetch_together(Interrupted([TWICE[0], (tasks, {"code": TO})], swap))
    assert first[0][0] == Edition(1).build_id
    assert len(second) == MAX_TASKS
