"""The chat page: welcome, questions, refusals, history, and who is let in."""

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from bootstrap.services import Services
from core.domain.conversations import Feedback, MessageRole
from core.domain.identity import SYSTEM, Role, User
from core.domain.knowledge import Upload
from core.errors import StorageUnavailable
from core.storage.tables import AnswerUsageRow, MessageRow
from tests.ui.conftest import PASSWORD, Pages, add_answer, texts

LEAVE = "Every parent gets 90 working days of parental leave per child."
QUESTION = "How many working days of parental leave does every parent get per child?"
FAQ = f"# Leave\n\n## Who gets parental leave?\n\n{LEAVE}\n"


@pytest.fixture
def handbook(services: Services) -> str:
    """An open collection with one document; returns its id."""
    collection = services.collections.add(
        SYSTEM, "Hand_book*", description="Rules of the [company]", is_open=True
    )
    services.documents.upload(SYSTEM, collection.id, [Upload("leave.md", FAQ.encode())])
    return collection.id


def ask(app: AppTest, question: str) -> AppTest:
    return app.chat_input[0].set_value(question).run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def messages(services: Services, user: User) -> list[tuple[MessageRole, str]]:
    """Every message of this person, newest conversation first."""
    return [
        (message.role, message.text)
        for summary in services.chat.conversations.list(user)
        for message in services.chat.conversations.get(user, summary.id).messages
    ]


def test_an_empty_chat_greets_by_first_name_and_tells_what_can_be_asked(
    pages: Pages, ben: User, handbook: str
) -> None:
    app = pages.open("chat", ben)

    assert app.header[0].value == "What do you want to know, Ben?"
    assert "- **Hand\\_book\\***, 1 document. Rules of the \\[company\\]" in texts(app)
    assert "Who gets parental leave?" in labels(app)
    assert "No language model is configured" in texts(app)


def test_a_person_to_whom_nothing_is_open_is_told_whom_to_ask(
    pages: Pages, services: Services, ben: User
) -> None:
    services.collections.add(SYSTEM, "Pay", groups=["hr"])

    app = pages.open("chat", ben)

    assert "Ask an administrator for access" in app.info[0].value
    assert "Pay" not in texts(app)


def test_an_administrator_without_collections_is_sent_to_the_documents(
    pages: Pages, anna: User
) -> None:
    assert "Upload the first ones" in pages.open("chat", anna).info[0].value


def test_a_question_is_answered_stored_and_put_into_the_address(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), QUESTION)

    [summary] = services.chat.conversations.list(ben)
    question, answer = messages(services, ben)
    assert not app.exception
    assert question == (MessageRole.USER, QUESTION)
    assert LEAVE in answer[1]
    assert app.query_params["chat"] == summary.id
    assert [message.name for message in app.chat_message] == ["user", "assistant"]
    assert {"Ask again", "Make it an idea"} <= set(labels(app))


def test_small_talk_has_no_sources_no_explanation_and_makes_no_idea(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), "Hi, what documents do you have?")

    assert not app.exception
    assert "You can ask about 1 document in 1 collection." in messages(services, ben)[1][1]
    assert "Ask again" in labels(app)
    assert "Make it an idea" not in labels(app)
    assert "Why this answer" not in [expander.label for expander in app.expander]


def test_a_follow_up_stays_in_its_conversation(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), QUESTION)

    app = ask(app, "And how many of those days are paid?")

    assert not app.exception
    assert len(services.chat.conversations.list(ben)) == 1
    assert len(messages(services, ben)) == 4
    assert len(app.chat_message) == 4


def test_a_starter_is_asked_with_one_click(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = pages.open("chat", ben)

    app.button(key="starter-0").click().run()

    assert not app.exception
    assert messages(services, ben)[0] == (MessageRole.USER, "Who gets parental leave?")


def test_a_suggestion_under_the_answer_is_asked_with_one_click(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    # So long that the sections are passages of their own.
    repairs = "The workshop repairs cranes at night, one after the other. " * 40
    more = f"{FAQ}\n## Who repairs cranes?\n\n{repairs}\n"
    services.documents.upload(SYSTEM, handbook, [Upload("leave.md", more.encode())])
    app = ask(pages.open("chat", ben), QUESTION)

    next(b for b in app.button if b.label == "Who repairs cranes?").click().run()

    asked = [text for role, text in messages(services, ben) if role is MessageRole.USER]
    assert asked == [QUESTION, "Who repairs cranes?"]


def test_asking_again_shows_the_new_answer_in_place_of_the_last(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), QUESTION)

    next(button for button in app.button if button.label == "Ask again").click().run()

    assert [text for role, text in messages(services, ben) if role is MessageRole.USER] == [
        QUESTION
    ]


def out_of_order(*_: object, **__: object) -> None:
    """Stand in for a method of a service while the database does not answer."""
    raise StorageUnavailable("The database is busy. Try again.")


def composed(app: AppTest) -> str:
    """What the page has put into the composer."""
    return app.chat_input[0].proto.value if app.chat_input[0].proto.set_value else ""


def button(app: AppTest, label: str) -> Button:
    return next(element for element in app.button if element.label == label)


def test_the_last_question_can_be_changed_and_its_answer_is_replaced(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), "How many days of parental leeve?")

    app = button(app, "Change question").click().run()
    assert composed(app) == "How many days of parental leeve?"
    assert "You are changing your last question" in texts(app)
    app = ask(app, QUESTION)

    assert not app.exception
    assert [text for role, text in messages(services, ben) if role is MessageRole.USER] == [
        QUESTION
    ]
    assert len(app.chat_message) == 2
    assert "You are changing" not in texts(app)


def test_a_question_that_is_left_as_it_is_is_not_replaced(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), QUESTION)
    app = button(app, "Change question").click().run()

    app = button(app, "Leave it as it is").click().run()
    app = ask(app, "And for twins?")

    assert len(messages(services, ben)) == 4


def test_a_refused_question_leaves_no_conversation(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), "\u200b\u200b")

    assert app.error[0].value.startswith("Type a question.")
    assert services.chat.conversations.list(ben) == []


def test_a_question_that_cannot_be_asked_goes_back_to_where_it_was_typed(
    pages: Pages, services: Services, ben: User, handbook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = pages.open("chat", ben)

    monkeypatch.setattr("rag.service.Chat.ask", out_of_order)
    app = ask(app, QUESTION)

    assert app.error[0].value == "The database is busy. Try again. What you typed is kept below."
    assert composed(app) == QUESTION


def test_a_question_is_shown_letter_for_letter(pages: Pages, ben: User, handbook: str) -> None:
    app = ask(pages.open("chat", ben), "![x](https://evil.example) $a$ <b> :red[x]")

    assert app.chat_message[0].text[0].value == "![x](https://evil.example) $a$ <b> :red[x]"


def test_without_an_answer_the_nearest_passages_open_in_the_source_panel(
    pages: Pages, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), "Qwrtz volcano zxcvb?")
    nearest = next(button for button in app.button if (button.key or "").startswith("nearest-"))

    app = nearest.click().run()

    assert not app.exception
    assert "leave.md · version 1" in texts(app).replace("\\", "")
    app = app.button(key="close-source").click().run()
    assert "close-source" not in {button.key for button in app.button}


def test_a_judgement_is_stored_and_a_bad_one_asks_why(
    pages: Pages, services: Services, ben: User
) -> None:
    answered = add_answer(services, ben, "Which class may I book?", "First class. [1]")
    app = open_newest(pages, services, ben)

    app = app.feedback(key=f"thumbs-{answered.answer_id}").set_value(0).run()

    assert stored_feedback(services, ben) == Feedback(-1)
    assert "Send" in labels(app)


def stored_feedback(services: Services, user: User) -> Feedback | None:
    newest = services.chat.conversations.list(user)[0].id
    return services.chat.conversations.get(user, newest).messages[-1].feedback


def open_newest(pages: Pages, services: Services, user: User) -> AppTest:
    """The chat page with the newest conversation in its address."""
    app = pages.open("chat", user)
    app.query_params["chat"] = services.chat.conversations.list(user)[0].id
    return app.run()


def test_an_address_opens_its_conversation(pages: Pages, services: Services, ben: User) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")

    app = open_newest(pages, services, ben)

    assert not app.exception
    assert app.chat_message[0].text[0].value == "Which class may I book?"
    assert not app.header


def test_the_address_of_somebody_elses_conversation_opens_nothing(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, anna, "What do people earn?", "A lot. [1]")
    app = pages.open("chat", ben)

    app.query_params["chat"] = services.chat.conversations.list(anna)[0].id
    app.run()

    assert "no longer exists" in app.info[0].value
    assert "earn" not in texts(app)
    assert "chat" not in app.query_params


def test_a_failed_answer_shows_its_reason_and_offers_to_try_again(
    pages: Pages, services: Services, ben: User
) -> None:
    add_answer(services, ben, "Which class?", "")
    with services.database.begin() as session:
        row = session.exec(select(MessageRow).where(MessageRow.role == "assistant")).one()
        row.status, row.error = "failed", "The model is busy."

    app = open_newest(pages, services, ben)

    assert app.warning[0].value == "The model is busy."
    assert "Try again" in labels(app)


def test_only_the_last_messages_of_a_long_conversation_are_drawn(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    *_, _ = services.chat.ask(ben, QUESTION)
    conversation = services.chat.conversations.list(ben)[0].id
    for _ in range(11):
        list(services.chat.ask(ben, QUESTION, conversation_id=conversation))

    app = open_newest(pages, services, ben)

    assert len(app.chat_message) == 20
    earlier = next(b for b in app.button if b.label == "Show 4 earlier messages")
    assert len(earlier.click().run().chat_message) == 24


class Frame:
    """The whole app, as Streamlit starts it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def open(self, token: str) -> AppTest:
        """The first page for whoever has this token."""
        self._monkeypatch.setattr("ui.state.person.session_token", lambda: token)
        # Runs the module anew each time, as Streamlit does; an import would run it once.
        script = "import runpy\nrunpy.run_module('ui.main')\n"
        return AppTest.from_string(script, default_timeout=60).run()


@pytest.fixture
def frame(services: Services, monkeypatch: pytest.MonkeyPatch) -> Frame:
    return Frame(monkeypatch)


def signed_in(services: Services, user: User) -> str:
    return services.sign_in.sign_in(user.email, PASSWORD)


def test_the_history_lists_conversations_and_opens_one(
    frame: Frame, services: Services, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    entry = services.chat.conversations.list(ben)[0].id
    app = frame.open(signed_in(services, ben))

    app = app.button(key=f"open-{entry}").click().run()

    assert not app.exception
    assert "Today" in texts(app)
    assert app.query_params["chat"] == entry
    assert [message.name for message in app.chat_message] == ["user", "assistant"]


def test_the_history_is_searched_renamed_pinned_deleted_and_undone(
    frame: Frame, services: Services, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    add_answer(services, ben, "What is for lunch?", "Soup. [1]")
    conversations = services.chat.conversations
    lunch = conversations.list(ben, "lunch")[0].id
    app = frame.open(signed_in(services, ben))

    app = app.text_input(key="history-search").input("lunch").run()
    assert [b.key for b in app.button if b.key and b.key.startswith("open-")] == [f"open-{lunch}"]

    assert "Rename" not in [button.label for button in app.button]
    app.session_state[f"more-{lunch}"] = True  # as a click on it does
    app.run()
    app.text_input(key=f"name-{lunch}").input("Canteen")
    app = app.button(key=f"rename-{lunch}").click().run()
    app = app.text_input(key="history-search").input("").run()
    app = app.button(key=f"pin-{lunch}").click().run()
    pinned = conversations.list(ben)[0]
    assert (pinned.title, pinned.is_pinned) == ("Canteen", True)

    app = app.button(key=f"delete-{lunch}").click().run()
    assert len(conversations.list(ben)) == 1
    next(button for button in app.button if button.label == "Undo delete").click().run()
    assert len(conversations.list(ben)) == 2


def test_without_a_sign_in_nothing_but_the_way_to_sign_in_is_shown(
    frame: Frame, services: Services, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")

    app = frame.open("")

    assert "You are signed out" in app.markdown[-1].value
    assert not app.chat_input
    assert "class" not in texts(app)


def test_a_person_deactivated_while_reading_is_signed_out_at_the_next_click(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = ask(pages.open("chat", ben), QUESTION)

    services.people.set_active(SYSTEM, ben.id, is_active=False)
    app = ask(app, "And for twins?")

    assert "You are signed out" in app.markdown[-1].value
    assert not app.chat_message
    assert len(messages_of_everybody(services)) == 2


def messages_of_everybody(services: Services) -> list[str]:
    with services.database.read() as session:
        return list(session.exec(select(MessageRow.text)).all())


PAGES_OF = """
import runpy
import streamlit as st
from core.domain.identity import Role, User
pages_for = runpy.run_module("ui.main")["pages_for"]
sections = pages_for(User("id", "b@nordhafen.example", "Ben", Role("{role}")))
st.code("\\n".join(page.title for pages in sections.values() for page in pages))
"""


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        (
            Role.EMPLOYEE,
            [
                *("Chat", "Ideas", "Portfolio", "Campaigns", "My account", "My usage", "My data"),
                "Notifications",
            ],
        ),
        (
            Role.REVIEWER,
            [
                "Chat",
                "Ideas",
                "Portfolio",
                "Campaigns",
                "My account",
                "My usage",
                "My data",
                "Notifications",
                "Idea review",
            ],
        ),
        (
            Role.ADMIN,
            [
                "Chat",
                "Ideas",
                "Portfolio",
                "Campaigns",
                "My account",
                "My usage",
                "My data",
                "Notifications",
                "Idea review",
                "Documents",
                "Knowledge gaps",
                "Usage",
                "Costs and value",
                "Budgets",
                "Quality",
                "KPIs",
                "Vocabulary",
                "People and access",
                "Incidents",
                "AI-use policy",
                "Privacy",
                "Audit",
                "System",
            ],
        ),
    ],
)
def test_only_administrators_have_the_pages_of_administration(
    services: Services,
    ben: User,
    monkeypatch: pytest.MonkeyPatch,
    role: Role,
    titles: list[str],
) -> None:
    token = signed_in(services, ben)
    monkeypatch.setattr("ui.state.person.session_token", lambda: token)

    app = AppTest.from_string(PAGES_OF.format(role=role), default_timeout=60).run()

    assert app.code[-1].value.splitlines() == titles


def test_what_was_expected_is_stored_and_kept_where_it_was_typed_if_that_fails(
    pages: Pages, services: Services, ben: User, handbook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = add_answer(services, ben, QUESTION, LEAVE)
    services.chat.give_feedback(ben, answered.answer_id, Feedback(-1))
    conversation = services.chat.conversations.list(ben)[0].id
    app = pages.open("chat", ben)
    app.query_params["chat"] = conversation
    app = app.run()

    with monkeypatch.context() as failing:
        failing.setattr("rag.service.Chat.give_feedback", out_of_order)
        app.text_area[0].set_value("100 days")
        app = button(app, "Send").click().run()
        assert app.error[0].value == "The database is busy. Try again."
        assert app.text_area[0].value == "100 days"

    app = button(app, "Send").click().run()
    [feedback] = [
        message.feedback
        for message in services.chat.conversations.get(ben, conversation).messages
        if message.feedback
    ]
    assert feedback.comment == "100 days"
    assert "Administrators will see" in texts(app)


def test_a_temporary_chat_is_answered_and_stored_nowhere(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = pages.open("chat", ben)
    app.toggle(key="temporary-chat").set_value(True).run()
    assert "Nothing you write here is stored" in texts(app)

    for _ in range(2):
        app.chat_input(key="composer").set_value("How many days of parental leave?").run()

    assert not app.exception
    assert [one.value for one in app.text].count("How many days of parental leave?") == 2
    assert services.chat.conversations.list(ben) == []
    with services.database.read() as session:
        assert session.exec(select(MessageRow)).all() == []
        assert len(session.exec(select(AnswerUsageRow)).all()) == 2
    app.button(key="end-temporary").click().run()
    assert app.text == []
