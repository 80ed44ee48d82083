"""What saving a definition would do: tried inside the transaction, read off, and taken back. Nothing is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from kpis.formulas import Formula, FormulaError, parse, unit_of
from kpis.models import Kpi, KpiFigures, Measure, Measurement
from kpis.services.definitions import change_kpi, create_kpi
from kpis.services.derivation import dependents_of, hold_graph
from kpis.services.relations import Refusal, RefusedRelations
from objectives.models import Objective, ObjectiveFigures
from objectives.services import roll_up
from objectives.services.graph import ancestors_of
from organization.actors import Actor

NEW = "\u2026"
"""Code of a KPI that has none yet."""


@dataclass(frozen=True, slots=True)
class PeriodImpact:
    """What a period says now, and what it would say."""

    period: date
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class KpiImpact:
    """Another KPI that follows: how many of its periods would change, and what it would show."""

    code: str
    name: str
    periods: int
    before: Decimal | None
    after: Decimal | None
    colour_before: str
    colour_after: str


@dataclass(frozen=True, slots=True)
class ObjectiveImpact:
    """An objective whose progress or colour would change."""

    code: str
    title: str
    before: float | None
    after: float | None
    colour_before: str
    colour_after: str


@dataclass(frozen=True)
class Impact:
    """What saving would do, or the problems that keep it from being saved. `hidden` changes lie out of sight."""

    problems: tuple[Refusal, ...] = ()
    formula: str = ""
    unit: str = ""
    operands: tuple[str, ...] = ()
    periods: tuple[PeriodImpact, ...] = ()
    changed: int = 0
    kpis: tuple[KpiImpact, ...] = ()
    objectives: tuple[ObjectiveImpact, ...] = ()
    hidden: int = 0


@dataclass(frozen=True)
class _State:
    """Values, figures and objectives as they stand at a moment of the trial."""

    values: Mapping[int, Mapping[date, Decimal | None]]
    kpis: Mapping[int, tuple[Decimal | None, str]]
    objectives: Mapping[int, tuple[float | None, str]]


@dataclass
class _Trial:
    """What the trial leaves behind when it is taken back."""

    pk: int = 0
    ids: set[int] = field(default_factory=set)
    objectives: set[int] = field(default_factory=set)
    after: _State | None = None
    formula: str = ""


class _TakenBack(Exception):
    """Ends the trial."""


def preview_kpi(row: Kpi | None, fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Impact:
    """What creating (`row` None) or changing a KPI like this would do. PermissionDenied where saving would be."""
    trial = _Trial()
    with transaction.atomic():
        hold_graph(actor.organization_id, shared=False)
        try:
            with transaction.atomic():
                _try(row, fields, trial, actor=actor, at=at)
                raise _TakenBack
        except _TakenBack:
            before = _state(trial.ids, trial.objectives)
        except RefusedRelations as refused:
            return Impact(problems=tuple(refused.refusals))
        except ValidationError as refused:
            return Impact(problems=tuple(_refusals(refused)))
    assert trial.after is not None  # noqa: S101 - the trial ended well
    return _impact(trial, before, trial.after, actor=actor)


def _try(row: Kpi | None, fields: Mapping[str, Any], trial: _Trial, *, actor: Actor, at: datetime) -> None:
    if row is None:
        saved = create_kpi({"code": NEW, "name": NEW, **fields}, actor=actor, at=at)
    else:
        trial.ids |= set(dependents_of([row.pk]))
        saved = change_kpi(row, fields, actor=actor, at=at, version=None)
    trial.pk, trial.formula = saved.pk, saved.formula
    trial.ids |= {saved.pk, *dependents_of([saved.pk])}
    measured = Measure.objects.filter(kpi_id__in=trial.ids).values_list("objective_id", flat=True)
    trial.objectives |= set(measured)
    trial.objectives |= set(ancestors_of(trial.objectives))
    roll_up(at=at, organization_id=actor.organization_id)
    trial.after = _state(trial.ids, trial.objectives)


def _state(kpi_ids: Iterable[int], objective_ids: Iterable[int]) -> _State:
    """Three queries."""
    values: dict[int, dict[date, Decimal | None]] = {}
    rows = Measurement.objects.filter(kpi_id__in=kpi_ids).order_by("kpi_id", "period")
    for kpi_id, period, value in rows.values_list("kpi_id", "period", "value"):
        values.setdefault(kpi_id, {})[period] = value
    figures = KpiFigures.objects.filter(pk__in=kpi_ids).values_list("pk", "value", "colour")
    objectives = ObjectiveFigures.objects.filter(pk__in=objective_ids).values_list("pk", "progress", "colour")
    return _State(
        values,
        {pk: (value, colour) for pk, value, colour in figures},
        {pk: (progress, colour) for pk, progress, colour in objectives},
    )


def _impact(trial: _Trial, before: _State, after: _State, *, actor: Actor) -> Impact:
    periods = _periods(before.values.get(trial.pk, {}), after.values.get(trial.pk, {}))
    kpis, hidden_kpis = _kpis(trial, before, after, actor)
    objectives, hidden_objectives = _objectives(before, after, actor)
    formula = parse(trial.formula) if trial.formula else None
    return Impact(
        formula=formula.text if formula else "",
        unit=_unit(formula, actor) if formula else "",
        operands=formula.operands if formula else (),
        periods=tuple(periods),
        changed=sum(one.before != one.after for one in periods),
        kpis=tuple(kpis),
        objectives=tuple(objectives),
        hidden=hidden_kpis + hidden_objectives,
    )


def _periods(before: Mapping[date, Decimal | None], after: Mapping[date, Decimal | None]) -> list[PeriodImpact]:
    return [PeriodImpact(one, before.get(one), after.get(one)) for one in sorted({*before, *after})]


def _kpis(trial: _Trial, before: _State, after: _State, actor: Actor) -> tuple[list[KpiImpact], int]:
    nothing = (None, "")
    changed: dict[int, int] = {}
    for pk in trial.ids - {trial.pk}:
        periods = _periods(before.values.get(pk, {}), after.values.get(pk, {}))
        number = sum(one.before != one.after for one in periods)
        if number or before.kpis.get(pk, nothing) != after.kpis.get(pk, nothing):
            changed[pk] = number
    visible = Kpi.objects.visible_to(actor).filter(pk__in=changed).order_by("code")
    found = [
        KpiImpact(
            kpi.code,
            kpi.text("name"),
            changed[kpi.pk],
            before.kpis.get(kpi.pk, nothing)[0],
            after.kpis.get(kpi.pk, nothing)[0],
            before.kpis.get(kpi.pk, nothing)[1],
            after.kpis.get(kpi.pk, nothing)[1],
        )
        for kpi in visible
    ]
    return found, len(changed) - len(found)


def _objectives(before: _State, after: _State, actor: Actor) -> tuple[list[ObjectiveImpact], int]:
    nothing = (None, "")
    changed = [pk for pk, state in after.objectives.items() if before.objectives.get(pk, nothing) != state]
    visible = Objective.objects.visible_to(actor).filter(pk__in=changed).order_by("code")
    found = [
        ObjectiveImpact(
            one.code,
            one.text("title"),
            before.objectives.get(one.pk, nothing)[0],
            after.objectives[one.pk][0],
            before.objectives.get(one.pk, nothing)[1],
            after.objectives[one.pk][1],
        )
        for one in visible
    ]
    return found, len(changed) - len(found)


def _unit(formula: Formula, actor: Actor) -> str:
    """The unit that the formula gives; the KPI's own where the formula has none."""
    rows = Kpi.objects.of_organization(actor).filter(code__in=formula.operands)
    try:
        return unit_of(formula, dict(rows.values_list("code", "unit")))
    except FormulaError:
        return ""


def _refusals(error: ValidationError) -> list[Refusal]:
    if not hasattr(error, "error_dict"):
        return [Refusal("", one.code or "invalid", " ".join(one.messages)) for one in error.error_list]
    return [
        Refusal(name, one.code or "invalid", " ".join(one.messages))
        for name, found in error.error_dict.items()
        for one in found
    ]
