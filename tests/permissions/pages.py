"""The permission table of the pages; see `table`. A POST carries what the page's form would send."""

from tests.permissions.table import PAGE, PAGE_OF, STEP, Call, Row, get

ANSWER = "302 404 403 302 302 302"
OFFICE = "302 404 403 403 403 302"
EVERY_MEMBER = "302 302 302 302 302 302"
SEEN = {"version": "1"}
RED = {"least_severity": "red"}
WISH = {"medium": "email", "rhythm": "at_once", "department": "SALES", **RED}
NIGHT = {"weekdays": ["1", "2"], "from_time": "20:00", "to_time": "07:00"}
CHAT = {"name": "Zebra", "kind": "slack", "url": "https://hooks.example.org/zebra"}
BOB = "bob@zebra.example"
LATE = {"name": "Late", "kind": "staleness", "place": "department", "department": "SALES"}
AIM = {
    "title": "New",
    "level": "department",
    "department": "SALES",
    "lifecycle": "active",
    "start": "2026-01-01",
    "end": "2026-12-31",
}
MEASURE = {
    "name": "New",
    "department": "SALES",
    "precision": "0",
    "direction": "up",
    "kind": "unscored",
    "frequency": "monthly",
    "grace_days": "10",
    "time_aggregation": "last",
    "unit_aggregation": "none",
    "trajectory": "linear",
}
WORK = {
    "title": "New",
    "department": "SALES",
    "stage": "idea",
    "served-TOTAL_FORMS": "0",
    "served-INITIAL_FORMS": "0",
}
EDITORS = "302 404 403 403 200 200"
EDITED = "302 404 403 403 302 302"
HAND = {"hand-state": "at_risk", "hand-reason": "Wait"}

PAGES = (
    Row("i18n/setlang/", "/i18n/setlang/", (Call("post", "302 302 302 302 302 302", {"language": "fr"}),)),
    Row("", "/", (get(PAGE),)),
    Row("at-a-glance/objectives/", "/at-a-glance/objectives/", (get(PAGE),)),
    Row("at-a-glance/news/", "/at-a-glance/news/", (get(PAGE),)),
    Row("at-a-glance/course/", "/at-a-glance/course/", (get(PAGE),)),
    Row("at-a-glance/heat-map/", "/at-a-glance/heat-map/", (get(PAGE),)),
    Row("at-a-glance/seen/", "/at-a-glance/seen/", (Call("post", "302 302 302 302 302 302", {}),)),
    Row("live/", "/live/", (get(PAGE),)),
    Row("me/", "/me/", (get(PAGE),)),
    Row(
        "me/digest/",
        "/me/digest/",
        (get(PAGE), Call("post", EVERY_MEMBER, {"rhythm": "weekly", "hour": "8", "timezone": ""})),
    ),
    Row(
        "me/values/<code>/",
        "/me/values/ZEBRA-K/",
        (Call("post", "302 404 403 302 302 302", {"period": "2026-05-01", "value": "20", "reason": "Now known"}),),
    ),
    Row(
        "me/values/<code>/undo/",
        "/me/values/ZEBRA-K/undo/",
        (Call("post", "302 404 403 302 302 302", {"period": "2026-01-01", "recorded_at": "2020-01-01T00:00:00Z"}),),
    ),
    Row(
        "me/check-ins/<code>/",
        "/me/check-ins/ZEBRA-P/",
        (Call("post", "302 404 403 302 302 302", {"confidence": "6", "comment": "Well", "version": "1"}),),
    ),
    Row(
        "me/updates/<code>/",
        "/me/updates/ZEBRA-I/",
        (
            Call(
                "post",
                "302 404 403 302 302 302",
                {"stage": "in_progress", "status": "amber", "comment": "Late", "progress": "10", "version": "1"},
            ),
        ),
    ),
    Row(
        "me/alerts/<code>/<answer>/",
        "/me/alerts/ZEBRA-A/acknowledge/",
        (Call("post", ANSWER, {"version": "1"}),),
    ),
    Row(
        "me/restatements/<code>/<decision>/",
        "/me/restatements/ZEBRA-RS/approve/",
        (Call("post", "302 404 403 403 302 302", {"version": "1"}),),
    ),
    Row("alignment/", "/alignment/", (get(PAGE),)),
    Row("alignment/map/", "/alignment/map/", (get(PAGE),)),
    Row("alignment/coverage/", "/alignment/coverage/", (get(PAGE),)),
    Row("alignment/gaps/", "/alignment/gaps/", (get(PAGE),)),
    Row("alignment/gaps/<measure>/", "/alignment/gaps/orphans/", (get(PAGE),)),
    Row("alignment/branches/<code>/", "/alignment/branches/ZEBRA-P/", (get(PAGE_OF),)),
    Row("search/", "/search/", (get(PAGE),), {"q": "child"}),
    Row("objectives/", "/objectives/", (get(PAGE),)),
    Row("objectives/confidence/", "/objectives/confidence/", (get(PAGE),)),
    Row("objectives/<code>/", "/objectives/ZEBRA-P/", (get(PAGE_OF),)),
    Row("objectives/<code>/figures/", "/objectives/ZEBRA-P/figures/", (get(PAGE_OF),)),
    Row("objectives/<code>/why/", "/objectives/ZEBRA-P/why/", (get(PAGE_OF),)),
    Row("objectives/<code>/why/<part>/", "/objectives/ZEBRA-P/why/ZEBRA-O/", (get(PAGE_OF),)),
    Row("objectives/<code>/changes/", "/objectives/ZEBRA-P/changes/", (get(PAGE_OF),)),
    Row("objectives/<code>/said/", "/objectives/ZEBRA-P/said/", (get(PAGE_OF),)),
    Row(
        "objectives/<code>/check-ins/",
        "/objectives/ZEBRA-P/check-ins/",
        (Call("post", "302 404 403 302 302 302", {"confidence": "6", "comment": "Well", "version": "1"}),),
    ),
    Row("objectives/<code>/status/", "/objectives/ZEBRA-P/status/", (Call("post", ANSWER, HAND),)),
    Row("objectives/<code>/status/end/", "/objectives/ZEBRA-P/status/end/", (Call("post", ANSWER, {}),)),
    Row(
        "objectives/new/",
        "/objectives/new/",
        (get("302 200 403 403 200 200"), Call("post", "302 422 403 403 302 302", AIM)),
    ),
    Row("objectives/<code>/edit/", "/objectives/ZEBRA-P/edit/", (get(EDITORS), Call("post", EDITED, {**AIM, **SEEN}))),
    Row(
        "objectives/<code>/end/",
        "/objectives/ZEBRA-FREE/end/",
        (get(EDITORS), Call("post", EDITED, {"do": "delete", **SEEN})),
    ),
    Row("objectives/<code>/links/", "/objectives/ZEBRA-P/links/", (get(EDITORS),)),
    Row("objectives/<code>/links/<part>/", "/objectives/ZEBRA-P/links/down/", (Call("post", EDITED, {}),)),
    Row(
        "objectives/<code>/links/<part>/add/",
        "/objectives/ZEBRA-P/links/down/add/",
        (
            Call(
                "post",
                EDITED,
                {"new-down-code": "ZEBRA-FREE", "new-down-kind": "contributes", "new-down-weight": "2"},
            ),
        ),
    ),
    Row(
        "objectives/<code>/links/<part>/remove/", "/objectives/ZEBRA-P/links/down/remove/", (Call("post", EDITED, {}),)
    ),
    Row("departments/", "/departments/", (get(PAGE),)),
    Row("departments/<code>/", "/departments/SALES/", (get(PAGE_OF),)),
    Row("departments/<code>/scorecard.csv", "/departments/SALES/scorecard.csv", (get(PAGE_OF),)),
    Row("initiatives/", "/initiatives/", (get(PAGE),)),
    Row(
        "initiatives/new/",
        "/initiatives/new/",
        (get("302 200 403 403 200 200"), Call("post", "302 422 403 403 302 302", WORK)),
    ),
    Row(
        "initiatives/<code>/edit/",
        "/initiatives/ZEBRA-I/edit/",
        (get(EDITORS), Call("post", EDITED, {**WORK, **SEEN, "stage": "in_progress"})),
    ),
    Row("initiatives/<code>/delete/", "/initiatives/ZEBRA-I/delete/", (get(EDITORS), Call("post", EDITED, SEEN))),
    Row("initiatives/<code>/", "/initiatives/ZEBRA-I/", (get(PAGE_OF),)),
    Row(
        "initiatives/<code>/status-update/",
        "/initiatives/ZEBRA-I/status-update/",
        (
            Call(
                "post",
                "302 404 403 302 302 302",
                {"stage": "in_progress", "status": "amber", "comment": "Late", "progress": "10", "version": "1"},
            ),
        ),
    ),
    Row("alerts/", "/alerts/", (get(PAGE),)),
    Row("alerts/<code>/", "/alerts/ZEBRA-A/", (get(PAGE_OF),)),
    Row("alerts/<code>/acknowledge/", "/alerts/ZEBRA-A/acknowledge/", (Call("post", ANSWER, {"version": "1"}),)),
    Row("alerts/<code>/picture/", "/alerts/ZEBRA-A/picture/", (get(PAGE_OF),)),
    Row("alerts/<code>/snooze/", "/alerts/ZEBRA-A/snooze/", (Call("post", ANSWER, {"when": "week", **SEEN}),)),
    Row("alerts/<code>/assign/", "/alerts/ZEBRA-A/assign/", (Call("post", ANSWER, {"owner": BOB, **SEEN}),)),
    Row("alerts/<code>/reopen/", "/alerts/ZEBRA-A/reopen/", (Call("post", ANSWER, SEEN),)),
    Row(
        "alerts/<code>/close/",
        "/alerts/ZEBRA-A/close/",
        (Call("post", ANSWER, {"comment": "Accepted", "outcome": "decision", "version": "1"}),),
    ),
    Row("alerts/messages/", "/alerts/messages/", (get(PAGE),)),
    Row("alerts/messages/read/", "/alerts/messages/read/", (Call("post", EVERY_MEMBER, {}),)),
    Row("alerts/deliveries/", "/alerts/deliveries/", (get(PAGE),)),
    Row(
        "alerts/deliveries/<uid>/repeat/",
        "/alerts/deliveries/{delivery}/repeat/",
        (Call("post", "302 404 404 302 404 302", {}),),
    ),
    Row(
        "alerts/subscriptions/",
        "/alerts/subscriptions/",
        (get(PAGE), Call("post", "302 422 302 302 302 302", WISH)),
    ),
    Row("alerts/subscriptions/own/", "/alerts/subscriptions/own/", (Call("post", EVERY_MEMBER, {"choice": "off"}),)),
    Row(
        "alerts/subscriptions/<code>/",
        "/alerts/subscriptions/ZEBRA-S/",
        (Call("post", "302 404 404 302 404 404", {"version": "1", "off": "1"}),),
    ),
    Row("alerts/quiet/", "/alerts/quiet/", (Call("post", EVERY_MEMBER, NIGHT),)),
    Row(
        "alerts/quiet/<code>/delete/",
        "/alerts/quiet/ZEBRA-M/delete/",
        (Call("post", "302 404 404 302 404 404", {}),),
    ),
    Row("alerts/unsubscribe/<token>/", "/alerts/unsubscribe/nonsense/", (get("404 404 404 404 404 404"),)),
    Row(
        "alerts/channels/",
        "/alerts/channels/",
        (get("302 200 403 403 403 200"), Call("post", "302 302 403 403 403 302", CHAT)),
    ),
    Row(
        "alerts/channels/subscriptions/",
        "/alerts/channels/subscriptions/",
        (Call("post", "302 422 403 403 403 302", {"channel": "ZEBRA-CH", "rhythm": "at_once", **RED}),),
    ),
    Row(
        "alerts/channels/<code>/", "/alerts/channels/ZEBRA-CH/", (Call("post", OFFICE, {"name": "N", "version": "1"}),)
    ),
    Row(
        "alerts/channels/<code>/<action>/",
        "/alerts/channels/ZEBRA-CH/test/",
        (Call("post", OFFICE, {}),),
    ),
    Row("alerts/rules/", "/alerts/rules/", (get(PAGE),)),
    Row(
        "alerts/rules/new/",
        "/alerts/rules/new/",
        (get("302 200 403 403 200 200"), Call("post", "302 422 403 403 302 302", LATE)),
    ),
    Row(
        "alerts/rules/simulate/",
        "/alerts/rules/simulate/",
        (Call("post", "302 422 200 200 200 200", {**LATE, "on_kpi": "ZEBRA-K"}),),
    ),
    Row("alerts/rules/of/<code>/", "/alerts/rules/of/ZEBRA-K/", (get(PAGE_OF),)),
    Row(
        "alerts/rules/<code>/",
        "/alerts/rules/ZEBRA-QUIET/",
        (get(PAGE_OF), Call("post", "302 404 403 403 302 302", {**LATE, **SEEN})),
    ),
    Row(
        "alerts/rules/<code>/delete/",
        "/alerts/rules/ZEBRA-QUIET/delete/",
        (Call("post", "302 404 403 403 302 302", SEEN),),
    ),
    Row(
        "integrations/",
        "/integrations/",
        (get("302 200 403 403 403 200"), Call("post", "302 422 403 403 403 422", {})),
    ),
    Row("integrations/imports/<pk>/", "/integrations/imports/{job}/", (get("302 404 403 403 403 200"),)),
    Row("integrations/imports/<pk>/confirm/", "/integrations/imports/{job}/confirm/", (Call("post", OFFICE, {}),)),
    Row("integrations/imports/<pk>/discard/", "/integrations/imports/{job}/discard/", (Call("post", OFFICE, {}),)),
    Row("integrations/export/<form>/", "/integrations/export/zip/", (get("302 200 403 403 403 200"),)),
    Row("sign-in/", "/sign-in/", (get("200 302 302 302 302 302"),)),
    Row("sign-out/", "/sign-out/", (Call("post", "302 302 302 302 302 302", {}),)),
    Row(
        "switch-organization/",
        "/switch-organization/",
        (Call("post", "302 404 302 302 302 302", {"organization": "ZEBRA"}),),
    ),
    Row("kpis/", "/kpis/", (get(PAGE),)),
    Row("kpis/<code>/", "/kpis/ZEBRA-K/", (get(PAGE_OF),)),
    Row(
        "kpis/new/",
        "/kpis/new/",
        (get("302 200 403 403 200 200"), Call("post", "302 422 403 403 302 302", MEASURE)),
    ),
    Row("kpis/<code>/delete/", "/kpis/ZEBRA-K/delete/", (get(EDITORS), Call("post", EDITED, SEEN))),
    Row("kpis/<code>/edit/", "/kpis/ZEBRA-K/edit/", (get(EDITORS), Call("post", EDITED, {**MEASURE, **SEEN}))),
    Row("kpis/<code>/values.csv", "/kpis/ZEBRA-K/values.csv", (get(PAGE_OF),)),
    Row("kpis/upload/", "/kpis/upload/", (get("302 200 403 200 200 200"), Call("post", "302 422 403 422 422 422", {}))),
    Row("kpis/batches/<code>/", "/kpis/batches/ZEBRA-B/", (get(PAGE_OF),)),
    Row(
        "kpis/batches/<code>/columns/",
        "/kpis/batches/ZEBRA-B/columns/",
        (Call("post", "302 404 302 302 302 302", {}),),
    ),
    Row("kpis/batches/<code>/<decision>/", "/kpis/batches/ZEBRA-B/undo/", (Call("post", ANSWER, {}),)),
    Row("kpis/restatements/", "/kpis/restatements/", (get(PAGE),)),
    Row(
        "kpis/restatements/<code>/<decision>/",
        "/kpis/restatements/ZEBRA-RS/approve/",
        (Call("post", "302 404 403 403 302 302", {"version": "1"}),),
    ),
    Row("kpis/locks/", "/kpis/locks/", (Call("post", "302 302 403 403 403 302", {"through": "2026-01-31"}),)),
    Row("kpis/<code>/step-changes/", "/kpis/ZEBRA-K/step-changes/", (get(PAGE_OF), Call("post", ANSWER, STEP))),
    Row(
        "kpis/<code>/step-changes/<period>/",
        "/kpis/ZEBRA-K/step-changes/2026-01-01/",
        (get("302 404 403 200 200 200"), Call("post", ANSWER, STEP)),
    ),
    Row(
        "kpis/<code>/step-changes/<period>/delete/",
        "/kpis/ZEBRA-K/step-changes/2026-01-01/delete/",
        (Call("post", ANSWER, {}),),
    ),
    Row("kpis/<code>/signals/", "/kpis/ZEBRA-K/signals/", (get(PAGE_OF),)),
    Row("kpis/<code>/forecast/", "/kpis/ZEBRA-K/forecast/", (get(PAGE_OF),)),
    Row("kpis/<code>/variance/", "/kpis/ZEBRA-K/variance/", (get(PAGE_OF),)),
    Row("kpis/<code>/series/", "/kpis/ZEBRA-K/series/", (get(PAGE_OF),)),
    Row("kpis/<code>/status/", "/kpis/ZEBRA-K/status/", (Call("post", ANSWER, HAND),)),
    Row("kpis/<code>/status/end/", "/kpis/ZEBRA-K/status/end/", (Call("post", ANSWER, {}),)),
    Row(
        "kpis/<code>/formula/",
        "/kpis/ZEBRA-K/formula/",
        (
            get(PAGE_OF),
            Call("post", "302 404 403 403 200 200", {"formula": "", "version": "1", "do": "preview"}),
        ),
    ),
    Row(
        "kpis/<code>/targets/",
        "/kpis/ZEBRA-K/targets/",
        (
            get(PAGE_OF),
            Call(
                "post",
                "302 404 403 403 302 302",
                {
                    "targets-TOTAL_FORMS": "1",
                    "targets-INITIAL_FORMS": "0",
                    "targets-0-period": "2026-01-01",
                    "targets-0-value": "50",
                    "reason": "Zebra",
                    "version": "1",
                },
            ),
        ),
    ),
    Row(
        "kpis/<code>/values/",
        "/kpis/ZEBRA-K/values/",
        (
            get("302 404 403 302 302 302"),
            Call("post", "302 404 403 302 302 302", {"period": "2026-05-01", "value": "20", "reason": "Now known"}),
        ),
    ),
    Row("kpis/<code>/values/check/", "/kpis/ZEBRA-K/values/check/", (get("302 404 403 200 200 200"),)),
    Row(
        "kpis/<code>/values/undo/",
        "/kpis/ZEBRA-K/values/undo/",
        (Call("post", "302 404 403 302 302 302", {"period": "2026-01-01", "recorded_at": "2020-01-01T00:00:00Z"}),),
    ),
)
