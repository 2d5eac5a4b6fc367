"""The answers' shapes: what OpenAPI documents, and what the tests hold every answer to. Bodies are written from driver rows directly."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.models_base import Answer as Answer
from api.models_base import Flag as Flag
from api.models_base import documented as documented
from api.models_pay import PayOrNull
from api.queries import Definition, Domain, Levels

# A level in words, of an element that is compared.
_NEAREST = "; null at level 0 and where O*NET has no anchors."
_WORDS = " in words: that anchor's example. Null where its level is."
GroupName = Annotated[str | None, Field(description="Group of the content model that the element belongs to.")]
FromAnchorLevel = Annotated[int | None, Field(description=f"Level of the O*NET anchor nearest to `from_level`{_NEAREST}")]
FromAnchor = Annotated[str | None, Field(description=f"`from_level`{_WORDS}")]
ToAnchorLevel = Annotated[int | None, Field(description=f"Level of the O*NET anchor nearest to `to_level`{_NEAREST}")]
ToAnchor = Annotated[str | None, Field(description=f"`to_level`{_WORDS}")]

PUBLICATION_EXAMPLE = {"release": "30.3", "build_id": "0d9f5c1e-6a0e-4a52-9a39-3c2f1f0f7a11", "published_at": "2026-11-21T04:00:00Z"}
RATED_EXAMPLE = {"skills": 1, "knowledge": 1, "abilities": 1, "work_activities": 1}
SUPPLEMENTED_EXAMPLE = {"skills": 0, "knowledge": 0, "abilities": 0, "work_activities": 0}


def _missing(
    element: tuple[str, str], to_level: float, to_importance: float, newly_relevant: Flag, error: float, significant: Flag
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


class PublicationReference(Answer):
    """Which publication an answer was read from."""

    release: str = Field(description="O*NET release, such as `30.3`; `sample` where the invented sample is served.")
    build_id: str = Field(description="Id of the build. Answers with the same id come from the same data.")
    published_at: datetime = Field(description="When it was published (UTC).")


class OccupationReference(Answer):
    """An occupation, named."""

    code: str = Field(description="O*NET-SOC code, such as `11-1011.00`.")
    title: str = Field(description="O*NET's title of the occupation.")


class GapCounts(Answer):
    """How many elements of the pair and domain each reading flags, whatever narrows the answer."""

    missing: int = Field(description="Elements with level 0 at the source and above 0 at the target.")
    newly_relevant: int = Field(description="Elements that O*NET marks Not Relevant for the source and not for the target.")
    higher: int = Field(description="Elements whose level is higher at the target.")
    significant: int = Field(description="Elements whose level is higher by more than the ratings' uncertainty explains.")


class PublishedRow(Answer):
    """A rating as O*NET publishes it: a row of a file of the release, or what O*NET Web Services gave where the release has none."""

    release: str | None = Field(
        description="O*NET release that it is from: the landed one, or the one that O*NET Web Services served; null where that did not say."
    )
    source: Literal["release", "web_services"] = Field(description="Where it was published.")
    file: str | None = Field(description="File of the release; null where O*NET Web Services gave it.")
    line: int | None = Field(description="Its line in the file, the header is line 1; null where O*NET Web Services gave it.")
    value: float = Field(description="Mean of the ratings: level 0-7, importance 1-5.")
    standard_error: float | None = Field(description="Its standard error; null where not published.")
    n: int | None = Field(description="Number of raters; null where not published.")
    updated_month: date | None = Field(description="First day of the month in which O*NET last updated it.")


class PublishedRows(Answer):
    """The rows behind the figures of a gap, by the figure; null where nothing is published. A person has none."""

    from_level: PublishedRow | None = None
    to_level: PublishedRow | None
    from_importance: PublishedRow | None = None
    to_importance: PublishedRow | None


class ComparedLevels(Answer):
    """One element (a skill, …) of two sides."""

    element_id: str = Field(description="O*NET content model id.")
    element_name: str = Field(description="O*NET's name of the element.")
    from_level: float | None = Field(description="Level at the source, 0-7; null where not published.")
    to_level: float | None = Field(description="Level at the target, 0-7; null where not published.")
    level_gap: float | None = Field(description="`to_level` - `from_level`; null where either is.")
    from_importance: float | None = Field(description="Importance at the source, 1-5; null where not published.")
    to_importance: float | None = Field(description="Importance at the target, 1-5; null where not published.")
    is_missing: Flag = Field(description="1: the target's level is above 0 and the source's is 0.")
    is_newly_relevant: Flag = Field(description="1: O*NET marks the element Not Relevant for the source and not for the target.")
    is_higher: Flag = Field(description="1: the target's level is higher.")
    gap_standard_error: float | None = Field(description="Standard error of `level_gap`, in levels; null where O*NET publishes no error.")
    is_significant: Flag | None = Field(
        description="1: `level_gap` exceeds what the raters' disagreement explains (Welch's t, one element at a time); "
        "null where O*NET publishes no error."
    )
    is_low_precision: Flag = Field(description="1: O*NET recommends suppressing either level.")
    is_supplemented: Flag = Field(description="1: a level or importance of either side is from O*NET Web Services, not from the release.")
    group_name: GroupName = None
    from_anchor_level: FromAnchorLevel = None
    from_anchor: FromAnchor = None
    to_anchor_level: ToAnchorLevel = None
    to_anchor: ToAnchor = None


class Gap(ComparedLevels):
    """One element that the target needs and the source has less of, in the sense of `definition`."""

    published_rows: PublishedRows | None = Field(default=None, description="With `explain=true`: the rows behind the figures.")


class Explanation(Answer):
    """How the figures of an answer were made."""

    view: str = Field(description="The view whose rule made them.")
    documentation: str = Field(description="Address of the rule.")
    derived: dict[str, list[str]] = Field(description="Each figure that is computed → the published ones that it is computed from.")


class SupplementedSides(Answer):
    """For each side of a pair: whether a level in the domain is not in the release but from O*NET Web Services."""

    from_: Flag = Field(alias="from", description="1: one of the source's is.")
    to: Flag = Field(description="1: one of the target's is.")


class ModelReference(Answer):
    """A language model whose levels were compared. They are its own judgement, not O*NET's; view `llm_agreement` says how good it is."""

    model: str = Field(description="Its name.")
    prompt_version: str = Field(description="Version of the wording it was asked in.")
    from_element_count: int = Field(description="Elements of the domain that it gave a level for at the source; others give no gap.")
    to_element_count: int = Field(description="The same at the target.")


class SkillGapAnswer(Answer):
    """What the target occupation needs that the source does not have, or has at a lower level."""

    model_config = documented(
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
                _missing(("2.B.3.j", "Equipment Maintenance"), 2.25, 2.38, 1, 0.206, 1),
                _missing(("2.B.3.l", "Repairing"), 1.88, 2.25, 1, 0.2588, 1),
                _missing(("2.B.3.d", "Installation"), 0.12, 1.12, 0, 0.1768, 0),
            ],
            "publication": PUBLICATION_EXAMPLE,
        }
    )

    from_: OccupationReference = Field(alias="from", description="The source: where one comes from.")
    to: OccupationReference = Field(description="The target: where one goes to.")
    domain: Domain = Field(description="The O*NET domain whose elements are compared.")
    definition: Definition = Field(description="The reading of `gap` that `gaps` follows.")
    levels: Levels = Field(description="Whose levels were compared: `published` by O*NET, or given by a language model, `llm`.")
    llm: ModelReference | None = Field(default=None, description="Which model's levels; there with `levels=llm` only.")
    supplemented: SupplementedSides = Field(description="Whether ratings from O*NET Web Services took part, whatever gaps came of it.")
    counts: GapCounts
    pay: PayOrNull = None
    gaps: list[Gap] = Field(description="Largest `level_gap` first, then largest `to_importance`, then `element_id`.")
    explanation: Explanation | None = Field(default=None, description="With `explain=true`: how the figures were made.")
    publication: PublicationReference


class DomainFlags(Answer):
    """A flag for each domain that has a level."""

    skills: Flag
    knowledge: Flag
    abilities: Flag
    work_activities: Flag


class OccupationSummary(OccupationReference):
    """An occupation in a list."""

    job_zone: int | None = Field(description="O*NET job zone (1: little preparation … 5: extensive); null where not published.")
    is_rated: DomainFlags = Field(
        description="1: a level of the occupation in the domain is published; 0: none is, or none is loaded here."
    )
    is_supplemented: DomainFlags = Field(description="1: a level in the domain is not in the release but from O*NET Web Services.")


class UnloadedSubject(Answer):
    """A subject that the load lacks."""

    subject: str = Field(description="The subject, such as `abilities` or `alternate_titles`.")
    reason: str = Field(description="Why it is lacking.")
    lost: str = Field(description="What cannot be answered for want of it; empty where no view answers from it.")


class PublicationAnswer(PublicationReference):
    """What is published: where it came from, when, and what was counted and tested on the way."""

    model_config = documented(
        {
            **PUBLICATION_EXAMPLE,
            "source": "30.3",
            "load_id": 1,
            "loaded_at": "2026-11-21T03:58:00Z",
            "file_checksums": {"Essential Skills.txt": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
            "landed_row_count": 428810,
            "rejected_row_count": 0,
            "occupation_count": 1016,
            "rating_count": 250000,
            "passed_test_count": 200,
            "warned_test_count": 0,
            "supplemented_rating_count": 70,
            "supplemented_occupation_count": 1,
            "answered_rating_count": 70,
            "not_loaded": [{"subject": "knowledge", "reason": "there is no Knowledge.txt", "lost": "gaps in knowledge"}],
            "transition_domains": ["skills"],
            "taxonomy": "O*NET-SOC 2019",
            "service_release": "30.3",
            "supplemented_at": "2026-11-21T03:59:00Z",
            "attribution": "This service includes information from the O*NET Database …",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }
    )

    source: str = Field(description="What whoever landed the release asked for: a release number or a file's name.")
    load_id: int = Field(description="The load that the data were built from.")
    loaded_at: datetime = Field(description="When that load was complete (UTC).")
    file_checksums: dict[str, str] = Field(description="SHA-256 of each O*NET file.")
    landed_row_count: int
    rejected_row_count: int
    occupation_count: int
    rating_count: int
    passed_test_count: int
    warned_test_count: int
    supplemented_rating_count: int = Field(description="Ratings that are from O*NET Web Services because the release has none.")
    supplemented_occupation_count: int = Field(description="Occupations with at least one of these.")
    answered_rating_count: int = Field(description="Ratings that the service gave, whether or not the release left room for them.")
    not_loaded: list[UnloadedSubject] = Field(
        description="Subjects, domains among them, that the release was loaded here without, though O*NET publishes them in it."
    )
    transition_domains: list[Domain] = Field(description="Domains that career transitions compare.")
    taxonomy: str | None = Field(description="Taxonomy of the occupations; null where their codes are those of none that is known.")
    service_release: str | None = Field(description="Newest O*NET release that these are of; null where the service was never asked.")
    supplemented_at: datetime | None = Field(description="When the service last gave one (UTC); null where it never did.")
    attribution: str = Field(description="Whose data these are, and what was done to them.")
    license: str = Field(description="Address of the licence of the data.")


class IndexAnswer(Answer):
    """Where everything is."""

    model_config = documented(
        {
            "service": "O*NET skill gaps",
            "version": "1.0.0",
            "links": {"skill_gap": "/skill-gap?from=11-1011.00&to=11-3013.00", "docs": "/docs"},
            "publication": PUBLICATION_EXAMPLE,
            "attribution": "This service includes information from the O*NET Database …",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }
    )

    service: str
    version: str
    links: dict[str, str]
    publication: PublicationReference | None = Field(description="Null where nothing is published yet.")
    attribution: str
    license: str


class LiveAnswer(Answer):
    """The process answers."""

    model_config = documented({"status": "live"})

    status: Literal["live"]


class ReadyAnswer(Answer):
    """The warehouse answers too, and holds a publication."""

    model_config = documented({"status": "ready", "publication": PUBLICATION_EXAMPLE})

    status: Literal["ready"]
    publication: PublicationReference


class ParameterError(Answer):
    """One parameter that cannot be accepted."""

    parameter: str
    detail: str = Field(description="What is accepted.")


class ProblemAnswer(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = documented(
        {
            "type": "/problems/occupation-not-found",
            "title": "Occupation not found",
            "status": 404,
            "detail": "from: O*NET 30.3 lists no occupation 11-1012.00.",
            "parameter": "from",
            "value": "11-1012.00",
            "near": [{"code": "11-1011.00", "title": "Chief Executives"}],
            "request_id": "5b1f5f0c6d7e4d0f8f0b7b7f3b1e2a90",
        }
    )

    type: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~-]+)*/problems/[a-z-]+$")] = Field(
        description="Names the kind of problem; the address explains it."
    )
    title: str
    status: int
    detail: str = Field(description="What is wrong this time.")
    request_id: str = Field(description="Also in the X-Request-ID header and in the service's log.")
    parameter: str | None = Field(default=None, description="The parameter that names what was not found.")
    value: str | None = Field(default=None, description="The code or title that was not found, not rated or ambiguous.")
    domain: Domain | None = Field(default=None, description="The domain in which the occupation has no ratings.")
    subject: str | None = Field(default=None, description="The subject that is not loaded here.")
    candidates: list[OccupationReference] | None = Field(default=None, description="The occupations that an ambiguous title may mean.")
    near: list[OccupationReference] | None = Field(default=None, description="Occupations to try instead.")
    errors: list[ParameterError] | None = Field(default=None, description="Each parameter that cannot be accepted.")
    available: list[str] | None = Field(default=None, description="The media types that the endpoint can write.")


class ProblemTypeAnswer(Answer):
    """What a kind of problem means."""

    model_config = documented(
        {"type": "/problems/not-found", "title": "Not found", "status": 404, "explanation": "There is nothing at this address."}
    )

    type: str
    title: str
    status: int
    explanation: str
