"""What a move changes in pay, for the responses about a pair. The rule is that of the view `occupation_pay`."""

from typing import Any, NamedTuple

from api.labor_queries import SOURCE


class OccupationPay(NamedTuple):
    """PAY_COLUMNS of one occupation."""

    wage_vintage: str | None
    median: int | None
    is_at_least: int | None
    kind: str | None
    source_code: str | None
    outlook_vintage: str | None
    openings: int | None
    openings_kind: str | None


def pay_change(source: OccupationPay, target: OccupationPay) -> dict[str, Any] | None:
    """The member `pay`; null where no labour-market file is landed."""
    if source.wage_vintage is None and source.outlook_vintage is None:
        return None
    change = None
    if source.median is not None and target.median is not None and not source.is_at_least and source.source_code != target.source_code:
        change = target.median - source.median
    return {
        "source": SOURCE,
        "wage_vintage": source.wage_vintage,
        "from": {
            "median_annual_wage": source.median,
            "is_at_least": source.is_at_least,
            "match_kind": source.kind,
        },
        "to": {
            "median_annual_wage": target.median,
            "is_at_least": target.is_at_least,
            "match_kind": target.kind,
        },
        "median_annual_wage_change": change,
        "is_change_at_least": None if change is None else target.is_at_least,
        "outlook_vintage": target.outlook_vintage,
        "to_annual_openings": target.openings,
        "to_outlook_match_kind": target.openings_kind,
    }
