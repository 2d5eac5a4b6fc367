"""What somebody types, as the statements of the search take it, and where in a title it was
found."""

import re
import unicodedata

from api import search_terms
from api.queries.occupations import OCCUPATIONS_BY_CODE
from api.queries.search import build_word_search_query, name_stem_parameters

MATCH_PLACES = ("exact", "prefix", "word", "substring", "similar")


_IGNORED_CATEGORIES = frozenset({"Cc", "Cf", "Mn", "Mc", "Me"})
_IGNORED_CHARACTERS = frozenset("\u0640\u07fa\u180a\u1cd3\ufe73")


def strip_invisible(text: str) -> str:
    """The text without controls, marks of direction, spaces of no width and marks that belong to no
    letter; blanks are all the same.

    To MySQL's collation these weigh nothing: a title with one of them is the title without it, and
    alone it is in every title. To DuckDB it is not. So nobody asks for them.
    """
    kept = (
        " " if each.isspace() else each
        for each in unicodedata.normalize("NFC", text)
        if each.isspace() or not _is_ignored(each)
    )
    return "".join(kept)


def _is_ignored(character: str) -> bool:
    return (
        unicodedata.category(character) in _IGNORED_CATEGORIES or character in _IGNORED_CHARACTERS
    )


def build_search_statement(sought: str) -> tuple[str, dict[str, object]]:
    """The text that searches for what is sought, and its parameters but for limit and offset."""
    if prefix := search_terms.parse_code_prefix(sought):
        return OCCUPATIONS_BY_CODE, {"sought": prefix}
    stems = search_terms.stem_search_text(strip_invisible(sought)) or [""]
    return build_word_search_query(len(stems)), dict(
        zip(name_stem_parameters(len(stems)), stems, strict=True)
    )


def classify_match(title: str, kind: str, sought: str, code: str) -> str:
    """Which of MATCH_PLACES a match is at."""
    if kind == "code":
        return (
            "exact"
            if search_terms.normalize_code(sought) in (code, code.removesuffix(".00"))
            else "prefix"
        )
    title, sought = title.lower(), strip_invisible(sought.lower())
    if title == sought:
        return "exact"
    if title.startswith(sought):
        return "prefix"
    if pad_words(sought) in pad_words(title):
        return "word"
    return "substring" if sought in title else "similar"


def pad_words(sought: str) -> str:
    """The words of a text: lower case, one blank around each. Of none two blanks, which no title
    has."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', sought.lower()))} "
