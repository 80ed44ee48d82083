"""The permission table: every route × verb × actor, with the status that each gets.

A new route needs a row here; the test says which one is missing. Statuses are those of, in this order,
anonymous, outsider, viewer, contributor, manager, strategy office. Whoever is refused changes nothing, and
an outsider gets 404 on every address that names something of the company.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One verb on one address."""

    verb: str
    statuses: str
    body: Any = None
    upload: bytes = b""


@dataclass(frozen=True)
class Row:
    """One route: an address of it in the world, and what each verb answers."""

    route: str
    address: str
    calls: tuple[Call, ...]
    query: Mapping[str, str] = field(default_factory=dict)


EVERYBODY = "200 200 200 200 200 200"
MEMBERS = "401 200 200 200 200 200"
READ = "401 404 200 200 200 200"
MAKE = "401 400 403 403 201 201"
EDIT = "401 404 403 403 200 200"
DROP = "401 404 403 403 204 204"
OFFICE_EDIT = "401 404 403 403 403 200"
PAGE = "302 200 200 200 200 200"
PAGE_OF = "302 404 200 200 200 200"


def get(statuses: str) -> Call:
    return Call("get", statuses)


def resource(name: str, code: str, free: str, new: Any, change: Any, *, whole: Any = None) -> tuple[Row, Row]:
    """The rows of a resource that managers edit in their department: list and item."""
    return (
        Row(f"api/v1/{name}/", f"/api/v1/{name}/", (get(MEMBERS), Call("post", MAKE, new))),
        Row(
            f"api/v1/{name}/<code>/",
            f"/api/v1/{name}/{free}/",
            (get(READ), Call("put", EDIT, whole or new), Call("patch", EDIT, change), Call("delete", DROP)),
        ),
    )


DATES = {"start": "2026-01-01", "end": "2026-12-31"}
OBJECTIVE = {"code": "ZEBRA-X", "title": "New", "department": "SALES", **DATES}
KPI = {"code": "ZEBRA-X", "name": "New", "department": "SALES", "baseline": 0, "target": 10, **DATES}
INITIATIVE = {"code": "ZEBRA-X", "title": "New", "department": "SALES"}
RULE = {"code": "ZEBRA-X", "name": "New", "kind": "staleness", "department": "SALES"}
VISION = {"code": "ZEBRA-X", "statement": "New", "start": "2026-01-01"}
EDGE = {"child": "ZEBRA-FREE", "parent": "ZEBRA-P"}
MEASURE = {"objective": "ZEBRA-O", "kpi": "ZEBRA-K"}
HAND = {"state": "at_risk", "reason": "Wait"}
VALUE = {"period": "2026-02-01", "value": "20"}
STEP = {"period": "2026-03-01", "cause": "event", "note": "New plant"}
CHANNEL = {"code": "ZEBRA-X", "name": "New", "kind": "slack", "address": "https://hooks.example.org/zebra"}
WISH = {"code": "ZEBRA-X", "medium": "email", "department": "SALES"}
WINDOW = {"code": "ZEBRA-X", "weekdays": 127, "from_time": "20:00", "to_time": "07:00"}
POST = "401 404 404 404 404 200"
BOBS = "401 404 404 200 404 404"
BOBS_AND_POST = "401 404 404 200 404 200"

API = (
    Row("api/v1/me/week/", "/api/v1/me/week/", (get(MEMBERS),)),
    Row("api/v1/alignment/", "/api/v1/alignment/", (get(MEMBERS),)),
    Row("api/v1/alignment/<measure>/", "/api/v1/alignment/orphans/", (get(MEMBERS),)),
    Row("api/v1/schema/", "/api/v1/schema/", (get(EVERYBODY),)),
    Row("api/v1/docs/", "/api/v1/docs/", (get(EVERYBODY),)),
    Row("api/v1/me/", "/api/v1/me/", (get(MEMBERS),)),
    *resource(
        "departments", "SALES", "ZEBRA-EMPTY", {"code": "ZEBRA-X", "name": "New", "parent": "SALES"}, {"name": "Other"}
    ),
    Row(
        "api/v1/tokens/",
        "/api/v1/tokens/",
        (get(MEMBERS), Call("post", "401 201 201 201 201 201", {"name": "New", "scopes": ["read"]})),
    ),
    Row(
        "api/v1/tokens/<code>/",
        "/api/v1/tokens/{token}/",
        (get("401 404 404 404 200 404"), Call("delete", "401 404 404 404 204 404")),
    ),
    Row("api/v1/events/", "/api/v1/events/", (get("401 200 403 403 403 200"),)),
    Row("api/v1/events/<code>/", "/api/v1/events/{event}/", (get("401 404 403 403 403 200"),)),
    Row("api/v1/visions/", "/api/v1/visions/", (get(MEMBERS), Call("post", "401 201 403 403 403 201", VISION))),
    Row(
        "api/v1/visions/<code>/",
        "/api/v1/visions/ZEBRA-UNUSED/",
        (
            get(READ),
            Call("put", OFFICE_EDIT, VISION),
            Call("patch", OFFICE_EDIT, {"statement": "Other"}),
            Call("delete", "401 404 403 403 403 204"),
        ),
    ),
    *resource("objectives", "ZEBRA-O", "ZEBRA-FREE", OBJECTIVE, {"title": "Other"}),
    Row("api/v1/objectives/<code>/explain/", "/api/v1/objectives/ZEBRA-P/explain/", (get(READ),)),
    Row("api/v1/objectives/<code>/changes/", "/api/v1/objectives/ZEBRA-P/changes/", (get(READ),)),
    Row("api/v1/confidence/", "/api/v1/confidence/", (get(MEMBERS),)),
    Row("api/v1/objectives/<code>/history/", "/api/v1/objectives/ZEBRA-O/history/", (get(READ),)),
    Row(
        "api/v1/objectives/<code>/check-ins/",
        "/api/v1/objectives/ZEBRA-O/check-ins/",
        (get(READ), Call("post", "401 404 403 201 201 201", {"confidence": 60})),
    ),
    *resource(
        "contributions", "", "ZEBRA-O~ZEBRA-P", EDGE, {"weight": "2"}, whole={"child": "ZEBRA-O", "parent": "ZEBRA-P"}
    ),
    *resource("kpis", "ZEBRA-K", "ZEBRA-LOOSE", KPI, {"name": "Other", **KPI}),
    Row("api/v1/kpis/<code>/explain/", "/api/v1/kpis/ZEBRA-K/explain/", (get(READ),)),
    Row("api/v1/kpis/<code>/series/", "/api/v1/kpis/ZEBRA-K/series/", (get(READ),)),
    Row(
        "api/v1/kpis/<code>/formula/preview/",
        "/api/v1/kpis/ZEBRA-K/formula/preview/",
        (Call("post", EDIT, {"formula": "1 +"}),),
    ),
    Row(
        "api/v1/kpis/formula/preview/",
        "/api/v1/kpis/formula/preview/",
        (Call("post", "401 200 403 403 403 200", {"formula": "1 +"}),),
    ),
    Row("api/v1/kpis/<code>/forecast/", "/api/v1/kpis/ZEBRA-K/forecast/", (get(READ),)),
    Row("api/v1/kpis/<code>/signals/", "/api/v1/kpis/ZEBRA-K/signals/", (get(READ),)),
    Row("api/v1/kpis/<code>/variance/", "/api/v1/kpis/ZEBRA-K/variance/", (get(READ),)),
    Row(
        "api/v1/kpis/<code>/step-changes/",
        "/api/v1/kpis/ZEBRA-K/step-changes/",
        (get(READ), Call("post", "401 404 403 201 201 201", STEP)),
    ),
    Row(
        "api/v1/kpis/<code>/step-changes/<period>/",
        "/api/v1/kpis/ZEBRA-K/step-changes/2026-01-01/",
        (
            get(READ),
            Call("patch", "401 404 403 200 200 200", {"note": "Other"}),
            Call("delete", "401 404 403 204 204 204"),
        ),
    ),
    Row(
        "api/v1/kpis/<code>/override/",
        "/api/v1/kpis/ZEBRA-K/override/",
        (get(READ), Call("post", "401 404 403 201 201 201", HAND), Call("delete", "401 404 403 204 204 204")),
    ),
    Row("api/v1/batches/", "/api/v1/batches/", (get(MEMBERS),)),
    Row(
        "api/v1/batches/preview/",
        "/api/v1/batches/preview/",
        (Call("post", "401 400 403 200 200 200", [{"kpi": "ZEBRA-K", **VALUE}]),),
    ),
    Row("api/v1/batches/<code>/", "/api/v1/batches/ZEBRA-B/", (get(READ),)),
    Row(
        "api/v1/batches/<code>/undo/",
        "/api/v1/batches/ZEBRA-B/undo/",
        (Call("post", "401 404 403 200 200 200", {}),),
    ),
    Row(
        "api/v1/restatements/",
        "/api/v1/restatements/",
        (get(MEMBERS), Call("post", "401 400 403 400 400 400", {"reason": "Late", "values": []})),
    ),
    Row("api/v1/restatements/<code>/", "/api/v1/restatements/ZEBRA-RS/", (get(READ),)),
    Row(
        "api/v1/restatements/<code>/approve/",
        "/api/v1/restatements/ZEBRA-RS/approve/",
        (Call("post", "401 404 403 403 200 200", {}),),
    ),
    Row(
        "api/v1/restatements/<code>/reject/",
        "/api/v1/restatements/ZEBRA-RS/reject/",
        (Call("post", "401 404 403 403 200 200", {"comment": "No"}),),
    ),
    Row(
        "api/v1/restatements/<code>/withdraw/",
        "/api/v1/restatements/ZEBRA-RS/withdraw/",
        (Call("post", "401 404 403 200 403 403", {}),),
    ),
    Row(
        "api/v1/period-locks/",
        "/api/v1/period-locks/",
        (get(MEMBERS), Call("post", "401 201 403 403 403 201", {"through": "2026-01-31"})),
    ),
    Row(
        "api/v1/objectives/<code>/override/",
        "/api/v1/objectives/ZEBRA-O/override/",
        (get(READ), Call("post", "401 404 403 201 201 201", HAND), Call("delete", "401 404 403 204 204 204")),
    ),
    Row("api/v1/kpis/<code>/target-proposals/", "/api/v1/kpis/ZEBRA-K/target-proposals/", (get(READ),)),
    Row(
        "api/v1/kpis/<code>/targets/",
        "/api/v1/kpis/ZEBRA-K/targets/",
        (get(READ), Call("put", EDIT, {"targets": [{"period": "2026-01-01", "value": "50"}], "reason": "Zebra"})),
    ),
    Row(
        "api/v1/kpis/<code>/measurements/",
        "/api/v1/kpis/ZEBRA-K/measurements/",
        (get(READ), Call("post", "401 404 403 201 201 201", [VALUE])),
    ),
    Row(
        "api/v1/measurements/",
        "/api/v1/measurements/",
        (get(MEMBERS), Call("post", "401 400 403 201 201 201", [{"kpi": "ZEBRA-K", **VALUE}])),
    ),
    *resource(
        "measures", "", "ZEBRA-P~ZEBRA-K", MEASURE, {"weight": "2"}, whole={"objective": "ZEBRA-P", "kpi": "ZEBRA-K"}
    ),
    *resource("initiatives", "ZEBRA-I", "ZEBRA-NEW", INITIATIVE, {"title": "Other"}),
    Row(
        "api/v1/initiatives/<code>/status-updates/",
        "/api/v1/initiatives/ZEBRA-I/status-updates/",
        (get(READ), Call("post", "401 404 403 201 201 201", {"status": "amber", "comment": "Late"})),
    ),
    Row("api/v1/alerts/", "/api/v1/alerts/", (get(MEMBERS), Call("post", "401 405 405 405 405 405", {}))),
    Row("api/v1/alerts/<code>/", "/api/v1/alerts/ZEBRA-A/", (get(READ),)),
    Row(
        "api/v1/alerts/<code>/acknowledge/",
        "/api/v1/alerts/ZEBRA-A/acknowledge/",
        (Call("post", "401 404 403 200 200 200", {"comment": "On it"}),),
    ),
    Row(
        "api/v1/alerts/<code>/close/",
        "/api/v1/alerts/ZEBRA-A/close/",
        (Call("post", "401 404 403 200 200 200", {"comment": "Accepted"}),),
    ),
    Row(
        "api/v1/alerts/<code>/snooze/",
        "/api/v1/alerts/ZEBRA-A/snooze/",
        (Call("post", "401 404 403 200 200 200", {"until": None}),),
    ),
    Row(
        "api/v1/alerts/<code>/assign/",
        "/api/v1/alerts/ZEBRA-A/assign/",
        (Call("post", "401 404 403 200 200 200", {"owner": "alice@zebra.example"}),),
    ),
    Row(
        "api/v1/alerts/<code>/reopen/",
        "/api/v1/alerts/ZEBRA-A/reopen/",
        (Call("post", "401 404 403 200 200 200", {}),),
    ),
    Row("api/v1/alert-groups/", "/api/v1/alert-groups/", (get(MEMBERS),)),
    Row("api/v1/alert-groups/<code>/", "/api/v1/alert-groups/ZEBRA-G/", (get(READ),)),
    Row("api/v1/kpis/<code>/alert-rules/", "/api/v1/kpis/ZEBRA-K/alert-rules/", (get(READ),)),
    Row(
        "api/v1/kpis/<code>/alert-rules/simulate/",
        "/api/v1/kpis/ZEBRA-K/alert-rules/simulate/",
        (Call("post", "401 404 200 200 200 200", {"kind": "colour_change"}),),
    ),
    Row("api/v1/imports/", "/api/v1/imports/", (Call("post", "401 202 403 403 403 202", upload=b"PK"),)),
    Row("api/v1/imports/<pk>/", "/api/v1/imports/{job}/", (get("401 404 404 404 404 200"),)),
    Row("api/v1/export/", "/api/v1/export/", (get("401 200 403 403 403 200"),)),
    Row(
        "api/v1/alert-channels/",
        "/api/v1/alert-channels/",
        (get(MEMBERS), Call("post", "401 201 403 403 403 201", CHANNEL)),
    ),
    Row(
        "api/v1/alert-channels/<code>/",
        "/api/v1/alert-channels/ZEBRA-CH/",
        (get(POST), Call("patch", POST, {"name": "Other"}), Call("delete", "401 404 404 404 404 204")),
    ),
    Row(
        "api/v1/alert-channels/<code>/test/",
        "/api/v1/alert-channels/ZEBRA-CH/test/",
        (Call("post", "401 404 404 404 404 202", {}),),
    ),
    Row("api/v1/alert-channels/<code>/resume/", "/api/v1/alert-channels/ZEBRA-CH/resume/", (Call("post", POST, {}),)),
    Row(
        "api/v1/alert-channels/<code>/renew-secret/",
        "/api/v1/alert-channels/ZEBRA-CH/renew-secret/",
        (Call("post", POST, {}),),
    ),
    Row(
        "api/v1/alert-subscriptions/",
        "/api/v1/alert-subscriptions/",
        (get(MEMBERS), Call("post", "401 400 201 201 201 201", WISH)),
    ),
    Row(
        "api/v1/alert-subscriptions/<code>/",
        "/api/v1/alert-subscriptions/ZEBRA-S/",
        (
            get(BOBS),
            Call("put", BOBS, {**WISH, "code": "ZEBRA-S"}),
            Call("patch", BOBS, {"rhythm": "digest"}),
            Call("delete", "401 404 404 204 404 404"),
        ),
    ),
    Row(
        "api/v1/alert-mute-windows/",
        "/api/v1/alert-mute-windows/",
        (get(MEMBERS), Call("post", "401 201 201 201 201 201", WINDOW)),
    ),
    Row(
        "api/v1/alert-mute-windows/<code>/",
        "/api/v1/alert-mute-windows/ZEBRA-M/",
        (get(BOBS), Call("patch", BOBS, {"reason": "Night"}), Call("delete", "401 404 404 204 404 404")),
    ),
    Row(
        "api/v1/alert-deliveries/",
        "/api/v1/alert-deliveries/",
        (get(MEMBERS), Call("post", "401 405 405 405 405 405", {})),
    ),
    Row("api/v1/alert-deliveries/<code>/", "/api/v1/alert-deliveries/{delivery}/", (get(BOBS_AND_POST),)),
    Row(
        "api/v1/alert-deliveries/<code>/repeat/",
        "/api/v1/alert-deliveries/{delivery}/repeat/",
        (Call("post", BOBS_AND_POST, {}),),
    ),
    *resource("alert-rules", "ZEBRA-R", "ZEBRA-QUIET", RULE, {"name": "Other"}),
)
