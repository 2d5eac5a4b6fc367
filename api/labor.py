"""Pay, outlook and programs of study of an occupation, from the rows of `queries.labor`."""

from typing import Any

from api.database import Record
from api.queries.labor import OUTLOOK_FIGURES, WAGE_ERROR_COLUMNS, WAGE_FIGURES

SOURCE = "U.S. Bureau of Labor Statistics"
WAGES = f"{SOURCE}, Occupational Employment and Wage Statistics, national estimates"
PROJECTIONS = f"{SOURCE}, Employment Projections, Table 1.2"
ESCO = (
    "This service uses the ESCO classification of the European Commission; it is adapted here: its"
    " codes are looked up by occupation of O*NET-SOC."
)
LABOR_ATTRIBUTION = (
    f"Where labour-market files are landed: wages and projections by the {SOURCE}, crosswalks by it"
    f" and the O*NET Resource Center. {ESCO}"
)


def build_labor_vintages(wage: str | None, outlook: str | None) -> dict[str, Any] | None:
    """Whose figures they are, and of when; null where none are landed."""
    if wage is None and outlook is None:
        return None
    return {"source": SOURCE, "wage_vintage": wage, "outlook_vintage": outlook}


def _build_match(row: Record, source: str) -> dict[str, Any]:
    """Where figures are from and how they were found."""
    code, title = row.source_code, row.source_title
    return {
        "vintage": row.vintage_name,
        "source": source,
        "source_address": row.official_address,
        "match_kind": row.match_kind,
        "matched_to": None if code is None else {"code": code, "title": title},
        "is_shared": row.is_shared,
        "match": _describe_match(row.match_kind, code, title),
    }


def _describe_match(kind: str, code: str, title: str) -> str:
    return {
        "direct": "of this occupation",
        "hourly_only": "of this occupation, by the hour only",
        "parent": f"of the whole occupation {code}, {title}, of which this is a part",
        "merged": f"of the broader group {code}, {title}",
        "merged_parent": f"of the broader group {code}, {title}, of which this is a part",
        "none": "not published for this occupation",
    }[kind]


def _build_wage(row: Record) -> dict[str, Any]:
    rates = {
        rate: {
            **{figure: getattr(row, f"{rate}_{figure}") for figure in WAGE_FIGURES},
            "at_least": [
                figure for figure in WAGE_FIGURES if getattr(row, f"is_{rate}_{figure}_at_least")
            ],
        }
        for rate in ("annual", "hourly")
    }
    return (
        _build_match(row, WAGES) | {name: getattr(row, name) for name in WAGE_ERROR_COLUMNS} | rates
    )


def build_labor_members(
    wages: list[Record], outlooks: list[Record], programs: list[Record]
) -> dict[str, Any]:
    """What an occupation's response says of pay, outlook and study, from the rows of
    LABOR_SECTIONS."""
    outlook = None
    if outlooks:
        outlook = _build_match(outlooks[0], PROJECTIONS) | {
            name: getattr(outlooks[0], name) for name in OUTLOOK_FIGURES
        }
    return {
        "wage": _build_wage(wages[0]) if wages else None,
        "earlier_wages": [_build_wage(row) for row in wages[1:]],
        "outlook": outlook,
        "programs_of_study": [{"code": row.code, "title": row.code_title} for row in programs],
    }
