"""Schema of /publication."""

from datetime import datetime

from pydantic import Field

from api.schemas.base import Flag as Flag
from api.schemas.base import Schema as Schema
from api.schemas.base import example_config as example_config
from api.schemas.common import PUBLICATION_EXAMPLE, PublicationReference
from api.types import Domain


class UnloadedSubject(Schema):
    """A subject that the load lacks."""

    subject: str = Field(description="The subject, such as `abilities` or `alternate_titles`.")
    reason: str = Field(description="Why it is lacking.")
    lost: str = Field(
        description="What cannot be answered for want of it; empty where no view answers from it."
    )


class PublicationResponse(PublicationReference):
    """What is published: where it came from, when, and what was counted and tested on the way."""

    model_config = example_config(
        {
            **PUBLICATION_EXAMPLE,
            "source": "30.3",
            "load_id": 1,
            "loaded_at": "2026-11-21T03:58:00Z",
            "file_checksums": {
                "Essential Skills.txt": (
                    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                )
            },
            "landed_row_count": 428810,
            "rejected_row_count": 0,
            "occupation_count": 1016,
            "rating_count": 250000,
            "passed_test_count": 200,
            "warned_test_count": 0,
            "supplemented_rating_count": 70,
            "supplemented_occupation_count": 1,
            "answered_rating_count": 70,
            "not_loaded": [
                {
                    "subject": "knowledge",
                    "reason": "there is no Knowledge.txt",
                    "lost": "gaps in knowledge",
                }
            ],
            "transition_domains": ["skills"],
            "taxonomy": "O*NET-SOC 2019",
            "service_release": "30.3",
            "supplemented_at": "2026-11-21T03:59:00Z",
            "attribution": "This service includes information from the O*NET Database …",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }
    )

    source: str = Field(
        description="What whoever landed the release asked for: a release number or a file's name."
    )
    load_id: int = Field(description="The load that the data were built from.")
    loaded_at: datetime = Field(description="When that load was complete (UTC).")
    file_checksums: dict[str, str] = Field(description="SHA-256 of each O*NET file.")
    landed_row_count: int
    rejected_row_count: int
    occupation_count: int
    rating_count: int
    passed_test_count: int
    warned_test_count: int
    supplemented_rating_count: int = Field(
        description="Ratings that are from O*NET Web Services because the release has none."
    )
    supplemented_occupation_count: int = Field(
        description="Occupations with at least one of these."
    )
    answered_rating_count: int = Field(
        description="Ratings that the service gave, whether or not the release left room for them."
    )
    not_loaded: list[UnloadedSubject] = Field(
        description=(
            "Subjects, domains among them, that the release was loaded here without, though O*NET"
            " publishes them in it."
        )
    )
    transition_domains: list[Domain] = Field(description="Domains that career transitions compare.")
    taxonomy: str | None = Field(
        description=(
            "Taxonomy of the occupations; null where their codes are those of none that is known."
        )
    )
    service_release: str | None = Field(
        description=(
            "Newest O*NET release that these are of; null where the service was never asked."
        )
    )
    supplemented_at: datetime | None = Field(
        description="When the service last gave one (UTC); null where it never did."
    )
    attribution: str = Field(description="Whose data these are, and what was done to them.")
    license: str = Field(description="Address of the licence of the data.")
