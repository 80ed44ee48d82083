"""How KPI codes and numbers stand in a formula, and the refusal of what could be read in two ways.

A code in square brackets is any code, a closing bracket in it doubled: [K-01], [a]]b]. A bare word is a code when it is
made of the letters a–z, digits and underscores and begins with no digit. Everything else needs brackets: K-01 could be
a KPI or a subtraction, so it is neither.
"""

import re
from typing import Final

from kpis.formulas.problems import refusal

FUNCTIONS: Final = frozenset({"min", "max", "abs", "sum"})
MAX_LENGTH: Final = 2000
MAX_NESTING: Final = 32
MAX_DIGITS: Final = 30
MAX_CODE: Final = 100

SPACES: Final = r"[ \t\r\n\u00a0\u202f\u2009]+"
NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
BRACKETED: Final = r"\[[^\]]*(?:\]\][^\]]*)*\](?!\])"

CODE = re.compile(r"[^\s/\\?#%\x00-\x1f](?:[^/\\?#%\x00-\x1f]*[^\s/\\?#%\x00-\x1f])?")
"""As `organization.models.valid_code` has it."""
PLAIN_NAME = re.compile(NAME)
NUMBERS = re.compile(rf"(?:{NUMBER})(?:-+(?:{NUMBER}))*")
NO_NUMBER = re.compile(r"[0-9.]+|[0-9.]+[eE][-+]?[0-9.]*")
SCANNED = re.compile(
    rf"(?P<bracketed>{BRACKETED})|(?P<bracket_open>\[)|(?P<power>\*\*|\^)|(?P<open>\()|(?P<close>\))"
    r"|(?P<comma>[0-9.]+(?:,[0-9][0-9.]*)+)|(?P<word>[\w.]+(?:-+[\w.]+)*)"
)


def check_words(text: str) -> None:
    """Refuse in one pass, before any parsing, what is too long or deep and every word that is not clear."""
    if len(text) > MAX_LENGTH:
        raise refusal("too_long", MAX_LENGTH, limit=MAX_LENGTH)
    depth = 0
    for found in SCANNED.finditer(text):
        kind, start = found.lastgroup, found.start()
        if kind == "open":
            depth += 1
            if depth > MAX_NESTING:
                raise refusal("too_deep", start, limit=MAX_NESTING)
        elif kind == "close":
            depth -= 1
            if depth < 0:
                raise refusal("parenthesis", start)
        elif kind == "word":
            _check_word(found.group(), start)
        elif kind == "bracketed":
            code_in(found.group(), start)
        elif kind == "comma":
            raise refusal("comma", start, found=found.group())
        else:
            raise refusal(str(kind), start)
    if depth:
        raise refusal("parenthesis", len(text))


def _check_word(word: str, start: int) -> None:
    if PLAIN_NAME.fullmatch(word):
        if len(word) > MAX_CODE:
            raise refusal("code", start, found=word)
    elif NUMBERS.fullmatch(word):
        for number in word.split("-"):
            if len(number.replace(".", "")) > MAX_DIGITS:
                raise refusal("too_many_digits", start, limit=MAX_DIGITS)
    elif NO_NUMBER.fullmatch(word):
        raise refusal("number", start, found=word)
    else:
        raise refusal("brackets", start, found=word)


def code_in(bracketed: str, start: int = 0) -> str:
    """The code between square brackets; spaces around it do not count."""
    code = bracketed[1:-1].replace("]]", "]").strip()
    if len(code) > MAX_CODE or not CODE.fullmatch(code) or any("\ud800" <= sign <= "\udfff" for sign in code):
        raise refusal("code", start, found=code)
    return code


def written_code(code: str) -> str:
    """A code as the canonical text has it: bare where it may be."""
    if PLAIN_NAME.fullmatch(code) and code.lower() not in FUNCTIONS:
        return code
    return f"[{code.replace(']', ']]')}]"
