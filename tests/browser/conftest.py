"""A browser without a screen, for which there is nothing outside this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

ALONE = (
    # Whatever is not on loopback goes to a proxy that is not there; no name means anything.
    "--proxy-server=127.0.0.1:1",
    "--proxy-bypass-list=127.0.0.1",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
)
HEADLESS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1200,2000")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Continuous integration has to have Chromium; at a desk it may be missing."""
    programs = [shutil.which("chromium"), shutil.which("chromedriver")]
    if None in programs:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium or chromedriver is not installed")
        pytest.skip("not run: chromium or chromedriver is not installed")
    chromium, driver = map(str, programs)
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*HEADLESS, *ALONE, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with Chrome(options=options, service=ChromeService(executable_path=driver)) as chrome:
        yield chrome
