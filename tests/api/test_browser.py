"""GraphiQL in a real browser without a network: what it needs comes from this server alone, and its first query shows rows."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from kb.api.app import create_app
from kb.api.pages import GRAPHIQL
from kb.settings import read_settings
from kb.storage.session import Database

pytestmark = pytest.mark.browser

# The browser needs seconds on a busy machine; nothing below measures time.
PATIENCE = 60
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
    # The network is cut off: no name but the loopback address can be resolved.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def require(there: object, reason: str) -> None:
    if there:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def server(filled: Database) -> Iterator[str]:
    """The address of the application, served by uvicorn in a thread of this process."""
    require(GRAPHIQL.is_file(), "GraphiQL is not built: run make web")
    listener = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(create_app(read_settings({}), filled), log_level="warning"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    running.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    require(chromium and driver, "no Chromium: install Debian's chromium and chromium-driver")
    options = ChromeOptions()
    options.binary_location = str(chromium)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = Chrome(options=options, service=Service(str(driver)))
    yield opened
    opened.quit()


def wait_for(browser: Chrome, condition: Callable[[Chrome], object]) -> None:
    WebDriverWait(browser, PATIENCE, ignored_exceptions=[StaleElementReferenceException]).until(condition)


def text_of(browser: Chrome, selector: str) -> str:
    """What is written in all elements of `selector`; editors use hard spaces."""
    found = [element.text for element in browser.find_elements(By.CSS_SELECTOR, selector)]
    return "\n".join(found).replace("\xa0", " ")


def requested_addresses(browser: Chrome) -> set[str]:
    """What was asked of any host; pages of the browser's own and data inside a page are of none."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"}
    return {url for url in urls if urlsplit(url).scheme in ("http", "https", "ws", "wss")}


def test_the_first_query_shows_rows_without_a_network(server: str, browser: Chrome) -> None:
    browser.get(f"{server}/graphql")
    wait_for(browser, lambda page: "RecognitionAndSanctions" in text_of(page, ".graphiql-editors .view-lines"))
    wait_for(browser, lambda page: page.find_elements(By.CSS_SELECTOR, "button.graphiql-execute-button"))
    browser.find_element(By.CSS_SELECTOR, "button.graphiql-execute-button").click()
    wait_for(browser, lambda page: '"Germany"' in text_of(page, ".graphiql-response .view-lines"))
    shown = text_of(browser, ".graphiql-response .view-lines")
    assert '"errors"' not in shown
    assert "Moscow goes ahead" in shown

    elsewhere = {url for url in requested_addresses(browser) if not url.startswith(f"{server}/")}
    assert elsewhere == set()
    complaints = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert complaints == []


def test_questions_of_every_sort_stand_ready(server: str, browser: Chrome) -> None:
    browser.get(f"{server}/graphql")
    wait_for(browser, lambda page: "RecognitionAndSanctions" in text_of(page, ".graphiql-editors .view-lines"))
    (tab,) = (each for each in browser.find_elements(By.CSS_SELECTOR, ".graphiql-tab-button") if each.text == "Paths")
    tab.click()
    wait_for(browser, lambda page: "query Paths" in text_of(page, ".graphiql-editors .view-lines"))
    wait_for(browser, lambda page: "ent_Q16746854" in text_of(page, ".graphiql-editors .view-lines"))
    browser.find_element(By.CSS_SELECTOR, "button.graphiql-execute-button").click()
    wait_for(browser, lambda page: '"Luhansk"' in text_of(page, ".graphiql-response .view-lines"))


def test_the_documentation_comes_from_this_schema(server: str, browser: Chrome) -> None:
    browser.get(f"{server}/graphql")
    wait_for(browser, lambda page: page.find_elements(By.CSS_SELECTOR, "button[aria-label='Show Documentation Explorer']"))
    browser.find_element(By.CSS_SELECTOR, "button[aria-label='Show Documentation Explorer']").click()
    wait_for(browser, lambda page: "Query" in text_of(page, ".graphiql-plugin"))
    browser.find_element(By.LINK_TEXT, "Query").click()
    wait_for(browser, lambda page: "Anything by its id." in text_of(page, ".graphiql-plugin"))
