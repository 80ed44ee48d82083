"""From a company's data file and a day to a strategy package: how things stood when it began with the portal. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.demo.company import Company, Row
from integrations.demo.course import readings_of, targets_of
from integrations.demo.plan import Plan
from integrations.demo.statements import IMPORTED, Statement, confidences_of, first_state, owners_figure, statements_of
from integrations.packages import Package, RawTable
from integrations.tables import TABLES
from integrations.values import text_of
from kpis.periods import period_end

Cells = Mapping[str, Any]

SOURCE = {"en": "Source: {}", "fr": "Source\u00a0: {}"}


def package_of(company: Company, plan: Plan) -> Package:
    """The whole strategy and the values known in the month `IMPORTED`, as a package ready to be imported."""
    rows: dict[str, list[Cells]] = {
        "organization": [_chosen(company.organization, "code name currency timezone language")],
        "departments": _departments(company),
        "people": _people(company),
        "visions": _visions(company, plan),
        "objectives": [_objective(company, plan, row) for row in company.rows("objectives")],
        "contributions": _contributions(company),
        "kpis": [_kpi(company, plan, row) for row in company.rows("kpis")],
        "measures": _measures(company),
        "targets": _targets(company, plan),
        "measurements": _measurements(company, plan),
        "initiatives": [_initiative(company, plan, row) for row in company.rows("initiatives")],
        "initiative_objectives": _allocations(company),
    }
    return Package({name: _table(name, rows[name]) for name in TABLES if rows.get(name)})


def first_values(company: Company) -> dict[tuple[str, int], str]:
    """What was recorded before somebody corrected it, by KPI and month."""
    return {(row["kpi"], row["month"]): row["first"] for row in company.rows("corrections")}


def texts(company: Company, plan: Plan, row: Row, *names: str) -> dict[str, str]:
    """Texts in the organization's language and in the other one, with their dates."""
    main, other = company.languages
    found = {}
    for name in names:
        found[name] = plan.told(row.get(name, ""), main)
        found[f"{name}_{other}"] = plan.told(row.get(f"{name}_{other}", ""), other)
    return found


def remark(company: Company, statement: Statement) -> tuple[str, str]:
    """The words of a statement, in the organization's language and in the other one."""
    words = company.data["remarks"]["done" if statement.stage == "done" else statement.status]
    main, other = words[statement.remark % len(words)]
    return main, other


def last_words(company: Company, plan: Plan, initiative: Row) -> tuple[str, str]:
    """What was said last of an initiative: its note where it has one; nothing while it has not begun."""
    statements = statements_of(initiative, plan.present)
    if not statements:
        return "", ""
    if "note" in initiative:
        main, other = company.languages
        return plan.told(initiative["note"], main), plan.told(initiative[f"note_{other}"], other)
    return remark(company, statements[-1])


def _departments(company: Company) -> list[Cells]:
    other = company.languages[1]
    return [_chosen(row, f"code name name_{other} parent headcount") for row in company.rows("departments")]


def _people(company: Company) -> list[Cells]:
    return [
        {"email": company.email(row["local"]), "name": row["name"], "role": role, "department": department}
        for row in company.rows("people")
        for role, department in row["roles"]
    ]


def _visions(company: Company, plan: Plan) -> list[Cells]:
    vision: Row = company.data["vision"]
    words = texts(company, plan, vision, "statement")
    return [{"code": vision["code"], **words, "start": plan.start, "end": date(plan.vision_year, 12, 31)}]


def _objective(company: Company, plan: Plan, row: Row) -> Cells:
    strategic = row["level"] == "strategic"
    return {
        **_chosen(row, "code level department perspective"),
        **texts(company, plan, row, "title", "description"),
        "vision": company.data["vision"]["code"] if strategic else None,
        "owner": company.email(row["owner"]),
        "start": plan.start,
        "end": plan.end,
        "progress_mode": row.get("mode"),
        "manual_progress": owners_figure(row, IMPORTED - 1, plan.present),
        "confidence": confidences_of(company, row, plan.present)[IMPORTED],
    }


def _contributions(company: Company) -> list[Cells]:
    return [dict(zip(("child", "parent", "kind", "weight"), row, strict=True)) for row in company.rows("contributions")]


def _kpi(company: Company, plan: Plan, row: Row) -> Cells:
    main, other = company.languages
    scored = row["kind"] != "unscored"
    return {
        **_chosen(row, "code department precision direction kind frequency baseline target low high width trajectory"),
        **texts(company, plan, row, "name", "unit"),
        "description": SOURCE[main].format(row["source"]),
        f"description_{other}": SOURCE[other].format(row[f"source_{other}"]),
        "owner": company.email(row["owner"]),
        "updater": company.email(row["owner"]),
        "time_aggregation": row["aggregation"],
        "unit_aggregation": row.get("across"),
        "parent": row.get("part_of"),
        "formula": row.get("formula"),
        "grace_days": row["grace"],
        "start": plan.start if scored else None,
        "end": plan.last_day(row.get("ends", plan.months - 1)) if scored else None,
    }


def _measures(company: Company) -> list[Cells]:
    return [
        {"objective": row["objective"], "kpi": row["code"], "weight": row["weight"]}
        for row in company.rows("kpis")
        if "objective" in row
    ]


def _targets(company: Company, plan: Plan) -> list[Cells]:
    return [{"kpi": row["code"], **vars(point)} for row in company.rows("kpis") for point in targets_of(row, plan)]


def _measurements(company: Company, plan: Plan) -> list[Cells]:
    day = plan.month(IMPORTED)
    return [
        {"kpi": row["code"], **vars(reading)}
        for row in company.rows("kpis")
        for reading in readings_of(row, plan)
        if period_end(reading.period, row["frequency"]) < day
    ]


def _initiative(company: Company, plan: Plan, row: Row) -> Cells:
    """As it stood then. Its last words are translated from the start: that is what will have been said in the end."""
    state = first_state(row, plan.present)
    other = company.languages[1]
    return {
        **_chosen(row, "code department"),
        **texts(company, plan, row, "title"),
        "owner": company.email(row["owner"]),
        "sponsor": company.email(row["sponsor"]),
        "stage": state.stage,
        "start": plan.month(row["start"]),
        "end": plan.last_day(row["planned"]),
        "budget": row["budget"] * 1000,
        "actual_cost": spent_by(row, state),
        "progress": state.progress,
        "status": state.status,
        "confidence": state.confidence,
        f"comment_{other}": last_words(company, plan, row)[1],
    }


def spent_by(initiative: Row, statement: Statement) -> Decimal | None:
    """What an initiative had cost when it stood there, to the thousand; None before it began."""
    if not statement.progress:
        return None
    share = statement.progress * 100 / Decimal(initiative["progress"])
    return (Decimal(initiative["spent"]) * share).quantize(Decimal(1)) * 1000


def _allocations(company: Company) -> list[Cells]:
    return [
        {"initiative": row["code"], "objective": objective, "allocation": share}
        for row in company.rows("initiatives")
        for objective, share in row["objectives"]
    ]


def _chosen(row: Row, names: str) -> dict[str, Any]:
    return {name: row.get(name) for name in names.split()}


def _table(name: str, rows: list[Cells]) -> RawTable:
    header = tuple(rows[0])
    return RawTable(name, header, [[text_of(row[column]) for column in header] for row in rows])
