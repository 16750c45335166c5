"""Real Chromium against a running server. Every page a journey opens is checked for CSP and script errors."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import sync_playwright

from tests import factories

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
AXE = Axe()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PICTURES = Path(settings.BASE_DIR) / "out" / "pictures"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The synchronous driver runs an event loop in this thread; the test talks to the database between its steps.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remembers a failure for `opened`, which then takes a picture of every page."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "Chromium is missing: make test installs it, or see README"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def surroundings(settings, tmp_path):
    """Styles as they stand in the tree, files of this test only, attempts to sign in counted for it alone."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": tmp_path}}


@pytest.fixture
def opened(request, chromium, live_server):
    """`opened(viewport)` gives a page of a fresh session; at the end no script or CSP error may have been seen."""
    contexts, problems = [], []

    def open_page(viewport=DESKTOP, **options):
        context = chromium.new_context(
            viewport=viewport, base_url=live_server.url, locale="vi-VN", reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if is_a_problem(said) else None)
        return page

    yield open_page
    for number, context in enumerate(contexts, 1):
        if request.node.stash.get(FAILED, False):
            picture(context.pages[0], f"{request.node.name}-{number}")
        context.close()
    assert problems == []


def is_a_problem(said):
    """Errors, but not the lines of browser and htmx about an answer 4xx, which journeys provoke on purpose."""
    expected = ("status of 4", "Status Error Code 4")
    return said.type == "error" and not any(words in said.text for words in expected)


def sign_in(page, user):
    """On the sign-in page, as people do; the cast has no passwords until it needs them."""
    user.set_password(factories.PASSWORD)
    user.save(update_fields=["password"])
    page.goto("/accounts/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("main form button:not([type=button])")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def picture(page, name):
    """A picture of the whole page; the bars that stick to the bottom of the screen stand at its end."""
    usual = page.viewport_size
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size(usual | {"height": page.evaluate("document.documentElement.scrollHeight")})
    page.screenshot(path=PICTURES / f"{name}.png", caret="initial")  # hiding it leaves style attributes
    page.set_viewport_size(usual)


def problems_of(page):
    """Findings of axe, run through the driver so that the page's own CSP stays on."""
    return [
        (rule["id"], [node["html"] for node in rule["nodes"]]) for rule in AXE.run(page, options=RULES)["violations"]
    ]


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def widest_parts(page):
    """What reaches over the right edge of the screen: for the message of a test."""
    return page.evaluate(
        """() => [...document.body.querySelectorAll('*')]
            .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map((part) => `${part.tagName}.${part.className} ${part.textContent.trim().slice(0, 40)}`).slice(-3)"""
    )


@contextmanager
def expect_no_write(model):
    before = model.objects.count()
    yield
    assert model.objects.count() == before


@pytest.fixture
def lists(transactional_db):
    """Reference lists, periods and outlines as every installation has them."""
    call_command("load_lists", verbosity=0)
