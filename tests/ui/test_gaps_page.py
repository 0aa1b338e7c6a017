"""From a question without an answer to the owner, and back with the reply."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from bootstrap.services import Services
from core.domain.clock import now
from core.domain.conversations import Feedback
from core.domain.gaps import GapStatus, GapTopic, KnowledgeGap
from core.domain.identity import SYSTEM, User
from core.storage.tables import DocumentRow, DocumentVersionRow
from tests.ui.conftest import PASSWORD, Answered, Pages, add_answer, texts
from ui.notifications.words import sentence

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


def blocks(app: AppTest) -> list[list[Element]]:
    """What each container of the page holds directly."""
    waiting, found = [app.main], []
    while waiting:
        children = list(waiting.pop().children.values())
        found.append([one for one in children if not isinstance(one, Block)])
        waiting += [one for one in children if isinstance(one, Block)]
    return found


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


def topic_of(services: Services, reader: User) -> GapTopic:
    services.gaps.topics.group_all(SYSTEM)
    [topic] = services.gaps.topics.find(reader).shown
    return topic


def test_a_question_is_listed_with_who_sent_it_and_letter_for_letter(
    pages: Pages, anna: User, gap: KnowledgeGap
) -> None:
    app = pages.open("gaps", anna)

    assert QUESTION in [one.value for one in app.text]
    assert "Note: For the quiz" in texts(app)
    assert ":orange-badge[Open] :gray-badge[Not in the documents]" in texts(app)
    assert "Ben Okafor sent this" in texts(app)
    assert "1 question of 1 person" in texts(app)


def test_a_question_that_nobody_sent_is_listed_without_a_name(
    pages: Pages, anna: User, asked: Answered
) -> None:
    app = pages.open("gaps", anna)

    assert QUESTION in [one.value for one in app.text]
    assert "Ben" not in texts(app)


def test_an_answer_needs_words_and_leaves_the_list_of_open_questions(
    pages: Pages, services: Services, anna: User, ben: User, gap: KnowledgeGap
) -> None:
    app = pages.open("gaps", anna)
    topic = topic_of(services, anna)
    app = app.button(key=f"answer-{topic.id}").click().run()
    assert "Write a few words" in app.error[0].value
    [row] = [one for one in blocks(app) if app.button(key=f"answer-{topic.id}") in one]
    assert app.error[0] not in row  # where it would push the other buttons aside

    app.text_area(key=f"reply-{topic.id}").input("West Germany.")
    app = app.button(key=f"answer-{topic.id}").click().run()

    assert not app.exception
    assert "No open questions" in app.info[0].value
    assert services.gaps.inbox.list(anna)[0].status is GapStatus.ANSWERED


def test_everyone_who_asked_reads_the_reply_in_the_chat_and_is_notified(
    pages: Pages, services: Services, anna: User, ben: User, asked: Answered
) -> None:
    services.gaps.topics.reply(anna, topic_of(services, anna).id, "West Germany. :red[x]")
    [news] = services.ideas.notifications.list(ben)
    assert sentence(news) == "Anna Berg replied to a question of yours"

    app = open_chat(pages, services, ben)

    assert "**Anna Berg replied** :blue-badge[New]" in texts(app)
    assert "West Germany. :red[x]" in [one.value for one in app.text]
    assert "Ask an administrator" in labels(app)
    assert "New" not in texts(app.run())


def test_a_reply_appears_below_an_answer_that_was_not_helpful(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    answered = add_answer(services, ben, "Who won in 1974?", "Nobody. [1]")
    services.chat.give_feedback(ben, answered.answer_id, Feedback(-1))
    services.gaps.topics.reply(anna, topic_of(services, anna).id, "West Germany.")

    shown = texts(open_chat(pages, services, ben))

    assert "**Anna Berg replied**" in shown
    assert "West Germany." in shown


def test_the_state_chooses_what_is_listed_and_a_topic_opens_again(
    pages: Pages, services: Services, anna: User, gap: KnowledgeGap
) -> None:
    topic = topic_of(services, anna)
    services.gaps.topics.close(anna, topic.id, reason="There is a page on it now.")
    app = pages.open("gaps", anna)

    app = app.selectbox(key="gaps-status").set_value("closed").run()

    assert ":gray-badge[Closed]" in texts(app)
    assert "There is a page on it now." in texts(app)
    app = app.button(key=f"reopen-{topic.id}").click().run()
    assert not app.exception
    assert services.gaps.topics.get(anna, topic.id).is_open


def test_a_document_closes_a_topic(
    pages: Pages, services: Services, anna: User, gap: KnowledgeGap
) -> None:
    document = add_document(services, "World cups")
    topic = topic_of(services, anna)
    app = pages.open("gaps", anna)
    app.session_state[f"document-panel-{topic.id}"] = True
    app.run()

    app.selectbox(key=f"document-{topic.id}").set_value(document).run()
    app = app.button(key=f"close-by-{topic.id}").click().run()

    assert not app.exception
    outcome = services.gaps.topics.get(anna, topic.id).outcome
    assert outcome is not None
    assert outcome.document_name == "World cups"


def test_single_questions_are_shown_on_request_only(
    pages: Pages, services: Services, anna: User, asked: Answered
) -> None:
    topic = topic_of(services, anna)
    app = pages.open("gaps", anna)
    assert not app.table

    app = app.button(key=f"questions-{topic.id}").click().run()

    assert not app.exception
    assert list(app.table[0].value.columns) == ["Question", "When", "Cause", "Heard back"]
    [event] = [e for e in services.audit.list(anna) if e.action == "gap.read_questions"]
    assert event.object_id == topic.id


def test_one_click_makes_a_golden_question_that_the_evaluation_asks(
    pages: Pages, services: Services, anna: User, asked: Answered
) -> None:
    topic = topic_of(services, anna)
    app = pages.open("gaps", anna)

    app = app.button(key=f"golden-{topic.id}").click().run()

    assert not app.exception
    [case] = services.evaluations.promoted(anna).cases
    assert (case.text, case.kind, case.is_answerable) == (QUESTION, "unanswerable", False)
    assert ":violet-badge[Golden question]" in texts(app)
    assert f"golden-{topic.id}" not in [button.key for button in app.button]


def test_a_golden_question_goes_with_its_conversation(
    services: Services, anna: User, ben: User, asked: Answered
) -> None:
    services.gaps.topics.make_golden(anna, topic_of(services, anna).id)
    [chat] = services.chat.conversations.list(ben)

    services.chat.conversations.delete(ben, chat.id)

    assert services.evaluations.promoted(SYSTEM).cases == ()
    services.chat.conversations.restore(ben, chat.id)
    assert len(services.evaluations.promoted(SYSTEM).cases) == 1


def test_a_topic_is_given_to_a_colleague(
    pages: Pages, services: Services, anna: User, ben: User, asked: Answered
) -> None:
    topic = topic_of(services, anna)
    app = pages.open("gaps", anna)
    app.session_state[f"assign-panel-{topic.id}"] = True
    app.run()

    app.selectbox(key=f"assignee-{topic.id}").set_value(ben.id).run()
    app = app.button(key=f"assign-{topic.id}").click().run()

    assert not app.exception
    assert services.gaps.topics.get(anna, topic.id).assignee_name == "Ben Okafor"
    assert "for Ben Okafor" in texts(app)


def test_documents_that_want_a_look_have_a_view_of_their_own(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_document(services, "Old *plan*", days_ago=200)
    app = pages.open("gaps", anna)

    app = app.segmented_control(key="gaps-view").set_value("Documents").run()

    assert not app.exception
    assert "Documents nobody cites" in [one.value for one in app.subheader]
    assert list(app.table[0].value["Document"]) == ["Old \\*plan\\*"]
    assert "None. No answer" in texts(app)


def add_document(services: Services, title: str, *, days_ago: int = 0) -> str:
    collection = services.collections.add(SYSTEM, "Sports", is_open=True)
    row = DocumentRow(collection_id=collection.id, source_key=title, title=title)
    with services.database.begin() as session:
        session.add(row)
        session.flush()
        version = DocumentVersionRow(
            document_id=row.id,
            file_name=f"{title}.txt",
            media_type="text/plain",
            sha256="0" * 64,
            size_bytes=1,
            state="ready",
            uploaded_at=now() - timedelta(days=days_ago),
        )
        session.add(version)
        session.flush()
        row.current_version_id = version.id
    return row.id


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
