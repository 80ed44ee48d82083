"""Alignment coverage through the API: the figures, their history and the work list behind each."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dashboards.reports.coverage import PAGE, CoverageRow, Hole, coverage_rows, gap_list
from objectives.services import today_of
from organization.api.base import ApiView
from organization.narrowing import page_asked


class AlignmentRow(serializers.Serializer[Any]):
    """One figure; `value` is numerator / denominator, a share of 1."""

    measure = serializers.CharField()
    title = serializers.CharField()
    meaning = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    numerator = serializers.FloatField()
    denominator = serializers.FloatField()
    more_is_better = serializers.BooleanField()
    gaps = serializers.IntegerField()
    url = serializers.CharField()


class AlignmentPoint(serializers.Serializer[Any]):
    day = serializers.DateField()
    value = serializers.FloatField(allow_null=True)


class AlignmentGap(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    note = serializers.CharField()
    url = serializers.CharField()
    mend_url = serializers.CharField(help_text="The page where it is mended; empty where the asker may not do it.")


class AlignmentDetail(AlignmentRow):
    """A figure with its history (for those who see the whole organization) and a page of its gaps."""

    history = AlignmentPoint(many=True)
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = AlignmentGap(many=True)


class AlignmentViews(ApiView):
    """Alignment coverage (SEMANTICS §14)."""

    @extend_schema(operation_id="alignment", responses=AlignmentRow(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        rows = coverage_rows(self.actor, today=today_of(self.organization, self.at))
        return Response({"results": self.projected([self._row(row) for row in rows])})

    @extend_schema(
        operation_id="alignment_figure",
        responses=AlignmentDetail,
        parameters=[OpenApiParameter("page", OpenApiTypes.INT, description=f"Page of the gaps, {PAGE} each.")],
    )
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        page = page_asked(request.query_params.get("page", ""))
        try:
            gaps = gap_list(self.actor, kwargs["measure"], today=today_of(self.organization, self.at), page=page)
        except KeyError:
            raise Http404 from None
        return Response(
            {
                **self._row(gaps.row),
                "history": [{"day": day.isoformat(), "value": value} for day, value in gaps.points],
                "page": gaps.page.number,
                "pages": gaps.page.pages,
                "results": [self._gap(hole) for hole in gaps.holes],
            }
        )

    def _row(self, row: CoverageRow) -> dict[str, Any]:
        return {
            "measure": row.key,
            "title": row.title,
            "meaning": row.text,
            "value": row.value,
            "numerator": row.numerator,
            "denominator": row.denominator,
            "more_is_better": row.more_is_better,
            "gaps": row.gaps,
            "url": self.request.build_absolute_uri(row.url),
        }

    def _gap(self, hole: Hole) -> dict[str, Any]:
        address = self.request.build_absolute_uri
        return {
            "code": hole.code,
            "title": hole.title,
            "note": hole.note,
            "url": address(hole.url),
            "mend_url": address(hole.mend_url) if hole.mend_url else "",
        }
