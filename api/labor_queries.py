"""SQL texts about pay, outlook and other classifications, in the manner of queries.py."""

# ruff: noqa: S608  # what is put into a text here comes from this file's own closed lists

from typing import Any, Literal, get_args

from api.database import Record

CodeSystem = Literal["onet2019", "soc2018", "soc2010", "onet2010", "onet2009", "onet2006", "onet2000", "esco", "isco", "cip"]
CODE_SYSTEMS: tuple[CodeSystem, ...] = get_args(CodeSystem)
MatchKind = Literal["direct", "parent", "merged", "merged_parent", "hourly_only", "none"]

SOURCE = "U.S. Bureau of Labor Statistics"
WAGES = f"{SOURCE}, Occupational Employment and Wage Statistics, national estimates"
PROJECTIONS = f"{SOURCE}, Employment Projections, Table 1.2"
ESCO = (
    "This service uses the ESCO classification of the European Commission; it is adapted here: its codes are looked up by occupation of "
    "O*NET-SOC."
)
LABOR_ATTRIBUTION = (
    f"Where labour-market files are landed: wages and projections by the {SOURCE}, crosswalks by it and the O*NET Resource Center. {ESCO}"
)


def labor_vintages(wage: str | None, outlook: str | None) -> dict[str, Any] | None:
    """Whose figures they are, and of when; null where none are landed."""
    if wage is None and outlook is None:
        return None
    return {"source": SOURCE, "wage_vintage": wage, "outlook_vintage": outlook}


_FIGURES = ("mean", "p10", "p25", "median", "p75", "p90")
_RATE_COLUMNS = tuple(
    column for rate in ("annual", "hourly") for figure in _FIGURES for column in (f"{rate}_{figure}", f"is_{rate}_{figure}_at_least")
)
_MATCH_COLUMNS = ("vintage_name", "official_address", "match_kind", "is_shared", "source_code", "source_title")
_ERROR_COLUMNS = ("employment", "employment_relative_error", "mean_relative_error")
_OUTLOOK_FIGURES = (
    "employment",
    "projected_employment",
    "employment_change",
    "employment_change_percent",
    "annual_openings",
    "self_employed_percent",
    "education",
    "work_experience",
    "training",
    "handbook_address",
)


def _section(view: str, columns: tuple[str, ...], order: str, narrowing: str = "") -> str:
    """Rows of a view that belong to one occupation. Parameter: code."""
    return f"select {', '.join(columns)} from {{name}}.{view} where occupation_code = :code {narrowing} order by {order}"


# Wages of every vintage, newest first; the newest outlook; the programs of study that lead to the occupation.
SECTIONS = (
    _section("occupation_wage", (*_MATCH_COLUMNS, *_ERROR_COLUMNS, *_RATE_COLUMNS), "vintage desc"),
    _section("occupation_outlook", (*_MATCH_COLUMNS, *_OUTLOOK_FIGURES), "vintage desc limit 1"),
    _section("occupation_code", ("code", "code_title"), "code", "and code_system = 'cip'"),
)


def _matched(row: Record, source: str) -> dict[str, Any]:
    """Where figures are from and how they were found."""
    code, title = row.source_code, row.source_title
    return {
        "vintage": row.vintage_name,
        "source": source,
        "source_address": row.official_address,
        "match_kind": row.match_kind,
        "matched_to": None if code is None else {"code": code, "title": title},
        "is_shared": row.is_shared,
        "match": _in_words(row.match_kind, code, title),
    }


def _in_words(kind: str, code: str, title: str) -> str:
    return {
        "direct": "of this occupation",
        "hourly_only": "of this occupation, by the hour only",
        "parent": f"of the whole occupation {code}, {title}, of which this is a part",
        "merged": f"of the broader group {code}, {title}",
        "merged_parent": f"of the broader group {code}, {title}, of which this is a part",
        "none": "not published for this occupation",
    }[kind]


def _wage(row: Record) -> dict[str, Any]:
    rates = {
        rate: {
            **{figure: getattr(row, f"{rate}_{figure}") for figure in _FIGURES},
            "at_least": [figure for figure in _FIGURES if getattr(row, f"is_{rate}_{figure}_at_least")],
        }
        for rate in ("annual", "hourly")
    }
    return _matched(row, WAGES) | {name: getattr(row, name) for name in _ERROR_COLUMNS} | rates


def labor_members(wages: list[Record], outlooks: list[Record], programs: list[Record]) -> dict[str, Any]:
    """What an occupation's answer says of pay, outlook and study, from the rows of SECTIONS."""
    outlook = None
    if outlooks:
        outlook = _matched(outlooks[0], PROJECTIONS) | {name: getattr(outlooks[0], name) for name in _OUTLOOK_FIGURES}
    return {
        "wage": _wage(wages[0]) if wages else None,
        "earlier_wages": [_wage(row) for row in wages[1:]],
        "outlook": outlook,
        "programs_of_study": [{"code": row.code, "title": row.code_title} for row in programs],
    }


_PUBLISHED = "publication.build_id, publication.onet_release, publication.published_at"

# build_id, onet_release, published_at, title of the code, occupation, its title, whether it is partial: one row per occupation of a code;
# a null title: no landed crosswalk has the code; a null occupation: none of this release belongs to it. Parameter: code_id.
OCCUPATIONS_OF_CODE = f"""
select {_PUBLISHED}, linked.code_title, linked.occupation_code, linked.occupation_title, linked.is_partial
from {{name}}.current_publication as publication
left join {{name}}.occupation_code as linked on linked.code_id = :code_id
order by linked.occupation_code
"""

# build_id, onet_release, published_at, title of the occupation, system, code, title of the code, whether it is partial: one row per code of
# an occupation; a null title: O*NET does not list it. Parameter: code.
CODES_OF_OCCUPATION = f"""
select {_PUBLISHED}, occupation.title, linked.code_system, linked.code, linked.code_title, linked.is_partial
from {{name}}.current_publication as publication
left join {{name}}.occupation as occupation on occupation.occupation_code = :code
left join {{name}}.occupation_code as linked on linked.occupation_code = occupation.occupation_code
order by hex(linked.code_system), hex(linked.code)
"""
