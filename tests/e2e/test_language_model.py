"""The chat with a language model behind it, in a real browser; the provider is a local server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Person, person
from tools.trial.browser import PASSWORD
from tools.trial.provider import FakeProvider, Reply, grounded_echo
from tools.trial.served import ServedApp, served_app

pytestmark = pytest.mark.browser

EMAIL = "ada@nordhafen.example"
LEAVING = "eva@nordhafen.example"
QUESTION = "How many days of parental leave do I get?"
CITED = Reply(grounded_echo())


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(CITED) as running:
        yield running


@pytest.fixture(scope="module")
def app(
    provider: FakeProvider, filled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedApp]:
    settings = {
        "SANDBOX_LLM__BASE_URL": provider.base_url,
        "SANDBOX_LLM__API_KEY": "sk-test-not-a-real-key",
        "SANDBOX_LLM__MODEL": "test-model",
        "SANDBOX_LLM__INPUT_PRICE": "2",
        "SANDBOX_LLM__OUTPUT_PRICE": "8",
        "SANDBOX_LLM__TIMEOUT_S": "8",
        "SANDBOX_LLM__MAX_RETRIES": "0",
    }
    with served_app(tmp_path_factory.mktemp("model"), settings, filled=filled) as running:
        running.cli("users", "add", EMAIL, "--password-stdin", stdin=f"{PASSWORD}\n")
        yield running


@pytest.fixture(scope="module")
def ada(browser: Browser, app: ServedApp) -> Iterator[Person]:
    visitor = person(browser, app)
    visitor.sign_in(EMAIL)
    yield visitor
    visitor.context.close()


@pytest.fixture(autouse=True)
def _usual_provider(provider: FakeProvider) -> None:
    provider.script(CITED)


def test_an_answer_of_the_model_is_cited_and_has_its_price(ada: Person) -> None:
    answer = ada.ask(QUESTION)

    expect(answer.locator("button.chip").first).to_be_visible()
    expect(answer).to_contain_text("1 of 1 sentence supported")
    expect(answer).to_contain_text("ct EUR")
    ada.screenshot("model-answer")


def test_a_doubtful_sentence_has_a_mark_with_its_words_on_focus(
    ada: Person, provider: FakeProvider
) -> None:
    said = "Every parent gets 90 working days of parental leave per child [1]."
    provider.script(Reply(f"{said} Everybody gets 500 cars [1]."))
    ada.open("/")
    answer = ada.ask("How many days of leave does every parent get?")
    mark, tip = answer.locator(".mark"), answer.get_by_role("tooltip", include_hidden=True)

    expect(mark).to_have_count(1)
    expect(mark).to_have_attribute("aria-label", "Not supported")
    expect(tip).not_to_be_visible()
    mark.focus()
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("is in none of the cited passages")
    assert mark.get_attribute("aria-describedby") == tip.get_attribute("id")
    ada.screenshot("doubtful-sentence")
    mark.press("Escape")
    expect(tip).not_to_be_visible()


def stop_while_it_answers(ada: Person, provider: FakeProvider, reply: Reply) -> None:
    """In a conversation of its own, so that the first request is the one for the answer."""
    provider.disconnected.clear()
    provider.script(reply)
    ada.open("/")
    ada.composer.fill("How many days of parental leave does every parent get?")
    ada.composer.press("Enter")
    expect(ada.page.get_by_text("Every parent gets 90 working days").last).to_be_visible()
    assert ada.page.get_by_text("What do you want to know").count() == 0  # the welcome is gone
    ada.page.get_by_role("button", name="Stop script").click()


def test_stopping_keeps_what_was_written(ada: Person, provider: FakeProvider) -> None:
    words = "Every parent gets 90 working days of parental leave per child [1]. "

    stop_while_it_answers(ada, provider, Reply(words, pause_s=0.05, endless=True))

    assert provider.disconnected.wait(10)
    ada.page.reload()
    expect(ada.page.get_by_text("Stopped. The text written so far is kept.")).to_be_visible()
    expect(ada.answers.last).to_contain_text("Every parent gets 90 working days")
    ada.screenshot("stopped")


def test_a_silent_model_can_be_stopped_before_it_is_given_up(
    ada: Person, provider: FakeProvider
) -> None:
    words = "Every parent gets 90 working days of parental leave per child [1]. And then there is"

    stop_while_it_answers(ada, provider, Reply(words, stall_after=15))

    assert provider.disconnected.wait(4)
    ada.page.reload()
    expect(ada.page.get_by_text("Stopped. The text written so far is kept.")).to_be_visible()


def test_an_answer_goes_on_while_the_menu_of_a_conversation_is_opened_and_used(
    ada: Person, provider: FakeProvider
) -> None:
    words = "Every parent gets 90 working days of parental leave per child [1]. "
    provider.disconnected.clear()
    provider.script(Reply(words * 4, pause_s=0.05))
    ada.open("/")
    ada.composer.fill("How many days of parental leave does each parent get?")
    ada.composer.press("Enter")
    expect(ada.page.get_by_text("Every parent gets 90 working days").last).to_be_visible()

    ada.page.get_by_role("button", name="More").first.click()
    expect(ada.page.get_by_text("One moment …").last).to_be_visible()
    expect(ada.answers.last).to_contain_text("supported")
    ada.settle()
    ada.page.get_by_label("Name", exact=True).fill("Parental leave of everybody")
    ada.page.get_by_role("button", name="Rename").click()

    renamed = ada.page.get_by_role("button", name="Parental leave of everybody")
    expect(renamed).to_be_visible()
    assert not provider.disconnected.is_set()


def test_an_answer_without_documents_keeps_its_label(ada: Person, provider: FakeProvider) -> None:
    provider.script(Reply("Dear Tom, the notes are attached."))
    ada.open("/")
    ada.page.get_by_text("Without documents", exact=True).click()
    ada.settle()
    composer = ada.page.get_by_placeholder("Draft, rewrite, translate or explain something")
    composer.fill("Write a short mail to Tom with the notes.")
    composer.press("Enter")
    expect(ada.answers.last).to_contain_text("the notes are attached")
    ada.settle()
    ada.page.reload()

    expect(ada.page.get_by_text("Not checked against documents")).to_be_visible()
    expect(ada.answers.last).to_contain_text("the notes are attached")
    expect(ada.answers.last.locator("button.chip")).to_have_count(0)
    ada.settle()
    expect(composer).to_be_visible()  # the conversation goes on as it was asked
    ada.screenshot("without-documents")


def test_conversations_are_pinned_and_deleted_from_their_menu(ada: Person) -> None:
    ada.open("/")
    ada.ask("Who pays for a broken screen?")
    entry = ada.page.get_by_role("button", name="Who pays for a broken screen?").first
    more = ada.page.get_by_role("button", name="More")

    more.first.click()
    ada.page.get_by_role("button", name="Pin", exact=True).click()
    expect(ada.page.get_by_text("Pinned", exact=True)).to_be_visible()
    ada.settle()
    ada.page.keyboard.press("Escape")
    ada.settle()
    more.first.click()
    ada.page.get_by_role("button", name="Delete", exact=True).click()

    expect(entry).to_have_count(0)
    ada.page.get_by_role("button", name="Undo delete").click()
    expect(entry).to_be_visible()


def test_signing_out_in_another_tab_ends_the_answer_and_keeps_what_was_written(
    browser: Browser, app: ServedApp, provider: FakeProvider
) -> None:
    app.cli("users", "add", LEAVING, "--password-stdin", stdin=f"{PASSWORD}\n")
    eva = person(browser, app)
    eva.sign_in(LEAVING)
    words = "Every parent gets 90 working days of parental leave per child [1]. "
    provider.disconnected.clear()
    provider.script(Reply(words, pause_s=0.05, endless=True))
    eva.open("/")
    eva.composer.fill(QUESTION)
    eva.composer.press("Enter")
    expect(eva.page.get_by_text("Every parent gets 90 working days").last).to_be_visible()

    other = eva.context.new_page()
    other.goto(f"{eva.app.url}/sign-out")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("E-mail")).to_be_visible()

    assert provider.disconnected.wait(10)
    expect(eva.page.get_by_text("You are signed out.")).to_be_visible()
    expect(eva.page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(eva.answers).to_have_count(0)
    assert eva.complaints == []
    eva.sign_in(LEAVING)
    eva.page.get_by_role("button", name=re.compile("^How many days")).first.click()
    expect(eva.page.get_by_text("Stopped. The text written so far is kept.")).to_be_visible()
    expect(eva.answers.last).to_contain_text("Every parent gets 90 working days")
    eva.context.close()


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(status=401), "key"),
        (Reply(status=429, headers={"Retry-After": "60"}), "60"),
        (Reply(status=500), "try again|later"),
        (Reply(delay_s=30), "time|long"),
        (Reply("Parents get 90 days of leave. More", pause_s=0.02, cut_after=8), "kept|ended"),
        (Reply(raw=b"<html>not a stream</html>\n\n"), "understand|sense|again"),
    ],
    ids=["wrong key", "rate limit", "server error", "silence", "cut in the middle", "garbage"],
)
def test_a_failing_provider_is_explained_and_the_question_can_be_tried_again(
    ada: Person, provider: FakeProvider, reply: Reply, sentence: str
) -> None:
    provider.script(reply)
    ada.open("/")
    ada.composer.fill(QUESTION)
    ada.composer.press("Enter")

    again = ada.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    asked = ada.page.get_by_role("group", name="Chat message from user")
    expect(asked).to_contain_text(QUESTION)
    expect(ada.page.get_by_role("alert")).to_contain_text(re.compile(sentence, re.IGNORECASE))
    ada.screenshot(f"provider-{reply.status}")

    provider.script(CITED)
    again.click()
    expect(ada.answers.last.locator("button.chip").first).to_be_visible()


def test_tokens_and_cost_are_recorded(ada: Person, app: ServedApp) -> None:
    total = [json.loads(line) for line in app.cli("usage", "--json").splitlines()][-1]

    assert total["input_tokens"] > 0
    assert total["output_tokens"] > 0
    assert total["cost"] > 0
    assert total["failed"] >= 6
    assert ada.complaints == []


def test_personal_data_is_masked_before_it_leaves(ada: Person, provider: FakeProvider) -> None:
    ada.open("/")
    ada.ask("My number is +49 40 1234567 and I am jo@private.example. Days of parental leave?")

    sent = provider.requests[-1].raw.decode()
    assert "1234567" not in sent
    assert "jo@private.example" not in sent
    assert "<EMAIL_1>" in provider.requests[-1].prompt
