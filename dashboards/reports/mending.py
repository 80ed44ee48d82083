"""Where a gap of alignment is mended, and what is done there, for those who may."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards.reports.links import (
    initiative_edit_url,
    initiative_new_url,
    kpi_edit_url,
    kpi_targets_url,
    kpi_values_url,
    objective_edit_url,
    objective_links_url,
    objective_new_url,
)
from initiatives.choices import AlignmentMeasure
from initiatives.models import Initiative
from initiatives.services import Gap
from kpis.models import Kpi
from objectives.choices import State
from objectives.models import Objective
from organization.actors import Actor
from organization.models import Department


@dataclass(frozen=True, slots=True)
class Repair:
    """What mends a gap: the words on the button and the address of the form, by the code of the thing."""

    label: str | Promise
    address: Callable[[str], str]


LINK_UP: Final = Repair(_("Say what it contributes to"), lambda code: objective_links_url(code, "up"))
LINK_WORK: Final = Repair(_("Link it to objectives"), lambda code: initiative_edit_url(code, "objectives"))
WEIGHTS: Final = Repair(_("Change the weights"), lambda code: objective_links_url(code, "down"))

REPAIRS: Final[Mapping[tuple[AlignmentMeasure, str], Repair]] = {
    (AlignmentMeasure.ORPHANS, "objective"): LINK_UP,
    (AlignmentMeasure.UNMEASURED, "objective"): Repair(
        _("Add a KPI"), lambda code: objective_links_url(code, "measures")
    ),
    (AlignmentMeasure.INERT, "objective"): Repair(
        _("Add an initiative"), lambda code: initiative_new_url(objective=code)
    ),
    (AlignmentMeasure.UNLINKED, "initiative"): LINK_WORK,
    (AlignmentMeasure.UNLINKED_BUDGET, "initiative"): LINK_WORK,
    (AlignmentMeasure.OWNERLESS, "objective"): Repair(
        _("Name an owner"), lambda code: objective_edit_url(code, "owner")
    ),
    (AlignmentMeasure.OWNERLESS, "kpi"): Repair(_("Name an owner"), lambda code: kpi_edit_url(code, "owner")),
    (AlignmentMeasure.OWNERLESS, "initiative"): Repair(
        _("Name an owner"), lambda code: initiative_edit_url(code, "id_owner")
    ),
    (AlignmentMeasure.OVERLOADED_OBJECTIVES, "objective"): Repair(
        _("Choose what decides"), lambda code: objective_links_url(code, "measures")
    ),
    (AlignmentMeasure.WINDOW_MISMATCH, "objective"): Repair(
        _("Change its dates"), lambda code: objective_edit_url(code, "start")
    ),
    (AlignmentMeasure.LINE_OF_SIGHT, "department"): Repair(
        _("Add an objective"), lambda code: objective_new_url(department=code)
    ),
    (AlignmentMeasure.CONCENTRATION_CHILD, "objective"): WEIGHTS,
    (AlignmentMeasure.CONCENTRATION_OWNER, "objective"): WEIGHTS,
    (AlignmentMeasure.CONTRADICTION, "objective"): Repair(
        _("Change its links"), lambda code: objective_links_url(code, "up")
    ),
    (AlignmentMeasure.CONTRADICTION, "kpi"): Repair(
        _("Change its direction"), lambda code: kpi_edit_url(code, "direction")
    ),
}

SET_TARGET: Final = Repair(_("Set a target"), kpi_targets_url)
ENTER_VALUE: Final = Repair(_("Enter a value"), kpi_values_url)

Rows = QuerySet[Kpi] | QuerySet[Objective] | QuerySet[Initiative] | QuerySet[Department]


def repairs_of(measure: AlignmentMeasure, gaps: Sequence[Gap], actor: Actor) -> list[Repair | None]:
    """The repair of each gap, None where the actor may not do it; one query for each kind of repair."""
    wanted = [_repair(measure, gap) for gap in gaps]
    codes: dict[tuple[Repair, str], set[str]] = defaultdict(set)
    for gap, repair in zip(gaps, wanted, strict=True):
        if repair is not None:
            codes[repair, gap.kind].add(gap.code)
    may = {
        (repair, kind): set(_rows(repair, kind, actor).filter(code__in=some).values_list("code", flat=True))
        for (repair, kind), some in codes.items()
    }
    return [
        repair if repair is not None and gap.code in may[repair, gap.kind] else None
        for gap, repair in zip(gaps, wanted, strict=True)
    ]


def _repair(measure: AlignmentMeasure, gap: Gap) -> Repair | None:
    if measure == AlignmentMeasure.BLIND:
        return SET_TARGET if gap.state == State.NO_TARGET else ENTER_VALUE
    return REPAIRS.get((measure, gap.kind))


def _rows(repair: Repair, kind: str, actor: Actor) -> Rows:
    if repair == ENTER_VALUE:
        computed = Kpi.objects.computed().filter(organization_id=actor.organization_id)
        return Kpi.objects.updatable_by(actor).exclude(pk__in=computed.values("pk"))
    models = {"objective": Objective, "kpi": Kpi, "initiative": Initiative, "department": Department}
    rows: Rows = models[kind].objects.editable_by(actor)  # type: ignore[attr-defined]
    return rows
