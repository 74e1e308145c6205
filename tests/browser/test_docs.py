"""The page at /docs shows every operation, in a real browser, with no host but its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from contracts.paths import GENERATED, OPENAPI
from tests.edge import RunningEdge

pytestmark = pytest.mark.asyncio(loop_scope="session")

DOCUMENT: dict[str, Any] = json.loads((GENERATED / OPENAPI).read_text(encoding="utf-8"))
OPERATIONS = {operation["operationId"] for item in DOCUMENT["paths"].values() for operation in item.values()}


async def test_it_shows_every_operation_and_asks_no_other_host(browser: Chrome, edge: RunningEdge) -> None:
    tags, requested, complaints = await asyncio.to_thread(shown, browser, edge.url)

    assert sum(tags.values()) == len(OPERATIONS)
    assert set(tags) == {tag["name"] for tag in DOCUMENT["tags"]}
    assert f"{edge.url}/openapi.json" in requested
    assert [url for url in requested if not url.startswith((f"{edge.url}/", "data:"))] == []
    assert complaints == []


async def test_a_user_can_be_authorized_by_each_scheme(browser: Chrome, edge: RunningEdge) -> None:
    dialog = await asyncio.to_thread(authorization, browser, edge.url)

    assert "authorizationCode" in dialog
    assert "clientCredentials" in dialog
    assert "bookings.write" in dialog


def shown(browser: Chrome, origin: str) -> tuple[dict[str, int], list[str], list[str]]:
    """How many operations the page has below each tag, what it asked for, and what the browser said about that."""
    opened(browser, origin)
    sections = browser.find_elements(By.CSS_SELECTOR, ".opblock-tag-section")
    tags = {
        section.find_element(By.CSS_SELECTOR, "[data-tag]").get_attribute("data-tag"): len(
            section.find_elements(By.CSS_SELECTOR, ".opblock")
        )
        for section in sections
    }
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    requested = [
        event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"
    ]
    complaints = [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    return tags, requested, complaints


def authorization(browser: Chrome, origin: str) -> str:
    """What the dialog says that opens at "Authorize"."""
    opened(browser, origin)
    browser.find_element(By.CSS_SELECTOR, ".btn.authorize").click()
    dialog = WebDriverWait(browser, 10).until(lambda page: page.find_element(By.CSS_SELECTOR, ".dialog-ux .modal-ux"))
    return dialog.text


def opened(browser: Chrome, origin: str) -> None:
    """Opens the page, and returns when every section of it is unfolded."""
    browser.get("about:blank")
    browser.get_log("performance")  # what the browser opened first was a page of its own
    browser.get(f"{origin}/docs#/")
    wait = WebDriverWait(browser, 20)
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".opblock-tag-section"))
    browser.execute_script(
        "document.querySelectorAll('.opblock-tag-section:not(.is-open) .opblock-tag').forEach(t => t.click())"
    )
    wait.until(lambda page: len(page.find_elements(By.CSS_SELECTOR, ".opblock")) >= len(OPERATIONS))
