"""What is published of the occupations that are compared, as arrays; and their detailed
activities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dbt_onet.pipeline.export.source import Source

Array = NDArray[np.float64]
DOMAINS = ("skills", "knowledge")


class LaborMissingError(Exception):
    """Employment, openings or the crosswalk of SOC 2010 are not published."""


@dataclass(frozen=True)
class Occupations:
    """Occupations rated completely in skills and knowledge; arrays have one row for each."""

    codes: list[str]
    importance: Array
    level: Array
    is_skill: NDArray[np.bool_]
    job_zone: Array
    employment: Array
    """Jobs of the line of wages that the occupation belongs to; nan where there is none."""
    projected_jobs: Array
    """Jobs of the line of projections that it belongs to; nan where there is none."""
    openings: Array
    """Openings a year of the line of projections that it belongs to; nan where there is none."""
    line: list[str]
    """That line's code."""
    soc_count: dict[str, int]
    """Line → SOC codes in it, over all occupations that O*NET lists."""
    soc2010: dict[str, set[str]]
    """SOC 2010 code → O*NET codes, rated or not."""
    related: list[tuple[str, str, int]]
    technologies: dict[str, set[str]]
    activities: dict[str, set[str]]
    tasks: dict[str, str]
    titles: dict[str, str]
    """All of an occupation's titles."""
    alternate_titles: dict[str, str]

    @property
    def index(self) -> dict[str, int]:
        return {code: position for position, code in enumerate(self.codes)}


def read_occupations(source: Source) -> Occupations:
    codes, level, importance, is_skill = _ratings(source)
    listed = source.rows(
        "select occupation.occupation_code, title, job_zone, wage.employment,"
        " outlook.annual_openings, outlook.source_code, outlook.employment from {live}.occupation"
        " as occupation left join {live}.occupation_wage as wage on occupation.occupation_code ="
        " wage.occupation_code and wage.is_newest = 1 left join {live}.occupation_outlook as"
        " outlook on occupation.occupation_code = outlook.occupation_code and outlook.is_newest = 1"
    )
    by_code = {row[0]: row for row in listed}
    rows = [by_code[code] for code in codes]
    soc2010 = _groups(
        source.rows(
            "select code, occupation_code from {live}.occupation_code where code_system = 'soc2010'"
            " and occupation_code is not null"
        )
    )
    if not soc2010 or all(row[3] is None for row in rows) or all(row[4] is None for row in rows):
        raise LaborMissingError(
            "Wages, projections and the crosswalk of SOC 2010 are needed, and are not all "
            "published: see docs/labor.md, then run `make build`."
        )
    soc_of_line = _groups((line, code[:7]) for code, *_, line, _ in listed if line)
    return Occupations(
        codes=codes,
        importance=importance,
        level=level,
        is_skill=is_skill,
        job_zone=_numbers(row[2] for row in rows),
        employment=_numbers(row[3] for row in rows),
        projected_jobs=_numbers(row[6] for row in rows),
        openings=_numbers(row[4] for row in rows),
        line=[row[5] or row[0][:7] for row in rows],
        soc_count={line: len(socs) for line, socs in soc_of_line.items()},
        soc2010=soc2010,
        related=source.rows(
            "select occupation_code, related_occupation_code, related_index from"
            " {live}.related_occupation"
        ),
        technologies=_groups(
            source.rows("select occupation_code, technology_name from {live}.occupation_technology")
        ),
        activities=_activities(source),
        tasks=_texts(source.rows("select occupation_code, task from {live}.occupation_task")),
        titles=_texts(source.rows("select occupation_code, title from {live}.occupation_title")),
        alternate_titles=_texts(
            source.rows(
                "select occupation_code, title from {live}.occupation_title where is_alternate = 1"
            )
        ),
    )


def _ratings(source: Source) -> tuple[list[str], Array, Array, NDArray[np.bool_]]:
    rows = source.rows(
        "select occupation_code, element_id, domain, level, importance "
        "from {live}.occupation_rating where domain in ('skills', 'knowledge') "
        "and level is not null and importance is not null"
    )
    elements = sorted({(DOMAINS.index(row[2]), row[1]) for row in rows})
    codes = sorted({row[0] for row in rows})
    place = {code: position for position, code in enumerate(codes)}
    column = {element: position for position, (_, element) in enumerate(elements)}
    level, importance = np.full((2, len(codes), len(elements)), np.nan)
    for code, element, _, here, weight in rows:
        level[place[code], column[element]] = here
        importance[place[code], column[element]] = weight
    whole = ~np.isnan(importance).any(axis=1)
    kept = [code for code, is_whole in zip(codes, whole, strict=True) if is_whole]
    is_skill = np.array([domain == 0 for domain, _ in elements])
    return kept, level[whole], importance[whole], is_skill


def _activities(source: Source) -> dict[str, set[str]]:
    """Detailed work activities of each occupation, from the raw rows: they are not published."""
    if "tasks_to_dwas" not in source.names("raw"):
        return {}
    newest = "(select max(load_id) from {raw}.tasks_to_dwas)"
    return _groups(
        source.rows(
            f"select onetsoc_code, dwa_id from {{raw}}.tasks_to_dwas where load_id = {newest}"
        )
    )


def _groups(rows: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for name, member in rows:
        groups.setdefault(name, set()).add(member)
    return groups


def _texts(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for code, text in rows:
        texts.setdefault(code, []).append(text)
    return {code: " ".join(parts) for code, parts in texts.items()}


def _numbers(values: Iterable[object]) -> Array:
    return np.array([np.nan if value is None else float(str(value)) for value in values])
