"""Why an objective's progress changed, through the API. It lies here because its own KPIs are part of the answer."""

from datetime import date
from typing import cast

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.days import between
from kpis.explain import ObjectiveChange, explain_change
from objectives.models import Objective
from objectives.services import today_of
from organization.access import MemberRequest
from organization.api import filters as by
from organization.api.base import ApiView
from organization.api.described import described
from organization.api.plain import plain
from organization.api.refusals import invalid

DAYS = [
    OpenApiParameter(
        "from", OpenApiTypes.DATE, description="The earlier day; thirty days before the later unless said."
    ),
    OpenApiParameter("to", OpenApiTypes.DATE, description="The later day; the last one that is known unless said."),
]


class ObjectiveChangesView(ApiView):
    """What moved an objective between two days."""

    @extend_schema(operation_id="objectives_changes", responses=described(ObjectiveChange), parameters=DAYS)
    def retrieve(self, request: Request, code: str) -> Response:
        """The change of the progress between the ends of two days, as known then; its lines add up exactly to `total`.

        Each input of both days gives its normalised weight times the change of its progress; one line is for changed
        weights, one for inputs that came or went.
        """
        objective = Objective.objects.visible_to(self.actor).filter(code=code).first()
        if objective is None:
            raise Http404
        days = between(_day(request, "from"), _day(request, "to"), latest=today_of(self.organization, self.at))
        if days is None:
            raise invalid("from", _("The earlier day must lie before the later one."), "order")
        member = cast(MemberRequest, request._request)
        return Response(plain(explain_change(objective, *days, actor=self.actor, known_on=member.known_on)))


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name, "")
    return by.parse_day(name, text) if text else None
