"""What each part of an objective lacks of its gap."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from dashboards.reports.findings import Share
from dashboards.reports.strategic import StrategicRow
from kpis.models import Kpi, Measure
from objectives.choices import EdgeKind
from objectives.models import Contribution
from objectives.rollup import Part, decompose
from organization.actors import Actor
from organization.texts import local_text


def shares_of(row: StrategicRow, actor: Actor, *, cap: Decimal) -> list[Share]:
    """The parts of one objective with what they miss, as its roll-up counts them; parts out of sight are left out."""
    own, below = row.factors
    found = []
    for read, factor in ((_children, below), (_measures, own)):
        parts = read(row.id, actor) if factor else []
        rows = decompose([one.part for one in parts], cap=cap, factor=factor)
        found += [
            Share(one.code, one.title, line.missing)
            for one, line in zip(parts, rows, strict=True)
            if line.missing is not None and one.title
        ]
    return found


@dataclass(frozen=True)
class _Named:
    """A part with its name; no title when it is out of sight."""

    code: str
    title: str
    part: Part


def _children(objective_id: int, actor: Actor) -> list[_Named]:
    everything = actor.paths() is None
    visible = Contribution.objects.visible_to(actor).filter(parent_id=objective_id)
    seen = set() if everything else set(visible.values_list("child_id", flat=True))
    rows = Contribution.objects.filter(parent_id=objective_id, kind=EdgeKind.CONTRIBUTES, weight__gt=0).values_list(
        "child_id",
        "child__code",
        "child__title",
        "child__translations",
        "weight",
        "child__figures__progress",
        "child__figures__expected",
    )
    return [
        _Named(
            code,
            local_text(title, texts, "title") if everything or pk in seen else "",
            Part(code, progress, expected, weight),
        )
        for pk, code, title, texts, weight, progress, expected in rows
    ]


def _measures(objective_id: int, actor: Actor) -> list[_Named]:
    seen = Kpi.objects.visible_to(actor).filter(pk=OuterRef("kpi_id")).values("pk")
    rows = (
        Measure.objects.filter(objective_id=objective_id, weight__gt=0, kpi__figures__counts=True)
        .annotate(seen=Subquery(seen))
        .values_list(
            "kpi__code",
            "kpi__name",
            "kpi__translations",
            "weight",
            "kpi__figures__roll_progress",
            "kpi__figures__roll_expected",
            "seen",
        )
    )
    return [
        _Named(code, local_text(name, texts, "name") if pk else "", Part(code, progress, expected, weight))
        for code, name, texts, weight, progress, expected, pk in rows
    ]
