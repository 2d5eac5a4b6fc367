"""The project's own sample beside O*NET's sample: where a workforce stands, and the rules' own
tests on the engine."""

from __future__ import annotations

import os
from decimal import ROUND_HALF_UP, Decimal

import pytest
from dbt.cli.main import dbtRunner

from dbt_employer.pipeline.settings import PROJECT_DIR
from tests.employer.employer_warehouse import EmployerWarehouse


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def assert_everybody_stands_as_their_occupation(employer: EmployerWarehouse) -> None:
    """Every count again, from the published `skill_comparison` and the roster, one occupation at a
    time."""
    rows = employer.query(
        "select company_ein, target_occupation_code, element_id, people_below, people_uncertain, "
        "people_meeting, people_unknown, mean_shortfall from {live}.workforce_gap"
    )
    roster = employer.query(
        "select r.company_ein, r.occupation_code, count(*) from {core}.fct_roster_occupation r "
        "join {core}.dim_employee e on e.company_ein = r.company_ein and e.person_id = r.person_id "
        "where e.is_active = 1 group by r.company_ein, r.occupation_code"
    )
    verdicts = {}
    for company, code, _ in roster:
        for target in {row[1] for row in rows if row[0] == company}:
            for element, verdict, gap in employer.onet.query(
                f"select element_id, verdict, level_gap from {{live}}.skill_comparison "
                f"where from_occupation_code = '{code}' and to_occupation_code = '{target}'"
            ):
                verdicts[company, code, target, element] = (verdict, gap)
    assert verdicts
    for company, target, element, below, uncertain, meeting, unknown, shortfall in rows:
        standing = [
            (verdicts.get((company, code, target, element), (None, 0)), people)
            for code_of, code, people in roster
            if code_of == company
        ]
        assert below == sum(
            people for (verdict, _), people in standing if verdict == "clearly_higher"
        )
        assert uncertain == sum(
            people
            for (verdict, _), people in standing
            if verdict in ("too_close_to_tell", "higher_without_error")
        )
        assert meeting == sum(people for (verdict, _), people in standing if verdict == "met")
        assert unknown == sum(people for (verdict, _), people in standing if verdict is None)
        gaps = [gap * people for (verdict, gap), people in standing if verdict == "clearly_higher"]
        assert shortfall == (rounded(sum(gaps) / Decimal(below)) if below else None)
    assert sum(row[3] for row in rows) > 0
    assert sum(row[6] for row in rows) > 0


def test_a_workforce_stands_as_its_occupations_do(built_employer: EmployerWarehouse) -> None:
    assert_everybody_stands_as_their_occupation(built_employer)
    assert built_employer.query(
        "select distinct target_occupation_code, onet_release from {live}.workforce_gap "
        "order by target_occupation_code"
    ) == [("11-3013.00", "sample"), ("29-1171.00", "sample")]


def test_how_each_title_is_known(built_employer: EmployerWarehouse) -> None:
    assert built_employer.query(
        "select company_ein, person_id, occupation_code, mapping_method from "
        "{core}.fct_roster_occupation order by company_ein, person_id"
    ) == [
        ("12-0000001", "101", None, "unmapped"),  # Building Manager is a title of two occupations
        ("12-0000001", "102", "11-1011.00", "exact_title"),
        ("12-0000001", "103", "11-1011.00", "reviewed_map"),
        ("12-0000001", "104", "29-1141.00", "exact_title"),
        ("12-0000001", "105", None, "no_title"),
        ("12-0000001", "106", "11-1011.00", "exact_title"),
        ("12-0000001", "107", "49-9071.00", "given_code"),
        ("12-0000002", "101", None, "unmapped"),
        ("12-0000002", "201", "25-2021.00", "exact_title"),
        ("12-0000002", "202", None, "unmapped"),
    ]


def test_what_the_sample_shows(built_employer: EmployerWarehouse) -> None:
    assert built_employer.files()["validation_errors.csv"].decode().splitlines()[1:] == [
        "claims,claims.csv,25,amount,bad_amount",
        # gmail.com is everybody's, whatever the lookup says
        "employees,employees.csv,10,company_ein,company_unresolved",
        "employees,employees.csv,11,start_date,bad_date",
    ]
    assert built_employer.query(
        "select plan_type, gap_length_days from {live}.plan_coverage_gap"
    ) == [("Medical", 10)]
    assert built_employer.query(
        "select company_ein, severity from {live}.roster_mismatch order by company_ein"
    ) == [
        ("12-0000001", "Medium"),
        ("12-0000002", "High"),
    ]
    assert built_employer.query("select count(*) from {live}.claim_cost_spike") == [(4,)]


@pytest.fixture
def rules(built_employer: EmployerWarehouse) -> dict[str, str]:
    """What became of each of dbt's unit tests, all in one invocation."""
    ours = built_employer.onet.environment("dbt")
    if not built_employer.onet.server:
        live = built_employer.onet.dir / "live"
        ours["EMPLOYER_ONET_FILE"] = str(live / (live / "current").read_text().strip())
    target = str(built_employer.dir / "unit_tests")
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(ours):
            patch.delenv(name)
        for name, value in ours.items():
            patch.setenv(name, value)
        folders = [
            "--project-dir",
            str(PROJECT_DIR),
            "--profiles-dir",
            str(PROJECT_DIR),
            "--target-path",
            target,
            "--log-path",
            target,
        ]
        command = [
            "--log-level",
            "none",
            "--log-level-file",
            "none",
            "test",
            "--select",
            "test_type:unit",
            *folders,
        ]
        result = dbtRunner().invoke([*command, "--target", built_employer.onet.engine])
        if not built_employer.onet.server:
            from dbt.adapters.duckdb.connections import DuckDBConnectionManager

            DuckDBConnectionManager.close_all_connections()
    return {
        each.node.name: str(each.status)
        for each in result.result.results
        if each.node.unique_id.startswith("unit_test.")
    }


def test_the_rules_own_tests(rules: dict[str, str]) -> None:
    assert len(rules) >= 17
    assert set(rules.values()) == {"pass"}, rules
