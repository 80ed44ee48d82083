"""Amounts of a KPI as the reader's language writes them, for sentences."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kpis.choices import Frequency
from kpis.models import Kpi
from organization.drawing import dates, numbers

NUMBERS_INSIDE: Final = re.compile(r"\d+\.\d+")


def language() -> str:
    """The reader's language."""
    return get_language() or "en"


def amount(value: Decimal | None, kpi: Kpi) -> str:
    """86.6%, €71.8, 410 ppm."""
    tongue = language()
    return numbers.with_unit(numbers.number(value, kpi.precision, tongue), kpi.text("unit"), tongue)


def change(value: Decimal | None, kpi: Kpi) -> str:
    """+0.8 pts, −€1.3."""
    tongue = language()
    return numbers.with_unit(numbers.signed(value, kpi.precision, tongue), kpi.text("unit"), tongue)


def distance(value: Decimal, kpi: Kpi) -> str:
    """How far, without a sign: 3.4 pts, €1.3."""
    tongue = language()
    text = numbers.number(abs(value), kpi.precision, tongue)
    if kpi.unit == "%":
        return _("%(number)s pts") % {"number": text}
    return numbers.with_unit(text, kpi.text("unit"), tongue)


def period_name(period: date, kpi: Kpi) -> str:
    """Oct 2026, Q4 2026."""
    return dates.period(period, kpi.frequency, language())


def local_formula(text: str) -> str:
    """A formula with its numbers as the reader writes them."""
    if not language().startswith("fr"):
        return text
    return NUMBERS_INSIDE.sub(lambda found: found.group().replace(".", ","), text)


def compared_with_the_last(frequency: str) -> str:
    """What the change since the previous period is called."""
    names = {
        Frequency.DAILY.value: _("vs the day before"),
        Frequency.WEEKLY.value: _("vs last week"),
        Frequency.MONTHLY.value: _("vs last month"),
        Frequency.QUARTERLY.value: _("vs last quarter"),
        Frequency.YEARLY.value: _("vs last year"),
    }
    return names[frequency]
