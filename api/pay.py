"""What a move changes in pay, for the responses about a pair. The rule is that of the view
`occupation_pay`."""

from typing import Any, NamedTuple

from api.labor import SOURCE


class OccupationPay(NamedTuple):
    """The columns of one occupation that say what it pays, and how many openings there are."""

    wage_vintage_name: str | None
    median_annual_wage: int | None
    is_median_annual_wage_at_least: int | None
    wage_match_kind: str | None
    wage_source_code: str | None
    outlook_vintage_name: str | None
    annual_openings: int | None
    outlook_match_kind: str | None


def compute_pay_change(source: OccupationPay, target: OccupationPay) -> dict[str, Any] | None:
    """The member `pay`; null where no labour-market file is landed."""
    if source.wage_vintage_name is None and source.outlook_vintage_name is None:
        return None
    before, after = source.median_annual_wage, target.median_annual_wage
    change = None
    if (
        before is not None
        and after is not None
        and not source.is_median_annual_wage_at_least
        and source.wage_source_code != target.wage_source_code
    ):
        change = after - before
    return {
        "source": SOURCE,
        "wage_vintage": source.wage_vintage_name,
        "from": _build_side(source),
        "to": _build_side(target),
        "median_annual_wage_change": change,
        "is_change_at_least": None if change is None else target.is_median_annual_wage_at_least,
        "outlook_vintage": target.outlook_vintage_name,
        "to_annual_openings": target.annual_openings,
        "to_outlook_match_kind": target.outlook_match_kind,
    }


def _build_side(pay: OccupationPay) -> dict[str, Any]:
    return {
        "median_annual_wage": pay.median_annual_wage,
        "is_at_least": pay.is_median_annual_wage_at_least,
        "match_kind": pay.wage_match_kind,
    }
