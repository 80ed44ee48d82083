"""Why an objective's progress is another one than on an earlier day: the lines add up to the change."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kpis.explain.objective import Contributor, explain_objective
from kpis.models import Kpi
from objectives.choices import ProgressMode
from objectives.models import Objective
from objectives.rollup import Decomposition, Held, decompose_change
from organization.actors import Actor, system_actor

KnownOn = Callable[[date], AbstractContextManager[None]]
"""Inside, the database answers as known at the end of a day."""

Key = tuple[str, str]
"""Kind and code of an input."""

STATED: Key = ("statement", "")


@dataclass(frozen=True)
class ChangeLine:
    """One reason. `kind` is kpi, objective or statement for an input of both days, `weights`, or `membership`."""

    kind: str
    code: str
    title: str
    weight: float | None
    before: float | None
    after: float | None
    points: Decimal
    hidden: bool = False


@dataclass(frozen=True)
class InputNamed:
    """An input that came or went."""

    kind: str
    code: str
    title: str
    hidden: bool = False


@dataclass(frozen=True)
class ObjectiveChange:
    """`total` is the difference of the two figures; None where a day had none, and then there are no lines."""

    code: str
    title: str
    first_day: date
    last_day: date
    before: float | None
    after: float | None
    total: Decimal | None
    lines: tuple[ChangeLine, ...]
    entered: tuple[InputNamed, ...]
    left: tuple[InputNamed, ...]
    remark: str


@dataclass(frozen=True)
class _Day:
    progress: float | None = None
    inputs: Mapping[Key, Contributor] = field(default_factory=dict)
    seen: frozenset[Key] = frozenset()
    is_stated: bool = False

    def held(self) -> list[Held]:
        if self.is_stated:
            return [Held(STATED, 1.0, self.progress or 0.0)]
        return [Held(key, one.normalised or 0.0, one.counted or 0.0) for key, one in self.inputs.items()]


def explain_change(
    objective: Objective, first_day: date, last_day: date, *, actor: Actor, known_on: KnownOn
) -> ObjectiveChange:
    """The change of the progress between the ends of two days, each figure computed from what was known then."""
    before = _on(objective.pk, first_day, actor, known_on)
    after = _on(objective.pk, last_day, actor, known_on)
    found, remark = None, _("Without a figure on both days there is no change to split.")
    if before.progress is not None and after.progress is not None:
        try:
            found, remark = decompose_change(before.held(), after.held(), was=before.progress, now=after.progress), ""
        except ValueError:
            remark = _("The figures are being worked out just now. Try again in a moment.")
    faces = {**before.inputs, **after.inputs}
    seen = before.seen | after.seen
    return ObjectiveChange(
        code=objective.code,
        title=objective.text("title"),
        first_day=first_day,
        last_day=last_day,
        before=before.progress,
        after=after.progress,
        total=found.total if found else None,
        lines=_lines(found, faces, seen) if found else (),
        entered=tuple(_named(key, faces, seen) for key in found.entered) if found else (),  # type: ignore[arg-type]
        left=tuple(_named(key, faces, seen) for key in found.left) if found else (),  # type: ignore[arg-type]
        remark=remark,
    )


def _on(objective_id: int, day: date, actor: Actor, known_on: KnownOn) -> _Day:
    with known_on(day):
        row = Objective.objects.filter(pk=objective_id).select_related("figures", "organization").first()
        if row is None:
            return _Day()
        found = explain_objective(row, actor=system_actor(row.organization_id))
        inputs = {(one.kind, one.code): one for one in found.contributors if one.counts and one.normalised is not None}
        return _Day(found.progress, inputs, _visible(inputs, actor), found.mode == ProgressMode.MANUAL)


def _visible(inputs: Mapping[Key, Contributor], actor: Actor) -> frozenset[Key]:
    """Those of the inputs that the actor may know of (two queries)."""
    codes = [code for _kind, code in inputs]
    kpis = Kpi.objects.visible_to(actor).filter(code__in=codes).values_list("code", flat=True)
    objectives = Objective.objects.visible_to(actor).filter(code__in=codes).values_list("code", flat=True)
    return frozenset([*(("kpi", code) for code in kpis), *(("objective", code) for code in objectives)])


def _lines(found: Decomposition, faces: Mapping[Key, Contributor], seen: frozenset[Key]) -> tuple[ChangeLine, ...]:
    """The inputs, the strongest first; then weights, then entries and exits, where they gave anything."""
    effects = sorted(found.effects, key=lambda one: (-abs(one.points), str(one.key)))
    lines = []
    for one in effects:
        name = _named(one.key, faces, seen)  # type: ignore[arg-type]
        lines.append(
            ChangeLine(name.kind, name.code, name.title, one.weight, one.before, one.after, one.points, name.hidden)
        )
    if found.weights:
        lines.append(ChangeLine("weights", "", _("Changed weights"), None, None, None, found.weights))
    if found.membership or found.entered or found.left:
        lines.append(ChangeLine("membership", "", _("Entries and exits"), None, None, None, found.membership))
    return tuple(lines)


def _named(key: Key, faces: Mapping[Key, Contributor], seen: frozenset[Key]) -> InputNamed:
    if key == STATED:
        return InputNamed("statement", "", _("The owner's figure"))
    if key not in seen:
        return InputNamed(key[0], "", _("Hidden from you"), hidden=True)
    return InputNamed(key[0], key[1], faces[key].title)
