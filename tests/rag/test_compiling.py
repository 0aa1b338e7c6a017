"""Outlines, changes, lists, comparisons and definitions: word for word, where they may be read."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, delete, select, update

from core.domain.answers import WITHHELD, Answer, AnswerLevel, Card
from core.domain.clock import now
from core.domain.identity import User
from core.domain.knowledge import Chunk, DocumentState
from core.storage.queries.versions import EarlierVersion, NamedDocument
from core.storage.tables import (
    ChunkRow,
    DocumentRow,
    DocumentVersionRow,
    MembershipRow,
    MessageRow,
    PageRow,
)
from ingestion.erasing.redaction import redact
from rag.compiling.changes import changes
from rag.compiling.comparison import both_sides
from rag.compiling.definitions import definitions
from rag.compiling.lists import whole_lists
from rag.compiling.outline import outline
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge

TRAVEL = (
    "## Hotels\n\nHotels are booked in the travel portal before the journey begins. "
    "The limit per night must not be exceeded without approval.",
    "## Meals\n\nMeals are paid up to 45 EUR a day in all countries. Alcohol is never paid for.",
    "## Limits\n\nCity | Limit per night\nLondon | 190 EUR\nParis | 185 EUR\nOslo | 175 EUR",
)
HOLIDAYS = "## Public holidays\n\nHoliday | Date\nNew Year | 1 January\nEaster Monday | 6 April"
BEFORE = (
    "The hotel limit in London is 170 EUR per night. Meals are paid up to 45 EUR a day.",
    "Paper receipts must be sent to the accounting department by post.",
)
NOW = (
    "The hotel limit in London is 190 EUR per night. Meals are paid up to 45 EUR a day.",
    "Receipts are uploaded with the expenses app within thirty days.",
)


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Travel and Expenses Policy", *TRAVEL)
    knowledge.document(handbook, "Calendar", HOLIDAYS)
    knowledge.document(
        handbook,
        "Security",
        "The Chief Information Security Officer (CISO) approves exceptions. Report to the CISO.",
        "Core time means the hours from ten to three in which everyone is at work.",
    )
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return knowledge.chat()


def ask(chat: Chat, user: User, question: str) -> Answer:
    *_, last = chat.ask(user, question)
    assert isinstance(last, AnswerFinished)
    return last.answer


def stored(chat: Chat, user: User) -> Answer:
    """The last answer as it is read back."""
    [summary] = chat.conversations.list(user)
    answer = chat.conversations.get(user, summary.id).messages[-1].answer
    assert answer is not None
    return answer


def new_version(
    knowledge: Knowledge, title: str, *passages: str, state: DocumentState = DocumentState.READY
) -> None:
    """Add the next version of a document; it answers if it is ready."""
    with knowledge.database.begin() as session:
        document = session.exec(select(DocumentRow).where(DocumentRow.title == title)).one()
        numbers = session.exec(
            select(DocumentVersionRow.number).where(DocumentVersionRow.document_id == document.id)
        ).all()
        version = DocumentVersionRow(
            document_id=document.id,
            number=max(numbers) + 1,
            file_name="next.txt",
            media_type="text/plain",
            sha256="1" * 64,
            size_bytes=1,
            state=state.value,
        )
        session.add(version)
        session.flush()
        is_ready = state is DocumentState.READY
        if is_ready:
            document.current_version_id = version.id
            session.execute(
                update(ChunkRow)
                .where(col(ChunkRow.document_id) == document.id)
                .values(is_ready=False)
            )
        for number, text in enumerate(passages, start=1):
            session.add(PageRow(version_id=version.id, number=number, start=0, text=text))
            session.add(
                ChunkRow(
                    collection_id=document.collection_id,
                    document_id=document.id,
                    version_id=version.id,
                    ordinal=number,
                    page_from=number,
                    page_to=number,
                    start=0,
                    end=len(text),
                    text=text,
                    is_ready=is_ready,
                )
            )


def everything(answer: Answer) -> str:
    return f"{answer.text}{answer.lead}{answer.cards}{answer.parts}{answer.nearest}"


@pytest.mark.parametrize(
    "question",
    [
        "Summarise the travel policy",
        "Tell me about the travel and expenses policy",
        "Give me an overview of the travel guideline",
        "summarise the travle policy",
        "Summarise the TEP",
    ],
)
def test_a_document_is_outlined_by_its_sections(chat: Chat, anna: User, question: str) -> None:
    answer = ask(chat, anna, question)

    assert (answer.level, answer.engine) == (AnswerLevel.ANSWER, "passages")
    [part] = answer.parts
    assert part.title == "Travel and Expenses Policy"
    assert part.note.startswith("Version 1, uploaded ")
    assert [card.headings for card in answer.cards] == [("Hotels",), ("Meals",), ("Limits",)]
    assert "45 EUR a day" in answer.cards[1].text
    assert answer.cards[2].table is not None
    assert answer.cards[2].table.header == ("City", "Limit per night")


def test_each_section_opens_its_source_at_the_place(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "Summarise the travel policy")

    assert [citation.page for citation in answer.citations] == [1, 2, 3]
    assert [c.number for c in answer.cards] == [c.number for c in answer.citations]
    for citation, passage in zip(answer.citations, TRAVEL, strict=True):
        assert citation.quote in " ".join(passage.split())


def test_several_documents_are_offered(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    rules = knowledge.collection("Rules", is_open=True)
    knowledge.document(rules, "Travel safety policy", "Drive carefully at night.")

    answer = ask(chat, anna, "Summarise the travel policy")

    assert answer.level is AnswerLevel.TALK
    assert answer.text == (
        "Several documents may be meant by “travel policy”. Ask about one of them:\n\n"
        "- Travel and Expenses Policy\n- Travel safety policy"
    )


def test_its_very_title_names_one_document(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    rules = knowledge.collection("Rules", is_open=True)
    knowledge.document(rules, "Travel Policy", "Journeys are approved by the manager first.")

    answer = ask(chat, anna, "Summarise the travel policy")

    assert [part.title for part in answer.parts] == ["Travel Policy"]


def test_what_no_document_is_called_is_searched(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "Tell me about alcohol")

    assert answer.parts == ()
    assert answer.citations[0].document_title == "Travel and Expenses Policy"


def test_a_document_that_is_closed_is_not_found(knowledge: Knowledge) -> None:
    knowledge.document(knowledge.collection("Board", "hr"), "Closure plan", "Leipzig closes.")
    knowledge.collection("Open", is_open=True)
    question, chat = "Summarise the closure plan", knowledge.chat()

    assert "Leipzig" not in everything(ask(chat, knowledge.person("ole"), question))
    assert "Closure" not in everything(ask(chat, knowledge.person("ida"), question))


def test_it_is_withheld_from_whoever_loses_access(knowledge: Knowledge) -> None:
    board = knowledge.collection("Board", "hr")
    knowledge.document(board, "Closure plan", "The site in Leipzig closes in May.")
    chat, hanna = knowledge.chat(), knowledge.person("hanna", "hr")
    assert "Leipzig" in everything(ask(chat, hanna, "Summarise the closure plan"))
    with knowledge.database.begin() as session:
        session.execute(delete(MembershipRow).where(col(MembershipRow.user_id) == hanna.id))

    answer = stored(chat, replace(hanna, group_ids=frozenset()))

    assert (answer.text, answer.parts, answer.cards) == (WITHHELD, (), ())


def test_it_is_erased_with_its_document(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    ask(chat, anna, "Summarise the travel policy")
    with knowledge.database.begin() as session:
        title = DocumentRow.title == "Travel and Expenses Policy"
        redact(session, [session.exec(select(DocumentRow.id).where(title)).one()])

    with knowledge.database.read() as session:
        row = session.exec(select(MessageRow).where(MessageRow.role == "assistant")).one()
    left = f"{row.text}{row.lead}{row.cards}{row.parts}{row.sentences}"
    assert "Expenses" not in left
    assert "45 EUR" not in left


CHANGES = "What changed in the expense rules?"


@pytest.fixture
def rules(knowledge: Knowledge) -> User:
    collection = knowledge.collection("Rules", is_open=True)
    knowledge.document(collection, "Expense rules", *BEFORE)
    return knowledge.person("ben")


def test_versions_are_compared_by_their_sentences(
    chat: Chat, rules: User, knowledge: Knowledge
) -> None:
    new_version(knowledge, "Expense rules", *NOW)

    answer = ask(chat, rules, CHANGES)

    assert [part.title for part in answer.parts] == [
        *("Expense rules", "Changed", "Added", "Removed")
    ]
    assert answer.parts[0].note.endswith("against version 1: 1 changed, 1 added, 1 removed.")
    changed, added, removed = answer.cards
    assert changed.table is not None
    assert changed.table.header == ("Version 1", "Version 2")
    assert changed.table.rows == ((BEFORE[0].split(". ")[0] + ".", NOW[0].split(". ")[0] + "."),)
    assert (added.text, removed.text) == (NOW[1], BEFORE[1])
    assert "45 EUR" not in everything(answer)


def test_a_removed_sentence_opens_the_version_that_had_it(
    chat: Chat, rules: User, knowledge: Knowledge
) -> None:
    new_version(knowledge, "Expense rules", *NOW)

    answer = ask(chat, rules, CHANGES)

    _, added, removed = answer.citations
    assert added.version_id != removed.version_id
    assert added.document_id == removed.document_id


@pytest.mark.parametrize("state", [DocumentState.QUARANTINED, DocumentState.REJECTED])
def test_a_version_that_was_held_back_never_shows(
    chat: Chat, rules: User, knowledge: Knowledge, state: DocumentState
) -> None:
    new_version(knowledge, "Expense rules", "The secret bonus is 9,000 EUR.", state=state)
    assert "9,000" not in everything(ask(chat, rules, CHANGES))
    new_version(knowledge, "Expense rules", *NOW)

    answer = chat.answer_once(rules, CHANGES)

    assert "9,000" not in everything(answer)
    assert answer.parts[0].note.startswith("Version 3")


def test_versions_up_to_a_roll_back_never_show(
    chat: Chat, rules: User, knowledge: Knowledge
) -> None:
    new_version(knowledge, "Expense rules", "The secret bonus is 9,000 EUR.")
    with knowledge.database.begin() as session:
        document = session.exec(select(DocumentRow)).one()
        document.settled_number = 2
    new_version(knowledge, "Expense rules", *NOW)

    answer = ask(chat, rules, CHANGES)

    assert "9,000" not in everything(answer)
    assert "there is no earlier version" in answer.text


def test_a_document_without_earlier_versions_says_so(chat: Chat, rules: User) -> None:
    answer = ask(chat, rules, CHANGES)

    assert answer.level is AnswerLevel.TALK
    assert "there is no earlier version" in answer.text


def test_a_section_on_changes_is_shown_whole(chat: Chat, rules: User, knowledge: Knowledge) -> None:
    collection = knowledge.collection("News", is_open=True)
    text = "## What's new\n\nThe mileage rate is 0.38 EUR from May."
    knowledge.document(collection, "Mileage guide", text, "## Rates\n\nCars get 0.38 EUR.")

    answer = ask(chat, rules, "What's new in the mileage guide?")

    assert [card.text for card in answer.cards] == ["The mileage rate is 0.38 EUR from May."]


def test_people_who_may_not_read_it_learn_nothing(knowledge: Knowledge) -> None:
    board = knowledge.collection("Board", "hr")
    knowledge.document(board, "Expense rules", *BEFORE)
    new_version(knowledge, "Expense rules", *NOW)
    knowledge.collection("Open", is_open=True)

    answer = ask(knowledge.chat(), knowledge.person("ole"), CHANGES)

    assert answer.level is AnswerLevel.NONE
    assert "EUR" not in everything(answer)


@pytest.mark.parametrize(
    "question", ["List all holidays", "Which holidays are there?", "List the public holidays"]
)
def test_a_table_is_shown_whole(chat: Chat, anna: User, question: str) -> None:
    answer = ask(chat, anna, question)

    [card] = answer.cards
    assert card.table is not None
    assert card.table.header == ("Holiday", "Date")
    assert card.table.rows == (("New Year", "1 January"), ("Easter Monday", "6 April"))
    assert answer.parts[0].note == "All 2 rows of one table. Other documents may hold more."
    assert "Easter Monday | 6 April" in answer.text


def test_a_list_is_shown_whole(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    forms = knowledge.collection("Forms", is_open=True)
    items = "\n".join(f"- Form {name}" for name in ("A1", "B2", "C3"))
    knowledge.document(forms, "Paperwork", f"These forms exist:\n\n{items}\n\nSign each.")

    answer = ask(chat, anna, "List all forms")

    assert answer.cards[0].text == items
    assert answer.parts[0].note.startswith("All 3 items of one list.")


def test_a_long_table_says_what_is_left_out(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    prices = knowledge.collection("Prices", is_open=True)
    rows = "\n".join(f"Fee {n} | {n} EUR" for n in range(100, 170))
    knowledge.document(prices, "Price list", f"## Fees\n\nFee | Price\n{rows}")

    answer = ask(chat, anna, "List all fees")

    assert answer.cards[0].table is not None
    assert len(answer.cards[0].table.rows) == 60
    assert answer.cards[0].table.rows_after == 10
    assert answer.parts[0].note.startswith("The first 60 of 70 rows")


def test_without_a_table_or_list_passages_are_read(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "List all meals that are paid")

    assert answer.citations[0].page == 2
    assert answer.parts[0].note == (
        "No table or list of “meals that are paid” was found, so there may be more than these "
        "passages."
    )
    assert answer.text.endswith("passages.")


def test_a_closed_table_is_not_listed(knowledge: Knowledge) -> None:
    knowledge.document(knowledge.collection("Board", "hr"), "Calendar", HOLIDAYS)
    knowledge.collection("Open", is_open=True)

    answer = ask(knowledge.chat(), knowledge.person("ole"), "List all holidays")

    assert "Easter" not in everything(answer)


def test_rows_of_one_table_stand_in_one_table(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "Compare the hotel limits of London and Paris")

    [card] = answer.cards
    assert card.table is not None
    assert card.table.header == ("City", "Limit per night")
    assert card.table.rows == (("London", "190 EUR"), ("Paris", "185 EUR"))
    assert (answer.level, answer.parts) == (AnswerLevel.ANSWER, ())
    assert answer.lead == "London: 190 EUR, Paris: 185 EUR"


def test_other_things_are_searched_apart_and_shown_side_by_side(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    leave = knowledge.collection("Leave", is_open=True)
    knowledge.document(leave, "Parental leave", "Parental leave lasts ninety working days.")
    knowledge.document(leave, "Special leave", "Special leave lasts two days for a wedding.")

    answer = ask(chat, anna, "What is the difference between parental leave and special leave?")

    assert [part.title for part in answer.parts] == ["Parental leave", "Special leave"]
    assert all(part.is_beside for part in answer.parts)
    by_number = {card.number: card.text for card in answer.cards}
    firsts = [by_number[part.numbers[0]] for part in answer.parts]
    assert firsts == [
        "Parental leave lasts ninety working days.",
        "Special leave lasts two days for a wedding.",
    ]


@pytest.mark.parametrize(
    ("subject", "other", "sides"),
    [
        (
            "hotel limits of London",
            "Paris",
            ("hotel limits of London", "hotel limits of Paris"),
        ),
        ("annual", "sick leave", ("annual leave", "sick leave")),
        ("annual leave", "sick leave", ("annual leave", "sick leave")),
        ("PTO", "sick leave", ("PTO", "sick leave")),
        ("London", "Paris hotel limits", ("London hotel limits", "Paris hotel limits")),
        ("Kiln Oslo", "Bergen fees", ("Kiln Oslo fees", "Bergen fees")),
        ("notice in probation", "notice after it", ("notice in probation", "notice after it")),
    ],
)
def test_words_said_once_count_for_both(subject: str, other: str, sides: tuple[str, str]) -> None:
    assert both_sides(subject, other) == sides


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_no_word_of_a_side_is_lost(subject: str, other: str) -> None:
    first, second = both_sides(subject, other)

    assert " ".join(subject.split()) in first
    assert " ".join(other.split()) in second


def test_an_acronym_is_told_with_the_sentence_that_explains_it(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "What does CISO stand for?")

    assert answer.lead == "CISO: Chief Information Security Officer"
    [card] = answer.cards
    [(start, end)] = card.highlights
    assert card.text[start:end].endswith("(CISO) approves exceptions.")


def test_a_term_is_defined_by_the_sentence_that_says_what_it_means(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "Define core time")

    assert answer.citations[0].quote.startswith("Core time means the hours")


def test_a_term_that_no_document_explains_is_searched(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "What does XYZ stand for?")

    assert answer.level is AnswerLevel.NONE


def test_two_meanings_are_both_shown(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    other = knowledge.collection("Other", is_open=True)
    knowledge.document(other, "Port", "The Central Inspection Site Office (CISO) is at gate 4.")

    answer = ask(chat, anna, "What does CISO stand for?")

    assert answer.lead == ""
    assert answer.parts[0].note == "The documents use it for more than one thing."
    assert len(answer.cards) == 2


def passage(text: str, number: int = 1) -> Chunk:
    return Chunk(
        *(number, "c", "d", "v", "Title", "title.txt", None, number, text, 0, number, number)
    )


def words(text: str) -> Sequence[str]:
    return text.lower().split()


DOCUMENT = NamedDocument("d", "c", "Title", "v", "title.txt", 2, 1, now())
LINES = st.lists(
    st.sampled_from(
        [
            *("# Fees", "- one item here", "2. second", "Fee | Price", "Parking | 4 EUR", "| | |"),
            *(
                "The fee is 4 EUR a day.",
                "A fee means what is paid.",
                "",
                "FEE (Fair Entry Effort)",
            ),
        ]
    )
).map("\n".join)


@given(st.lists(LINES, max_size=4), st.lists(LINES, max_size=4))
@settings(max_examples=40)
def test_any_passages_are_compiled(texts: list[str], others: list[str]) -> None:
    passages = [passage(text, n) for n, text in enumerate(texts, start=1)]
    before = EarlierVersion(1, DOCUMENT.uploaded_at, tuple(map(passage, others)))

    compiled = [
        outline(DOCUMENT, passages, words, is_whole=True),
        changes(DOCUMENT, passages, before, words),
        whole_lists("fees", passages, words),
        definitions("FEE", passages),
    ]

    for compilation in filter(None, compiled):
        for section in compilation.sections:
            assert all(_is_sound(excerpt.card) for excerpt in section.excerpts)
            assert all(excerpt.quote.strip() for excerpt in section.excerpts)


@given(st.lists(LINES, max_size=4))
@settings(max_examples=30)
def test_a_version_does_not_differ_from_itself(texts: list[str]) -> None:
    passages = tuple(passage(text, n) for n, text in enumerate(texts, start=1))
    before = EarlierVersion(1, DOCUMENT.uploaded_at, passages)

    compiled = changes(DOCUMENT, passages, before, words)

    assert compiled is not None
    assert compiled.sections[0].note.endswith("no sentence differs.")


def test_what_is_inserted_into_a_long_document_does_not_push_sentences_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.compiling.changes.PASSAGES_COMPARED", 3)
    old = tuple(passage(f"Rule number {n} is in force.", n) for n in range(1, 7))
    new = passage("A rule of another kind was put in front.", 1)

    compiled = changes(DOCUMENT, [new, *old], EarlierVersion(1, now(), old), words)

    assert compiled is not None
    assert [section.title for section in compiled.sections] == ["Title", "Added"]
    assert "the first 3 passages" in compiled.sections[0].note


def _is_sound(card: Card) -> bool:
    spans = all(0 <= start < end <= len(card.text) for start, end in card.highlights)
    rows = card.table.rows if card.table else ()
    width = len(card.table.header) if card.table and card.table.header else 0
    return spans and all(not width or len(row) == width for row in rows)
