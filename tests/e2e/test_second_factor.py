"""A second factor in a browser: set up on the own page, asked for at the next sign-in."""

import base64
import time

import pytest
from playwright.sync_api import Browser, expect

from admin.signing_in.one_time_codes import STEP_SECONDS, code_of
from tests.e2e.conftest import person
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp

pytestmark = pytest.mark.browser

EMAIL = "mara@nordhafen.example"


def code(secret: bytes, later: int = 0) -> str:
    return code_of(secret, int(time.time()) // STEP_SECONDS + later)


def test_a_second_factor_is_set_up_and_asked_for(browser: Browser, app: ServedApp) -> None:
    mara = person(browser, app)
    mara.set_up(EMAIL, "Mara Lindqvist")
    mara.open("/my-account")
    mara.settle()
    mara.page.get_by_text("Set up a second factor").click()
    mara.settle()
    mara.page.get_by_text("Show the key for an authenticator app").click()
    expect(mara.page.locator("code").first).to_be_visible()
    mara.settle()
    secret = base64.b32decode(mara.page.locator("code").first.inner_text().replace(" ", ""))
    mara.page.get_by_label("Code on the phone").fill(code(secret))
    mara.page.get_by_role("button", name="Set up", exact=True).click()
    expect(mara.page.get_by_text("Keep these ten codes")).to_be_visible()
    mara.settle()
    recovery = mara.page.locator("code").last.inner_text().split()
    assert mara.complaints == []

    elsewhere = person(browser, app)
    elsewhere.page.goto(f"{app.url}/my-account")
    elsewhere.page.get_by_label("E-mail").fill(EMAIL)
    elsewhere.page.get_by_label("Password").fill(PASSWORD)
    elsewhere.page.get_by_role("button", name="Sign in").click()
    expect(elsewhere.page.get_by_role("heading", name="Enter the code")).to_be_visible()
    elsewhere.page.goto(f"{app.url}/")
    expect(elsewhere.page.get_by_role("heading", name="Sign in")).to_be_visible()
    elsewhere.page.goto(f"{app.url}/second-factor?next=%2Fmy-account")
    elsewhere.page.get_by_label("Code", exact=True).fill(code(secret, later=1))
    elsewhere.page.get_by_role("button", name="Sign in").click()
    expect(elsewhere.page.get_by_text("Where you are signed in")).to_be_visible()

    third = person(browser, app)
    third.page.goto(f"{app.url}/sign-in")
    third.page.get_by_label("E-mail").fill(EMAIL)
    third.page.get_by_label("Password").fill(PASSWORD)
    third.page.get_by_role("button", name="Sign in").click()
    third.page.get_by_label("Code", exact=True).fill(recovery[0])
    third.page.get_by_role("button", name="Sign in").click()
    third.composer.wait_for()
