"""What people do in a browser, as steps that tests share."""

from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page

from tests.portal import Portal

PAGES = {
    "home": "/",
    "my week": "/me/",
    "my week, digest": "/me/digest/",
    "alignment": "/alignment/",
    "alignment, areas": "/alignment/?view=icicle",
    "alignment, weights": "/alignment/?view=sankey",
    "objectives": "/objectives/",
    "objective": "/objectives/S2/",
    "objective with KPIs": "/objectives/OPS-1/",
    "objective, form": "/objectives/OPS-1/edit/",
    "objective, links": "/objectives/S2/links/",
    "objective, its end": "/objectives/OPS-1/end/",
    "new objective": "/objectives/new/?parent=S2",
    "KPIs": "/kpis/",
    "KPI": "/kpis/K-13/",
    "KPI by quarter": "/kpis/K-13/?by=quarter",
    "KPI, signals": "/kpis/K-13/signals/",
    "KPI, its definition": "/kpis/K-13/edit/",
    "KPI, deleted": "/kpis/K-68/delete/",
    "new KPI": "/kpis/new/?parent=K-61",
    "KPI from parts": "/kpis/K-61/",
    "KPI by a formula": "/kpis/K-71/",
    "departments": "/departments/",
    "scorecard": "/departments/OPS/",
    "initiatives": "/initiatives/",
    "initiative": "/initiatives/I-101/",
    "initiative, form": "/initiatives/I-322/edit/",
    "initiative, deleted": "/initiatives/I-322/delete/",
    "new initiative": "/initiatives/new/?objective=S2",
    "alerts": "/alerts/",
    "alert, closed ones": "/alerts/?state=ended",
    "alert rules": "/alerts/rules/",
    "alert rule": "/alerts/rules/RULE-VARIANCE/?on=K-17",
    "new alert rule": "/alerts/rules/new/?kpi=K-17",
    "alert rules of a KPI": "/alerts/rules/of/K-17/",
    "import and export": "/integrations/",
    "search": "/search/?q=delivery",
    "not found": "/objectives/NO-SUCH/",
}
"""Every kind of page of someone signed in, on the demo company."""


@dataclass(frozen=True)
class Look:
    """How a visitor sees the pages."""

    name: str
    scheme: str = "light"
    width: int = 1440
    language: str = "en-GB"


LOOKS = (Look("light"), Look("dark", "dark"), Look("phone", width=390), Look("French", language="fr-FR"))


def visitor(browser: Browser, look: Look) -> BrowserContext:
    return browser.new_context(
        locale=look.language,
        color_scheme="dark" if look.scheme == "dark" else "light",
        viewport={"width": look.width, "height": 900},
    )


def sign_in(page: Page, portal: Portal, role: str, at: str = "/") -> None:
    """Sign in as the demo's person of a role and end at a page."""
    email, password = portal.sign_in_of(role)
    page.goto(portal.url + at)
    page.fill("[name=username]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(portal.url + at)


def scroll_through(page: Page) -> None:
    """Let everything that loads when reached load."""
    height: int = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 700):
        page.evaluate("top => window.scrollTo(0, top)", top)
        page.wait_for_timeout(60)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")
