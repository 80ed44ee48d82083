"""The ledger through the API. It lies here because `audit` knows no roles."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Event
from organization.api import filters as by
from organization.api.base import ApiView
from organization.api.filters import Filter, ListFilters, Rows
from organization.api.pagination import Key, KeysetPagination, Listing, Row
from organization.api.plain import address, moment_text
from organization.api.serializers import EventRow
from organization.choices import Role

READING_ROLES = frozenset({Role.STRATEGY_OFFICE, Role.EXECUTIVE, Role.ADMIN})


def _verb(rows: Rows, value: str, actor: object) -> Rows:
    return rows.filter(verb__in=by.words_in(value))


def _since(rows: Rows, value: str, actor: object) -> Rows:
    return rows.filter(at__gte=by.parse_moment("since", value))


def _until(rows: Rows, value: str, actor: object) -> Rows:
    return rows.filter(at__lt=by.parse_moment("until", value, whole_day=True))


class EventViews(ApiView):
    """What was done, by whom, with the state before and after. For those who see the whole organization."""

    filter_backends = (ListFilters,)
    pagination_class = KeysetPagination
    http_method_names = ["get", "head", "options"]
    row_class = detail_class = EventRow
    lookup_field: Any = "code"
    lookup_value_regex = "[0-9]{1,18}"
    listing = Listing(
        ("id", "at", "actor_label", "verb", "subject_type", "subject_code", "before", "after", "request_id"),
        {"id": Key("id")},
        ("-id",),
        "id",
    )
    filters = (
        by.reference("subject", "subject_code", "Code of what it was done to; several separated by commas."),
        by.reference("subject_type", "subject_type", "Kind of subject: kpi, objective, initiative …"),
        Filter("verb", "As `kpi.changed`; several separated by commas.", _verb),
        by.reference("actor", "actor_label", "E-mail address of who did it."),
        Filter("since", "From this moment or day on.", _since, {"type": "string", "format": "date-time"}),
        Filter("until", "Before this moment, or up to this day.", _until, {"type": "string", "format": "date-time"}),
    )

    def get_queryset(self) -> QuerySet[Event]:
        if self.actor.paths(READING_ROLES) is not None:
            raise PermissionDenied(_("The ledger is for the strategy office, executives and administrators."))
        return Event.objects.filter(organization_id=self.actor.organization_id)

    def as_row(self, row: Row) -> dict[str, Any]:
        base = self.request.build_absolute_uri("/api/v1/events/")
        shown = {name: row[name] for name in ("verb", "subject_type", "subject_code", "before", "after", "request_id")}
        return {
            "id": row["id"],
            "at": moment_text(row["at"]),
            "actor": row["actor_label"],
            **shown,
            "url": address(base, str(row["id"])),
        }

    def list(self, request: Request, **kwargs: Any) -> Response:
        queryset = self.filter_queryset(self.get_queryset())
        return self.paged(queryset, self.listing, lambda rows: [self.as_row(row) for row in rows])

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        row = self.get_queryset().filter(id=int(kwargs["code"])).values(*self.listing.columns).first()
        if row is None:
            raise Http404
        return Response(self.as_row(row))
