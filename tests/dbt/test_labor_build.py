"""Labour-market files from landing to the page: one build beside the sample on each engine, with
hand-made files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx2 as httpx
import pytest
from playwright.sync_api import expect

from api.schemas.codes import CodesResponse
from api.schemas.occupations import OccupationResponse
from api.schemas.skill_gap import SkillGapResponse
from api.schemas.transitions import TransitionsResponse
from dbt_onet.pipeline.build import BESIDE
from loader.labor.tables import DATA_TABLES, LABOR_FILE
from tests.support.browser import NARROW, chromium, visit
from tests.support.labor_files import labor_files, write_labor_files
from tests.support.labor_warehouse import built_labor
from tests.support.live_warehouse import served
from tests.support.warehouse import Engine, Warehouse, copy_of

NURSE, PRACTITIONER, CHIEF, REPAIRER = "29-1141.00", "29-1171.00", "11-1011.00", "49-9071.00"


@pytest.fixture(scope="module")
def labor(engine: Engine, request: pytest.FixtureRequest) -> Warehouse:
    return built_labor(
        engine, request.getfixturevalue("mysql_server") if engine == "mysql" else None
    )


@pytest.fixture(scope="module")
def url(labor: Warehouse) -> Iterator[str]:
    environment = labor.environment("api")
    with served(
        {name: value for name, value in environment.items() if name.startswith("WAREHOUSE_")}
    ) as address:
        yield address


def get(url: str, path: str, **parameters: str) -> dict[str, Any]:
    response = httpx.get(f"{url}{path}", params=parameters)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_wages_of_every_kind_of_match(labor: Warehouse) -> None:
    columns = (
        "occupation_code, match_kind, is_shared, source_code, employment, annual_median,"
        " hourly_median"
    )
    rows = labor.query(
        f"select {columns} from {{live}}.occupation_wage where vintage = '2099-05' order by 1"
    )
    found = {
        row[0]: (*row[1:5], *(None if each is None else float(each) for each in row[5:]))
        for row in rows
    }
    assert len(found) == 13  # every occupation of the release, also those without a wage
    assert found[NURSE] == ("direct", 0, "29-1141", 900, 90000, 43.27)
    assert found["11-1011.03"] == ("parent", 1, "11-1011", 300, 210000, None)
    assert found[REPAIRER] == ("merged", 1, "49-9070", 800, 48000, 23.08)
    assert found["51-4121.00"] == ("hourly_only", 0, "51-4121", 200, None, 24.25)
    assert found["55-1011.00"] == ("none", None, None, None, None, None)
    # A top code is at least so much, and not missing.
    figures = "annual_median, is_annual_median_at_least, annual_p25, is_annual_p25_at_least"
    top = labor.query(
        f"select {figures} from {{live}}.occupation_wage where occupation_code = '{CHIEF}' order by"
        " vintage"
    )
    assert [tuple(row) for row in top] == [(239200, 1, 130000, 0), (210000, 0, 130000, 0)]


def test_outlook_and_codes(labor: Warehouse) -> None:
    columns = (
        "match_kind, source_code, employment, projected_employment, annual_openings, education"
    )
    rows = labor.query(
        f"select {columns} from {{live}}.occupation_outlook where occupation_code in ('{NURSE}',"
        f" '{REPAIRER}') order by 2"
    )
    assert [tuple(row) for row in rows] == [
        ("direct", "29-1141", 1200500, 1260500, 70100, "Bachelor's degree"),
        ("merged", "49-9070", 900000, 890000, 80000, "High school diploma or equivalent"),
    ]
    codes = labor.query(
        "select code_id, occupation_code, is_partial from {live}.occupation_code where code_system"
        " <> 'soc2018' order by 1, 2"
    )
    assert [tuple(row) for row in codes] == [
        ("cip:51.3801", NURSE, 0),
        ("cip:51.3899", PRACTITIONER, 0),
        ("esco:0110.1", CHIEF, 0),
        ("esco:0110.10", NURSE, 0),
        ("esco:2512.4", "15-1251.00", 0),
        ("esco:2512.4", "15-1252.00", 0),
        ("isco:2512", "15-1252.00", 1),
        ("onet2010:15-1132.00", "15-1252.00", 0),
        ("soc2010:15-1132", "15-1252.00", 0),
    ]


def test_a_vintage_that_nobody_reviewed_warns_and_a_mark_that_nobody_knows_stops(
    labor: Warehouse, tmp_path: Path
) -> None:
    """DuckDB alone builds again: the tests' text is one for both engines."""
    warned = labor.query("select warned_test_count from {live}.current_publication")
    assert warned[0][0] >= 1
    if labor.server:
        return
    files = {"national_M2099_dl.xlsx": labor_files()["national_M2099_dl.xlsx"]}
    changed = write_labor_files(tmp_path / "changed", files)
    with copy_of(labor, tmp_path / "warehouse") as copy:
        copy.run("loader", "loader", "labor", "--force", str(changed))
        with duckdb.connect(str(copy.dir / "raw.duckdb")) as raw:
            raw.execute(
                "update labor_wage set a_median = '(8)' where vintage = '2099-05' and occ_code ="
                " '29-1141'"
            )
        assert "assert_labor_marks_are_accepted: fail, 1 rows" in copy.failing_build()


def test_a_landed_file_is_built_again_with_the_tests_of_its_rows() -> None:
    """`make build` builds what depends on what changed beside the release; tests of a raw table
    depend on that table alone."""
    assert {table.name for table in (LABOR_FILE, *DATA_TABLES)} <= set(BESIDE)


@pytest.fixture(scope="module")
def pay_of_pairs(labor: Warehouse) -> list[tuple[Any, ...]]:
    """Rows of the view; read before the API opens the file in this process, which DuckDB then
    allows in one way only."""
    columns = (
        "from_occupation_code, to_occupation_code, median_annual_wage_change, is_change_at_least,"
        " to_annual_openings"
    )
    rated = "(select occupation_code from {live}.occupation where is_rated_skills = 1)"
    return labor.query(
        f"select {columns} from {{live}}.occupation_pay where from_occupation_code in {rated} and"
        f" to_occupation_code in {rated}"
    )


def test_the_change_is_that_of_the_view(pay_of_pairs: list[tuple[Any, ...]], url: str) -> None:
    """The API keeps the pay of a build's occupations and works a pair out itself; the rule stands
    in `occupation_pay`."""
    assert len(pay_of_pairs) > 50
    for source, target, *expected in pay_of_pairs:
        told = get(url, "/compare", **{"from": source, "to": target})["pay"]
        assert [
            told["median_annual_wage_change"],
            told["is_change_at_least"],
            told["to_annual_openings"],
        ] == expected


def test_a_gap_tells_what_changes_in_pay(url: str) -> None:
    body = get(url, "/skill-gap", **{"from": NURSE, "to": CHIEF})
    SkillGapResponse.model_validate(body)
    assert body["pay"] == {
        "source": "U.S. Bureau of Labor Statistics",
        "wage_vintage": "May 2099",
        "from": {"median_annual_wage": 90000, "is_at_least": 0, "match_kind": "direct"},
        "to": {"median_annual_wage": 210000, "is_at_least": 0, "match_kind": "direct"},
        "median_annual_wage_change": 120000,
        "is_change_at_least": 0,
        "outlook_vintage": "2098–08",  # noqa: RUF001
        "to_annual_openings": 200,
        "to_outlook_match_kind": "direct",
    }
    # A top code on one side: at least so much more, and unknown the other way round.
    up = get(url, "/compare", **{"from": NURSE, "to": PRACTITIONER})["pay"]
    assert (up["median_annual_wage_change"], up["is_change_at_least"]) == (149200, 1)
    down = get(url, "/compare", **{"from": PRACTITIONER, "to": NURSE})["pay"]
    assert (down["median_annual_wage_change"], down["is_change_at_least"]) == (None, None)
    # Two parts of one SOC occupation share its figure, which is no change of 0.
    shared = get(url, "/compare", **{"from": CHIEF, "to": "11-1011.03"})["pay"]
    assert shared["to"] == {"median_annual_wage": 210000, "is_at_least": 0, "match_kind": "parent"}
    assert shared["median_annual_wage_change"] is None


def test_an_occupation_tells_pay_outlook_and_study(url: str) -> None:
    body = get(url, f"/occupations/{NURSE}")
    OccupationResponse.model_validate(body)
    wage = body["wage"]
    assert (wage["vintage"], wage["match"], wage["annual"]["p10"], wage["annual"]["p90"]) == (
        "May 2099",
        "of this occupation",
        70000,
        110000,
    )
    assert [each["vintage"] for each in body["earlier_wages"]] == ["May 2098"]
    assert body["outlook"]["annual_openings"] == 70100
    assert body["programs_of_study"] == [{"code": "51.3801", "title": "Nursing"}]
    chief = get(url, f"/occupations/{CHIEF}")
    assert chief["wage"]["annual"]["at_least"] == ["p75", "p90"]
    assert chief["earlier_wages"][0]["annual"]["at_least"] == ["mean", "median", "p75", "p90"]
    repairer = get(url, f"/occupations/{REPAIRER}")["wage"]
    assert (repairer["match"], repairer["is_shared"]) == (
        "of the broader group 49-9070, Maintenance Workers",
        1,
    )
    part = get(url, "/occupations/11-1011.03")["wage"]
    assert (
        part["match"]
        == "of the whole occupation 11-1011, Chief Executives, of which this is a part"
    )
    none = get(url, "/occupations/55-1011.00")
    assert (
        none["wage"]["match_kind"],
        none["wage"]["annual"]["median"],
        none["outlook"]["match_kind"],
    ) == ("none", None, "none")


def test_transitions_are_filtered_by_the_change_in_pay(url: str) -> None:
    everywhere = get(url, f"/occupations/{NURSE}/transitions")
    TransitionsResponse.model_validate(everywhere)
    assert everywhere["labor"] == {
        "source": "U.S. Bureau of Labor Statistics",
        "wage_vintage": "May 2099",
        "outlook_vintage": "2098–08",  # noqa: RUF001
    }
    changes = {
        each["to"]["code"]: each["median_annual_wage_change"] for each in everywhere["transitions"]
    }
    known = {
        "11-3013.00": 10000,
        "15-1251.00": 8000,
        CHIEF: 120000,
        "11-1011.03": 120000,
        PRACTITIONER: 149200,
        REPAIRER: -42000,
    }
    assert changes == {code: known.get(code) for code in changes}
    least = min(change for change in changes.values() if change is not None)
    better = get(url, f"/occupations/{NURSE}/transitions", min_pay_change=str(least + 1))
    wanted = [code for code, change in changes.items() if change is not None and change > least]
    assert [each["to"]["code"] for each in better["transitions"]] == wanted
    assert 0 < len(wanted) < len(changes)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("esco:0110.10", NURSE),
        ("ESCO:0110.1", CHIEF),
        ("cip:51.3801", NURSE),
        ("soc2018:29-1141", NURSE),
        ("onet2019:29-1141.00", NURSE),
    ],
)
def test_a_code_of_another_classification_in_a_gap_out(url: str, value: str, code: str) -> None:
    assert get(url, "/skill-gap", **{"from": value, "to": PRACTITIONER})["from"]["code"] == code


@pytest.mark.parametrize(
    ("value", "status", "words"),
    [
        (
            "esco:2512.4",
            422,
            (
                "from: 2 occupations of O*NET sample belong to esco:2512.4 (software person); give"
                " the code of one."
            ),
        ),
        ("soc2018:11-1011", 422, "2 occupations"),
        ("esco:2512.40", 404, "no landed crosswalk has the code 2512.40 in esco"),
        ("naics:11", 404, "goes by the title naics:11"),
    ],
)
def test_a_code_of_several_or_of_none_is_answered_with_what_there_is(
    url: str, value: str, status: int, words: str
) -> None:
    response = httpx.get(f"{url}/skill-gap", params={"from": value, "to": NURSE})
    assert response.status_code == status
    assert words in response.json()["detail"]
    if value == "esco:2512.4":
        assert [each["code"] for each in response.json()["candidates"]] == [
            "15-1251.00",
            "15-1252.00",
        ]
        assert (
            "uses the ESCO classification of the European Commission" in response.json()["detail"]
        )


def test_codes_are_looked_up_in_both_directions(url: str) -> None:
    body = get(url, "/codes", system="isco", code="2512")
    CodesResponse.model_validate(body)
    assert body["occupations"] == [
        {"code": "15-1252.00", "title": "Software Developers", "is_partial": 1}
    ]
    back = get(url, "/codes", system="onet2019", code="15-1252")
    assert {(each["system"], each["code"]) for each in back["codes"]} == {
        ("esco", "2512.4"),
        ("isco", "2512"),
        ("onet2010", "15-1132.00"),
        ("soc2010", "15-1132"),
        ("soc2018", "15-1252"),
    }
    assert "uses the ESCO classification of the European Commission" in back["attribution"]
    assert httpx.get(f"{url}/codes?system=onet2019&code=1").status_code == 422
    assert httpx.get(f"{url}/codes?system=cip&code=99.9999").status_code == 404


@pytest.mark.browser
# the page asks the same endpoints on either
@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
@pytest.mark.parametrize("size", [(1000, 900), NARROW])
def test_the_page_shows_pay_outlook_and_study(
    url: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    with chromium(tmp_path) as browser, visit(browser, url, size) as tab:
        page = tab.goto(f"?from={NURSE}&to=11-1011.03")
        section = page.locator(".labor")
        expect(section).to_contain_text("+$120,000 in median pay a year.")
        expect(section).to_contain_text("$70,000 to $110,000")
        expect(section).to_contain_text(
            "of the whole occupation 11-1011, Chief Executives, of which this is a part"
        )
        expect(section).to_contain_text("at least $239,200")
        expect(section).to_contain_text(
            "200 openings a year. Jobs grow by 10 %, from 3,000 to 3,300 (figures of the whole"
            " occupation"
        )
        expect(section).to_contain_text("Source: U.S. Bureau of Labor Statistics")
        assert section.locator("svg .median").count() == 2
        expect(page.locator(".ways")).to_contain_text(
            "Pay and openings: U.S. Bureau of Labor Statistics (May 2099; 2098–08)"  # noqa: RUF001
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.emulate_media(media="print")
        expect(section).to_be_visible()
        page.emulate_media(media="screen")
        profile = tab.goto(f"?from={NURSE}")
        expect(profile.locator(".labor")).to_contain_text(
            "Programs of study that lead to Registered Nurses (1)"
        )
        expect(profile.locator(".labor")).to_contain_text(
            "CIP 2020 by O*NET-SOC 2019, O*NET Resource Center (USDOL/ETA), CC BY 4.0"
        )


@pytest.mark.browser
@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_the_page_orders_by_where_people_go_and_says_how_good_that_is(
    url: str, tmp_path: Path
) -> None:
    """Its figures are those of docs/transitions.md."""
    path = f"/occupations/{NURSE}/transitions"
    likely, similar = (
        [each["to"]["title"] for each in get(url, path, order=order)["transitions"]]
        for order in ("likely", "similarity")
    )
    assert likely != similar
    text = (Path(__file__).parents[2] / "docs" / "transitions.md").read_text()
    docs = " ".join(text.split())
    told = re.search(
        r"Of 100 people who changed, (\d+) went to one of the ten that `likely` names, (\d+) to "
        r"one of the ten that `similarity` names, and (\d+) to one of ten drawn by chance",
        docs,
    )
    people = re.search(r"([\d,]+) people in the Current Population Survey", docs)
    assert told
    assert people
    with chromium(tmp_path) as browser, visit(browser, url) as tab:
        page = tab.goto(f"?from={NURSE}")
        ways = page.locator(".ways")
        expect(ways.locator(".moves a")).to_have_text(similar)
        page.get_by_label("Sort by").select_option("likely")
        expect(ways.locator(".moves a")).to_have_text(likely)
        ways.get_by_text("How do we know?").click()
        method = ways.locator(".method")
        expect(method).to_contain_text(f"{people[1]} people in the United States")
        expect(method).to_contain_text(
            f"Of 100 of them, {told[1]} went to one of the ten occupations under “Where people "
            f"go”, and {told[2]} to one of the ten under “Most similar”. By chance it would have "
            f"been {told[3]}."
        )
        page.get_by_label("Sort by").select_option("alike")
        expect(ways.locator(".moves a")).to_have_text(similar)


@pytest.mark.browser
@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_side_by_side_names_bls_where_its_figures_are(url: str, tmp_path: Path) -> None:
    with chromium(tmp_path) as browser, visit(browser, url) as tab:
        page = tab.goto(f"?from={NURSE}&to={PRACTITIONER}&to=11-1011.03")
        sides = page.locator(".sides")
        expect(sides).to_contain_text("at least $239,200")
        expect(sides).to_contain_text("$210,000 (figures of the whole occupation 11-1011")
        said = "Source: U.S. Bureau of Labor Statistics (pay: May 2099, national, without the"
        expect(page.get_by_text(said)).to_be_visible()
