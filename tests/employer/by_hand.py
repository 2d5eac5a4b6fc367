"""Plans, claims and rosters made by hand, a company for each rule's edge; and what the views must
say of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

PLANS = """\
70-0000001,Medical,Year,2022-01-01,2022-12-31
70-0000001,Medical,February,2022-02-01,2022-02-28
70-0000001,Medical,Winter,2022-10-01,2023-03-31
70-0000002,Medical,Seven free days,2022-01-01,2022-01-31
70-0000002,Medical,Next,2022-02-08,2022-02-28
70-0000003,Medical,Eight free days,2022-01-01,2022-01-31
70-0000003,Medical,Next,2022-02-09,2022-02-28
70-0000004,Medical,Adjacent,2022-01-01,2022-01-31
70-0000004,Medical,Next,2022-02-01,2022-02-28
70-0000005,Medical,Open end,2022-01-01,
70-0000005,Medical,Later,2022-06-01,2022-06-30
70-0000005,Medical,Much later,2022-09-01,2022-09-30
"""
GAPS = [("70-0000003", "2022-02-01", "2022-02-08", 8)]

CLAIMS = """\
1,71-0000001,2022-01-01,100.00,Medical
2,71-0000001,2022-06-29,300.00,Medical
1,71-0000002,2022-01-01,100.00,Medical
2,71-0000002,2022-06-29,300.01,Medical
1,71-0000003,2022-01-01,100.00,Medical
2,71-0000003,2022-06-28,1000.00,Medical
"""
RISING = [
    f"{number},71-0000004,{date(2022, 1, 1) + timedelta(10 * number)},{amount},Medical\n"
    for number, amount in enumerate([100] * 18 + [1000] * 18)
]
SPIKES = [
    ("71-0000002", "2022-06-29", "200.01"),
    *(("71-0000004", str(date(2022, 7, 20) + timedelta(10 * number)), None) for number in range(9)),
]
"""Company, end of the window and percent, where that was worked out by hand."""
FIRST_AND_LAST = [("2022-07-20", "300.00"), ("2022-10-08", "233.33")]

EXPECTED_COUNT = 60
ROSTERS = {
    "72-0000001": (49, "Low"),
    "72-0000002": (48, "Medium"),
    "72-0000003": (30, "High"),
    "72-0000004": (120, "High"),
    "72-0000005": (121, "Critical"),
}


def write_by_hand(folder: Path, companies: str = "company_ein,expected_count\n") -> None:
    """Writes the files; `companies` are others that stand in theirs."""
    folder.mkdir()
    people = "".join(
        f"{number},Clerk,,{ein},2022-01-01\n"
        for ein, (count, _) in ROSTERS.items()
        for number in range(count)
    )
    expected = "".join(f"{ein},{EXPECTED_COUNT}\n" for ein in ROSTERS)
    for name, header, rows in (
        ("plans", "company_ein,plan_type,carrier_name,start_date,end_date\n", PLANS),
        ("claims", "claim_id,company_ein,service_date,amount,claim_type\n", CLAIMS),
        ("employees", "person_id,title,email,company_ein,start_date\n", people),
        ("companies", companies, expected),
    ):
        more = "".join(RISING) if name == "claims" else ""
        (folder / f"{name}.csv").write_text(header + rows + more)
