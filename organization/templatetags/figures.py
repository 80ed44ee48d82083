"""Tags that draw the small pictures and filters that write numbers, both in the reader's language.

`{% load figures %}`. Every picture has a sentence for those who cannot see it. Numbers may be Decimal, float, int or
None; None is an en dash that is read out as "no value".
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.versioning import moment_shown
from organization.drawing import bars, dates, icons, numbers, rows, sentences
from organization.drawing import status as statuses
from organization.drawing.numbers import Number
from organization.drawing.shapes import Drawing

register = template.Library()


# ---- status ----------------------------------------------------------------


@register.simple_tag
def symbol(state: str, colour: str = "", size: float = 14, label: str | None = None) -> SafeString:
    """`{% symbol state colour 14 %}`: the shape, named by its word or by `label`; `label=""` hides it."""
    shape = statuses.shape_of(str(state or ""), str(colour or ""))
    name = statuses.word_of(str(state or ""), str(colour or "")) if label is None else str(label)
    return _svg(statuses.symbol(shape, size), name)


@register.simple_tag
def status(state: str, colour: str = "", word: str = "") -> SafeString:
    """`{% status state colour %}`: shape and word. `word` replaces the word."""
    return _status("st", str(state or ""), str(colour or ""), word)


@register.simple_tag
def status_pill(state: str, colour: str = "", word: str = "") -> SafeString:
    """`{% status_pill state colour %}`: as `status`, on a tint, for the head of a page."""
    return _status("st st--pill", str(state or ""), str(colour or ""), word)


@register.filter
def status_word(state: str, colour: str = "") -> str:
    """`{{ state|status_word:colour }}`: the word alone."""
    return statuses.word_of(str(state or ""), str(colour or ""))


@register.filter
def status_shape(state: str, colour: str = "") -> str:
    """`{{ state|status_shape:colour }}`: on, risk, off, done, hold, new or none; ends class names."""
    return statuses.shape_of(str(state or ""), str(colour or ""))


@register.filter
def status_rank(state: str, colour: str = "") -> int:
    """`data-v="{{ state|status_rank:colour }}"`: sorts by urgency."""
    return statuses.rank_of(str(state or ""), str(colour or ""))


def _status(css: str, state: str, colour: str, word: str) -> SafeString:
    shape = statuses.shape_of(state, colour)
    text = word or statuses.word_of(state, colour)
    drawing = _svg(statuses.symbol(shape, 14), "")
    return format_html('<span class="{} st--{}">{}<span>{}</span></span>', css, shape, drawing, text)


# ---- pictures --------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: float = 18) -> SafeString:
    """`{% icon "alerts" 18 %}`: an outline; the word stands beside it."""
    return _svg(icons.icon(name, size), "")


@register.simple_tag
def goal(progress: Number | None, expected: Number | None = None, colour: str = "", height: float = 16) -> SafeString:
    """`{% goal progress expected colour %}`: fractions; ink done, tick expected, hatch missing."""
    done, due = _float(progress), _float(expected)
    return _svg(bars.goal(done, due, str(colour or ""), height), sentences.progress(done, due, _language()))


@register.simple_tag
def bar(progress: Number | None, height: float = 6, hidden: bool = False) -> SafeString:
    """`{% bar progress 3 %}`: progress without a plan. `hidden=True` where the number stands beside it."""
    done = _float(progress)
    return _svg(bars.bar(done, height), "" if hidden else sentences.progress(done, None, _language()))


@register.simple_tag
def bullet(  # noqa: PLR0913 (one argument for each mark of the picture)
    value: Number | None,
    target: Number | None = None,
    *,
    amber: Number | None = None,
    red: Number | None = None,
    lower: Number | None = None,
    upper: Number | None = None,
    unit: str = "",
    decimals: int | None = None,
    width: float = 118,
    height: float = 18,
) -> SafeString:
    """`{% bullet value target amber=… red=… unit=kpi.unit decimals=kpi.precision %}`.

    `amber` and `red` are the values where green and amber end; `lower` and `upper` the allowed zone of a range.
    """
    low, high = _float(lower), _float(upper)
    allowed = None if low is None or high is None else (low, high)
    drawing = rows.bullet(
        _float(value),
        _float(target),
        amber=_float(amber),
        red=_float(red),
        allowed=allowed,
        width=width,
        height=height,
    )
    language = _language()

    def say(amount: Number | None) -> str:
        return numbers.with_unit(numbers.number(amount, decimals, language), unit, language)

    return _svg(drawing, sentences.actual(say(value), say(target) if target is not None else ""))


@register.simple_tag
def spark(
    values: Sequence[Number | None],
    target: Sequence[Number | None] = (),
    colour: str = "",
    label: str = "",
    width: float = 88,
    height: float = 26,
) -> SafeString:
    """`{% spark values target colour=kpi.colour label=kpi.name %}`: the recent course, target dotted."""
    course = [_float(value) for value in values or ()]
    css = f"f-{statuses.BY_COLOUR[colour]}" if colour in statuses.BY_COLOUR else "f-actual"
    drawing = rows.spark(course, [_float(value) for value in target or ()], css=css, width=width, height=height)
    return _svg(drawing, sentences.course(course, label, _language()))


@register.simple_tag
def effect(
    variance: Number | None, scale: Number | None, good: bool | None = None, colour: str = "", width: float = 54
) -> SafeString:
    """`{% effect variance scale good %}`: right is better whatever the sign.

    `scale` is the largest variance of the list; `good` None means that a positive variance is good. `colour` (red,
    amber, green) chooses the ink.
    """
    amount = _float(variance)
    better = (amount or 0) >= 0 if good is None else bool(good)
    css = f"f-{statuses.BY_COLOUR[colour]}" if colour in statuses.BY_COLOUR else ""
    drawing = bars.effect(amount, _float(scale) or 0.0, good=better, css=css, width=width)
    return _svg(drawing, sentences.effect(amount, better))


@register.simple_tag
def missing(share: Number | None, scale: Number | None, colour: str = "") -> SafeString:
    """`{% missing share scale colour %}`: points missing, hatched back from the right edge; ahead is solid."""
    return _svg(bars.missing(_float(share), _float(scale) or 0.0, str(colour or "")), "")


@register.simple_tag
def pips(confidence: Number | None) -> SafeString:
    """`{% pips confidence %}`: stored 0 to 100, drawn as ten pips."""
    return _svg(bars.pips(_float(confidence)), sentences.confidence(confidence, _language()))


@register.simple_tag
def mix(counts: Mapping[str, int]) -> SafeString:
    """`{% mix counts %}`: counts by colour (green, amber, red, grey) and, where there are any, done."""
    return _svg(bars.mix(counts), sentences.mix(counts))


@register.simple_tag
def mix_counts(counts: Mapping[str, int]) -> SafeString:
    """`{% mix_counts counts %}`: the same as symbols with their numbers; colours without anything are left out."""
    parts = []
    for name, (state, colour) in sentences.MIX_STATES.items():
        if counts.get(name):
            drawing = _svg(statuses.symbol(statuses.shape_of(state, colour), 13), sentences.mix_word(name))
            parts.append(format_html('<span>{}<span class="tn">{}</span></span>', drawing, counts[name]))
    return format_html('<span class="mix__n">{}</span>', _joined(parts))


@register.simple_tag
def plan_clock(passed: int, total: int) -> SafeString:
    """`{% plan_clock 23 36 %}`: a plan's months in a row."""
    label = _("Month %(passed)s of %(total)s") % {"passed": passed, "total": total}
    return _svg(bars.clock(passed, total), label)


# ---- numbers and dates -----------------------------------------------------


@register.filter
def number(value: Number | None, decimals: int | None = None) -> str:
    """`{{ value|number:kpi.precision }}`; without decimals as many as the value has, two at most."""
    return _or_dash(numbers.number(value, decimals, _language()))


@register.filter
def signed(value: Number | None, decimals: int | None = None) -> str:
    """`{{ value|signed:1 }}`: +17, −0.3, ±0."""
    return _or_dash(numbers.signed(value, decimals, _language()))


@register.filter
def percent(fraction: Number | None, decimals: int = 0) -> str:
    """`{{ 0.62|percent }}`: 62%."""
    return _or_dash(numbers.percent(fraction, decimals, _language()))


@register.filter
def points(fraction: Number | None, decimals: int = 0) -> str:
    """`{{ gap|points }}`: a difference of fractions in points, −9 pts."""
    return _or_dash(numbers.points(fraction, decimals, _language()))


@register.filter
def share_points(fraction: Number | None, form: str = "") -> str:
    """`{{ gives|share_points }}`: a part of a sum in points with one decimal, 20.4; `:"signed"` for differences."""
    amount = None if fraction is None else float(fraction) * 100
    return _or_dash((numbers.signed if form == "signed" else numbers.number)(amount, 1, _language()))


@register.filter
def sort_key(value: Number | None) -> str:
    """`data-v="{{ value|sort_key }}"`: the number as scripts read it; unknown sorts last."""
    return "" if value is None else f"{float(value):.6g}"


@register.filter
def with_unit(value: Number | str | None, unit: str) -> str:
    """`{{ value|number:1|with_unit:kpi.unit }}`; after `signed`, a percentage becomes points."""
    if isinstance(value, SafeString):
        return value
    text = value if isinstance(value, str) else numbers.number(value, None, _language())
    return _or_dash(numbers.with_unit(text, unit or "", _language()))


@register.filter
def money(value: Number | None, currency: str = "EUR") -> str:
    """`{{ amount|money:organization.currency }}`: €4.2M, €640k."""
    return _or_dash(numbers.money(value, currency, _language()))


@register.filter
def confidence(value: Number | None) -> str:
    """`{{ confidence|confidence }}`: stored 0 to 100, written 0 to 10."""
    return _or_dash(numbers.confidence(value, _language()))


@register.filter
def day(value: date | None, form: str = "") -> str:
    """`{{ date|day }}`: 12 Nov 2026; `|day:"short"`: Thu 12 Nov."""
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return _or_dash(dates.day(local, _language(), weekday=form == "short"))


@register.filter
def moment(value: datetime | None) -> str:
    """`{{ time|moment }}`: 12 Nov 2026, 06:00 in the active time zone."""
    return _or_dash(dates.moment(timezone.localtime(value) if value else None, _language()))


@register.filter
def period(value: date | None, frequency: str) -> str:
    """`{{ first_day|period:kpi.frequency }}`: Oct 2026, Q4 2026."""
    return _or_dash(dates.period(value, frequency, _language()))


@register.filter
def age(value: timedelta | datetime | date | int | None) -> str:
    """`{{ updated_at|age }}`: 3 h, 2 d. Takes how long (a timedelta, or whole days) or since when."""
    return _or_dash(dates.age(_elapsed(value), _language()))


def _elapsed(value: timedelta | datetime | date | int | None) -> timedelta | None:
    if value is None or isinstance(value, timedelta):
        return value
    if isinstance(value, int):
        return timedelta(days=value)
    shown = moment_shown()
    now = shown.at if shown else timezone.now()
    if isinstance(value, datetime):
        return now - value
    return timezone.localdate(now) - value


def _or_dash(text: str) -> str:
    if text != numbers.NO_VALUE:
        return text
    return format_html('<span><span aria-hidden="true">{}</span><span class="vh">{}</span></span>', text, _("no value"))


def _svg(drawing: Drawing, label: str) -> SafeString:
    return mark_safe(drawing.markup(label))  # noqa: S308 (drawings hold numbers and our own class names; the label is escaped)


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 (each part is already safe)


def _float(value: Number | None) -> float | None:
    return None if value is None else float(value)


def _language() -> str:
    return get_language() or "en"
