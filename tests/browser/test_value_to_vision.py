"""The main job, in a real browser: a value goes in, the strategic objective on the first page moves by itself."""

import time

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.visits import LOOKS, sign_in, visitor
from tests.portal import Portal

pytestmark = pytest.mark.browser

ROW = ".sorow:has-text('S2')"
SOON = 15_000


def shown(page: Page) -> str:
    """What the first page says of S2: progress, gap and the picture's sentence."""
    return page.locator(ROW).first.inner_html()


def moved(page: Page, before: str) -> None:
    """Wait until the row has changed; the page must not have been loaded again."""
    deadline = time.monotonic() + SOON / 1000
    while shown(page) == before:
        assert time.monotonic() < deadline, "the figure on the first page did not change by itself"
        page.wait_for_timeout(100)
    assert page.evaluate("window.untouched") is True


def enter(page: Page, value: str) -> None:
    """Fill in the form of a KPI's page and save; a correction needs its reason."""
    form = page.locator("#kpi-entry form.kv-form")
    form.locator("[name=value]").fill(value)
    if form.locator("[name=reason]").count():
        form.locator("[name=reason]").fill("Counted again")
    form.locator("button.btn--p").click()


def test_a_manager_enters_a_value_and_the_first_page_moves(browser: Browser, portal: Portal) -> None:
    context = visitor(browser, LOOKS[0])
    first = context.new_page()
    sign_in(first, portal, "manager")
    first.evaluate("window.untouched = true")
    before = shown(first)

    entry = context.new_page()
    entry.goto(f"{portal.url}/kpis/K-16/")
    enter(entry, "61,5")
    expect(entry.locator("#kpi-entry .kv-saved, .toast").first).to_contain_text("61.5", timeout=SOON)

    moved(first, before)
    context.close()


def test_a_machine_posts_a_value_and_the_first_page_moves(browser: Browser, portal: Portal) -> None:
    context = visitor(browser, LOOKS[0])
    first = context.new_page()
    sign_in(first, portal, "executive")
    first.evaluate("window.untouched = true")
    before = shown(first)

    email, _password = portal.sign_in_of("manager")
    said = portal.manage("issue_token", email, "--organization", "KESTRANE", "--scope", "kpi:write", "read")
    headers = {"Authorization": f"Bearer {next(word for word in said.split() if word.startswith('cmo'))}"}
    kpi = requests.get(f"{portal.url}/api/v1/kpis/K-15/", headers=headers, timeout=10).json()
    body = [{"kpi": "K-15", "period": kpi["period"], "value": "44.4"}]
    answer = requests.post(f"{portal.url}/api/v1/measurements/", json=body, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["changed"]) == (201, 1)

    moved(first, before)
    context.close()


def test_the_form_works_without_javascript(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, portal, "manager", "/kpis/K-33/")
    enter(page, "not a number")
    expect(page.locator("#kpi-entry .err").first).to_be_visible()
    page.goto(f"{portal.url}/kpis/K-33/")
    enter(page, "91.2")
    expect(page.locator("#kpi-entry .kv-saved, .toast").first).to_contain_text("91.2")
    context.close()
