"""What the small pictures say, as sentences in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.drawing.numbers import Number, number, percent
from organization.drawing.numbers import confidence as as_confidence
from organization.drawing.status import word_of

MIX_STATES: Final = {
    "green": ("on_track", "green"),
    "amber": ("at_risk", "amber"),
    "red": ("off_track", "red"),
    "grey": ("no_data", "grey"),
    "done": ("done", "grey"),
}
"""Parts of a mix as the state and colour that their symbol shows."""


def progress(done: float | None, due: float | None, language: str) -> str:
    """62% done, 71% expected, 9 points behind."""
    if done is None:
        if due is None:
            return _("No value yet")
        return _("No value yet, %(due)s expected") % {"due": percent(due, 0, language)}
    if due is None:
        return _("%(done)s done") % {"done": percent(done, 0, language)}
    apart = round(done * 100) - round(due * 100)
    words = {"done": percent(done, 0, language), "due": percent(due, 0, language), "points": abs(apart)}
    if apart < 0:
        return (
            ngettext(
                "%(done)s done, %(due)s expected, %(points)s point behind",
                "%(done)s done, %(due)s expected, %(points)s points behind",
                abs(apart),
            )
            % words
        )
    if apart > 0:
        return (
            ngettext(
                "%(done)s done, %(due)s expected, %(points)s point ahead",
                "%(done)s done, %(due)s expected, %(points)s points ahead",
                apart,
            )
            % words
        )
    return _("%(done)s done, as expected") % words


def actual(value: str, target: str) -> str:
    """Actual 86.6%, target 90.0%."""
    if not target:
        return _("Actual %(value)s") % {"value": value}
    return _("Actual %(value)s, target %(target)s") % {"value": value, "target": target}


def course(values: Sequence[float | None], label: str, language: str) -> str:
    """On-time delivery: 13 periods, from 83.1 to 86.6."""
    known = [value for value in values if value is not None]
    if not known:
        text = _("No value yet")
    else:
        text = ngettext("%(count)s value, %(first)s", "%(count)s values, from %(first)s to %(last)s", len(known)) % {
            "count": len(known),
            "first": number(known[0], None, language),
            "last": number(known[-1], None, language),
        }
    return f"{label}: {text}" if label else text


def effect(variance: float | None, better: bool) -> str:
    """Better or worse than the target."""
    if variance is None:
        return _("No comparison")
    if variance == 0:
        return _("On target")
    return _("Better than target") if better else _("Worse than target")


def confidence(value: Number | None, language: str) -> str:
    """Confidence 7.2 of 10."""
    if value is None:
        return _("Confidence not stated")
    return _("Confidence %(value)s of 10") % {"value": as_confidence(value, language)}


def mix(counts: Mapping[str, int]) -> str:
    """3 On track, 1 At risk, 1 Off track."""
    parts = [f"{counts[name]} {mix_word(name)}" for name in MIX_STATES if counts.get(name)]
    return ", ".join(parts) or _("Nothing to count")


def mix_word(name: str) -> str:
    """The word of one part; grey gathers what has no colour."""
    return _("No colour") if name == "grey" else word_of(*MIX_STATES[name])
