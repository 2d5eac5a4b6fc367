"""Codes of other classifications in the place of an occupation: `from=soc2018:15-1252`."""

import re
from typing import cast

from starlette.requests import Request

from api import dependencies, search_terms
from api.database import Record
from api.labor import ESCO
from api.problems import Problem
from api.queries.labor import OCCUPATIONS_OF_CODE
from api.types import CODE_SYSTEMS, CodeSystem

_FOREIGN_CODE = re.compile(rf"({'|'.join(CODE_SYSTEMS)}):\s*([0-9A-Za-z.-]{{1,20}})")

_ONET = "Crosswalks by the O*NET Resource Center (USDOL/ETA), used under CC BY 4.0."
_BLS = "Crosswalks by the U.S. Bureau of Labor Statistics."


def build_attribution(*systems: str) -> str:
    """Whose classifications and crosswalks a response draws on."""
    said = [_ONET]
    if {"isco", "soc2010"} & {*systems}:
        said.append(_BLS)
    if "esco" in systems:
        said.append(ESCO)
    return " ".join(said)


def parse_foreign_code(value: str) -> tuple[CodeSystem, str] | None:
    """Classification and code of a text such as `soc2018:15-1252`, in any case; none where it is
    not one."""
    found = _FOREIGN_CODE.fullmatch(search_terms.normalize_dashes(value).lower())
    if not found:
        return None
    code = (
        search_terms.normalize_code(found[2]) if found[1].startswith(("soc", "onet")) else found[2]
    )
    return cast(CodeSystem, found[1]), code


async def resolve_code(
    request: Request, parameter: str, value: str, system: CodeSystem, code: str
) -> str:
    """The one occupation that belongs to a code.

    Raises a 404 problem where none does, and a 422 problem with the candidates where several do.
    """
    if system == "onet2019":
        return code
    rows = await fetch_occupations_of_code(request, parameter, system, code)
    linked = [row for row in rows if row.occupation_code is not None]
    release, title = rows[0].onet_release, rows[0].code_title
    if len(linked) > 1:
        detail = (
            f"{parameter}: {len(linked)} occupations of O*NET {release} belong to {system}:{code}"
            f" ({title}); give the code of one."
        )
        detail += f" {ESCO}" if system == "esco" else ""
        candidates = [
            {"code": row.occupation_code, "title": row.occupation_title} for row in linked
        ]
        raise Problem(
            "occupation-ambiguous",
            detail,
            {"parameter": parameter, "value": value, "candidates": candidates},
        )
    if not linked:
        detail = (
            f"{parameter}: no occupation of O*NET {release} belongs to {system}:{code} ({title})."
        )
        raise Problem("code-not-found", detail, {"parameter": parameter, "value": value})
    return str(linked[0].occupation_code)


async def fetch_occupations_of_code(
    request: Request, parameter: str, system: CodeSystem, code: str
) -> list[Record]:
    """Rows of OCCUPATIONS_OF_CODE; raises a 404 problem where no landed crosswalk has the code."""
    statement = OCCUPATIONS_OF_CODE
    rows = dependencies.require_publication(
        await dependencies.get_database(request).fetch(statement, {"code_id": f"{system}:{code}"})
    )
    if rows[0].code_title is None:
        detail = f"{parameter}: no landed crosswalk has the code {code} in {system}."
        raise Problem("code-not-found", detail, {"parameter": parameter, "value": code})
    return rows
