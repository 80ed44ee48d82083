"""From what is stored of a part of the strategy graph to its figures on a day: pure, the same for one and for all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from objectives.choices import Colour, EdgeKind, Lifecycle, RollupState, State
from objectives.confidence import NONE, Confidence, Stated, confidences
from objectives.pace import Status, Thresholds, objective_status
from objectives.rollup import Edge, Figure, Node, Side, factors, roll_up
from objectives.rollup.worst import Input, WorstBelow, worst_below


@dataclass(frozen=True)
class Settings:
    """What the organization decides about roll-ups and bands."""

    cap: Decimal
    coverage_floor: Decimal
    thresholds: Thresholds


@dataclass(frozen=True)
class Standing:
    """The computed figures of an objective on a day. `shown` is the status that people see, when it is known."""

    progress: float | None
    expected: float | None
    coverage: float
    roll_up_state: RollupState
    inputs_known: int
    inputs_total: int
    delivery: float | None
    status: Status
    worst: WorstBelow | None
    shown: Status | None = None
    confidence: Confidence = NONE


@dataclass(frozen=True)
class Subject:
    """An objective as the roll-up needs it. `standing` is what is stored of it, for inputs that are not recomputed."""

    id: int
    code: str
    mode: str
    blend: Decimal | None
    lifecycle: str
    start: date
    end: date
    manual: Decimal | None
    direct: Side
    direct_worst: Input | None
    delivery: Side
    standing: Standing | None = None
    confidence: int | None = None

    def lifecycle_on(self, day: date) -> str:
        """The lifecycle, or `not_started` while the start lies ahead."""
        if day < self.start and self.lifecycle in (Lifecycle.ACTIVE, Lifecycle.CLOSED):
            return State.NOT_STARTED.value
        return self.lifecycle

    def resolved_mode(self) -> str:
        return self.outcome_node(self.start).resolved_mode

    def share_on(self, day: date) -> float:
        """Linear share of the objective's own window: the expected progress of an owner's figure."""
        days = (self.end - self.start).days
        return min(1.0, max(0.0, (day - self.start).days / days)) if days else float(day >= self.end)

    def outcome_node(self, day: date) -> Node:
        return Node(
            id=self.id,
            mode=self.mode or None,
            lifecycle=self.lifecycle_on(day),
            direct=self.direct,
            manual_progress=self.manual,
            manual_expected=self.share_on(day),
            blend=self.blend,
        )

    def delivery_node(self, day: date) -> Node:
        """Delivery takes its own initiatives when there are any, else what contributes (decision 0003)."""
        return Node(id=self.id, mode=None, lifecycle=self.lifecycle_on(day), direct=self.delivery)


def evaluate(
    subjects: Iterable[Subject], edges: Sequence[Edge], *, only: set[int], settings: Settings, day: date
) -> dict[int, Standing]:
    """Figures of the objectives in `only` on a day; the others must carry their `standing`.

    `edges` are all contributions into `only`. Raises ValueError on a cycle or an unknown child.
    """
    by_id = {subject.id: subject for subject in subjects}
    stored = {pk: s.standing for pk, s in by_id.items() if pk not in only and s.standing is not None}
    outcome = roll_up(
        [subject.outcome_node(day) for subject in by_id.values()],
        edges,
        cap=settings.cap,
        coverage_floor=settings.coverage_floor,
        only=only,
        known={pk: _figure(standing) for pk, standing in stored.items()},
    )
    delivery = roll_up(
        [subject.delivery_node(day) for subject in by_id.values()],
        edges,
        cap=settings.cap,
        coverage_floor=0,
        only=only,
        known={pk: _delivered(standing) for pk, standing in stored.items()},
    )
    statuses = {pk: _status(by_id[pk], figure, settings, day) for pk, figure in outcome.items()}
    worst, sure = _worst(by_id, edges, statuses, only, day), _confidences(by_id, edges, stored, day)
    return {
        pk: Standing(
            progress=figure.progress,
            expected=figure.expected,
            coverage=figure.coverage,
            roll_up_state=figure.state,
            inputs_known=figure.inputs_known,
            inputs_total=figure.inputs_total,
            delivery=delivery[pk].progress,
            status=statuses[pk],
            worst=worst.get(pk),
            confidence=sure[pk],
        )
        for pk, figure in outcome.items()
    }


def _figure(standing: Standing) -> Figure:
    return Figure(
        standing.progress,
        standing.expected,
        standing.coverage,
        standing.roll_up_state,
        standing.inputs_known,
        standing.inputs_total,
    )


def _delivered(standing: Standing) -> Figure:
    state = RollupState.NO_INPUT if standing.delivery is None else RollupState.OK
    return Figure(standing.delivery, 1.0, 1.0, state, 0, 0)


def _status(subject: Subject, figure: Figure, settings: Settings, day: date) -> Status:
    return objective_status(
        lifecycle=subject.lifecycle,
        started=day >= subject.start,
        ended=day >= subject.end,
        figure_state=figure.state,
        progress=figure.progress,
        expected=figure.expected,
        period_share=0,
        thresholds=settings.thresholds,
    )


def _confidences(
    by_id: Mapping[int, Subject], edges: Sequence[Edge], stored: Mapping[int, Standing], day: date
) -> dict[int, Confidence]:
    stated = {pk: Stated(s.code, s.confidence, s.outcome_node(day).counts) for pk, s in by_id.items()}
    counting = [edge for edge in edges if edge.kind == EdgeKind.CONTRIBUTES and float(edge.weight) > 0]
    known = {pk: standing.confidence for pk, standing in stored.items()}
    return confidences(stated, counting, only=by_id.keys() - stored.keys(), known=known)


def _worst(
    by_id: Mapping[int, Subject],
    edges: Sequence[Edge],
    statuses: Mapping[int, Status],
    only: set[int],
    day: date,
) -> dict[int, WorstBelow]:
    below: dict[int, list[tuple[int, float]]] = {}
    for edge in sorted(edges, key=lambda e: (e.parent, e.child)):
        enters = edge.kind == EdgeKind.CONTRIBUTES and float(edge.weight) > 0 and edge.parent in only
        if enters and by_id[edge.child].outcome_node(day).counts:
            below.setdefault(edge.parent, []).append((edge.child, float(edge.weight)))
    found: dict[int, WorstBelow] = {}
    done: set[int] = set()
    waiting = sorted(only)
    while waiting:
        pk = waiting[-1]
        missing = [child for child, _weight in below.get(pk, ()) if child in only and child not in done]
        if missing and pk not in done:
            waiting.extend(missing)
            continue
        waiting.pop()
        if pk in done:
            continue
        done.add(pk)
        worst = worst_below(_inputs(by_id[pk], below.get(pk, []), by_id, statuses, found))
        if worst is not None:
            found[pk] = worst
    return found


def _inputs(
    subject: Subject,
    children: list[tuple[int, float]],
    by_id: Mapping[int, Subject],
    statuses: Mapping[int, Status],
    found: Mapping[int, WorstBelow],
) -> list[Input]:
    own, rolled = factors(subject.resolved_mode(), subject.blend)
    inputs = []
    if own and subject.direct_worst is not None:
        entry = subject.direct_worst
        inputs.append(Input(entry.code, entry.colour, entry.share * own))
    total = sum(weight for _child, weight in children)
    for child, weight in children if rolled else []:
        entry_of = by_id[child]
        colour = statuses[child].colour if child in statuses else _colour(entry_of.standing)
        stored = entry_of.standing.worst if entry_of.standing is not None and child not in statuses else None
        inputs.append(Input(entry_of.code, colour, rolled * weight / total, found.get(child, stored)))
    return inputs


def _colour(standing: Standing | None) -> Colour:
    return Colour.GREY if standing is None else standing.status.colour
