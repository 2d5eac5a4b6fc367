"""Words of parameters and responses that are one of a few."""

from typing import Literal, get_args

Verdict = Literal["clearly_higher", "too_close_to_tell", "higher_without_error", "met"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


CodeSystem = Literal[
    "onet2019",
    "soc2018",
    "soc2010",
    "onet2010",
    "onet2009",
    "onet2006",
    "onet2000",
    "esco",
    "isco",
    "cip",
]
CODE_SYSTEMS: tuple[CodeSystem, ...] = get_args(CodeSystem)
MatchKind = Literal["direct", "parent", "merged", "merged_parent", "hourly_only", "none"]


Domain = Literal["skills", "knowledge", "abilities", "work_activities"]
Definition = Literal["missing", "newly_relevant", "higher"]
Levels = Literal["published", "llm"]

Subject = Domain | Literal["technologies"]

DOMAINS: tuple[Domain, ...] = ("skills", "knowledge", "abilities", "work_activities")


Order = Literal["similarity", "likely"]
