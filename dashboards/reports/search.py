"""Finding a thing by a word of its name or by its code, among what the reader may see."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from dashboards.reports.branches import WORK_FIELDS, work_of
from dashboards.reports.links import department_url, kpi_url, objective_url
from initiatives.models import Initiative
from kpis.models import Kpi
from objectives.models import Objective
from organization.actors import Actor
from organization.models import Department
from organization.texts import local_text

SHOWN: Final = 12
LONGEST: Final = 100


@dataclass(frozen=True)
class Hit:
    code: str
    name: str
    url: str
    detail: str
    state: str = ""
    colour: str = ""
    has_status: bool = True


@dataclass(frozen=True)
class Hits:
    """What was found of one kind; `is_cut` when there is more."""

    title: str
    icon: str
    rows: tuple[Hit, ...]
    is_cut: bool


@dataclass(frozen=True)
class Found:
    query: str
    kinds: tuple[Hits, ...]
    exact: str

    @property
    def count(self) -> int:
        return sum(len(kind.rows) for kind in self.kinds)


def find(actor: Actor, query: str) -> Found:
    """Every word must occur in the code or in the name, in either language (four queries). `exact` is the address of
    the one thing with that very code."""
    words = query.strip()[:LONGEST].split()
    if not words:
        return Found("", (), "")
    objectives = _matching(Objective.objects.visible_to(actor), "title", words)
    kpis = _matching(Kpi.objects.visible_to(actor).of_their_own(), "name", words)
    initiatives = _matching(Initiative.objects.visible_to(actor), "title", words)
    departments = _matching(Department.objects.visible_to(actor), "name", words)
    kinds = (
        _kind(_("Objectives"), "objectives", [_objective(row) for row in objectives.values(*OBJECTIVE)[: SHOWN + 1]]),
        _kind(_("KPIs"), "kpis", [_kpi(row) for row in kpis.values(*KPI)[: SHOWN + 1]]),
        _kind(_("Initiatives"), "initiatives", [_work(row) for row in initiatives.values(*WORK_FIELDS)[: SHOWN + 1]]),
        _kind(_("Departments"), "table", [_department(row) for row in departments.values(*PLACE)[: SHOWN + 1]]),
    )
    same = [hit.url for kind in kinds for hit in kind.rows if hit.code.lower() == query.strip().lower()]
    return Found(" ".join(words), tuple(kind for kind in kinds if kind.rows), same[0] if len(same) == 1 else "")


OBJECTIVE: Final = ("code", "title", "translations", "owner__name", "figures__state", "figures__colour")
KPI: Final = ("code", "name", "translations", "owner__name", "figures__state", "figures__colour")
PLACE: Final = ("code", "name", "translations")


def _matching(rows: "QuerySet[Any]", field: str, words: list[str]) -> "QuerySet[Any]":
    """Also in the translations; a word may be the beginning, the middle or the end of another."""
    rows = rows.annotate(told=Cast("translations", TextField()))
    for word in words:
        rows = rows.filter(Q(code__icontains=word) | Q(**{f"{field}__icontains": word}) | Q(told__icontains=word))
    return rows.order_by("code")


def _kind(title: str, icon: str, hits: list[Hit]) -> Hits:
    return Hits(title, icon, tuple(hits[:SHOWN]), len(hits) > SHOWN)


def _objective(row: dict[str, Any]) -> Hit:
    name = local_text(row["title"], row["translations"], "title")
    return _figured(row, name, objective_url(row["code"]))


def _kpi(row: dict[str, Any]) -> Hit:
    name = local_text(row["name"], row["translations"], "name")
    return _figured(row, name, kpi_url(row["code"]))


def _figured(row: dict[str, Any], name: str, url: str) -> Hit:
    state, colour = row["figures__state"] or "", row["figures__colour"] or ""
    return Hit(row["code"], name, url, row["owner__name"] or "", state, colour)


def _work(row: dict[str, Any]) -> Hit:
    work = work_of(row)
    return Hit(work.code, work.title, work.url, work.owner, work.state, work.colour)


def _department(row: dict[str, Any]) -> Hit:
    name = local_text(row["name"], row["translations"], "name")
    return Hit(row["code"], name, department_url(row["code"]), "", has_status=False)
