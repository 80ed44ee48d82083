"""Sentences that say what a page found, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dashboards.reports.strategic import Strategic, StrategicRow
from objectives.choices import Colour
from objectives.pace import SEVERITY
from organization.drawing import dates, numbers

NEWS_DAYS: Final = 14
"""A change of colour is news for this long."""

ENOUGH: Final = 0.6
"""One part is named alone when it explains this share of a gap, else two are."""


@dataclass(frozen=True)
class Share:
    """What one contribution lacks of an objective's gap, in fractions of the objective (negative is missing)."""

    code: str
    title: str
    missing: float


def strategy_finding(strategic: Strategic, shares: Mapping[int, Sequence[Share]], *, today: date) -> str:
    """Three of five on track. S4 has been off track since Tuesday. SCM-1 explains 6.5 of the 9 points missing on S2."""
    if not strategic.total:
        return ""
    sentences = [_how_many(strategic), _latest_turn(strategic.rows, today), _explained(strategic.rows, shares)]
    return " ".join(sentence for sentence in sentences if sentence)


def _how_many(strategic: Strategic) -> str:
    good, total = strategic.counts.get(Colour.GREEN, 0), strategic.total
    words = {"good": apnumber(good), "total": apnumber(total)}
    if good == total:
        return capfirst(ngettext("The only one is on track.", "All %(total)s are on track.", total) % words)
    if strategic.counts.get(Colour.GREY, 0) == total:
        return _("No strategic objective has a figure yet.")
    if good == 0:
        return capfirst(ngettext("The only one is not on track.", "None of %(total)s is on track.", total) % words)
    return capfirst(_("%(good)s of %(total)s on track.") % words)


def _latest_turn(rows: Iterable[StrategicRow], today: date) -> str:
    """The most recent fall, else the most recent recovery."""
    turns = [row for row in rows if row.turn and (today - row.turn.day).days <= NEWS_DAYS]
    falls = [row for row in turns if row.turn and _severity(row.colour) > _severity(row.turn.was_colour) > 0]
    rises = [row for row in turns if row.turn and 0 < _severity(row.colour) < _severity(row.turn.was_colour)]
    if falls:
        row = max(falls, key=lambda one: (_severity(one.colour), one.turn.day if one.turn else today))
    elif rises:
        row = max(rises, key=lambda one: one.turn.day if one.turn else today)
    else:
        return ""
    words = {"code": row.code, "when": since(row.turn.day, today) if row.turn else ""}
    if row.colour == Colour.RED:
        return _("%(code)s has been off track since %(when)s.") % words
    if row.colour == Colour.AMBER and falls:
        return _("%(code)s has been at risk since %(when)s.") % words
    if row.colour == Colour.AMBER:
        return _("%(code)s is no longer off track, but at risk, since %(when)s.") % words
    return _("%(code)s has been back on track since %(when)s.") % words


def _explained(rows: Sequence[StrategicRow], shares: Mapping[int, Sequence[Share]]) -> str:
    """Which parts explain the largest gap."""
    behind = [row for row in rows if row.gap is not None and row.colour in (Colour.RED, Colour.AMBER)]
    if not behind:
        return ""
    row = min(behind, key=lambda one: one.gap or 0.0)
    gap = row.gap or 0.0
    parts = sorted((part for part in shares.get(row.id, ()) if part.missing < 0), key=lambda part: part.missing)
    if not parts or gap >= 0:
        return ""
    named = parts[:1] if parts[0].missing <= ENOUGH * gap else parts[:2]
    given = sum(part.missing for part in named)
    explained, missing = round(min(-given, -gap) * 100, 1), round(-gap * 100, 1)
    decimals = 0 if explained.is_integer() and missing.is_integer() else 1
    language = get_language() or "en"
    words = {
        "code": row.code,
        "first": named[0].code,
        "second": named[-1].code,
        "points": numbers.number(explained, decimals, language),
        "gap": numbers.number(missing, decimals, language),
    }
    if len(named) == 1:
        return _("%(first)s explains %(points)s of the %(gap)s points missing on %(code)s.") % words
    return _("%(first)s and %(second)s explain %(points)s of the %(gap)s points missing on %(code)s.") % words


def since(day: date, today: date) -> str:
    """Today, yesterday, a weekday within the week, else the date."""
    back = (today - day).days
    if back <= 0:
        return _("today")
    if back == 1:
        return _("yesterday")
    return str(WEEKDAYS[day.weekday()]) if back < 7 else dates.day(day, get_language() or "en")


def _severity(colour: str) -> int:
    return SEVERITY[Colour(colour)] if colour else 0
