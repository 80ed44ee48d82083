"""What owners said on the way: how an initiative stood, how sure they were of an objective. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from zlib import crc32

from integrations.demo.company import Company, Row

IMPORTED = 9
"""The month of the plan in which the company began to use the portal."""

NOT_BEGUN = ("idea", "proposed", "approved")
SPOKEN = (13, 17, 20)
"""Months in which the owners of whatever is under way say how it stands, besides the first and the last time."""

UNSURE = 55
"""Below this confidence an objective has been losing it."""

HIGHER_BEFORE = {"green": -3, "amber": 6, "red": 12}
"""By how much the confidence was higher one statement earlier."""


@dataclass(frozen=True)
class Statement:
    """What a status update says, in which month. `remark` draws the words; the last one has words of its own."""

    month: int
    stage: str
    status: str
    progress: Decimal | None
    confidence: int | None
    remark: int
    is_last: bool = False


def drawn(text: str, below: int) -> int:
    """A number from 0 to below − 1, the same every time."""
    return crc32(text.encode()) % below


def first_state(initiative: Row, present: int) -> Statement:
    """How it stood when the company's data came into the portal."""
    if initiative["stage"] in NOT_BEGUN:
        return Statement(IMPORTED, initiative["stage"], "", None, None, 0)
    if initiative["start"] >= IMPORTED:
        return Statement(IMPORTED, "approved", "", None, None, 0)
    steps = len(_months(initiative, present))
    return _statement(initiative, IMPORTED, steps=steps, present=present, stage="in_progress")


def statements_of(initiative: Row, present: int) -> list[Statement]:
    """Its status updates by month; none for what has not begun."""
    if initiative["stage"] in NOT_BEGUN:
        return []
    months = _months(initiative, present)
    found = []
    for number, month in enumerate(months):
        steps = len(months) - 1 - number
        is_held = steps == 1 and initiative["stage"] == "on_hold"
        stage = "in_progress" if steps and not is_held else initiative["stage"]
        found.append(_statement(initiative, month, steps=steps, present=present, stage=stage))
    return found


def _months(initiative: Row, present: int) -> list[int]:
    last = _last(initiative, present)
    first = [initiative["start"]] if initiative["start"] >= IMPORTED else []
    between = [month for month in SPOKEN if max(initiative["start"], IMPORTED) < month < last]
    return [*first, *between, last]


def _last(initiative: Row, present: int) -> int:
    """What is done spoke last when it ended; a few of the others were silent this month."""
    if initiative["stage"] == "done":
        return int(initiative["end"])
    return present - (1 if drawn(initiative["code"], 5) == 0 else 0)


def _statement(initiative: Row, month: int, *, steps: int, present: int, stage: str) -> Statement:
    """The statement so many steps before the last one."""
    now = Decimal(initiative["progress"]) / 100
    way = Decimal(month - initiative["start"]) + Decimal("0.5")
    whole = Decimal(_last(initiative, present) - initiative["start"]) + Decimal("0.5")
    status = str(initiative["status"])
    before = HIGHER_BEFORE[status] * steps
    return Statement(
        month=month,
        stage=stage,
        status=status if stage == "on_hold" else _earlier(status, steps),
        progress=now if not steps else (now * way / whole).quantize(Decimal("0.01")),
        confidence=max(5, min(95, initiative["confidence"] + before)),
        remark=drawn(f"{initiative['code']}:{month}", 1000),
        is_last=not steps,
    )


def _earlier(status: str, steps: int) -> str:
    """Red was amber before, and what is amber or red now was green at first."""
    if steps == 0 or status == "green":
        return status
    return "amber" if status == "red" and steps == 1 else "green"


def confidences_of(company: Company, objective: Row, present: int) -> dict[int, int]:
    """The owner's confidence by month: every month where the file tells it, else every few months."""
    for told in company.rows("check_ins"):
        if told["objective"] == objective["code"]:
            first: int = told["confidence"][0]
            months = range(present + 1 - len(told["confidence"]), present + 1)
            return {IMPORTED: first, **dict(zip(months, told["confidence"], strict=True))}
    last: int = objective["confidence"]
    step = 5 if last < UNSURE else -2
    return {IMPORTED: last + 3 * step, 14: last + 2 * step, 18: last + step, present - 1: last}


def owners_figure(objective: Row, month: int, present: int) -> Decimal | None:
    """What the owner of an objective without KPIs says of its progress at the end of a month."""
    if "manual" not in objective:
        return None
    return (Decimal(objective["manual"]) * min(month + 1, present) / present).quantize(Decimal("0.01"))
