"""The permission table of the pages; see `table`. A POST carries what the page's form would send."""

from tests.permissions.table import PAGE, PAGE_OF, Call, Row, get

PAGES = (
    Row("i18n/setlang/", "/i18n/setlang/", (Call("post", "302 302 302 302 302 302", {"language": "fr"}),)),
    Row("", "/", (get(PAGE),)),
    Row("at-a-glance/objectives/", "/at-a-glance/objectives/", (get(PAGE),)),
    Row("at-a-glance/news/", "/at-a-glance/news/", (get(PAGE),)),
    Row("at-a-glance/course/", "/at-a-glance/course/", (get(PAGE),)),
    Row("at-a-glance/heat-map/", "/at-a-glance/heat-map/", (get(PAGE),)),
    Row("at-a-glance/seen/", "/at-a-glance/seen/", (Call("post", "302 302 302 302 302 302", {}),)),
    Row("live/", "/live/", (get(PAGE),)),
    Row("sign-in/", "/sign-in/", (get("200 302 302 302 302 302"),)),
    Row("sign-out/", "/sign-out/", (Call("post", "302 302 302 302 302 302", {}),)),
    Row(
        "switch-organization/",
        "/switch-organization/",
        (Call("post", "302 404 302 302 302 302", {"organization": "ZEBRA"}),),
    ),
    Row("kpis/", "/kpis/", (get(PAGE),)),
    Row("kpis/<code>/", "/kpis/ZEBRA-K/", (get(PAGE_OF),)),
    Row("kpis/<code>/values.csv", "/kpis/ZEBRA-K/values.csv", (get(PAGE_OF),)),
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
