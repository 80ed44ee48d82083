"""Why an objective stands where it does. It lies here because its initiatives are part of the answer."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from initiatives.explain import WholeExplanation, explain_whole
from objectives.models import Objective
from organization.api.base import ApiView
from organization.api.described import described
from organization.api.plain import plain


class ObjectiveExplanationView(ApiView):
    """The figures of an objective, line by line."""

    @extend_schema(operation_id="objectives_explain", responses=described(WholeExplanation))
    def retrieve(self, request: Request, code: str) -> Response:
        """Progress out of KPIs and contributing objectives, delivery out of initiatives: weights, points, formulas."""
        rows = Objective.objects.visible_to(self.actor).filter(code=code)
        objective = rows.select_related("figures", "organization").first()
        if objective is None:
            raise Http404
        return Response(plain(explain_whole(objective, actor=self.actor)))
