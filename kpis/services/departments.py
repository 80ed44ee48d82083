"""A department's headcount is the weight of its KPIs in a weighted mean: a change of it is worked out at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kpis.choices import UnitAggregation
from kpis.models import Kpi
from kpis.services.derivation import hold_graph, refresh_computed
from organization.actors import Actor
from organization.models import Department
from organization.records import Conflict
from organization.services import change_department
from organization.texts import some_of


def change_department_with_weights(
    row: Department, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Department:
    """Change a department, and the weighted means in which its headcount counts, in one transaction.

    Taking away a headcount that is somebody's weight is a Conflict that names the KPIs.
    """
    with transaction.atomic():
        if "headcount" not in changes or changes["headcount"] == row.headcount:
            return change_department(row, changes, actor=actor, at=at, version=version)
        hold_graph(actor.organization_id, shared=False)
        changed = change_department(row, changes, actor=actor, at=at, version=version)
        weighed = parts_weighed_by([row.pk])
        if changed.headcount is None and weighed:
            names = some_of(sorted(part.code for part in weighed))
            raise Conflict(_("The headcount is the weight of %(names)s.") % {"names": names})
        reason = _("The headcount of %(code)s changed") % {"code": changed.code}
        means = {part.parent_id for part in weighed if part.parent_id is not None}
        refresh_computed(means, actor=actor, at=at, reason=reason)
    return changed


def parts_weighed_by(department_ids: list[int]) -> list[Kpi]:
    """The KPIs of these departments whose weight in a weighted mean is the headcount."""
    means = Kpi.objects.filter(unit_aggregation=UnitAggregation.WEIGHTED_MEAN, formula="")
    return list(Kpi.objects.filter(department__in=department_ids, unit_weight=None, parent__in=means).order_by("pk"))
