"""How good the stated confidences turned out to be."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from objectives.services import By, ConfidenceRow, confidence_record
from organization.api.base import ApiView
from organization.api.described import described
from organization.api.plain import plain
from organization.api.refusals import invalid

BY = OpenApiParameter("by", str, enum=[one.value for one in By], description="Whose confidences; default: owner.")


class ConfidenceViews(ApiView):
    """Brier scores of the confidences that were stated on closed objectives."""

    http_method_names = ("get", "head", "options")

    @extend_schema(
        operation_id="confidence", responses=described(ConfidenceRow)(many=True), parameters=[BY], filters=False
    )
    def list(self, request: Request) -> Response:
        """mean((p − o)²) by owner or department: 0 is perfect, 0.25 is what a coin gets. From ten closed items on."""
        asked = request.query_params.get("by", By.OWNER.value)
        if asked not in list(By):
            raise invalid("by", f"{asked}: owner, department")
        return Response([plain(row) for row in confidence_record(self.actor, by=By(asked), at=self.at)])
