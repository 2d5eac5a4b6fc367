"""The edges of the rules, from files that were made by hand to the published views."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.employer.by_hand import FIRST_AND_LAST, GAPS, ROSTERS, SPIKES, write_by_hand
from tests.employer.employer_warehouse import EmployerWarehouse


@pytest.fixture
def by_hand(employer: EmployerWarehouse, tmp_path: Path) -> EmployerWarehouse:
    write_by_hand(tmp_path / "by hand")
    employer.load(tmp_path / "by hand")
    employer.build()
    return employer


def test_values_made_by_hand(by_hand: EmployerWarehouse) -> None:
    assert_values_made_by_hand(by_hand)


def assert_values_made_by_hand(employer: EmployerWarehouse) -> None:
    gaps = employer.query(
        "select company_ein, gap_start_date, gap_end_date, gap_length_days "
        "from {live}.plan_coverage_gap where company_ein like '7%'"
    )
    assert [(ein, str(start), str(end), days) for ein, start, end, days in gaps] == GAPS
    spikes = [
        (ein, str(day), str(pct))
        for ein, day, pct in employer.query(
            "select company_ein, window_end_date, pct_change from {live}.claim_cost_spike "
            "where company_ein like '7%' order by company_ein, window_end_date"
        )
    ]
    assert [row[:2] for row in spikes] == [row[:2] for row in SPIKES]
    assert spikes[0] == SPIKES[0]
    assert [spikes[1][1:], spikes[-1][1:]] == FIRST_AND_LAST
    rosters = employer.query(
        "select company_ein, observed_count, severity from {live}.roster_mismatch "
        "where company_ein like '72%'"
    )
    assert {ein: (count, severity) for ein, count, severity in rosters} == ROSTERS
