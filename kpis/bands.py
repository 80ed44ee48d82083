"""The values at which a KPI changes colour on a day: the inverse of its bands (SEMANTICS §2–5), for pictures.

They are drawn, never compared with: a status is always decided by `kpis.scoring`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpis.choices import Kind
from kpis.definition import Definition, exact, minus
from kpis.scoring import bounds_on
from kpis.trajectory import share_on, target_on
from kpis.zones import GUARDRAIL_WIDTH, ONE
from objectives.pace import EXACT


@dataclass(frozen=True, slots=True)
class Edges:
    """Where green ends and where amber ends; both None where there is nothing to draw."""

    amber: Decimal | None = None
    red: Decimal | None = None


NO_EDGES = Edges()


def edges_on(definition: Definition, on: date) -> Edges:
    """The edges valid on a day.

    `move`: b + (T − b) × the least share that is still green or amber: the kinder of ratio and gap, as in §5.
    `period`: T − dir × |T| × (1 − band). `guardrail`: T − dir × width × (1 − band). A `range` has its own two bounds.
    """
    kind = str(definition.kind)
    if kind == Kind.MOVE.value:
        return _moving(definition, on)
    if kind not in (Kind.PERIOD.value, Kind.GUARDRAIL.value):
        return NO_EDGES
    guardrail = kind == Kind.GUARDRAIL.value
    target = bounds_on(definition, on)[0] if guardrail else target_on(definition, on)
    if not target:
        return NO_EDGES
    reach = target.copy_abs()
    if guardrail:
        reach = EXACT.multiply(GUARDRAIL_WIDTH, reach) if definition.width is None else definition.width
    bands = definition.thresholds
    return Edges(
        _short_of(definition, target, reach, bands.green_attainment),
        _short_of(definition, target, reach, bands.amber_attainment),
    )


def _moving(definition: Definition, on: date) -> Edges:
    target = target_on(definition, on)
    base = exact(definition.baseline, definition.precision)
    share = share_on(definition, target, on)
    if base is None or target is None or share is None or target == base or share <= 0:
        return NO_EDGES
    bands, way = definition.thresholds, minus(target, base)
    green = min(EXACT.multiply(bands.green_ratio, share), EXACT.add(share, bands.green_gap))
    amber = min(EXACT.multiply(bands.amber_ratio, share), EXACT.add(share, bands.amber_gap))
    return Edges(EXACT.add(base, EXACT.multiply(way, green)), EXACT.add(base, EXACT.multiply(way, amber)))


def _short_of(definition: Definition, target: Decimal, reach: Decimal, band: Decimal) -> Decimal:
    slack = EXACT.multiply(reach, minus(ONE, band))
    return minus(target, slack) if definition.sign > 0 else EXACT.add(target, slack)
