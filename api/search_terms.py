"""How a text is read when occupations are sought by it: as a code or the beginning of one, or as
the stems of its words. `dbt_onet/macros/search.sql` reads titles in the same way; a test compares
them.
"""

import re
import unicodedata

MAX_STEMS = 6
"""Of a text so many words count, the first ones; few titles have more."""

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d"
_DASH_TABLE = str.maketrans(dict.fromkeys(DASHES, "-"))
_CODE = re.compile(
    r"([0-9]{2})(?:-?([0-9]{4})(?:\.?([0-9]{2}))?|-([0-9]{0,3}|[0-9]{4}\.[0-9]?))", re.ASCII
)

_SPELLED_OUT = (("c#", "csharp"), ("c++", "cplusplus"), (".net", "dotnet"))
_SMALL_WORDS = [
    "and",
    "of",
    "the",
    "in",
    "for",
    "a",
    "an",
    "to",
    "with",
    "or",
    "at",
    "on",
    "by",
    "senior",
    "sr",
    "junior",
    "jr",
]
# Capitals hold endings that only look like a plural.
_RULES = (
    *(("sses ", "S "), ("ss ", "S "), ("us ", "U "), ("is ", "I "), ("ies ", "y ")),
    *(("ches ", "ch "), ("shes ", "sh "), ("xes ", "x "), ("s ", " ")),
    *(("S ", "s "), ("U ", "us "), ("I ", "is ")),
    *(("our", "or"), ("tre ", "ter "), ("or ", "er "), ("mme ", "m "), ("ae", "e"), ("ph", "f")),
    *((letter * 2, letter) for letter in "bcdefgklmnoprstz"),
)


def normalize_dashes(text: str) -> str:
    """A code of any classification, without blanks around it and with `-` for its dashes."""
    return text.strip().translate(_DASH_TABLE)


def normalize_code(text: str) -> str:
    """A code as O*NET writes it: `291141` and ` 29-1141 ` with any dash are `29-1141`. Other texts
    stay."""
    plain = normalize_dashes(text)
    found = _CODE.fullmatch(plain)
    if not found or found[2] is None:
        return plain if found else text
    return f"{found[1]}-{found[2]}" + (f".{found[3]}" if found[3] else "")


def parse_code_prefix(text: str) -> str | None:
    """What the codes begin with that a text asks for; none where it is no code. `15-1250`,
    `15-1200`, `15-0000` and `15-12` are groups."""
    plain = normalize_dashes(text)
    if not _CODE.fullmatch(plain):
        return None
    code = normalize_code(plain)
    return code.rstrip("0") if re.fullmatch(r"[0-9]{2}-[0-9]{3}0", code) else code


def stem_search_text(text: str) -> list[str]:
    """The stems of what somebody types, at most MAX_STEMS, without accents, and without the first
    letter of a word that is still typed."""
    found = stem_words(
        "".join(
            each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each)
        )
    )
    if len(found) > 1 and len(found[-1]) == 1:
        found.pop()
    return found[:MAX_STEMS]


def stem_words(text: str) -> list[str]:
    """The stems of a text's words in order, each once; of small words only where there are no
    others."""
    spelled = text.lower()
    for written, out in _SPELLED_OUT:
        spelled = spelled.replace(written, out)
    words = f" {' '.join(re.findall('[a-z0-9]+', spelled))} "
    telling = words
    for word in _SMALL_WORDS:
        telling = telling.replace(f" {word} ", " ")
    stemmed = telling if telling.strip() else words
    for ending, other in _RULES:
        stemmed = stemmed.replace(ending, other)
    return list(dict.fromkeys(stemmed.split()))
