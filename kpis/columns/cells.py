"""Numbers, flags and placeholders in the cells of a table."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

MISSING: Final = frozenset(
    {"", "-", "–", "—", "−", "--", "n/a", "#n/a", "na", "n.a.", "n/d", "nd", "n.d.", ".", "..", "...", "…", ":"}
    | {"null", "none", "nan", "?", "x", "missing", "unknown", "not available", "not known"}
    | {"manquant", "inconnu", "non disponible", "non connu", "n.c.", "nc", "s.o.", "so"}
)
"""What people write where a number is not known. It never becomes 0."""

SPACES: Final = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’_]+")
AROUND: Final = re.compile(r"^(?:[%€$£¥]|eur|usd|gbp|chf)|(?:[%‰€$£¥]|eur|usd|gbp|chf)$", re.IGNORECASE)
MINUSES: Final = str.maketrans({"−": "-", "–": "-", "‐": "-", "﹣": "-", "－": "-"})
PLAIN: Final = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
GROUPS: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+", re.ASCII)
YES: Final = frozenset({"true", "yes", "y", "1", "e", "est", "estimate", "estimated", "oui", "o", "vrai", "estimé"})
NO: Final = frozenset({"false", "no", "n", "0", "f", "final", "actual", "non", "faux", "définitif"})
LONGEST: Final = 60


class NotRead(ValueError):
    """The cell says nothing that is understood here."""


def is_missing(text: str) -> bool:
    """Whether the cell says that the value is not known: empty, a dash, n/a, two dots …"""
    return text.strip().lower() in MISSING


def read_number(text: str, decimal: str = ".") -> Decimal:
    """1,250.5 or 1.250,5 as the decimal sign says; 1 250,5; (12); 86 %; 1.2e-5; €3. Raises NotRead.

    The other sign may only group thousands, in threes; so may spaces and apostrophes.
    """
    if len(text) > LONGEST:
        raise NotRead(text[:LONGEST])
    bare = SPACES.sub("", text.translate(MINUSES))
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1] if negative else bare
    for _both_ends in range(2):
        sign, bare = (bare[0], bare[1:]) if bare[:1] in ("+", "-") else ("", bare)
        negative ^= sign == "-"
        stripped = AROUND.sub("", bare, count=1)
        if sign and stripped[:1] in ("+", "-"):
            raise NotRead(text)
        bare = stripped
    group = "," if decimal == "." else "."
    whole, point, rest = bare.partition(decimal)
    if group in whole:
        if not GROUPS.fullmatch(whole):
            raise NotRead(text)
        whole = whole.replace(group, "")
    digits = f"{whole}.{rest}" if point else whole
    if not PLAIN.fullmatch(digits):
        raise NotRead(text)
    value = Decimal(digits)
    return -value if negative and value else value


def guess_decimal(texts: Iterable[str]) -> str:
    """The decimal sign of a table's numbers: what most cells that show it agree on; a point where none does."""
    points = commas = 0
    for text in texts:
        bare = SPACES.sub("", text.translate(MINUSES))
        point, comma = bare.rfind("."), bare.rfind(",")
        if point >= 0 and comma >= 0:
            points, commas = points + (point > comma), commas + (comma > point)
        elif comma >= 0 and bare.count(",") == 1 and not GROUPS.search(bare):
            commas += 1
        elif point >= 0 and bare.count(".") == 1 and not GROUPS.search(bare):
            points += 1
        elif bare.count(".") > 1:
            commas += 1
        elif bare.count(",") > 1:
            points += 1
    return "," if commas > points else "."


def read_flag(text: str) -> bool:
    """Whether the cell marks an estimate; empty says no. Raises NotRead."""
    word = text.strip().lower()
    if word in YES:
        return True
    if word in NO or is_missing(word):
        return False
    raise NotRead(text)
