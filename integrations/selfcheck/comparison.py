"""Comparing what a case expects with what the engine gave."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from integrations.selfcheck.runners import NOT_BUILT, RUNNERS
from integrations.selfcheck.table import Case, TableError

TOLERANCE: Final = Decimal("1e-6")


@dataclass(frozen=True)
class Difference:
    """A case on which table and engine disagree; only what differs is named."""

    case: str
    expected: Any
    got: Any


@dataclass
class Outcome:
    """What a run found: cases that agree, differences, and kinds that are not built with their number of cases."""

    passed: int = 0
    differences: list[Difference] = field(default_factory=list)
    not_built: Counter[str] = field(default_factory=Counter)


def check(cases: Iterable[Case]) -> Outcome:
    """Run every case through the engine. TableError on an unknown kind or an input that cannot be read."""
    outcome = Outcome()
    for case in cases:
        if case.kind in NOT_BUILT:
            outcome.not_built[case.kind] += 1
            continue
        if case.kind not in RUNNERS:
            text = _("%(case)s: unknown kind “%(kind)s”; known: %(kinds)s")
            known = ", ".join(sorted([*RUNNERS, *NOT_BUILT]))
            raise TableError(text % {"case": case.id, "kind": case.kind, "kinds": known})
        got = RUNNERS[case.kind](case.given)
        expected, found = differing(case.expect, got)
        if expected:
            outcome.differences.append(Difference(case.id, expected, found))
        else:
            outcome.passed += 1
    return outcome


def differing(expect: Mapping[str, Any], got: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The keys of `expect` on which both disagree, with both sides; other keys of `got` are left alone."""
    expected: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for key, wanted in expect.items():
        value = got.get(key)
        if isinstance(wanted, Mapping) and isinstance(value, Mapping):
            inner_expected, inner_found = differing(wanted, value)
            if inner_expected:
                expected[key], found[key] = inner_expected, inner_found
        elif not agrees(wanted, value) or key not in got:
            expected[key], found[key] = wanted, value
    return expected, found


def agrees(wanted: object, value: object) -> bool:
    """Numbers within 1e-6, null with null only, lists item by item, all else exactly."""
    if isinstance(wanted, list):
        if not isinstance(value, list) or len(wanted) != len(value):
            return False
        return all(agrees(one, other) for one, other in zip(wanted, value, strict=True))
    if _is_number(wanted):
        return _is_number(value) and abs(Decimal(str(wanted)) - Decimal(str(value))) <= TOLERANCE
    return type(wanted) is type(value) and wanted == value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
