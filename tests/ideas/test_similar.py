"""Similar ideas while someone types: what is found, with which state, in step with the database."""

import threading
from dataclasses import replace

import pytest
from sqlmodel import Session, select

from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied
from core.storage.database import Database
from core.storage.tables import IdeaRow, IdeaVectorRow, IdeaVoteRow
from ideas.similar.pool import IdeaPool
from ideas.similar.service import SimilarIdeas
from ideas.similar.wording import IdeaText, compared_words, core_of
from tests.ideas.rows import add_idea, add_person
from tests.ingestion.fakes import HashingEmbedder

INVOICES = {
    "title": "Read supplier invoices",
    "problem": "Clerks retype amounts from paper invoices into the ledger.",
    "proposal": "Extract amounts from scanned invoices.",
}
ROSTER = {
    "title": "Roster for the ward",
    "problem": "Nurses wait weeks for their shifts.",
    "proposal": "Let wishes and rest times make the roster.",
}


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder(dimension=64)


@pytest.fixture
def similar(database: Database, embedder: HashingEmbedder) -> SimilarIdeas:
    return SimilarIdeas(database, embedder)


@pytest.fixture
def anna(database: Database) -> User:
    return add_person(database, "anna")


def change(session: Session, idea_id: str, **values: object) -> None:
    row = session.get_one(IdeaRow, idea_id)
    for name, value in (values | {"row_version": row.row_version + 1}).items():
        setattr(row, name, value)


def titles(similar: SimilarIdeas, user: User, title: str, problem: str = "") -> list[str]:
    return [idea.title for idea in similar.hints(user, title, problem)]


def test_an_idea_about_the_same_is_found_before_others(
    database: Database, similar: SimilarIdeas, anna: User
) -> None:
    add_idea(database, 1, **ROSTER)
    add_idea(database, 2, **INVOICES)

    found = titles(similar, anna, "Invoices", "Clerks retype amounts of paper invoices.")

    assert found[0] == INVOICES["title"]


def test_closed_ideas_are_found_too_with_their_state(
    sqlite_database: Database, embedder: HashingEmbedder
) -> None:
    states = [s for s in IdeaStatus if s not in (IdeaStatus.DRAFT, IdeaStatus.DUPLICATE)]
    for number, status in enumerate(states):
        title = f"Read supplier invoices {number}"
        add_idea(sqlite_database, number, **INVOICES | {"title": title, "status": status.value})
    similar = SimilarIdeas(sqlite_database, embedder)
    similar.prepare()

    found = similar.hints(SYSTEM, "Read invoices", INVOICES["problem"], limit=20)

    assert {idea.number: idea.status for idea in found} == dict(enumerate(states))
    assert all(idea.takes_votes is idea.status.takes_votes for idea in found)


def test_a_duplicate_is_answered_with_what_it_repeats(
    database: Database, similar: SimilarIdeas, anna: User
) -> None:
    original = add_idea(database, 1, **ROSTER)
    add_idea(database, 2, status="duplicate", duplicate_of_id=original, **INVOICES)

    found = similar.hints(anna, INVOICES["title"], INVOICES["problem"])

    assert [(idea.id, idea.number) for idea in found] == [(original, 1)]


def test_an_equal_title_comes_first_and_is_marked(
    database: Database, similar: SimilarIdeas, anna: User
) -> None:
    add_idea(database, 1, **INVOICES)
    add_idea(database, 2, title="Ledger amounts", problem=INVOICES["problem"])

    found = similar.hints(anna, "Please READ: supplier-invoices!", "Amounts of paper invoices.")
    equal = similar.hints(anna, "Implement: read supplier invoices", INVOICES["problem"])

    assert [idea.is_exact for idea in found] == [False, False]
    assert (equal[0].number, equal[0].is_exact) == (1, True)
    assert equal[0].is_close


def test_the_idea_that_is_being_changed_is_no_hint_for_itself(
    database: Database, similar: SimilarIdeas, anna: User
) -> None:
    own = add_idea(database, 1, **INVOICES)

    assert similar.hints(anna, INVOICES["title"], INVOICES["problem"], except_id=own) == []


def test_votes_are_counted_and_ones_own_is_known(
    database: Database, similar: SimilarIdeas, anna: User
) -> None:
    idea_id = add_idea(database, 1, **INVOICES)
    ben = add_person(database, "ben")
    with database.begin() as session:
        session.add_all(IdeaVoteRow(idea_id=idea_id, user_id=u.id) for u in (anna, ben))
    carl = add_person(database, "carl")

    (for_anna,) = similar.hints(anna, INVOICES["title"])
    (for_carl,) = similar.hints(carl, INVOICES["title"])

    assert (for_anna.votes, for_anna.has_voted) == (2, True)
    assert (for_carl.votes, for_carl.has_voted) == (2, False)


@pytest.mark.parametrize("typed", ["", "   ", "Invoices", "of the and", "!!!", "\0"])
def test_too_little_text_finds_nothing(
    database: Database, similar: SimilarIdeas, anna: User, typed: str
) -> None:
    add_idea(database, 1, **INVOICES)

    assert similar.hints(anna, typed) == []


def test_what_another_process_adds_changes_and_removes_is_seen(
    database: Database, similar: SimilarIdeas, anna: User
) -> None:
    first = add_idea(database, 1, **INVOICES)
    assert titles(similar, anna, "Read invoices", INVOICES["problem"]) == [INVOICES["title"]]

    second = add_idea(database, 2, **INVOICES | {"title": "Scan bills"})
    with database.begin() as session:
        change(session, first, **ROSTER)
    after_change = titles(similar, anna, "Read invoices", INVOICES["problem"])
    with database.begin() as session:
        session.delete(session.get_one(IdeaRow, second))
    after_removal = titles(similar, anna, "Read invoices", INVOICES["problem"])

    assert after_change[0] == "Scan bills"
    assert "Scan bills" not in after_removal


def test_vectors_are_stored_with_the_idea_and_made_once(
    database: Database, embedder: HashingEmbedder
) -> None:
    add_idea(database, 1, **INVOICES)
    IdeaPool(database, embedder).complete()
    other = HashingEmbedder(dimension=64)

    pool = IdeaPool(database, other).current()

    assert len(pool.ids) == 1
    assert (embedder.embedded, other.embedded) == (4, 0)


def test_a_move_makes_no_vectors_and_a_new_text_does(
    database: Database, embedder: HashingEmbedder
) -> None:
    idea_id = add_idea(database, 1, **INVOICES)
    pool = IdeaPool(database, embedder)
    pool.current()
    with database.begin() as session:
        change(session, idea_id, status="evaluation")
    pool.current()
    made_for_the_move = embedder.embedded - 4

    with database.begin() as session:
        change(session, idea_id, problem="Something else entirely happens here.")
    pool.current()

    assert made_for_the_move == 0
    assert embedder.embedded == 8
    with database.read() as session:
        (stored,) = session.exec(select(IdeaVectorRow)).all()
    text = IdeaText(
        INVOICES["title"], "Something else entirely happens here.", INVOICES["proposal"]
    )
    assert stored.text_hash == text.fingerprint


def test_vectors_of_another_model_or_length_are_made_again(
    database: Database, embedder: HashingEmbedder
) -> None:
    idea_id = add_idea(database, 1, **INVOICES)
    IdeaPool(database, HashingEmbedder("another", 64)).complete()
    with database.begin() as session:
        fingerprint = IdeaText(*INVOICES.values()).fingerprint
        session.add(
            IdeaVectorRow(
                idea_id=idea_id, model=embedder.name, text_hash=fingerprint, vector=b"\0" * 8
            )
        )

    pool = IdeaPool(database, embedder).current()

    assert len(pool.ids) == 1
    assert embedder.embedded == 4


def test_nobody_waits_for_the_vectors_of_many_ideas(
    database: Database, similar: SimilarIdeas, embedder: HashingEmbedder, anna: User
) -> None:
    for number in range(1, 12):
        add_idea(database, number, **INVOICES | {"title": f"Read invoices {number}"})

    assert titles(similar, anna, "Extract amounts", INVOICES["problem"]) == []
    while aside := [t for t in threading.enumerate() if t.name == "similar-ideas"]:
        aside[0].join(timeout=120)

    assert len(titles(similar, anna, "Extract amounts", INVOICES["problem"])) == 5


def test_without_the_embedding_model_equal_titles_are_still_found(
    database: Database, similar: SimilarIdeas, embedder: HashingEmbedder, anna: User
) -> None:
    add_idea(database, 1, **INVOICES)
    embedder.forbidden_word = "invoices"

    found = similar.hints(anna, INVOICES["title"], INVOICES["problem"])

    assert [idea.is_exact for idea in found] == [True]


def test_deactivated_people_get_no_hints(similar: SimilarIdeas, anna: User) -> None:
    with pytest.raises(AccessDenied):
        similar.hints(replace(anna, is_active=False), "Read invoices", "Retyping takes hours.")


def test_reviewers_find_the_same_as_others(
    database: Database, similar: SimilarIdeas, anna: User
) -> None:
    add_idea(database, 1, **INVOICES)
    rita = add_person(database, "rita", Role.REVIEWER)

    assert titles(similar, rita, "Read bills", INVOICES["problem"]) == titles(
        similar, anna, "Read bills", INVOICES["problem"]
    )


def test_core_words_leave_out_what_most_ideas_ask_for() -> None:
    assert core_of("Predict which machines will fail automatically") == "machines fail"
    assert core_of("Chat assistant") == "Chat assistant"


def test_a_long_text_is_compared_by_its_first_words() -> None:
    words = compared_words(
        " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200))
    )

    assert len(words) == 60
