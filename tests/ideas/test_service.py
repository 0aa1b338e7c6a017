"""Idea cards on both engines: submitting, finding, numbering, and the chat frozen into them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from sqlmodel import select

from core.domain.answers import Citation
from core.domain.clock import new_id, now
from core.domain.ideas.card import IdeaCategory, IdeaDraft
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.tables import (
    AnswerSourceRow,
    AuditEventRow,
    CitationRow,
    CollectionRow,
    ConversationRow,
    IdeaRow,
    MessageRow,
    UserRow,
)
from ideas.cards.service import Ideas
from ideas.export.records import idea_record

DRAFT = IdeaDraft(
    "Answer travel questions",
    "Every week we type the same travel questions into long e-mails.",
    "Let the sandbox answer them with the page of the policy.",
    IdeaCategory.INTERNAL_OPTIMISATION,
    "Two hours a week",
)


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation with one question and its answer."""

    id: str
    question_id: str
    answer_id: str


@pytest.fixture
def ideas(database: Database) -> Ideas:
    return Ideas(database)


@pytest.fixture
def anna(database: Database) -> User:
    return add_person(database, "anna")


@pytest.fixture
def ben(database: Database) -> User:
    return add_person(database, "ben")


def add_person(database: Database, name: str) -> User:
    with database.begin() as session:
        row = UserRow(email=f"{name}@nordhafen.example", name=name.title(), role=Role.EMPLOYEE)
        session.add(row)
        return User(row.id, row.email, row.name)


def add_chat(database: Database, user: User) -> Chat:
    chat = ConversationRow(user_id=user.id, title="Travel")
    asked = message(chat.id, 0, "user", "Which class may I book?")
    answered = message(chat.id, 1, "assistant", "Second class. [1]")
    citations = [
        citation(answered.id, 2, "Booking", is_nearest=False),
        citation(answered.id, 1, "Second class is the rule.", is_nearest=False),
        citation(answered.id, 1, "Something near.", is_nearest=True),
    ]
    handbook = CollectionRow(
        name="Handbook",
        is_open=True,
        embedding_model="m",
        embedding_dimension=1,
        splitter_version="1",
    )
    source = AnswerSourceRow(
        message_id=answered.id, document_id="d" * 32, collection_id=handbook.id
    )
    with database.begin() as session:
        for row in (chat, asked, answered, *citations, handbook, source):
            session.add(row)
            session.flush()
    return Chat(chat.id, asked.id, answered.id)


def message(chat_id: str, position: int, role: str, text: str) -> MessageRow:
    return MessageRow(
        conversation_id=chat_id,
        position=position,
        role=role,
        text=text,
        status="complete",
        engine="passages",
    )


def citation(message_id: str, number: int, quote: str, *, is_nearest: bool) -> CitationRow:
    return CitationRow(
        message_id=message_id,
        number=number,
        is_nearest=is_nearest,
        document_id="d" * 32,
        version_id="v" * 32,
        document_title="Travel policy",
        file_name="travel.pdf",
        page=3,
        quote=quote,
    )


def titles(ideas: Ideas, user: User, **wanted: str) -> list[str]:
    return [card.draft.title for card in ideas.list(user, **wanted)]  # type: ignore[arg-type]  # search only


def test_a_submitted_idea_is_read_by_everybody(ideas: Ideas, anna: User, ben: User) -> None:
    before = now()

    card = ideas.submit(anna, DRAFT)

    assert card.draft == DRAFT
    assert (card.label, card.status) == ("IDEA-0001", IdeaStatus.SUBMITTED)
    assert (card.submitter_id, card.submitter_name) == (anna.id, "Anna")
    assert before <= card.submitted_at <= now()
    assert ideas.get(ben, card.id) == card
    assert ideas.list(ben) == [card]


def test_space_around_texts_is_dropped(ideas: Ideas, anna: User) -> None:
    padded = replace(DRAFT, title=f"  {DRAFT.title}\n", problem=f"\n{DRAFT.problem} ")

    assert ideas.submit(anna, padded).draft == DRAFT


def test_an_idea_leaves_a_line_in_the_audit_log(
    ideas: Ideas, anna: User, database: Database
) -> None:
    card = ideas.submit(anna, DRAFT)

    with database.read() as session:
        [event] = session.exec(select(AuditEventRow)).all()
    assert (event.action, event.actor_id, event.object_id) == ("idea.submit", anna.id, card.id)
    assert event.details == {"from_chat": False}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": "Too short"}, "title of 10 to 100 characters"),
        ({"title": "x" * 101}, "title of 10 to 100 characters"),
        ({"title": " " * 40}, "title of 10 to 100 characters"),
        ({"title": "\u200b" * 40}, "title of 10 to 100 characters"),
        ({"problem": "x" * 29}, "problem in at least 30 characters"),
        ({"problem": "\u2060" * 40}, "problem in at least 30 characters"),
        ({"proposal": "x" * 19}, "proposal in at least 20 characters"),
        ({"problem": "x" * 5001}, "below 5,000 characters"),
        ({"proposal": "x" * 5001}, "below 5,000 characters"),
        ({"expected_benefit": "x" * 5001}, "below 5,000 characters"),
    ],
)
def test_a_field_that_needs_work_is_named_and_nothing_is_stored(
    sqlite_database: Database, change: dict[str, str], reason: str
) -> None:
    ideas, anna = Ideas(sqlite_database), add_person(sqlite_database, "anna")

    with pytest.raises(InvalidInput, match=reason):
        ideas.submit(anna, replace(DRAFT, **change))  # type: ignore[arg-type]  # texts only

    assert ideas.list(anna) == []


def test_all_problems_are_told_at_once(sqlite_database: Database) -> None:
    ideas, anna = Ideas(sqlite_database), add_person(sqlite_database, "anna")

    with pytest.raises(InvalidInput) as refused:
        ideas.submit(anna, IdeaDraft("", "", "", IdeaCategory.BETTER_PRODUCT))

    assert all(word in str(refused.value) for word in ("title", "problem", "proposal"))


def test_texts_of_exactly_the_limits_are_accepted(ideas: Ideas, anna: User) -> None:
    shortest = IdeaDraft("t" * 10, "p" * 30, "q" * 20, IdeaCategory.BETTER_PRODUCT)
    longest = IdeaDraft("ü" * 100, "p" * 5000, "🦔" * 5000, IdeaCategory.BETTER_PRODUCT, "b" * 5000)

    assert ideas.submit(anna, shortest).draft == shortest
    assert ideas.submit(anna, longest).draft == longest


def test_characters_that_nobody_sees_are_dropped(ideas: Ideas, anna: User) -> None:
    hidden = replace(
        DRAFT, title="Answer\x00 travel\u200b questions", problem=f"{DRAFT.problem}\x00"
    )

    assert ideas.submit(anna, hidden).draft == DRAFT


def test_numbers_count_up_and_the_newest_idea_is_first(ideas: Ideas, anna: User) -> None:
    for number in range(3):
        ideas.submit(anna, replace(DRAFT, title=f"Idea number {number}"))

    assert [(c.number, c.draft.title) for c in ideas.list(anna)] == [
        (3, "Idea number 2"),
        (2, "Idea number 1"),
        (1, "Idea number 0"),
    ]


def test_people_who_submit_at_the_same_moment_get_different_numbers(
    ideas: Ideas, anna: User
) -> None:
    with ThreadPoolExecutor(8) as pool:
        drafts = [replace(DRAFT, title=f"{DRAFT.title} {place}") for place in range(16)]
        cards = list(pool.map(lambda draft: ideas.submit(anna, draft), drafts))

    assert sorted(card.number for card in cards) == list(range(1, 17))


def test_the_search_looks_into_title_problem_and_proposal(ideas: Ideas, anna: User) -> None:
    ideas.submit(anna, replace(DRAFT, title="Harbour cranes"))
    ideas.submit(anna, replace(DRAFT, title="Second idea", problem="The crane waits " * 3))
    ideas.submit(anna, replace(DRAFT, title="Third idea of mine", proposal="Ask the CRANE first."))
    ideas.submit(anna, replace(DRAFT, title="Nothing of it"))

    assert titles(ideas, anna, search=" crane ") == [
        "Third idea of mine",
        "Second idea",
        "Harbour cranes",
    ]


@pytest.mark.parametrize("search", ["%", "_", "100%", "a_b", "\\"])
def test_a_search_for_signs_of_the_database_is_a_search_for_letters(
    ideas: Ideas, anna: User, search: str
) -> None:
    ideas.submit(anna, replace(DRAFT, title="Nothing special at 1000"))
    ideas.submit(anna, replace(DRAFT, title=f"Something {search} odd"))

    assert titles(ideas, anna, search=search) == [f"Something {search} odd"]


def test_categories_filter_together_with_the_search(ideas: Ideas, anna: User) -> None:
    better = replace(DRAFT, title="Travel by app", category=IdeaCategory.BETTER_PRODUCT)
    ideas.submit(anna, DRAFT)
    ideas.submit(anna, better)

    found = ideas.list(anna, search="travel", category=IdeaCategory.BETTER_PRODUCT)

    assert [card.draft for card in found] == [better]
    assert ideas.list(anna, category=IdeaCategory.NEW_BUSINESS_MODEL) == []


def test_an_idea_that_does_not_exist_is_not_found(ideas: Ideas, anna: User) -> None:
    with pytest.raises(NotFound, match="does not exist"):
        ideas.get(anna, new_id())


def test_the_idea_of_somebody_who_left_stays(ideas: Ideas, anna: User, database: Database) -> None:
    card = ideas.submit(anna, DRAFT)
    with database.begin() as session:
        session.delete(session.get_one(UserRow, anna.id))

    left = ideas.get(SYSTEM, card.id)

    assert (left.submitter_id, left.submitter_name) == ("", "a former employee")
    assert left.draft == DRAFT


def test_a_deactivated_person_can_do_nothing(ideas: Ideas, anna: User) -> None:
    card = ideas.submit(anna, DRAFT)
    gone = replace(anna, is_active=False)

    for attempt in (
        lambda: ideas.submit(gone, DRAFT),
        lambda: ideas.get(gone, card.id),
        lambda: ideas.list(gone),
        lambda: ideas.origin_of(gone, "any"),
    ):
        with pytest.raises(AccessDenied):
            attempt()


def test_the_chat_behind_an_idea_is_kept_with_its_sources(
    ideas: Ideas, anna: User, database: Database
) -> None:
    chat = add_chat(database, anna)

    card = ideas.submit(anna, DRAFT, message_id=chat.answer_id)

    origin = ideas.get(anna, card.id).origin
    assert origin is not None
    assert origin == card.origin == ideas.origin_of(anna, chat.answer_id)
    assert (origin.question, origin.answer, origin.engine) == (
        "Which class may I book?",
        "Second class. [1]",
        "passages",
    )
    assert [(c.number, c.quote) for c in origin.citations] == [
        (1, "Second class is the rule."),
        (2, "Booking"),
    ]
    assert isinstance(origin.citations[0], Citation)


def test_later_changes_of_the_conversation_do_not_change_the_idea(
    ideas: Ideas, anna: User, database: Database
) -> None:
    chat = add_chat(database, anna)
    card = ideas.submit(anna, DRAFT, message_id=chat.answer_id)

    with database.begin() as session:
        session.get_one(MessageRow, chat.answer_id).text = "First class!"
        session.get_one(MessageRow, chat.question_id).text = "Something else?"
    assert ideas.get(anna, card.id).origin == card.origin

    with database.begin() as session:
        session.delete(session.get_one(ConversationRow, chat.id))
    assert ideas.get(anna, card.id).origin == card.origin


def test_an_idea_never_starts_from_somebody_elses_answer(
    ideas: Ideas, anna: User, ben: User, database: Database
) -> None:
    chat = add_chat(database, anna)

    for attempt in (
        lambda: ideas.submit(ben, DRAFT, message_id=chat.answer_id),
        lambda: ideas.origin_of(ben, chat.answer_id),
        lambda: ideas.origin_of(anna, chat.question_id),
        lambda: ideas.origin_of(anna, new_id()),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert ideas.list(anna) == []


def test_an_idea_does_not_start_from_a_deleted_conversation(
    ideas: Ideas, anna: User, database: Database
) -> None:
    chat = add_chat(database, anna)
    with database.begin() as session:
        session.get_one(ConversationRow, chat.id).deleted_at = now()

    with pytest.raises(NotFound):
        ideas.submit(anna, DRAFT, message_id=chat.answer_id)


def test_an_export_is_flat_and_names_the_sources(
    ideas: Ideas, anna: User, database: Database
) -> None:
    card = ideas.submit(anna, DRAFT, message_id=add_chat(database, anna).answer_id)

    record = idea_record(card)

    assert (record["number"], record["category"]) == ("IDEA-0001", "internal_optimisation")
    assert record["submitted_at"] == card.submitted_at.isoformat()
    assert record["sources"] == [
        {"document": "travel.pdf", "page": 3, "quote": "Second class is the rule."},
        {"document": "travel.pdf", "page": 3, "quote": "Booking"},
    ]


def test_an_export_without_a_chat_has_empty_fields(ideas: Ideas, anna: User) -> None:
    record = idea_record(ideas.submit(anna, DRAFT))

    assert (record["question"], record["answer"], record["sources"]) == ("", "", [])


def test_numbers_are_not_used_again_by_the_database(
    ideas: Ideas, anna: User, database: Database
) -> None:
    ideas.submit(anna, DRAFT)
    second = IdeaRow(
        number=1,
        title="Twice",
        problem="",
        proposal="",
        category="better_product",
        status="submitted",
    )

    with pytest.raises(Exception, match=r"(?i)unique"), database.begin() as session:
        session.add(second)
