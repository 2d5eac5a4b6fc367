"""`loader supplement`: what is asked for, how a run goes on after another, and what comes of it in
the tables and in the API's answers."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from structlog.testing import capture_logs

from api.schemas.skill_gap import SkillGapResponse
from loader.errors import LoaderError, SourceUnreachableError
from loader.web_services.supplement import (
    RESTARTS,
    SupplementRequest,
    SupplementResult,
    open_web_services_client,
    supplement,
)
from tests.support.environment import without_settings
from tests.support.landing import NUMBER, land_here, settings_for
from tests.support.live_warehouse import served
from tests.support.onet_service import Body, Service, changed, page_before, rating, serve, status
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import ROOT, Warehouse

UNRATED, RATED = "15-1252.00", "11-1011.00"
ELEMENTS = ("2.A.1.a", "2.A.1.b")
MISSING = SupplementRequest(missing=True)


def rows_of(*codes: str, level: float = 3.5) -> list[Body]:
    """Both scales of two skills for each code."""
    return [
        rating(code, element, scale, level)
        for code in codes
        for element in ELEMENTS
        for scale in ("IM", "LV")
    ]


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """The sample without its name, so that it counts as a release: 3 of its 13 occupations are not
    rated, among them UNRATED."""
    return sample_copy(tmp_path / "release")


@pytest.fixture
def service() -> Iterator[Service]:
    """Has ratings of UNRATED, and other ones than the release of RATED."""
    with serve(Service({"skills": rows_of(UNRATED, RATED)})) as serving:
        yield serving


Ask = Callable[..., SupplementResult | None]


@pytest.fixture
def ask(warehouse: Warehouse, service: Service) -> Ask:
    """One run in this process, with a client of its own as the command has."""

    def run(wanted: SupplementRequest) -> SupplementResult | None:
        settings = settings_for(
            warehouse, onet_api_url=service.url, onet_api_key=service.key, onet_api_rate=100
        )
        with closing(open_web_services_client(settings, sleep=lambda _: None)) as client:
            return supplement(settings, client, wanted)

    return run


def asked_for(service: Service) -> list[tuple[str, str, str]]:
    """Table, filter and first row of each request for rows; forgets them."""
    found = [
        (asked["table"][0], asked.get("filter", [""])[0], asked["start"][0])
        for asked in service.asked_for_rows()
    ]
    service.asked.clear()
    return found


def stored(
    warehouse: Warehouse, columns: str = "onetsoc_code, element_id, scale_id"
) -> list[tuple[Any, ...]]:
    return warehouse.raw(
        f"select distinct {columns} from {{raw}}.supplement_rating order by {columns}"
    )


@pytest.mark.long
def test_from_the_service_to_the_answers_in_both_orders(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask
) -> None:
    """Supplemented before a release that has the rating and after one: the release wins, and where
    it has none the service does."""
    land_here(warehouse, release.folder)
    done = ask(SupplementRequest(occupations=(UNRATED, RATED)))
    assert done
    assert (done.rows_landed, done.occupations) == (8, {UNRATED, RATED})
    warehouse.build()
    sources = (
        "select occupation_code, rating_source, count(*), max(value) from {core}.fct_rating"
        f" where occupation_code in ('{UNRATED}', '{RATED}') and element_id in {ELEMENTS} and"
        " scale_id = 'LV' group by occupation_code, rating_source order by 1"
    )
    published = float(release.value("Skills.txt", 3, "Data Value"))
    before = [
        (code, source, count, float(value))
        for code, source, count, value in warehouse.query(sources)
    ]
    assert before[0][:2] == (RATED, "release")
    assert before[0][3] >= published
    assert before[1:] == [(UNRATED, "web_services", 2, 3.5)]
    releases = (
        "select rating_source, service_release, count(*) > 0 from {live}.rating group by 1, 2 order"
        " by 1"
    )
    assert warehouse.query(releases) == [("release", None, True), ("web_services", "30.3", True)]
    counts = (
        "select supplemented_rating_count, supplemented_occupation_count, answered_rating_count,"
        " service_release from {live}."
    )
    assert warehouse.query(counts + "current_publication") == [(4, 1, 8, "30.3")]
    _answers_say_so(warehouse)

    lines = release.lines("Skills.txt")
    rated_now = [
        [UNRATED, *line[1:]] for line in lines[1:] if line[0] == RATED and line[1] == ELEMENTS[0]
    ]
    release.write("Skills.txt", [*lines, *rated_now])
    land_here(warehouse, release.folder)
    warehouse.build()
    assert warehouse.query(
        "select element_id, rating_source, count(*) from {core}.fct_rating where occupation_code"
        f" = '{UNRATED}' group by element_id, rating_source order by 1"
    ) == [(ELEMENTS[0], "release", 2), (ELEMENTS[1], "web_services", 2)]
    assert warehouse.query(counts + "current_publication") == [(2, 1, 8, "30.3")]

    service.tables["skills"] = [rating(UNRATED, ELEMENTS[1], "LV", 3.5, date_updated="2026-05-31")]
    ask(SupplementRequest(occupations=(UNRATED,), again=True))
    [test] = warehouse.failing_tests("source:raw.supplement_rating")
    assert "typed_as_raw_supplement_rating" in test


def _answers_say_so(warehouse: Warehouse) -> None:
    environment = {
        key: value
        for key, value in warehouse.environment("api").items()
        if key.startswith("WAREHOUSE_")
    }
    with served(environment) as url, httpx.Client(base_url=url) as client:
        answer = client.get(
            "/skill-gap", params={"from": RATED, "to": UNRATED, "definition": "higher"}
        ).json()
        assert answer["supplemented"] == {"from": 0, "to": 1}
        assert [gap["is_supplemented"] for gap in answer["gaps"]] == [1] * len(answer["gaps"])
        explained = client.get(
            "/skill-gap",
            params={"from": RATED, "to": UNRATED, "definition": "higher", "explain": "true"},
        ).json()
        for gap in explained["gaps"]:
            rows = gap["published_rows"]
            assert (rows["from_level"]["source"], rows["from_level"]["file"]) == (
                "release",
                "Skills.txt",
            )
            nowhere = [rows["to_level"][name] for name in ("source", "release", "file", "line")]
            assert (nowhere, rows["to_level"]["value"]) == (
                ["web_services", "30.3", None, None],
                gap["to_level"],
            )
            assert rows["from_level"]["release"] == NUMBER
        SkillGapResponse.model_validate(explained)
        between = client.get(
            "/skill-gap", params={"from": RATED, "to": "11-3013.00", "definition": "higher"}
        ).json()
        assert between["supplemented"] == {"from": 0, "to": 0}
        assert {gap["is_supplemented"] for gap in between["gaps"]} == {0}
        found = client.get(f"/occupations/{UNRATED}").json()["occupation"]
        assert (
            found["is_rated"]["skills"],
            found["is_supplemented"]["skills"],
            found["is_supplemented"]["knowledge"],
        ) == (1, 1, 0)
        assert client.get("/publication").json()["supplemented_rating_count"] == 4
        unrated = client.get("/skill-gap", params={"from": RATED, "to": "11-9199.00"}).json()
        assert "python -m loader supplement --occupation 11-9199.00" in unrated["detail"]


def test_missing_asks_for_unrated_occupations_and_once_only(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask
) -> None:
    land_here(warehouse, release.folder)
    done = ask(MISSING)
    unrated = ["11-9199.00", UNRATED, "55-1011.00"]
    assert asked_for(service) == [("skills", f"onetsoc_code.eq.{code}", "1") for code in unrated]
    assert done
    assert (done.rows_landed, done.occupations, done.scopes_asked) == (4, {UNRATED}, 3)
    again = ask(MISSING)
    assert asked_for(service) == []
    assert again
    assert (again.scopes_known, again.rows_landed, again.load_id) == (3, 0, done.load_id + 1)
    notes = warehouse.raw(
        "select note from {raw}.supplement_scope where onetsoc_code = '55-1011.00'"
    )
    assert notes == [("the service has no row of it",)]
    # What the release did not list before is new; what the service serves anew is too.
    release.write(
        "Occupation Data.txt",
        [*release.lines("Occupation Data.txt"), ["15-1299.08", "Engineers", "Plan."]],
    )
    land_here(warehouse, release.folder)
    ask(MISSING)
    assert asked_for(service) == [("skills", "onetsoc_code.eq.15-1299.08", "1")]
    service.release = "30.4"
    service.tables["skills"] = rows_of(UNRATED, level=6)
    ask(MISSING)
    assert len(asked_for(service)) == 4
    assert stored(warehouse, "data_value, service_release") == [("6", "30.4")]
    ask(SupplementRequest(missing=True, again=True))
    assert len(asked_for(service)) == 4


def test_tables_of_a_new_release_are_known_by_their_columns(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask
) -> None:
    """From 30.3 the skills are in two tables; the technology tables are no ratings."""
    land_here(warehouse, release.folder)
    service.tables = {
        "essential_skills": rows_of(UNRATED),
        "transferable_skills": rows_of(RATED),
        "software_skills_map": [],
    }
    ask(SupplementRequest(occupations=(UNRATED,)))
    assert {table for table, _, _ in asked_for(service)} == {
        "essential_skills",
        "transferable_skills",
    }
    with pytest.raises(LoaderError, match="it has essential_skills, transferable_skills"):
        ask(SupplementRequest(every_of="skills"))


@pytest.fixture
def many(service: Service) -> list[Body]:
    """A table of three pages."""
    service.tables["skills"] = [
        rating(f"11-{number:04d}.00", "2.A.1.a", "LV", 2.5) for number in range(4500)
    ]
    return service.tables["skills"]


def test_an_interrupted_run_goes_on_at_the_page_it_had_reached(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask, many: list[Body]
) -> None:
    land_here(warehouse, release.folder)
    service.faults.extend([changed(), *[status(500)] * 8])
    with pytest.raises(SourceUnreachableError, match="it goes on from there"):
        ask(SupplementRequest(every_of="skills"))
    assert len(stored(warehouse)) == 2000
    assert warehouse.raw(
        "select state, rows_landed, retries, error is null from {raw}.supplement_load"
    ) == [("failed", 2000, 7, False)]
    asked_for(service)
    done = ask(SupplementRequest(every_of="skills"))
    assert asked_for(service) == [("skills", "", "2001"), ("skills", "", "4001")]
    assert done
    assert done.rows_landed == 2500
    assert [row[0] for row in stored(warehouse)] == [row["onetsoc_code"] for row in many]


def test_a_table_that_changes_under_the_pages_is_read_anew(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask, many: list[Body]
) -> None:
    land_here(warehouse, release.folder)
    service.faults.extend([changed(total=4600), changed(), changed(), page_before])
    ask(SupplementRequest(every_of="skills"))
    assert [start for _, _, start in asked_for(service)] == [
        "1",
        "2001",
        "1",
        "2001",
        "1",
        "2001",
        "4001",
    ]
    assert len(stored(warehouse)) == len(many)
    service.faults.extend([changed(), page_before] * (RESTARTS + 1))
    with pytest.raises(LoaderError, match="repeat a rating, 4 times over"):
        ask(SupplementRequest(every_of="skills", again=True))
    asked_for(service)
    ask(SupplementRequest(every_of="skills"))
    assert [start for _, _, start in asked_for(service)] == ["1", "2001", "4001"]


def test_of_a_newer_release_only_what_is_newer_is_asked_for(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask, many: list[Body]
) -> None:
    land_here(warehouse, release.folder)
    every = SupplementRequest(every_of="skills")
    service.operators |= {"gt"}
    ask(every)
    asked_for(service)
    ask(every)
    assert asked_for(service) == []
    service.release = "30.4"
    many[7] |= {"date_updated": "2026-08-01", "data_value": 5.5}
    many.append(rating("12-0000.00", "2.A.1.a", "LV", 1, date_updated="2026-08-01"))
    done = ask(every)
    assert asked_for(service) == [
        ("skills", "date_updated.gt.2026-05-01", "1"),
        ("skills", "", "1"),
    ]
    assert done
    assert done.rows_landed == 2
    assert len(stored(warehouse)) == 4501
    # A row that is new without a newer date is not among those: the whole table is asked for then.
    service.release = "30.5"
    many.append(rating("13-0000.00", "2.A.1.a", "LV", 1))
    ask(every)
    assert [where for _, where, _ in asked_for(service)] == [
        "date_updated.gt.2026-08-01",
        "",
        "",
        "",
        "",
    ]
    assert len(stored(warehouse)) == 4502
    # A service that does not know the filter is asked for the whole table too.
    service.release, service.operators = "30.6", frozenset({"eq"})
    ask(every)
    assert [where for _, where, _ in asked_for(service)] == [
        "date_updated.gt.2026-08-01",
        "",
        "",
        "",
    ]
    assert stored(warehouse, "service_release") == [("30.6",)]


def test_a_filter_that_is_not_taken_is_noticed(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask
) -> None:
    land_here(warehouse, release.folder)
    service.faults.append(changed(row=rows_of(RATED)))
    with pytest.raises(LoaderError, match="did not take the filter"):
        ask(SupplementRequest(occupations=(UNRATED,)))
    assert stored(warehouse) == []


def test_a_refused_code_has_no_data_once_a_control_request_is_answered(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask
) -> None:
    land_here(warehouse, release.folder)
    service.refused_codes = frozenset({"55-1011.00", "11-9199.00"})
    assert ask(MISSING)
    control = [("skills", "", "1"), ("skills", f"onetsoc_code.eq.{UNRATED}", "1")]
    assert asked_for(service) == [  # the control once, for all that the table refuses
        ("skills", "onetsoc_code.eq.11-9199.00", "1"),
        *control,
        ("skills", f"onetsoc_code.eq.{UNRATED}", "1"),
        ("skills", "onetsoc_code.eq.55-1011.00", "1"),
    ]
    scopes = warehouse.raw(
        "select onetsoc_code, state, note from {raw}.supplement_scope order by 1"
    )
    assert [(code, state, bool(note)) for code, state, note in scopes] == [
        ("11-9199.00", "complete", True),
        (UNRATED, "complete", False),
        ("55-1011.00", "complete", True),
    ]


@pytest.mark.parametrize("is_empty", [False, True])
def test_a_form_of_request_that_is_refused_for_all_says_nothing_of_an_occupation(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask, is_empty: bool
) -> None:
    land_here(warehouse, release.folder)
    service.operators = frozenset({"contains"})
    if is_empty:
        service.tables["skills"] = []
    with pytest.raises(
        LoaderError, match=r"HTTP 422, .*shows that it does not take this form of request"
    ):
        ask(MISSING)
    assert warehouse.raw("select * from {raw}.supplement_scope where state = 'complete'") == []
    service.operators = frozenset({"eq"})
    done = ask(MISSING)
    assert done
    assert (done.scopes_asked, done.scopes_known) == (3, 0)


def test_a_service_that_does_not_say_its_release_is_never_taken_for_unchanged(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask
) -> None:
    land_here(warehouse, release.folder)
    service.says_release = "nowhere"
    for level in (3.5, 4.5):
        service.tables["skills"] = rows_of(UNRATED, level=level)
        with capture_logs() as logs:
            done = ask(SupplementRequest(occupations=(UNRATED,)))
        assert done
        assert (done.scopes_asked, done.scopes_known, done.differs) == (1, 0, True)
        assert stored(warehouse, "data_value, service_release") == [(str(level), "unknown")]
        assert "does not say which release it serves" in str(logs)
    # Nor is a page that an earlier run reached a place to go on from.
    service.tables["skills"] = [
        rating(f"11-{number:04d}.00", "2.A.1.a", "LV", 2.5) for number in range(2500)
    ]
    service.faults.extend([changed(), *[status(500)] * 8])
    with pytest.raises(SourceUnreachableError):
        ask(SupplementRequest(every_of="skills"))
    asked_for(service)
    for _ in range(2):
        ask(SupplementRequest(every_of="skills"))
        assert [start for _, _, start in asked_for(service)] == ["1", "2001"]


def test_another_release_than_the_landed_one_is_said_loudly(
    warehouse: Warehouse, release: Release, service: Service, ask: Ask
) -> None:
    land_here(warehouse, release.folder)
    service.release = NUMBER
    with capture_logs() as logs:
        done = ask(SupplementRequest(occupations=(UNRATED,)))
    assert done
    assert (done.differs, [entry for entry in logs if entry["log_level"] == "warning"]) == (
        False,
        [],
    )
    service.release = "30.3"
    there = {"ONET_API_URL": service.url, "ONET_API_KEY": service.key, "ONET_API_RATE": "100"}
    for _ in range(2):  # also where nothing new is asked for
        printed = warehouse.run(
            "loader", "loader", "supplement", "--occupation", UNRATED, code=0, **there
        )
        assert (
            f"ANOTHER RELEASE: O*NET Web Services serves 30.3, and O*NET {NUMBER} is landed"
            in printed
        )
        assert '"level": "warning"' in printed
    assert stored(warehouse, "service_release") == [("30.3",)]


def test_the_sample_is_never_mixed_with_real_ratings(
    warehouse: Warehouse, service: Service, ask: Ask
) -> None:
    land_here(warehouse, "sample", None)
    assert ask(MISSING) is None
    with pytest.raises(LoaderError, match="invented sample"):
        ask(SupplementRequest(occupations=(UNRATED,)))
    assert service.asked == []


def test_before_anything_is_landed_and_for_unknown_codes(
    warehouse: Warehouse, release: Release, ask: Ask
) -> None:
    with pytest.raises(LoaderError, match="run `python -m loader land` first"):
        ask(MISSING)
    land_here(warehouse, release.folder)
    with pytest.raises(
        LoaderError, match=f"99-9999.00: not listed by the landed release, O.NET {NUMBER}"
    ):
        ask(SupplementRequest(occupations=("99-9999.00",)))


def test_the_command_takes_the_key_from_a_file_and_never_shows_it(
    warehouse: Warehouse, release: Release, service: Service, tmp_path: Path
) -> None:
    land_here(warehouse, release.folder)
    file = tmp_path / "key"
    file.write_text(f"{service.key}\n")
    command = ("loader", "supplement")
    printed = warehouse.run(
        "loader",
        *command,
        *("--occupation", UNRATED.removesuffix(".00")),
        ONET_API_URL=service.url,
        ONET_API_KEY_FILE=str(file),
        ONET_API_RATE="100",
    )
    assert "4 ratings of 1 occupations" in printed
    refused = warehouse.run(
        "loader",
        *command,
        "--missing",
        code=1,
        ONET_API_URL=service.url,
        ONET_API_KEY="planted-wrong-key",
    )
    assert "the service refuses the key (HTTP 403)" in refused
    assert "planted-wrong-key" not in refused
    assert "set ONET_API_KEY" in warehouse.run("loader", *command, "--missing", code=1)
    assert not any(service.key in text for text in (printed, refused, *service.asked))


@pytest.mark.parametrize("target", ["build", "run"])
@pytest.mark.parametrize("variable", ["ONET_API_KEY", "ONET_API_KEY_FILE"])
def test_make_supplements_between_landing_and_building_where_there_is_a_key(
    target: str, variable: str
) -> None:
    """What make would run, in order; the shell asks for the key when it does."""
    dry = ["make", "--dry-run", "--assume-old=.venv/run", target]
    done = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True)
    printed = done.stdout.replace("\\\n", "")
    place = [
        printed.index(command)
        for command in ("loader land", "loader supplement --missing", "dbt_onet build")
    ]
    assert place == sorted(place)
    [line] = [line for line in printed.splitlines() if "loader supplement" in line]
    asks = line.replace(".venv/bin/python -m loader supplement --missing", "echo asked")
    for key, said in (("planted", "asked\n"), ("", "")):
        assert (
            subprocess.run(
                ["bash", "-euc", asks],
                env=without_settings() | {variable: key},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            == said
        )
