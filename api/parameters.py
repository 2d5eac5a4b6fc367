"""Parameters of the query string and the path: their types, limits and descriptions."""

import re
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field

from api import search_terms
from api.types import CodeSystem, Definition, Domain, Levels, Order

CODE_PATTERN = r"^[0-9]{2}-[0-9]{4}(\.[0-9]{2})?$"
_COMPLETE_CODE = re.compile(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}", re.ASCII)
WRITTEN_CODE_PATTERN = r"^[0-9]{2}-?[0-9]{4}(\.?[0-9]{2})?$"
CODE_FORM = "an O*NET-SOC code such as 11-1011.00 (11-1011 means 11-1011.00)"
PROFILE_FORM = (
    "an O*NET content model id such as 2.A.1.a with a level from 0 to 7, of at most two decimals"
)
CODE_OR_TITLE_FORM = (
    f"{CODE_FORM}, or a title that only one occupation goes by, such as Chief Executives, in any"
    " case, or a code of another classification such as soc2018:11-1011 (/codes)"
)


def complete_code(code: str) -> str:
    """The code with its suffix: `11-1011` is `11-1011.00`, and so is `111011`."""
    if _COMPLETE_CODE.fullmatch(code):  # as nearly all are
        return code
    code = search_terms.normalize_code(code)
    if not re.fullmatch(CODE_PATTERN, code, re.ASCII):
        raise ValueError(CODE_FORM)
    return code if "." in code else f"{code}.00"


def _parse_boolean(value: object) -> object:
    if isinstance(value, bool):
        return value
    said = value.strip().lower() if isinstance(value, str) else ""
    if said in ("true", "yes", "1", "false", "no", "0"):
        return said in ("true", "yes", "1")
    raise ValueError("true or false")


def _parse_integer(lowest: int, highest: int) -> BeforeValidator:
    def validate(value: object) -> object:
        if isinstance(value, int) or (
            isinstance(value, str)
            and re.fullmatch(r"[0-9]{1,9}", value)
            and lowest <= int(value) <= highest
        ):
            return value
        raise ValueError(f"must be a whole number from {lowest} to {highest}")

    return BeforeValidator(validate)


Code = Annotated[str, AfterValidator(complete_code)]
# StrictRoute has put the code in the place of a title before these are read.
FromCode = Annotated[
    Code,
    Query(
        alias="from",
        max_length=250,
        description=f"The source occupation: {CODE_OR_TITLE_FORM}.",
        examples=["11-1011.00"],
    ),
]
ToCode = Annotated[
    Code,
    Query(
        alias="to",
        max_length=250,
        description=f"The target occupation: {CODE_OR_TITLE_FORM}.",
        examples=["11-3013.00"],
    ),
]
PathCode = Annotated[
    Code,
    Path(
        json_schema_extra={"pattern": WRITTEN_CODE_PATTERN},
        description=f"The occupation: {CODE_FORM}.",
        examples=["11-3013.00"],
    ),
]
DomainName = Annotated[
    Domain, Query(description="The O*NET domain whose elements are compared.", examples=["skills"])
]
DefinitionName = Annotated[
    Definition,
    Query(
        description=(
            "`missing`: level 0 at the source, above 0 at the target. `newly_relevant`: O*NET marks"
            " the element Not Relevant for the source and not for the target. `higher`: the"
            " target's level is higher."
        ),
        examples=["missing"],
    ),
]
LevelsName = Annotated[
    Levels,
    Query(
        description=(
            "Whose levels are compared. `published`: O*NET's. `llm`: a language model's, on both"
            " sides, also of occupations that O*NET does not rate; without importance, relevance"
            " and error, which a model is not asked for."
        ),
        examples=["published"],
    ),
]
MinImportance = Annotated[
    float | None,
    Query(
        ge=1,
        le=5,
        allow_inf_nan=False,
        description="Only gaps with at least this importance at the target (1-5).",
        examples=[3],
    ),
]
Significant = Annotated[
    bool,
    BeforeValidator(_parse_boolean),
    Query(
        description="`true`: only gaps larger than the raters' disagreement explains.",
        examples=[True],
    ),
]
OnlyHot = Annotated[
    bool,
    BeforeValidator(_parse_boolean),
    Query(
        description=(
            "`true`: only Hot Technologies, which employers' postings ask for across occupations."
        ),
        examples=[True],
    ),
]
OnlyInDemand = Annotated[
    bool,
    BeforeValidator(_parse_boolean),
    Query(
        description=(
            "`true`: only technologies In Demand for the target, by employers' postings for it."
        ),
        examples=[True],
    ),
]
Explain = Annotated[
    bool,
    BeforeValidator(_parse_boolean),
    Query(
        description=(
            "`true`: with each element, the published rows behind its figures (release, file, line,"
            " value, standard error), and the view whose rule made them. As JSON only."
        ),
        examples=[False],
    ),
]
ExplainRatings = Annotated[
    bool,
    BeforeValidator(_parse_boolean),
    Query(
        alias="explain",
        description=(
            "`true`: with each rating, the published rows behind its figures (release, file, line,"
            " value, standard error)."
        ),
        examples=[False],
    ),
]
TransitionLimit = Annotated[
    int,
    Field(ge=1, le=10),
    _parse_integer(1, 10),
    Query(alias="limit", description="At most so many transitions.", examples=[5]),
]
OrderName = Annotated[
    Order,
    Query(
        alias="order",
        description=(
            "`similarity`: where the same is important. `likely`: where people really go, by"
            " similarity, words, O*NET's Related Occupations and how many jobs there are; it needs"
            " BLS's projections."
        ),
        examples=["similarity"],
    ),
]
MaxJobZoneStep = Annotated[
    int | None,
    Query(
        ge=-4,
        le=4,
        description=(
            "Only targets at most so many job zones above the source; -1: at least one below."
        ),
        examples=[1],
    ),
]
MinPayChange = Annotated[
    int | None,
    Query(
        ge=-1_000_000,
        le=1_000_000,
        description=(
            "Only targets whose median annual wage is at least so many dollars above the source's"
            " (-5000: at most 5000 below). Those whose change is not known are left out."
        ),
        examples=[5000],
    ),
]
CodeSystemName = Annotated[
    CodeSystem,
    Query(
        alias="system",
        description=(
            "Classification of the code. `onet2019`: this service's own, whose codes in the others"
            " are listed."
        ),
        examples=["soc2018"],
    ),
]
ForeignCode = Annotated[
    str,
    BeforeValidator(
        lambda value: search_terms.normalize_dashes(value) if isinstance(value, str) else value
    ),
    Query(
        alias="code",
        min_length=1,
        max_length=20,
        pattern=r"^[0-9A-Za-z.-]+$",
        description="The code, digit for digit: `0110.10` and `0110.1` are two.",
        examples=["11-3013"],
    ),
]
Format = Annotated[
    Literal["json", "csv"] | None,
    Query(description="The form of the response; wins over the Accept header.", examples=["csv"]),
]
SearchText = Annotated[
    str,
    Query(
        max_length=100,
        description=(
            "A code, the beginning of one, or part of a title, in any case. Empty or absent: all"
            " occupations."
        ),
        examples=["manag"],
    ),
]
Limit = Annotated[
    int,
    Field(ge=1, le=200),
    _parse_integer(1, 200),
    Query(description="At most so many occupations.", examples=[20]),
]
Offset = Annotated[
    int,
    Field(ge=0, le=100_000),
    _parse_integer(0, 100_000),
    Query(description="Skip so many matches.", examples=[0]),
]
ProblemName = Annotated[
    str,
    Path(
        max_length=50,
        description="The last part of a problem's `type`.",
        examples=["occupation-not-rated"],
    ),
]
