"""Every page: accessible in light and dark, fits a phone, asks nobody else, no complaint in the console."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request

from tests.browser.visits import LOOKS, PAGES, Look, scroll_through, sign_in, visitor
from tests.portal import Portal

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Visit:
    """A signed-in visitor of one look, with everything the pages asked for and complained about."""

    def __init__(self, page: Page, portal: Portal) -> None:
        self.page = page
        self.portal = portal
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._note_request)
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def go(self, path: str) -> int:
        self.asked.clear()
        self.complaints.clear()
        answer = self.page.goto(self.portal.url + path)
        scroll_through(self.page)
        assert answer is not None
        return answer.status


@pytest.fixture(scope="module", params=LOOKS, ids=lambda look: look.name)
def visit(request: pytest.FixtureRequest, browser: Browser, portal: Portal) -> Iterator[Visit]:
    look: Look = request.param
    context = visitor(browser, look)
    page = context.new_page()
    sign_in(page, portal, "strategy")
    yield Visit(page, portal)
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_fits_and_keeps_to_itself(visit: Visit, name: str) -> None:
    status = visit.go(PAGES[name])
    assert status == (404 if name == "not found" else 200)
    found = Axe().run(visit.page, options=RULES).response["violations"]
    told = [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:3]}" for one in found]
    assert told == []
    wide: list[int] = visit.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]
    strangers = {urlsplit(url).netloc for url in visit.asked if urlsplit(url).scheme.startswith("http")}
    assert strangers == {urlsplit(visit.portal.url).netloc}
    complaints = [text for text in visit.complaints if not (name == "not found" and "404" in text)]
    assert complaints == []


def test_the_policy_allows_no_inline_script(visit: Visit) -> None:
    answer = visit.page.goto(visit.portal.url + "/")
    assert answer is not None
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    ran: bool = visit.page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.inlineRan = true';
            document.body.append(script);
            return window.inlineRan === true;
        }"""
    )
    assert ran is False


def test_the_first_thing_the_tab_key_reaches_is_the_way_to_the_content(visit: Visit) -> None:
    visit.go("/")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
