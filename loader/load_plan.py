"""What a load will do with each file of a release, decided from names and headers before any row is
read."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field

from loader.errors import LoaderError
from loader.file_registry import (
    FILES,
    LOST,
    NOT_DATA,
    REQUIRED,
    REQUIRED_SUBJECTS,
    SUBJECTS,
    ReleaseFile,
    absent_subjects,
    files_about,
)
from loader.reader import HeaderError, match_header
from loader.release import Release
from loader.store import FileResult

HEADER_BYTES = 64 * 1024


@dataclass(frozen=True)
class UnloadedSubject:
    """A subject that a load lacks, though O*NET publishes it in that release."""

    subject: str
    reason: str
    lost: str
    """What cannot be answered for want of it; empty where no view answers from it."""

    def __str__(self) -> str:
        return f"{self.subject} not loaded: {self.reason}" + (
            f". Not available: {self.lost}" if self.lost else ""
        )


@dataclass
class LoadPlan:
    """What becomes of the files of a release."""

    there: list[ReleaseFile] = field(default_factory=list)
    """The registered files that the release has, in the registry's order."""
    missing: str | None = None
    """What the release lacks without which there is no gap, in words."""
    left_out: dict[str, str] = field(default_factory=dict)
    """File that is there and will not be landed → why. The load goes on."""
    headers: dict[str, str] = field(default_factory=dict)
    """File whose header stops the load → why, and what to do."""
    unknown: dict[str, str] = field(default_factory=dict)
    """File that is not in the registry → what to do."""
    not_loaded: list[UnloadedSubject] = field(default_factory=list)

    @property
    def files(self) -> list[ReleaseFile]:
        """The files to be landed."""
        return [file for file in self.there if file.name not in self.left_out]

    @property
    def problems(self) -> list[str]:
        """Why the load cannot go on."""
        return list(self.headers.values())

    @property
    def warnings(self) -> list[str]:
        """What a person should know of a load that goes on."""
        return [
            *(f"{name}: {reason}; not landed" for name, reason in self.left_out.items()),
            *(f"{name}: {advice}" for name, advice in self.unknown.items()),
        ]

    @property
    def not_landed(self) -> list[FileResult]:
        """The records of the registered files that do not land."""
        names = {file.name for file in self.there}
        return [
            FileResult(file.name, file.table, "not_landed", reason=self.left_out[file.name])
            if file.name in names
            else FileResult(file.name, file.table, "absent")
            for file in FILES
            if file.name not in names or file.name in self.left_out
        ]

    @property
    def not_loaded_json(self) -> str:
        """The subjects that the load lacks, as the audit of loads keeps them."""
        return json.dumps([vars(each) for each in self.not_loaded], ensure_ascii=False)


def plan_load(release: Release, without: Collection[str] = ()) -> LoadPlan:
    """Decides by name and header; `without` names the subjects to be left out.

    Raises:
        LoaderError: `without` names what is no subject, or one without which there is no gap.
    """
    _check_without(without)
    plan = LoadPlan([file for file in FILES if file.name in release.files], _missing(release))
    for file in plan.there:
        if chosen := sorted(set(without) & set(file.subjects)):
            plan.left_out[file.name] = f"left out as asked (--without {', '.join(chosen)})"
            continue
        try:
            match_header(file, _header(release, file.name))
        except HeaderError as error:
            if file.purpose == "kept":
                plan.left_out[file.name] = str(error).removeprefix(f"{file.name}: ")
            else:
                plan.headers[file.name] = f"{error}{_way_out(file)}"
        except LoaderError:  # damaged: reading it to the end will say so
            continue
    plan.not_loaded = _unloaded(plan, release.number)
    plan.unknown = {name: _advice(release, plan, name) for name in _unknown(release)}
    return plan


def _check_without(without: Collection[str]) -> None:
    for subject in without:
        if subject in REQUIRED_SUBJECTS:
            raise LoaderError(f"--without {subject}: without it there is no gap")
        if subject not in SUBJECTS:
            optional = ", ".join(each for each in SUBJECTS if each not in REQUIRED_SUBJECTS)
            raise LoaderError(
                f"--without {subject}: not a subject of a release; there are {optional}"
            )


def _missing(release: Release) -> str | None:
    for ways in REQUIRED:
        if not any(way <= release.files.keys() for way in ways):
            wanted = " or ".join(" and ".join(sorted(way)) for way in ways)
            return f"{release.source}: {wanted} is not in this release; without it there is no gap"
    return None


def _header(release: Release, name: str) -> bytes:
    with release.open(name) as stream:
        return stream.read(HEADER_BYTES).partition(b"\n")[0]


def _way_out(file: ReleaseFile) -> str:
    if file.purpose == "required":
        return ". Without this file there is no gap"
    subject = next(each for each in file.subjects if each in LOST)
    return f". To go on without {file.lost}: --without {subject}, or LOADER_WITHOUT={subject}"


def _unloaded(plan: LoadPlan, release: str) -> list[UnloadedSubject]:
    absent = absent_subjects(release, {file.name for file in plan.there})
    reasons = {subject: f"there is no {' or '.join(files_about(subject))}" for subject in absent}
    for file in plan.there:
        if file.name in plan.left_out:
            reasons |= dict.fromkeys(file.subjects, f"{file.name}: {plan.left_out[file.name]}")
    return [
        UnloadedSubject(each, reasons[each], LOST.get(each, ""))
        for each in SUBJECTS
        if each in reasons
    ]


def _unknown(release: Release) -> list[str]:
    return sorted(set(release.files) - {file.name for file in FILES} - NOT_DATA)


def _advice(release: Release, plan: LoadPlan, name: str) -> str:
    """What to do about an unknown file; names the absent file whose columns it has."""
    advice = (
        "not in the registry and left out; if it is wanted, add a row to loader/file_registry.py"
    )
    try:
        header = _header(release, name)
    except LoaderError:
        return advice
    absent = {each.subject for each in plan.not_loaded}
    alike = [file.name for file in FILES if absent & set(file.subjects) and _fits(file, header)]
    return (
        f"{advice}. It has the columns of {' and '.join(alike)}: is it that under a new name?"
        if alike
        else advice
    )


def _fits(file: ReleaseFile, header: bytes) -> bool:
    try:
        match_header(file, header)
    except HeaderError:
        return False
    return True
