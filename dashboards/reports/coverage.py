"""Holes in the strategy: what hangs on nothing, is measured by nothing, moved by nobody (SEMANTICS §14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, Count, Exists, OuterRef, QuerySet, Window
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from dashboards.reports.links import initiative_url, objective_url
from initiatives.choices import Stage
from initiatives.models import Initiative, InitiativeObjective
from objectives.choices import Colour, EdgeKind, Level, Lifecycle
from objectives.models import Contribution, Objective
from organization.actors import Actor
from organization.texts import local_text

SHOWN: Final = 5

NOT_AMONG: Final = """
    NOT EXISTS (SELECT 1 FROM (
        WITH RECURSIVE climbing(id) AS (
            {start}
            UNION
            SELECT edge.parent_id FROM climbing
            JOIN objectives_contribution edge
              ON edge.child_id = climbing.id AND edge.kind = 'contributes' AND edge.weight > 0
        )
        SELECT id FROM climbing
    ) AS up WHERE up.id = objectives_objective.id)
"""
"""A hash anti-join: one walk upwards whatever the number of objectives."""

UNMEASURED: Final = NOT_AMONG.format(
    start="""
            SELECT figures.objective_id FROM objectives_objectivefigures figures
            JOIN objectives_objective objective ON objective.id = figures.objective_id
            WHERE objective.organization_id = %s AND figures.direct_total > 0"""
)
"""Objectives without a scored KPI, their own or below."""

NOT_WORKED_ON: Final = NOT_AMONG.format(
    start="""
            SELECT served.objective_id FROM initiatives_initiativeobjective served
            JOIN initiatives_initiative work ON work.id = served.initiative_id
            WHERE work.organization_id = %s AND work.stage IN ('approved', 'in_progress')"""
)
"""Objectives that no approved or running initiative serves, nor one below."""


@dataclass(frozen=True)
class Hole:
    """One thing to mend, and where."""

    code: str
    title: str
    url: str


@dataclass(frozen=True)
class Finding:
    """One kind of hole: what it means, how many there are, the first few."""

    key: str
    title: str
    text: str
    action: str
    count: int
    holes: tuple[Hole, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.holes)


def coverage_gaps(actor: Actor) -> tuple[Finding, ...]:
    """The kinds that occur (five queries)."""
    objectives = Objective.objects.visible_to(actor).filter(lifecycle__in=[Lifecycle.ACTIVE, Lifecycle.DRAFT])
    findings = (
        _orphans(objectives),
        _unmeasured(objectives, actor),
        _inert(objectives, actor),
        _unlinked(actor),
        _ownerless(objectives),
    )
    return tuple(finding for finding in findings if finding.count)


def _orphans(objectives: "QuerySet[Objective]") -> Finding:
    up = Contribution.objects.filter(child=OuterRef("pk"), kind=EdgeKind.CONTRIBUTES, weight__gt=0)
    rows = objectives.exclude(level=Level.STRATEGIC).filter(~Exists(up))
    return _finding(
        "orphans",
        _("Contributes to nothing"),
        _("No objective above it: it cannot be seen from the vision."),
        _("Link upwards"),
        _first(rows.order_by("code"), "title"),
        objective_url,
    )


def _unmeasured(objectives: "QuerySet[Objective]", actor: Actor) -> Finding:
    rows = objectives.filter(RawSQL(UNMEASURED, [actor.organization_id], BooleanField()))  # noqa: S611 - our own text
    return _finding(
        "unmeasured",
        _("Measured by nothing"),
        _("No scored KPI of its own or below: nothing proves its progress."),
        _("Link a KPI"),
        _first(rows.order_by("level", "code"), "title"),
        objective_url,
    )


def _inert(objectives: "QuerySet[Objective]", actor: Actor) -> Finding:
    behind = objectives.filter(figures__colour__in=[Colour.RED, Colour.AMBER])
    rows = behind.filter(RawSQL(NOT_WORKED_ON, [actor.organization_id], BooleanField()))  # noqa: S611 - our own text
    return _finding(
        "inert",
        _("Behind, and nobody works on it"),
        _("Behind its plan without an approved or running initiative."),
        _("Add an initiative"),
        _first(rows.order_by("figures__colour", "code"), "title"),
        objective_url,
    )


def _unlinked(actor: Actor) -> Finding:
    linked = InitiativeObjective.objects.filter(initiative=OuterRef("pk"))
    rows = Initiative.objects.visible_to(actor).exclude(stage__in=[Stage.CANCELLED, Stage.DONE])
    rows = rows.filter(~Exists(linked))
    return _finding(
        "unlinked",
        _("Work outside the strategy"),
        _("It serves no objective: link it, stop it, or accept it."),
        _("Link to an objective"),
        _first(rows.order_by("-budget", "code"), "title"),
        initiative_url,
    )


def _ownerless(objectives: "QuerySet[Objective]") -> Finding:
    rows = objectives.filter(owner=None)
    return _finding(
        "ownerless",
        _("Owned by nobody"),
        _("Nobody answers for it."),
        _("Name an owner"),
        _first(rows.order_by("level", "code"), "title"),
        objective_url,
    )


def _first(rows: "QuerySet[Any]", field: str) -> list[dict[str, Any]]:
    """The first few with the count of all, in one query."""
    counted = rows.annotate(count=Window(Count("pk")))
    return [dict(row) for row in counted.values("code", field, "translations", "count")[:SHOWN]]


def _finding(key: str, title: str, text: str, action: str, rows: Iterable[dict[str, Any]], url_of: Any) -> Finding:
    found = list(rows)
    holes = tuple(
        Hole(row["code"], local_text(row["title"], row["translations"], "title"), url_of(row["code"])) for row in found
    )
    return Finding(key, title, text, action, found[0]["count"] if found else 0, holes)
