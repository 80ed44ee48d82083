"""My week with the keyboard alone, in a real browser: a value, an update, an alert answered; and without scripts."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_every_page import RULES
from tests.browser.visits import LOOKS, Look, sign_in, visitor
from tests.portal import Portal

pytestmark = pytest.mark.browser

SOON = 15_000


@pytest.fixture
def mine(browser: Browser, portal: Portal) -> Iterator[Page]:
    """The contributor of the demo, whose week holds one thing of each kind."""
    context = visitor(browser, LOOKS[0])
    page = context.new_page()
    sign_in(page, portal, "contributor", "/me/")
    yield page
    context.close()


def walk_to(page: Page, kind: str) -> Locator:
    """From the top, press J until a line of that kind has the focus."""
    for _step in range(page.locator("[data-item]").count()):
        page.keyboard.press("k")
    for _step in range(page.locator("[data-item]").count()):
        line = page.locator(f"[data-item][id^=w-{kind}-]:focus")
        if line.count():
            return line
        page.keyboard.press("j")
    raise AssertionError(f"no line of the kind {kind} to walk to")


def left(page: Page) -> int:
    return int(page.locator("#week-count").inner_text().split()[0])


def test_escape_leaves_the_field_and_the_list_of_keys_opens(mine: Page) -> None:
    anchor = walk_to(mine, "value").get_attribute("id")
    mine.keyboard.press("Enter")
    expect(mine.locator(f"#{anchor}.is-open input[name=value]")).to_be_focused(timeout=SOON)
    mine.keyboard.press("Escape")
    expect(mine.locator(f"#{anchor}")).to_be_focused()
    mine.keyboard.press("?")
    expect(mine.locator("#shortcuts")).to_be_visible()


def test_value_update_and_alert_are_done_with_the_keyboard_alone(mine: Page) -> None:
    anchor = walk_to(mine, "value").get_attribute("id")
    mine.keyboard.press("Enter")
    expect(mine.locator(f"#{anchor}.is-open input[name=value]")).to_be_focused(timeout=SOON)
    mine.keyboard.type("12,5")
    mine.keyboard.press("Tab")
    mine.keyboard.type("Read from the meter")
    mine.keyboard.press("Tab")
    mine.keyboard.press("Tab")
    mine.keyboard.type("The meter was read late")  # its period is closed: what is sent is a proposal
    mine.keyboard.press("Control+Enter")
    expect(mine.locator(".toast")).to_contain_text("proposes another value", timeout=SOON)

    anchor = walk_to(mine, "update").get_attribute("id")
    mine.keyboard.press("Enter")
    expect(mine.locator(f"#{anchor} input[type=radio]:focus")).to_have_count(1, timeout=SOON)
    mine.keyboard.press("2")
    expect(mine.locator(f"#{anchor} input[value=amber]")).to_be_checked()
    mine.keyboard.press("Control+Enter")
    expect(mine.locator(".toast")).to_contain_text("update sent", timeout=SOON)
    expect(mine.locator(f"#{anchor}")).to_have_count(0)

    anchor = walk_to(mine, "alert").get_attribute("id")
    mine.keyboard.press("e")
    expect(mine.locator(".toast")).to_contain_text("acknowledged", timeout=SOON)
    expect(mine.locator(f"#{anchor}")).to_have_count(0)

    expect(mine.locator(".wkp b")).to_have_text(re.compile(r"^3 / "))
    expect(mine.locator("[data-item].is-open")).to_be_focused()


def test_no_change_is_one_key(mine: Page) -> None:
    anchor = walk_to(mine, "check_in").get_attribute("id")
    mine.keyboard.press("n")
    expect(mine.locator(".toast")).to_contain_text("saved", timeout=SOON)
    expect(mine.locator(f"#{anchor}")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_open_lines_are_accessible_and_fit(browser: Browser, portal: Portal, look: Look) -> None:
    context = visitor(browser, look)
    page = context.new_page()
    sign_in(page, portal, "contributor", "/me/")
    hrefs = [one.get_attribute("href") for one in page.locator("[data-open]").all()]
    for address in ["/me/", *(href for href in hrefs if href)][:6]:
        page.goto(portal.url + address)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options=RULES).response["violations"]
        assert [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found] == []
        wide: list[int] = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1]
    context.close()


def test_every_answer_works_without_javascript(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, portal, "contributor", "/me/")
    before = left(page)
    page.locator("[data-acknowledge]").first.click()
    page.wait_for_url(f"{portal.url}/me/**")
    assert left(page) == before - 1
    context.close()
