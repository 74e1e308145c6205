"""A person allows a client in a real browser, which holds the page to its own policy."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from urllib.parse import parse_qsl, urlsplit

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import StartPlatform
from tests.service.auth.conftest import PASSWORD
from tests.service.web.oauth.world import World


async def test_a_person_signs_in_and_is_sent_back(browser: Chrome, platform: StartPlatform) -> None:
    running = await platform("auth", "web", elsewhere=("booking",))
    world = await World(running, f"http://{running.platform.http_address}").open()
    async with await asyncio.start_server(_welcome, "127.0.0.1", 0) as client:
        back = f"http://127.0.0.1:{client.sockets[0].getsockname()[1]}/callback"
        planner = await world.register(redirect_uris=[back])
        wrong, address, complaints = await asyncio.to_thread(
            signed_in, browser, f"{world.url}{world.asking(planner)}", world.email, back
        )
    await world.close()

    assert "No account has this e-mail address and password." in wrong
    assert {"code", "state", "iss"} == dict(parse_qsl(urlsplit(address).query)).keys()
    assert [complaint for complaint in complaints if "Content Security Policy" in complaint] == []


def signed_in(browser: Chrome, page: str, email: str, back: str) -> tuple[str, str, list[str]]:
    """What the page says to a wrong password, where the right one leads, and what the browser complained of."""
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(page)
    body = browser.find_element(By.TAG_NAME, "main")
    assert body.value_of_css_property("max-width") != "none", "the page has its style"
    browser.find_element(By.ID, "email").send_keys(email)
    enter(browser, "wrong")
    wait = WebDriverWait(browser, 20)
    wrong = wait.until(lambda opened: opened.find_element(By.ID, "complaint")).text
    enter(browser, PASSWORD)
    wait.until(lambda opened: opened.current_url.startswith(back))
    return wrong, browser.current_url, [entry["message"] for entry in browser.get_log("browser")]


def enter(browser: Chrome, password: str) -> None:
    """Fills the password in, and sends the form."""
    browser.find_element(By.ID, "password").send_keys(password)
    browser.find_element(By.CSS_SELECTOR, "button[value=allow]").click()


async def _welcome(reader: StreamReader, writer: StreamWriter) -> None:
    """The client, at its redirect URI."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
    await writer.drain()
    writer.close()
