"""The first hour with the app, in a real browser, without any language model.

The tests of this file build on each other, as one person's visit does.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Person, person
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp

pytestmark = pytest.mark.browser

ADMIN = "mara@nordhafen.example"
QUESTION = "How many days of parental leave do I get?"


@pytest.fixture(scope="module")
def mara(browser: Browser, app: ServedApp) -> Iterator[Person]:
    """The first administrator, in one browser for the whole file."""
    visitor = person(browser, app)
    yield visitor
    visitor.context.close()


def test_the_printed_link_creates_the_first_administrator(mara: Person) -> None:
    mara.set_up(ADMIN, "Mara Lindqvist")

    expect(mara.page.get_by_text("What do you want to know, Mara?")).to_be_visible()
    expect(mara.page).to_have_title("Chat · GenAI Sandbox")
    mara.screenshot("chat-empty")


def test_a_refresh_and_a_restart_keep_the_person_signed_in(mara: Person) -> None:
    mara.page.reload()
    expect(mara.composer).to_be_visible()

    assert mara.complaints == []
    mara.app.stop()
    mara.app.start()

    mara.open("/")
    expect(mara.composer).to_be_visible()
    mara.complaints.clear()  # the page noticed that the server was away


def test_an_answer_cites_a_page_and_shows_the_words_on_it(mara: Person) -> None:
    answer = mara.ask(QUESTION)

    expect(answer).to_contain_text("90 working days of parental leave per child")
    answer.get_by_role("button", name=re.compile("Source 1: Parental Leave Policy")).click()
    expect(mara.panel).to_contain_text("parental-leave-policy.pdf")
    page_image = mara.panel.locator("img")
    expect(page_image).to_be_visible()
    assert (page_image.get_attribute("src") or "").startswith("data:image/png;base64,")
    mara.screenshot("citation-pdf")


def test_a_text_source_is_shown_with_the_words_marked(mara: Person) -> None:
    answer = mara.ask("What is the mileage rate for a private car?")

    answer.get_by_role("button", name=re.compile("Open source 1: ")).click()

    expect(mara.panel.locator("mark").first).to_contain_text("0.38 EUR")
    mara.screenshot("citation-text")
    mara.panel.get_by_role("button", name="Close").click()
    expect(mara.panel).to_have_count(0)


def test_a_table_answers_with_its_row_marked_and_opens_at_its_place(mara: Person) -> None:
    answer = mara.ask("What is the hotel limit in London per night?")

    expect(answer.locator(".lead")).to_contain_text("190 EUR")
    expect(answer.get_by_role("columnheader")).to_have_text(["City", "Limit per night"])
    marked = answer.locator("tr", has=mara.page.locator("mark"))
    expect(marked).to_have_text(["London190 EUR"])
    mara.screenshot("answer-table")
    answer.get_by_role("button", name=re.compile("Open source 1: Travel and Expenses")).focus()
    mara.page.keyboard.press("Enter")

    expect(mara.panel).to_contain_text("travel-and-expenses-policy.pdf")
    expect(mara.panel.get_by_role("spinbutton", name="Page")).to_have_value("3")
    expect(mara.panel.locator("img")).to_be_visible()
    mara.page.keyboard.press("Escape")
    expect(mara.panel).to_have_count(0)


def test_what_the_documents_do_not_know_is_said(mara: Person) -> None:
    answer = mara.ask("Who won the football world cup in 2022?")

    expect(answer).to_contain_text("do not answer this question")
    mara.screenshot("not-in-the-documents")


def test_thumbs_down_asks_for_a_reason_and_keeps_it(mara: Person) -> None:
    mara.page.get_by_role("radio", name="Thumbs down").last.click()
    mara.page.get_by_text("It should have answered").click()
    mara.page.get_by_label("What did you expect? (optional)").fill("Sports page is missing")
    mara.page.get_by_role("button", name="Send", exact=True).click()

    expect(
        mara.page.get_by_text("Thank you. Administrators will see your question")
    ).to_be_visible()
    mara.screenshot("feedback")


def test_the_newest_answer_is_in_view_however_long_the_conversation_is(mara: Person) -> None:
    for question in ("How long must my password be?", "What does lunch in the canteen cost?"):
        answer = mara.ask(question)

        expect(mara.page.get_by_text(question)).to_be_in_viewport()
        expect(answer).to_be_in_viewport(ratio=0.9)


def test_a_screen_reader_hears_once_that_an_answer_is_complete(mara: Person) -> None:
    told = mara.page.get_by_role("status").filter(
        has_text=re.compile("answer is complete|Answer c")
    )

    mara.ask(QUESTION)

    expect(told).to_have_count(1)
    expect(told).to_have_attribute("aria-live", "polite")
    told.evaluate("region => (region.textContent = '')")
    mara.page.get_by_text("Why this answer").last.click()
    mara.settle()
    expect(told).to_have_count(0)


def test_the_open_source_stays_in_view_and_closes_with_escape(mara: Person) -> None:
    opener = mara.answers.last.get_by_role("button", name=re.compile("Open source 1: "))
    opener.click()
    expect(mara.panel).to_be_visible()
    mara.settle()

    for end in ("0", "page.scrollHeight"):
        mara.page.get_by_test_id("stMain").evaluate(f"page => page.scrollTo(0, {end})")
        expect(mara.panel.get_by_role("button", name="Close")).to_be_in_viewport()
        expect(mara.panel).to_be_in_viewport(ratio=0.9)
    mara.page.keyboard.press("Escape")

    expect(mara.panel).to_have_count(0)
    expect(opener).to_be_focused()


def scroll_place(mara: Person) -> list[float]:
    """Where the frame with the pages of the source is scrolled to."""
    frame = mara.panel.locator(".frame")
    place: list[float] = frame.evaluate("one => [one.scrollLeft, one.scrollTop]")
    return place


def test_a_source_opens_at_the_quote_at_a_readable_size_with_the_focus_on_it(mara: Person) -> None:
    answer = mara.ask("What is the hotel limit in London per night?")
    answer.get_by_role("button", name=re.compile("Open source 1: ")).click()
    page_image = mara.panel.locator("img")
    expect(page_image).to_be_visible()
    mara.settle()

    frame = mara.panel.locator(".frame").bounding_box()
    drawn = page_image.bounding_box()
    assert frame
    assert drawn
    # The page is wider than its frame: its margins are out of sight, and London is in it.
    assert drawn["width"] > 1.1 * frame["width"]
    with Image.open(io.BytesIO(mara.panel.locator(".frame").screenshot())) as shown:
        colours = np.asarray(shown.convert("RGB"), dtype=int)
    yellow = colours[..., :2].min(axis=-1) > colours[..., 2] + 90
    assert yellow.sum() > 400  # the quote is marked, and in sight
    expect(mara.panel).to_be_focused()
    expect(mara.panel).to_have_attribute("aria-label", "Source: Travel and Expenses Policy")


def test_pages_are_turned_and_come_back_to_the_quote(mara: Person) -> None:
    number = mara.panel.get_by_role("spinbutton", name="Page")
    opened_at = scroll_place(mara)

    mara.panel.get_by_role("button", name="Next page").click()
    mara.settle()
    expect(number).to_have_value("4")
    expect(mara.panel.get_by_role("button", name="Next page")).to_be_focused()
    number.fill("7")
    number.press("Enter")
    mara.settle()
    expect(mara.panel.get_by_role("button", name="Next page")).to_be_disabled()
    expect(mara.panel.locator("img")).to_have_attribute("alt", re.compile("page 7 of 7. Its"))
    mara.panel.get_by_role("button", name="Back to the quote").click()
    mara.settle()

    expect(number).to_have_value("3")
    expect(mara.panel.locator("img")).to_have_attribute("alt", re.compile("quoted words marked"))
    assert scroll_place(mara) == pytest.approx(opened_at, abs=2)


def test_the_size_is_kept_and_a_run_of_the_page_moves_nothing(mara: Person) -> None:
    def width() -> float:
        return float(mara.panel.locator("img").evaluate("one => one.clientWidth"))

    readable = width()
    mara.panel.get_by_role("button", name="Zoom in").click()
    larger = width()
    mara.panel.locator(".frame").evaluate("one => one.scrollTo(5, 40)")
    mara.page.get_by_role("radio", name="Thumbs up").last.click()
    mara.settle()

    assert larger == pytest.approx(1.25 * readable, rel=0.02)
    assert width() == larger
    assert scroll_place(mara) == [5, 40]
    mara.panel.get_by_role("button", name="Fit width").click()
    assert width() == mara.panel.locator(".frame").evaluate("one => one.clientWidth")
    mara.page.evaluate("sessionStorage.removeItem('source-zoom')")


def test_the_words_of_a_page_and_its_original_are_a_click_away(mara: Person) -> None:
    mara.panel.get_by_role("button", name="Text", exact=True).click()
    expect(mara.panel.locator(".frame tr.marked")).to_have_text(["London190 EUR"])
    expect(mara.panel.locator(".frame tr.marked")).to_be_in_viewport()

    link = mara.panel.get_by_role("link", name="Open original")
    address = link.get_attribute("href") or ""
    answered = mara.context.request.get(f"{mara.app.url}{address}")

    assert address.endswith("?view#page=3")
    assert answered.headers["content-type"] == "application/pdf"
    assert answered.headers["content-disposition"].startswith("inline; ")
    assert answered.body().startswith(b"%PDF-")
    mara.page.keyboard.press("Escape")
    expect(mara.panel).to_have_count(0)


def test_on_a_phone_the_source_covers_the_screen(
    mara: Person, browser: Browser, app: ServedApp
) -> None:
    phone = person(browser, app, viewport={"width": 390, "height": 844})
    phone.sign_in(ADMIN)
    answer = phone.ask(QUESTION)
    phone.screenshot("answer-phone")
    answer.get_by_role("button", name=re.compile("Open source 1: ")).click()
    expect(phone.panel).to_be_in_viewport(ratio=0.95)
    box = phone.panel.bounding_box()

    phone.panel.get_by_role("button", name="Close").click()

    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(phone.panel).to_have_count(0)
    assert phone.complaints == []
    phone.context.close()


def test_an_answer_becomes_an_idea_with_its_sources(mara: Person) -> None:
    mara.page.get_by_role("button", name="Make it an idea").first.click()
    mara.page.get_by_label("Title").fill("Leave assistant for new parents")
    mara.page.get_by_role("radio", name="Internal optimisation").click()
    problem = mara.page.get_by_label(re.compile("^Problem"))
    problem.fill("Parents ask HR the same leave questions every week and wait for days.")
    mara.page.get_by_label(re.compile("^Proposal")).fill(
        "Answer leave questions from the policy with its exact words."
    )
    mara.screenshot("idea-form")
    mara.page.get_by_role("button", name=re.compile("Submit")).click()

    expect(mara.page.get_by_text("IDEA-0001").first).to_be_visible()
    mara.page.get_by_text("From a conversation").click()
    expect(mara.page.get_by_text("Parental Leave Policy").first).to_be_visible()
    mara.screenshot("idea-card")


def test_the_question_and_its_judgement_are_in_usage(mara: Person) -> None:
    mara.open("/usage")

    expect(mara.page.get_by_text("Unanswered questions").first).to_be_visible()
    with mara.page.expect_download() as download:
        mara.page.get_by_role("button", name="Download CSV").last.click()
    assert download.value.suggested_filename == "unanswered-questions.csv"
    assert "Question,When" in download.value.path().read_text(encoding="utf-8-sig")
    mara.screenshot("usage")


def test_documents_show_their_state_and_take_uploads(mara: Person, tmp_path: Path) -> None:
    mara.open("/documents")
    note = tmp_path / "bike-leasing.md"
    note.write_text("# Bike leasing\n\nEvery employee may lease two bikes at a time.\n")

    # The second one takes a folder.
    mara.page.locator("input[type=file]").first.set_input_files(note)
    mara.page.get_by_role("button", name=re.compile("Upload 1 file")).click()

    # The line names what is in work as long as something is.
    expect(mara.page.get_by_text(re.compile("21 documents. Select"))).to_be_visible()
    mara.screenshot("documents")
    mara.open("/")
    expect(mara.ask("How many bikes may I lease?")).to_contain_text("two bikes")


def test_people_and_access_show_who_may_read_what(mara: Person) -> None:
    mara.open("/people")

    # Tables draw on a canvas; their cells are in the accessibility tree only.
    expect(mara.page.locator("td", has_text="Company handbook")).to_have_count(1)
    mara.screenshot("people")


def test_an_employee_sees_no_page_of_the_administrators(
    mara: Person, browser: Browser, app: ServedApp
) -> None:
    app.cli("users", "add", "ben@nordhafen.example", "--password-stdin", stdin=f"{PASSWORD}\n")
    ben = person(browser, app)
    ben.sign_in("ben@nordhafen.example")

    expect(ben.page.get_by_role("link", name="Ideas")).to_be_visible()
    expect(ben.page.get_by_role("link", name="Documents")).to_have_count(0)
    ben.open("/documents")
    expect(ben.page.get_by_text("Upload")).to_have_count(0)
    ben.context.close()


def test_signing_out_ends_the_session_everywhere(
    mara: Person, browser: Browser, app: ServedApp
) -> None:
    elsewhere = person(browser, app)
    elsewhere.sign_in(ADMIN)
    cookies = mara.context.cookies()
    mara.open("/")
    mara.page.goto(f"{mara.app.url}/sign-out")
    mara.page.get_by_role("button", name="Sign out").click()
    mara.page.wait_for_url("**/sign-in*")

    mara.context.add_cookies(cookies)  # type: ignore[arg-type]  # what cookies() returns
    mara.page.goto(mara.app.url)

    expect(mara.page).to_have_url(re.compile("/sign-in"))
    elsewhere.page.reload()
    expect(elsewhere.page).to_have_url(re.compile("/sign-in"))
    elsewhere.context.close()


def test_nothing_was_loaded_from_elsewhere_and_no_script_failed(mara: Person) -> None:
    assert mara.complaints == []
