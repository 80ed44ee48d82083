"""What the views of KPIs begin with."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from kpis.models import Kpi
from organization.access import MemberRequest
from organization.actors import Actor


def visible_kpi(request: MemberRequest, code: str) -> Kpi:
    """The KPI with all that its page reads of it; 404 outside of what the person sees."""
    rows = Kpi.objects.visible_to(request.actor).select_related(
        "figures", "outlook", "owner", "updater", "department", "organization"
    )
    return get_object_or_404(rows, code=code)


def may_update(kpi: Kpi, actor: Actor) -> bool:
    """Whether the actor may enter values of it."""
    return Kpi.objects.updatable_by(actor).filter(pk=kpi.pk).exists()


def updatable_kpi(request: MemberRequest, code: str) -> Kpi:
    """As `visible_kpi`; 403 for who may only look on."""
    kpi = visible_kpi(request, code)
    if not may_update(kpi, request.actor):
        raise PermissionDenied(_("You may not enter values for %(names)s.") % {"names": kpi.code})
    return kpi


def day_of(text: str | None) -> date | None:
    """A day from the address; None when it is no day."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
