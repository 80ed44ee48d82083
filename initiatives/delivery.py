"""Shares of an initiative, exact allocation of its money, and the delivery progress of an objective (SEMANTICS §9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeVar

from initiatives.choices import DELIVERING_STAGES, Stage

K = TypeVar("K")

TOLERANCE: Final = Decimal("0.0001")
"""Shares are written with a few decimals: three thirds may lack this much of 1. They are normalised before use."""

CENT: Final = Decimal("0.0001")
"""Smallest amount that is stored."""

DECIMALS: Final = 12
"""Stored figures are rounded here, as those of the roll-up."""


@dataclass(frozen=True)
class Link:
    """One initiative that serves an objective: the share of its effort, where it stands, how far it is."""

    share: Fraction
    stage: str
    progress: Decimal | None


@dataclass(frozen=True)
class DeliveryFigure:
    """Weighted progress of the initiatives under way or done, the share of them that is known, how many there are."""

    progress: float | None
    coverage: float
    total: int


def complete_shares(shares: Mapping[K, Decimal | None]) -> bool:
    """Whether the shares can stand: none given (equal), or all given with Σ = 1."""
    given = [share for share in shares.values() if share is not None]
    if not given:
        return True
    return len(given) == len(shares) and abs(sum(given, Decimal(0)) - 1) <= TOLERANCE


def effective_shares(shares: Mapping[K, Decimal | None]) -> dict[K, Fraction]:
    """The shares as they count, Σ = 1 exactly: equal when none is given, else each given one over their sum.

    Without any objective the result is empty. When every given share is 0 they are equal too.
    """
    total = sum((Fraction(share) for share in shares.values() if share is not None), Fraction(0))
    if total == 0:
        return {key: Fraction(1, len(shares)) for key in shares}
    return {key: Fraction(share or 0) / total for key, share in shares.items()}


def allocate(amount: Decimal, shares: Mapping[K, Decimal | None]) -> dict[K, Decimal]:
    """The amount over the objectives by their shares; the parts add up to it exactly.

    Each part is cut to the smallest stored amount; what is left over goes, one smallest amount each, to the largest
    remainders, earlier keys first. Without any objective nothing is allocated.
    """
    exact = {key: Fraction(amount) * share for key, share in effective_shares(shares).items()}
    parts = {key: _floored(part) for key, part in exact.items()}
    if not parts:
        return {}
    left = int((amount - sum(parts.values(), Decimal(0))) / CENT)
    order = sorted(parts, key=lambda key: Fraction(parts[key]) - exact[key])
    for key in order[:left]:
        parts[key] += CENT
    return parts


def delivery_of(links: Iterable[Link]) -> DeliveryFigure:
    """Delivery progress of an objective: Σ share · progress / Σ share over its initiatives under way or done.

    One that is done and says no figure counts as 1; one under way without a figure is unknown: it lowers the coverage
    and never counts as 0. No such initiative at all: unknown, coverage 0.
    """
    counted = [link for link in links if link.stage in DELIVERING_STAGES and link.share > 0]
    whole = sum((link.share for link in counted), Fraction(0))
    known = [(link.share, Fraction(figure)) for link in counted if (figure := counted_progress(link)) is not None]
    weight = sum((share for share, _progress in known), Fraction(0))
    if not weight:
        return DeliveryFigure(None, 0.0, len(counted))
    progress = sum((share * reached for share, reached in known), Fraction(0)) / weight
    return DeliveryFigure(round(float(progress), DECIMALS), round(float(weight / whole), DECIMALS), len(counted))


def counted_progress(link: Link) -> Decimal | None:
    """The figure as it counts; None is unknown."""
    if link.progress is None and link.stage == Stage.DONE:
        return Decimal(1)
    return link.progress


def _floored(part: Fraction) -> Decimal:
    units = part / Fraction(CENT)
    return Decimal(units.numerator // units.denominator) * CENT


def allocated_totals(
    amounts: Iterable[tuple[Decimal, Mapping[K, Decimal | None]]],
) -> dict[K | None, Decimal]:
    """What falls to each objective out of many initiatives (amount, shares); None is what serves no objective.

    The totals add up to the sum of the amounts exactly (SEMANTICS §17.5).
    """
    totals: dict[K | None, Decimal] = {}
    for amount, shares in amounts:
        if not shares:
            totals[None] = totals.get(None, Decimal(0)) + amount
        for key, part in allocate(amount, shares).items():
            totals[key] = totals.get(key, Decimal(0)) + part
    return totals
