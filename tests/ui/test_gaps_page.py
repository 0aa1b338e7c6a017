"""From a question without an answer to the owner, and back with the reply."""

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.gaps import GapStatus, KnowledgeGap
from core.domain.identity import SYSTEM, User
from tests.ui.conftest import PASSWORD, Answered, Pages, add_answer, texts

QUESTION = "Who won in 1974? ![x](https://evil.example)"


@pytest.fixture
def asked(services: Services, ben: User) -> Answered:
    """Ben's question that the documents do not answer."""
    return add_answer(services, ben, QUESTION, "Not in the documents.", abstained=True)


@pytest.fixture
def gap(services: Services, ben: User, asked: Answered) -> KnowledgeGap:
    """The same, sent to the administrators."""
    return services.gap_requests.ask(ben, asked.answer_id, note="For the quiz")


def open_chat(pages: Pages, services: Services, user: User) -> AppTest:
    app = pages.open("chat", user)
    app.query_params["chat"] = services.chat.conversations.list(user)[0].id
    return app.run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_question_is_sent_after_showing_who_will_read_what(
    pages: Pages, services: Services, ben: User, asked: Answered
) -> None:
    app = open_chat(pages, services, ben)
    app = app.button(key=f"ask-owner-{asked.answer_id}").click().run()
    assert "The administrators will see your name, the question as you typed it" in texts(app)
    assert [one.value for one in app.text].count(QUESTION) == 2

    app.text_area(key=f"gap-note-{asked.answer_id}").input("For the quiz")
    app = app.button(key=f"send-gap-{asked.answer_id}").click().run()

    gap = services.gap_requests.of_answer(ben, asked.answer_id)
    assert not app.exception
    assert gap is not None
    assert (gap.question, gap.note) == (QUESTION, "For the quiz")
    assert "Sent to the administrators" in texts(app)
    assert "Ask an administrator" not in labels(app)


def test_sending_can_be_cancelled(
    pages: Pages, services: Services, ben: User, asked: Answered
) -> None:
    app = open_chat(pages, services, ben)
    app = app.button(key=f"ask-owner-{asked.answer_id}").click().run()

    app = app.button(key=f"cancel-gap-{asked.answer_id}").click().run()

    assert "Ask an administrator" in labels(app)
    assert services.gap_requests.of_answer(ben, asked.answer_id) is None


def test_a_question_without_an_answer_can_become_an_idea(
    pages: Pages, services: Services, ben: User, asked: Answered
) -> None:
    app = open_chat(pages, services, ben)

    assert labels(app).count("Make it an idea") == 1


def test_a_reply_appears_at_the_answer_and_is_new_once(
    pages: Pages, services: Services, anna: User, ben: User, gap: KnowledgeGap
) -> None:
    services.gaps.inbox.answer(anna, gap.id, "West Germany. :red[x]")

    app = open_chat(pages, services, ben)

    assert "**Anna Berg replied** :blue-badge[New]" in texts(app)
    assert "West Germany. :red[x]" in [one.value for one in app.text]
    assert "New" not in texts(app.run())


def test_a_refusal_tells_its_reason(
    pages: Pages, services: Services, anna: User, ben: User, gap: KnowledgeGap
) -> None:
    services.gaps.inbox.decline(anna, gap.id, "Not our business.")

    shown = texts(open_chat(pages, services, ben))

    assert "**Anna Berg declined your question**" in shown
    assert "Not our business." in shown


def test_the_history_marks_a_conversation_with_a_new_reply(
    services: Services,
    anna: User,
    ben: User,
    gap: KnowledgeGap,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services.gaps.inbox.answer(anna, gap.id, "West Germany.")
    token = services.sign_in.sign_in(ben.email, PASSWORD)
    monkeypatch.setattr("ui.state.person.session_token", lambda: token)
    entry = services.chat.conversations.list(ben)[0].id

    app = AppTest.from_string(
        "import runpy\nrunpy.run_module('ui.main')\n", default_timeout=60
    ).run()

    assert app.button(key=f"open-{entry}").icon == ":material/mark_chat_unread:"


def test_people_who_own_nothing_are_told_who_sees_the_page(pages: Pages, ben: User) -> None:
    app = pages.open("gaps", ben)

    assert "Only administrators and owners of a collection" in app.error[0].value
    assert not app.text_input


def test_without_questions_the_page_says_how_they_arrive(pages: Pages, anna: User) -> None:
    assert "No open questions" in pages.open("gaps", anna).info[0].value


def test_a_question_is_listed_with_who_asked_and_letter_for_letter(
    pages: Pages, anna: User, gap: KnowledgeGap
) -> None:
    app = pages.open("gaps", anna)

    assert QUESTION in [one.value for one in app.text]
    assert "Note: For the quiz" in texts(app)
    assert ":orange-badge[Open] :small[:gray[Ben Okafor" in texts(app)


def test_an_answer_needs_words_and_leaves_the_list_of_open_questions(
    pages: Pages, services: Services, anna: User, ben: User, gap: KnowledgeGap
) -> None:
    app = pages.open("gaps", anna)
    app = app.button(key=f"answer-{gap.id}").click().run()
    assert "Write a few words" in app.error[0].value

    app.text_area(key=f"reply-{gap.id}").input("West Germany.")
    app = app.button(key=f"answer-{gap.id}").click().run()

    assert not app.exception
    assert "No open questions" in app.info[0].value
    assert services.gaps.inbox.list(anna)[0].status is GapStatus.ANSWERED


def test_the_state_chooses_what_is_listed(
    pages: Pages, services: Services, anna: User, gap: KnowledgeGap
) -> None:
    services.gaps.inbox.close(anna, gap.id, "There is a page on it now.")
    app = pages.open("gaps", anna)

    app = app.selectbox(key="gaps-status").set_value("closed").run()

    assert ":gray-badge[Closed]" in texts(app)
    assert "There is a page on it now." in texts(app)


def test_an_owner_has_the_page_and_their_questions_only(
    pages: Pages, services: Services, anna: User, ben: User, gap: KnowledgeGap
) -> None:
    collection = services.collections.add(anna, "Handbook", is_open=True)
    services.collections.set_owner(anna, collection.id, ben.id)

    app = pages.open("gaps", ben)

    assert not app.error
    assert "No open questions" in app.info[0].value


def test_an_administrator_names_the_owner_of_a_collection(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    collection = services.collections.add(SYSTEM, "Handbook")
    app = pages.open("people", anna)
    app.session_state["collections-1"] = {"selection": {"rows": [0], "columns": []}}
    app.run()

    app.selectbox(key=f"owner-{collection.id}").set_value(ben.id).run()
    app.button(key=f"save-owner-{collection.id}").click().run()

    assert services.collections.list_all(anna)[0].owner_name == "Ben Okafor"
