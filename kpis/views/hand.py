"""The form that sets a KPI's status by hand, as the page of the KPI holds it."""

from typing import Any

from django.utils.translation import gettext as _

from kpis.choices import Kind
from kpis.explain import ByHand
from kpis.forms import OverrideForm, has_ended
from kpis.models import Kpi
from objectives.services import today_of
from organization.access import MemberRequest


def hand_context(request: MemberRequest, kpi: Kpi, by_hand: ByHand | None, data: Any = None) -> dict[str, Any]:
    """The form over the statement in force."""
    end = kpi.end if kpi.kind == Kind.MOVE else None
    ended = has_ended(end, today_of(request.organization, request.at))
    hint = _("Empty: until the next value.")
    return {"hand": OverrideForm(data, initial={"seen": by_hand.id if by_hand else None}, ended=ended, hint=hint)}
