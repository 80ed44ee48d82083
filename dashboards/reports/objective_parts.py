"""Small things that the pages of objectives are made of: people, the way down to the worst, the ink of a gap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from dashboards.reports.links import kpi_url, objective_url
from kpis.models import Kpi
from objectives.choices import Colour
from objectives.models import Objective
from organization.actors import Actor
from organization.drawing.status import word_of
from organization.models import User
from organization.texts import local_text

URGENCY = {Colour.RED: 0, Colour.AMBER: 1, Colour.GREY: 2, Colour.GREEN: 3}
"""The order of lists that begin with what needs attention."""

STATE_OF_COLOUR = {"red": "off_track", "amber": "at_risk", "green": "on_track", "grey": "no_data"}


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever stands beside a thing."""

    name: str
    initials: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing on the way down; without a code and an address when the reader may not see it."""

    code: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst colour below, and the way to it."""

    colour: str
    path: tuple[Step, ...]

    @property
    def state(self) -> str:
        return STATE_OF_COLOUR[self.colour]

    @property
    def last(self) -> Step:
        return self.path[-1]


def person_of(user: User | None) -> Person | None:
    """Name and initials, or nobody."""
    return None if user is None else Person(str(user), user.initials or str(user)[:1].upper())


def worst_of_rows(rows: Iterable[Objective], actor: Actor) -> dict[int, Worst]:
    """By objective, the worst below it where that is amber or red (two queries, none when nothing is)."""
    paths = {
        row.pk: (row.figures.worst_colour, tuple(row.figures.worst_path))
        for row in rows
        if row.figures.worst_path and row.figures.worst_colour in (Colour.RED, Colour.AMBER)
    }
    steps = _steps([path for _colour, path in paths.values()], actor)
    hidden = Step("", "", "")
    return {pk: Worst(colour, tuple(steps.get(code, hidden) for code in path)) for pk, (colour, path) in paths.items()}


def _steps(paths: Sequence[tuple[str, ...]], actor: Actor) -> dict[str, Step]:
    """By code, what the paths name and the reader may see; a KPI stands only at a path's end."""
    if not paths:
        return {}
    kpis = Kpi.objects.visible_to(actor).filter(code__in={path[-1] for path in paths})
    objectives = Objective.objects.visible_to(actor).filter(code__in={code for path in paths for code in path})
    found = {
        code: Step(code, local_text(name, texts, "name"), kpi_url(code))
        for code, name, texts in kpis.values_list("code", "name", "translations")
    }
    return found | {
        code: Step(code, local_text(title, texts, "title"), objective_url(code))
        for code, title, texts in objectives.values_list("code", "title", "translations")
    }


def less(now: float | None, before: float | None) -> float | None:
    """The difference where both are known."""
    return None if now is None or before is None else now - before


def tone_of(gap: float | None, colour: str) -> str:
    """The ink of a gap: coloured only where the news is."""
    if colour == Colour.RED:
        return "bad"
    if colour == Colour.AMBER:
        return "warn"
    return "good" if gap is not None and round(gap * 100) > 0 else ""


def colour_word(colour: str) -> str:
    """The word of a colour, in the reader's language."""
    return word_of("", colour)


def language() -> str:
    """The reader's language."""
    return get_language() or "en"
