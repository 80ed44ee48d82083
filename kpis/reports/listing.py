"""The list of KPIs: narrowed, sorted, one page of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, Count, F, IntegerField, OrderBy, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from kpis.choices import Freshness, Kind
from kpis.forms import KpiFilters
from kpis.models import Kpi
from kpis.reports.batches import may_upload
from kpis.reports.words import language
from kpis.rows import KpiRow, rows_of, scale_of, version_of
from objectives.choices import Colour
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Department, Organization, User
from organization.narrowing import Choice, Head, StatusChoice, choices_of, department_choices, page_within

PAGE_SIZE: Final = 50

URGENCY: Final = {Colour.RED: 0, Colour.AMBER: 1, Colour.GREY: 2, Colour.GREEN: 3}

KINDS: Final = tuple(Kind.choices)
FRESHNESS: Final = tuple(Freshness.choices)


@dataclass(frozen=True, slots=True)
class KpiListing:
    """Everything that the list shows."""

    rows: tuple[KpiRow, ...]
    scale: float
    total: int
    first: int
    last: int
    statuses: tuple[StatusChoice, ...]
    departments: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    freshness: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    heads: Mapping[str, Head]
    filters: KpiFilters
    left_out: tuple[str, ...]
    previous_query: str
    next_query: str
    query: str
    may_upload: bool
    version: str


def kpi_listing(actor: Actor, organization: Organization, filters: KpiFilters, *, at: datetime) -> KpiListing:
    """One page of the KPIs that the actor may see. A constant number of queries."""
    visible = Kpi.objects.visible_to(actor).of_their_own()
    departments, owners = department_choices(actor, filters.department), _owners(visible, filters)
    narrowed = _narrowed(visible, filters, actor)
    counts = _counts(narrowed)
    total = counts.get(filters.status, 0) if filters.status else sum(counts.values())
    page = page_within(total, filters.page, size=PAGE_SIZE)
    if filters.status:
        narrowed = narrowed.filter(figures__colour=filters.status)
    ordered = _sorted(narrowed, filters.sort).select_related("figures", "owner", "department")
    chosen = ordered[page.start : page.end]
    rows = tuple(rows_of(chosen, actor=actor, organization=organization, today=today_of(organization, at)))
    return KpiListing(
        rows=rows,
        scale=scale_of(rows),
        total=total,
        first=page.start + 1,
        last=page.start + len(rows),
        statuses=_statuses(counts, filters),
        departments=departments,
        owners=owners,
        kinds=choices_of(((value, str(text)) for value, text in KINDS), filters.kind),
        freshness=choices_of(((value, str(text)) for value, text in FRESHNESS), filters.freshness),
        sorts=choices_of(_sort_names().items(), filters.sort),
        heads={name: _head(name, filters) for name in ("name", "owner", "variance", "age")},
        filters=filters,
        left_out=_left_out(filters, departments, owners),
        previous_query=filters.query(page=page.previous) if page.previous else "",
        next_query=filters.query(page=page.following) if page.following else "",
        query=filters.query(page=page.number),
        may_upload=may_upload(actor),
        version=version_of(rows),
    )


def _narrowed(visible: QuerySet[Kpi], filters: KpiFilters, actor: Actor) -> QuerySet[Kpi]:
    rows = visible
    if filters.q:
        translated = {f"translations__{language()[:2]}__name__icontains": filters.q}
        rows = rows.filter(Q(name__icontains=filters.q) | Q(code__icontains=filters.q) | Q(**translated))
    if filters.department:
        below = Department.objects.visible_to(actor).filter(code=filters.department).values_list("path", flat=True)
        rows = rows.filter(department__path__below_any=list(below))
    if filters.owner:
        rows = rows.filter(owner__email=filters.owner)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.freshness:
        rows = rows.filter(figures__freshness=filters.freshness)
    return rows


def _counts(rows: QuerySet[Kpi]) -> dict[str, int]:
    found = (
        rows.order_by().values("figures__colour").annotate(number=Count("pk")).values_list("figures__colour", "number")
    )
    return {colour or "grey": number for colour, number in found}


def _sorted(rows: QuerySet[Kpi], sort: str) -> QuerySet[Kpi]:
    name, down = sort.removeprefix("-"), sort.startswith("-")
    urgency = Case(
        *(When(figures__colour=colour, then=Value(place)) for colour, place in URGENCY.items()),
        default=Value(2),
        output_field=IntegerField(),
    )
    keys = {
        "urgency": (urgency, F("figures__variance_pct")),
        "name": (F("name"),),
        "code": (),
        "owner": (F("owner__name"),),
        "department": (F("department__name"),),
        "variance": (F("figures__variance_pct"),),
        "age": (F("figures__recorded_at"),),
    }[name]
    ordered = [OrderBy(key, descending=down, nulls_last=True) for key in keys]
    return rows.order_by(*ordered, "-code" if name == "code" and down else "code")


def _sort_names() -> dict[str, str]:
    return {
        "urgency": _("Most urgent"),
        "variance": _("Furthest from plan"),
        "-variance": _("Furthest ahead"),
        "name": _("Name"),
        "code": _("Code"),
        "department": _("Department"),
        "owner": _("Owner"),
        "age": _("Oldest data"),
        "-age": _("Newest data"),
    }


def _head(name: str, filters: KpiFilters) -> Head:
    """A second click turns the order round."""
    directions = {name: "ascending", f"-{name}": "descending"}
    return Head(filters.query(sort=f"-{name}" if filters.sort == name else name), directions.get(filters.sort, ""))


def _statuses(counts: Mapping[str, int], filters: KpiFilters) -> tuple[StatusChoice, ...]:
    words = (
        ("", "", _("All"), sum(counts.values())),
        ("red", "off_track", _("Off track"), counts.get("red", 0)),
        ("amber", "at_risk", _("At risk"), counts.get("amber", 0)),
        ("green", "on_track", _("On track"), counts.get("green", 0)),
        ("grey", "no_data", _("No colour"), counts.get("grey", 0)),
    )
    return tuple(
        StatusChoice(colour, state, text, number, filters.query(status=colour), filters.status == colour)
        for colour, state, text, number in words
    )


def _owners(visible: QuerySet[Kpi], filters: KpiFilters) -> tuple[Choice, ...]:
    people = User.objects.filter(pk__in=visible.order_by().values("owner_id")).order_by("name", "email")
    return choices_of(((one.email, str(one)) for one in people), filters.owner)


def _left_out(filters: KpiFilters, departments: tuple[Choice, ...], owners: tuple[Choice, ...]) -> tuple[str, ...]:
    """What the list is narrowed to, in words, for the empty page."""
    colours = {"red": _("Off track"), "amber": _("At risk"), "green": _("On track"), "grey": _("No colour")}
    words = [
        f"“{filters.q}”" if filters.q else "",
        _text_of(departments, filters.department).lstrip("– "),
        _text_of(owners, filters.owner),
        colours.get(filters.status, ""),
        str(dict(KINDS).get(filters.kind, filters.kind)),
        str(dict(FRESHNESS).get(filters.freshness, filters.freshness)),
    ]
    return tuple(word for word in words if word)


def _text_of(choices: tuple[Choice, ...], value: str) -> str:
    return next((choice.text for choice in choices if choice.chosen), value)
