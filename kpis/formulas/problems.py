"""Why a formula is refused: a sentence for people, a code for machines, the place in the text."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

SHOWN: Final = 60
"""Characters of a foreign text that a sentence repeats; a path may be longer."""
SHOWN_OF_PATH: Final = 500

SENTENCES: Final[dict[str, "StrPromise"]] = {
    "empty": _("The formula is empty."),
    "too_long": _("The formula is longer than %(limit)s characters."),
    "too_deep": _("The formula nests more than %(limit)s parentheses."),
    "too_many_parts": _("The formula has more than %(limit)s parts: split it into several KPIs."),
    "too_many_operands": _("The formula names more than %(limit)s KPIs: split it into several KPIs."),
    "too_many_digits": _("A number in the formula has more than %(limit)s digits."),
    "number": _("“%(found)s” is not a number: write it like 1250.5, without exponent."),
    "comma": _("“%(found)s” is unclear: write decimals with a point, and a space after a comma between two numbers."),
    "brackets": _(
        "Write the KPI code in square brackets: [%(found)s]. A minus between two names takes a space each side."
    ),
    "bracket_open": _("A square bracket is opened and not closed."),
    "code": _("“%(found)s” cannot be the code of a KPI."),
    "power": _("There is no power sign: write the multiplication."),
    "character": _(
        "The character “%(found)s” has no meaning in a formula. A KPI code that has it is written in brackets."
    ),
    "parenthesis": _("The parentheses do not match."),
    "function": _("“%(found)s” is not a function: there are min, max, abs and sum."),
    "reserved": _("“%(found)s” is a function and takes parentheses. For the KPI of that code write [%(found)s]."),
    "arguments": _("abs takes one argument."),
    "end": _("The formula ends too early."),
    "syntax": _("“%(found)s” is not expected here."),
    "no_operand": _("A formula names at least one KPI."),
    "unknown": _("There is no KPI with the code “%(found)s”."),
    "unit": _("The units do not fit: %(left)s and %(right)s cannot be added, subtracted or compared."),
    "declared_unit": _("The units do not fit: the formula gives %(left)s, the KPI declares %(right)s."),
    "cycle": _("The formulas form a cycle: %(path)s."),
}
NO_UNIT: Final = _("no unit")


class FormulaError(ValueError):
    """A formula that is refused. `position` counts characters from 0 in the text as it was given."""

    def __init__(self, message: str, code: str, position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.position = position


def refusal(code: str, position: int = 0, **words: object) -> FormulaError:
    """The error of a code, its sentence in the language of now."""
    sentence = str(SENTENCES[code])
    shown = {
        name: visible(word, SHOWN_OF_PATH if name == "path" else SHOWN) if isinstance(word, str) else word
        for name, word in words.items()
    }
    return FormulaError(sentence % shown if shown else sentence, code, position)


def visible(text: str, most: int) -> str:
    """A text that may be repeated to people: cut, and signs that cannot be seen by their number."""
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    return "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in cut)
