"""SQL texts about pay, outlook and other classifications."""

# ruff: noqa: S608
# what is put into a text here comes from this project's own closed lists, and is never a value

from api.schemas.base import list_columns
from api.schemas.labor import Matched, Outlook

WAGE_FIGURES = ("mean", "p10", "p25", "median", "p75", "p90")
RATE_COLUMNS = tuple(
    column
    for rate in ("annual", "hourly")
    for figure in WAGE_FIGURES
    for column in (f"{rate}_{figure}", f"is_{rate}_{figure}_at_least")
)
MATCH_COLUMNS = (
    "vintage_name",
    "official_address",
    "match_kind",
    "is_shared",
    "source_code",
    "source_title",
)
WAGE_ERROR_COLUMNS = ("employment", "employment_relative_error", "mean_relative_error")
OUTLOOK_FIGURES = list_columns(Outlook, *Matched.model_fields)


def _select_section(view: str, columns: tuple[str, ...], order: str, narrowing: str = "") -> str:
    """Rows of a view that belong to one occupation. Parameter: code."""
    return (
        f"select {', '.join(columns)} from {{name}}.{view} where occupation_code = :code"
        f" {narrowing} order by {order}"
    )


# Wages of every vintage, newest first; the newest outlook; the programs of study that lead to the
# occupation.
LABOR_SECTIONS = (
    _select_section(
        "occupation_wage", (*MATCH_COLUMNS, *WAGE_ERROR_COLUMNS, *RATE_COLUMNS), "vintage desc"
    ),
    _select_section(
        "occupation_outlook", (*MATCH_COLUMNS, *OUTLOOK_FIGURES), "vintage desc limit 1"
    ),
    _select_section("occupation_code", ("code", "code_title"), "code", "and code_system = 'cip'"),
)


_PUBLICATION = "publication.build_id, publication.onet_release, publication.published_at"

# build_id, onet_release, published_at, title of the code, occupation, its title, whether it is
# partial: one row per occupation of a code; a null title: no landed crosswalk has the code; a null
# occupation: none of this release belongs to it. Parameter: code_id.
OCCUPATIONS_OF_CODE = f"""
select {_PUBLICATION}, linked.code_title, linked.occupation_code, linked.occupation_title,
    linked.is_partial
from {{name}}.current_publication as publication
left join {{name}}.occupation_code as linked on linked.code_id = :code_id
order by linked.occupation_code
"""

# build_id, onet_release, published_at, title of the occupation, system, code, title of the code,
# whether it is partial: one row per code of an occupation; a null title: O*NET does not list it.
# Parameter: code.
CODES_OF_OCCUPATION = f"""
select {_PUBLICATION}, occupation.title, linked.code_system, linked.code, linked.code_title,
    linked.is_partial
from {{name}}.current_publication as publication
left join {{name}}.occupation as occupation on occupation.occupation_code = :code
left join {{name}}.occupation_code as linked on linked.occupation_code = occupation.occupation_code
order by hex(linked.code_system), hex(linked.code)
"""
