"""What an objective is linked with: weights, new links, links that go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from dashboards.reports.links import objective_links_url, objective_new_url
from dashboards.reports.objective_links import DOWN, MEASURES, PARTS, UP, LinkPart, LinkRow, link_parts, links_of
from dashboards.views.objective_edit import UNPROCESSABLE, editable_objective
from kpis.models import Kpi
from kpis.services import change_measure, create_measure, delete_measure
from objectives.choices import Level
from objectives.forms import AddLinkForm, EdgeForm, RemovalForm, WeightForm
from objectives.forms.objective import OBJECTIVE_LIST
from objectives.models import Objective
from objectives.services import change_contribution, create_contribution, delete_contribution
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.editing import code_choices
from organization.forms import add_errors
from organization.records import Conflict, StaleVersion

KPI_LIST: Final = "kpis-known"


@dataclass(frozen=True, slots=True)
class Writing:
    """How the links of a part are written, and what they are called."""

    label: str | Promise
    create: Callable[..., Any]
    change: Callable[..., Any]
    delete: Callable[..., None]


EDGES: Final = (create_contribution, change_contribution, delete_contribution)
WRITING: Final = {
    UP: Writing(gettext_lazy("An objective that it contributes to"), *EDGES),
    DOWN: Writing(gettext_lazy("An objective that contributes to it"), *EDGES),
    MEASURES: Writing(gettext_lazy("A KPI that measures it"), create_measure, change_measure, delete_measure),
}


@require_safe
@member_required
def objective_links(request: MemberRequest, code: str) -> HttpResponse:
    """All links of an objective, to change."""
    return _page(request, editable_objective(request, code))


@require_POST
@member_required
def save_weights(request: MemberRequest, code: str, part: str) -> HttpResponseBase:
    """Kinds and weights of the links of one part: all of them, or none when one is wrong or somebody was first."""
    objective = editable_objective(request, code)
    shown = link_parts(objective, request.actor)
    forms = _bound(request, shown[_known(part)])
    rows = {row.pk: row for row in shown[part].rows}
    if not all(form.is_valid() for form in forms.values()) or _overtaken(forms, rows):
        return _page(request, objective, shown=shown, bound={part: forms}, status=UNPROCESSABLE)
    links = links_of(objective, part).filter(pk__in=forms)
    # The figures of the objectives above are marked in this order: that of all who lock several of them.
    rows_of = links.order_by("objective_id" if part == MEASURES else "parent_id", "pk")
    try:
        with transaction.atomic():
            for link in rows_of:
                _change(request, link, part, forms[link.pk])
    except ValidationError as error:
        return _page(request, objective, problem=" ".join(error.messages), status=UNPROCESSABLE)
    except (StaleVersion, PermissionDenied) as error:
        return _page(request, objective, problem=str(error), status=UNPROCESSABLE)
    ring()
    messages.success(request, _("Weights saved."))
    return redirect(objective_links_url(code, part))


@require_POST
@member_required
def add_link(request: MemberRequest, code: str, part: str) -> HttpResponseBase:
    """A new link. A circle is refused with its path, beside the field."""
    objective = editable_objective(request, code)
    form = _add_form(request, _known(part), request.POST)
    if not form.is_valid():
        return _page(request, objective, adding={part: form}, status=UNPROCESSABLE)
    other = form.cleaned_data["code"]
    try:
        _require_new(objective, part, other)
        WRITING[part].create(_fields(objective, part, form.cleaned_data), actor=request.actor, at=request.at)
    except ValidationError as error:
        add_errors(form, error, names={"parent": "code", "child": "code", "kpi": "code"})
    except PermissionDenied:
        form.add_error("code", _("%(code)s is not yours to link: who edits it can do so there.") % {"code": other.code})
    except Conflict as error:
        form.add_error("code", str(error))
    if form.errors:
        return _page(request, objective, adding={part: form}, status=UNPROCESSABLE)
    ring()
    messages.success(request, _("%(code)s linked.") % {"code": other.code})
    return redirect(objective_links_url(code, part))


@require_POST
@member_required
def remove_link(request: MemberRequest, code: str, part: str) -> HttpResponseBase:
    """Take a link away; twice is once."""
    objective = editable_objective(request, code)
    form = RemovalForm(request.POST)
    rows = {row.pk: row for row in link_parts(objective, request.actor)[_known(part)].rows if row.may_change}
    row = rows.get(form.cleaned_data["link"]) if form.is_valid() else None
    link = links_of(objective, part).filter(pk=row.pk).first() if row else None
    if row is None or link is None:
        return redirect(objective_links_url(code, part))
    version = form.cleaned_data["version"]
    try:
        WRITING[part].delete(link, actor=request.actor, at=request.at, version=version)
    except (StaleVersion, Conflict) as error:
        return _page(request, objective, problem=str(error), status=UNPROCESSABLE)
    ring()
    messages.success(request, _("%(code)s is no longer linked.") % {"code": row.code})
    return redirect(objective_links_url(code, part))


def _known(part: str) -> str:
    if part not in PARTS:
        raise Http404
    return part


def _bound(request: MemberRequest, part: LinkPart) -> dict[int, WeightForm]:
    """The forms of those links that were sent and are still there, by the number of the link."""
    return {
        row.pk: _row_form(part.key, row, request.POST)
        for row in part.rows
        if row.may_change and f"{part.key}-{row.pk}-version" in request.POST
    }


def _row_form(part: str, row: LinkRow, data: Any = None) -> WeightForm:
    form = WeightForm if part == MEASURES else EdgeForm
    start = {"weight": row.weight, "kind": row.kind, "version": row.version}
    return form(data, prefix=f"{part}-{row.pk}", initial=start)


def _overtaken(forms: Mapping[int, WeightForm], rows: Mapping[int, LinkRow]) -> bool:
    """Whether somebody has changed one of them; said beside its weight, and sending again is then a choice."""
    stale = [pk for pk, form in forms.items() if form.cleaned_data["version"] != rows[pk].version]
    for pk in stale:
        form, words = forms[pk], {"weight": f"{rows[pk].weight.normalize():f}", "kind": rows[pk].kind_word}
        text = _("Meanwhile somebody has set %(weight)s, %(kind)s.") if words["kind"] else None
        text = text or _("Meanwhile somebody has set %(weight)s.")
        data = form.data.copy()  # type: ignore[attr-defined]
        data[form.add_prefix("version")] = str(rows[pk].version)
        form.data = data
        form.add_error("weight", text % words)
    return bool(stale)


def _change(request: MemberRequest, link: Any, part: str, form: WeightForm) -> None:
    changes = form.changes()
    if any(getattr(link, name) != value for name, value in changes.items()):
        version = form.cleaned_data["version"]
        WRITING[part].change(link, changes, actor=request.actor, at=request.at, version=version)


def _fields(objective: Objective, part: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """A new link as it is stored."""
    here, there = {UP: ("child", "parent"), DOWN: ("parent", "child"), MEASURES: ("objective", "kpi")}[part]
    return {here: objective, there: said["code"], **{name: said[name] for name in ("kind", "weight") if name in said}}


def _require_new(objective: Objective, part: str, other: Any) -> None:
    if part != MEASURES and other.pk == objective.pk:
        raise ValidationError({"code": ValidationError(_("An objective is not linked with itself."), "itself")})
    there = {UP: "parent", DOWN: "child", MEASURES: "kpi"}[part]
    if links_of(objective, part).filter(**{there: other}).exists():
        text = _("%(code)s is linked already: change its weight above.") % {"code": other.code}
        raise ValidationError({"code": ValidationError(text, "taken")})


def _add_form(request: MemberRequest, part: str, data: Any = None) -> AddLinkForm:
    is_measure = part == MEASURES
    rows = (Kpi if is_measure else Objective).objects.visible_to(request.actor)
    return AddLinkForm(
        data,
        rows=rows,
        label=WRITING[part].label,
        datalist=KPI_LIST if is_measure else OBJECTIVE_LIST,
        kinds=not is_measure,
        prefix=f"new-{part}",
    )


def _shown_form(row: LinkRow, part: str, sent: Mapping[int, WeightForm]) -> WeightForm | None:
    if not row.may_change:
        return None
    return sent.get(row.pk) or _row_form(part, row)


def _page(
    request: MemberRequest,
    objective: Objective,
    *,
    shown: Mapping[str, LinkPart] | None = None,
    bound: Mapping[str, Mapping[int, WeightForm]] | None = None,
    adding: Mapping[str, AddLinkForm] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    parts, sent, added = shown or link_parts(objective, request.actor), bound or {}, adding or {}
    context = {
        "code": objective.code,
        "title": objective.text("title"),
        "is_top": objective.level == Level.STRATEGIC,
        "parts": [
            {
                "part": part,
                "rows": [(row, _shown_form(row, key, sent.get(key, {}))) for row in part.rows],
                "form": added.get(key) or _add_form(request, key),
            }
            for key, part in parts.items()
        ],
        "new_url": objective_new_url(parent=objective.code),
        "objectives": code_choices(Objective.objects.visible_to(request.actor).exclude(pk=objective.pk), "title"),
        "kpis": code_choices(Kpi.objects.visible_to(request.actor), "name"),
        "problem": problem,
    }
    return render(request, "dashboards/objective_links.html", context, status=status)
