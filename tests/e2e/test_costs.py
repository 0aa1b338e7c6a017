"""An administrator enters a cost, ends it and deletes it, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.e2e.conftest import Person, person
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp

pytestmark = pytest.mark.browser

ADMIN = "mara@nordhafen.example"
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture(scope="module")
def mara(browser: Browser, app: ServedApp) -> Iterator[Person]:
    app.cli("users", "add", ADMIN, "--role", "admin", "--password-stdin", stdin=f"{PASSWORD}\n")
    visitor = person(browser, app)
    visitor.sign_in(ADMIN)
    yield visitor
    visitor.context.close()


def press(visitor: Person, name: str) -> None:
    visitor.page.get_by_role("button", name=name, exact=True).click()
    visitor.settle()


def test_the_menu_shows_every_page_of_an_administrator(mara: Person) -> None:
    mara.open("/costs")

    for name in ("Documents", "Knowledge gaps", "KPIs", "System"):
        expect(mara.page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_what_is_pressed_after_a_cost_was_ended_is_not_lost(mara: Person) -> None:
    page = mara.page
    mara.open("/costs")
    page.get_by_text("Cost items", exact=True).click()
    mara.settle()
    page.get_by_label("Name").fill("Licence")
    page.get_by_label("Amount a month").fill("50")
    page.keyboard.press("Tab")
    mara.settle()  # a click while the page is drawn again may be lost
    press(mara, "Add cost")
    page.get_by_role("combobox", name="Change a cost").click()
    page.get_by_role("option", name="Licence").click()
    mara.settle()

    press(mara, "End")
    press(mara, "End cost")
    expect(page.get_by_role("button", name="End cost")).to_have_count(0)
    press(mara, "Delete")
    press(mara, "Delete cost")

    expect(page.get_by_text("Deleted: Licence.")).to_be_visible()
    expect(page.get_by_text("No costs beside the models yet.")).to_be_visible()


def test_on_a_phone_every_period_can_be_chosen(mara: Person) -> None:
    mara.page.set_viewport_size(PHONE)
    for path, name in (("/costs", "Months"), ("/my-usage", "Dates")):
        mara.open(path)
        choice = mara.page.get_by_role("radio", name=name, exact=True)
        expect(choice).to_be_in_viewport(ratio=1)
