"""Schemas of a gap and its figures."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Flag as Flag
from api.schemas.base import Schema as Schema
from api.schemas.base import example_config as example_config
from api.schemas.common import PUBLICATION_EXAMPLE, OccupationReference, PublicationReference
from api.schemas.pay import PayOrNull
from api.types import Definition, Domain, Levels

# A level in words, of an element that is compared.
_NEAREST = "; null at level 0 and where O*NET has no anchors."
_WORDS = " in words: that anchor's example. Null where its level is."
GroupName = Annotated[
    str | None, Field(description="Group of the content model that the element belongs to.")
]
FromAnchorLevel = Annotated[
    int | None, Field(description=f"Level of the O*NET anchor nearest to `from_level`{_NEAREST}")
]
FromAnchor = Annotated[str | None, Field(description=f"`from_level`{_WORDS}")]
ToAnchorLevel = Annotated[
    int | None, Field(description=f"Level of the O*NET anchor nearest to `to_level`{_NEAREST}")
]
ToAnchor = Annotated[str | None, Field(description=f"`to_level`{_WORDS}")]


def _build_example_gap(
    element: tuple[str, str],
    to_level: float,
    to_importance: float,
    newly_relevant: Flag,
    error: float,
    significant: Flag,
) -> dict[str, Any]:
    """An example gap: the element has level 0 at the source."""
    return {
        "element_id": element[0],
        "element_name": element[1],
        "from_level": 0.0,
        "to_level": to_level,
        "level_gap": to_level,
        "from_importance": 1.0,
        "to_importance": to_importance,
        "is_missing": 1,
        "is_newly_relevant": newly_relevant,
        "is_higher": 1,
        "gap_standard_error": error,
        "is_significant": significant,
        "is_low_precision": 0,
        "is_supplemented": 0,
        "group_name": "Technical Skills",
        "from_anchor_level": None,
        "from_anchor": None,
        "to_anchor_level": 2,
        "to_anchor": "Tighten a screw to get a door to close properly",
    }


class GapCounts(Schema):
    """How many elements of the pair and domain each reading flags, whatever narrows the
    response."""

    missing: int = Field(
        description="Elements with level 0 at the source and above 0 at the target."
    )
    newly_relevant: int = Field(
        description="Elements that O*NET marks Not Relevant for the source and not for the target."
    )
    higher: int = Field(description="Elements whose level is higher at the target.")
    significant: int = Field(
        description="Elements whose level is higher by more than the ratings' uncertainty explains."
    )


class PublishedRow(Schema):
    """A rating as O*NET publishes it: a row of a file of the release, or what O*NET Web Services
    gave where the release has none."""

    release: str | None = Field(
        description=(
            "O*NET release that it is from: the landed one, or the one that O*NET Web Services"
            " served; null where that did not say."
        )
    )
    source: Literal["release", "web_services"] = Field(description="Where it was published.")
    file: str | None = Field(
        description="File of the release; null where O*NET Web Services gave it."
    )
    line: int | None = Field(
        description=(
            "Its line in the file, the header is line 1; null where O*NET Web Services gave it."
        )
    )
    value: float = Field(description="Mean of the ratings: level 0-7, importance 1-5.")
    standard_error: float | None = Field(
        description="Its standard error; null where not published."
    )
    n: int | None = Field(description="Number of raters; null where not published.")
    updated_month: date | None = Field(
        description="First day of the month in which O*NET last updated it."
    )


class PublishedRows(Schema):
    """The rows behind the figures of a gap, by the figure; null where nothing is published. A
    person has none."""

    from_level: PublishedRow | None = None
    to_level: PublishedRow | None
    from_importance: PublishedRow | None = None
    to_importance: PublishedRow | None


class ComparedLevels(Schema):
    """One element (a skill, …) of two sides."""

    element_id: str = Field(description="O*NET content model id.")
    element_name: str = Field(description="O*NET's name of the element.")
    from_level: float | None = Field(
        description="Level at the source, 0-7; null where not published."
    )
    to_level: float | None = Field(
        description="Level at the target, 0-7; null where not published."
    )
    level_gap: float | None = Field(description="`to_level` - `from_level`; null where either is.")
    from_importance: float | None = Field(
        description="Importance at the source, 1-5; null where not published."
    )
    to_importance: float | None = Field(
        description="Importance at the target, 1-5; null where not published."
    )
    is_missing: Flag = Field(description="1: the target's level is above 0 and the source's is 0.")
    is_newly_relevant: Flag = Field(
        description="1: O*NET marks the element Not Relevant for the source and not for the target."
    )
    is_higher: Flag = Field(description="1: the target's level is higher.")
    gap_standard_error: float | None = Field(
        description="Standard error of `level_gap`, in levels; null where O*NET publishes no error."
    )
    is_significant: Flag | None = Field(
        description=(
            "1: `level_gap` exceeds what the raters' disagreement explains (Welch's t, one element"
            " at a time); null where O*NET publishes no error."
        )
    )
    is_low_precision: Flag = Field(description="1: O*NET recommends suppressing either level.")
    is_supplemented: Flag = Field(
        description=(
            "1: a level or importance of either side is from O*NET Web Services, not from the"
            " release."
        )
    )
    group_name: GroupName = None
    from_anchor_level: FromAnchorLevel = None
    from_anchor: FromAnchor = None
    to_anchor_level: ToAnchorLevel = None
    to_anchor: ToAnchor = None


class Gap(ComparedLevels):
    """One element that the target needs and the source has less of, in the sense of
    `definition`."""

    published_rows: PublishedRows | None = Field(
        default=None, description="With `explain=true`: the rows behind the figures."
    )


class Explanation(Schema):
    """How the figures of a response were made."""

    view: str = Field(description="The view whose rule made them.")
    documentation: str = Field(description="Address of the rule.")
    derived: dict[str, list[str]] = Field(
        description="Each figure that is computed → the published ones that it is computed from."
    )


class SupplementedSides(Schema):
    """For each side of a pair: whether a level in the domain is not in the release but from O*NET
    Web Services."""

    from_: Flag = Field(alias="from", description="1: one of the source's is.")
    to: Flag = Field(description="1: one of the target's is.")


class ModelReference(Schema):
    """A language model whose levels were compared. They are its own judgement, not O*NET's; view
    `llm_agreement` says how good it is."""

    model: str = Field(description="Its name.")
    prompt_version: str = Field(description="Version of the wording it was asked in.")
    from_element_count: int = Field(
        description=(
            "Elements of the domain that it gave a level for at the source; others give no gap."
        )
    )
    to_element_count: int = Field(description="The same at the target.")


class SkillGapResponse(Schema):
    """What the target occupation needs that the source does not have, or has at a lower level."""

    model_config = example_config(
        {
            "from": {"code": "11-1011.00", "title": "Chief Executives"},
            "to": {"code": "11-3013.00", "title": "Facilities Managers"},
            "domain": "skills",
            "definition": "missing",
            "levels": "published",
            "supplemented": {"from": 0, "to": 0},
            "counts": {"missing": 3, "newly_relevant": 3, "higher": 9, "significant": 7},
            "pay": None,
            "gaps": [
                _build_example_gap(("2.B.3.j", "Equipment Maintenance"), 2.25, 2.38, 1, 0.206, 1),
                _build_example_gap(("2.B.3.l", "Repairing"), 1.88, 2.25, 1, 0.2588, 1),
                _build_example_gap(("2.B.3.d", "Installation"), 0.12, 1.12, 0, 0.1768, 0),
            ],
            "publication": PUBLICATION_EXAMPLE,
        }
    )

    from_: OccupationReference = Field(
        alias="from", description="The source: where one comes from."
    )
    to: OccupationReference = Field(description="The target: where one goes to.")
    domain: Domain = Field(description="The O*NET domain whose elements are compared.")
    definition: Definition = Field(description="The reading of `gap` that `gaps` follows.")
    levels: Levels = Field(
        description=(
            "Whose levels were compared: `published` by O*NET, or given by a language model, `llm`."
        )
    )
    llm: ModelReference | None = Field(
        default=None, description="Which model's levels; there with `levels=llm` only."
    )
    supplemented: SupplementedSides = Field(
        description="Whether ratings from O*NET Web Services took part, whatever gaps came of it."
    )
    counts: GapCounts
    pay: PayOrNull = None
    gaps: list[Gap] = Field(
        description="Largest `level_gap` first, then largest `to_importance`, then `element_id`."
    )
    explanation: Explanation | None = Field(
        default=None, description="With `explain=true`: how the figures were made."
    )
    publication: PublicationReference
