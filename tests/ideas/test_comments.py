"""Comments on both engines: who reads them, whom they mention, and what a deletion leaves."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.domain.ideas.life import Visibility
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.errors import AccessDenied, Conflict, InvalidFields, NotFound
from core.storage.database import Database
from core.storage.tables import IdeaCommentRow, IdeaCoSubmitterRow, IdeaFollowRow
from ideas.life.comments import IdeaComments
from tests.ideas.office import Office

NOTES = Visibility.REVIEWERS


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def comments(office: Office) -> IdeaComments:
    return IdeaComments(office.database)


def read(comments: IdeaComments, user: User, idea: str) -> list[str]:
    return [comment.text for comment in comments.list(user, idea)]


def test_comments_are_read_by_everyone_in_their_order(
    office: Office, comments: IdeaComments
) -> None:
    idea = office.idea(office.anna)

    first = comments.add(office.ben, idea, "  Good \u200bidea. ")
    reply = comments.add(office.anna, idea, "Thanks.", parent_id=first.id)

    assert comments.list(office.carl, idea) == [first, reply]
    assert (first.text, first.author_name, reply.parent_id) == ("Good idea.", "Ben", first.id)


def test_notes_are_for_reviewers_who_did_not_submit_the_idea(
    office: Office, comments: IdeaComments
) -> None:
    idea = office.idea(office.ruth)
    with office.database.begin() as session:
        session.add(IdeaCoSubmitterRow(idea_id=idea, user_id=office.rob.id))
    note = comments.add(office.rita, idea, "Too vague.", visibility=NOTES)
    answer = comments.add(office.ada, idea, "I agree.", parent_id=note.id)
    assert answer.visibility is NOTES

    assert read(comments, office.rita, idea) == ["Too vague.", "I agree."]
    for user in (office.ruth, office.rob, office.anna):
        assert read(comments, user, idea) == []
        with pytest.raises(AccessDenied):
            comments.add(user, idea, "A note", visibility=NOTES)
        with pytest.raises(NotFound):
            comments.add(user, idea, "A reply", parent_id=note.id)
        with pytest.raises(NotFound):
            comments.edit(user, note.id, "Changed")
        with pytest.raises(NotFound):
            comments.delete(user, note.id)


def test_notes_on_a_duplicate_stay_unread_by_those_who_submitted_it(database: Database) -> None:
    office, comments = Office(database), IdeaComments(database)
    original, idea = office.idea(office.anna), office.idea(office.ruth)
    comments.add(office.rita, idea, "Too vague.", visibility=NOTES)
    comments.add(office.ben, idea, "Fine.")

    office.move(office.rita, idea, IdeaStatus.DUPLICATE, target_id=original)

    assert read(comments, office.rob, original) == ["Too vague.", "Fine."]
    assert read(comments, office.ruth, original) == ["Fine."]
    assert [c.from_number for c in comments.list(office.rob, original)] == [2, 2]


def test_those_around_the_idea_and_those_mentioned_are_told(
    office: Office, comments: IdeaComments
) -> None:
    idea = office.idea(office.anna)
    with office.database.begin() as session:
        session.add(IdeaFollowRow(idea_id=idea, user_id=office.ben.id))

    comments.add(office.rita, idea, "What does @carl say? And @Ben, @ROB@nordhafen.example?")

    assert office.told(office.anna) == ["commented"]
    assert [office.told(p) for p in (office.ben, office.carl, office.rob)] == [["mentioned"]] * 3
    assert office.told(office.rita) == office.told(office.ruth) == []


def test_a_note_tells_mentioned_reviewers_only(office: Office, comments: IdeaComments) -> None:
    idea = office.idea(office.anna)

    comments.add(office.rita, idea, "@anna @ben @rob: too vague.", visibility=NOTES)

    assert office.told(office.rob) == ["mentioned"]
    assert office.told(office.anna) == office.told(office.ben) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@anna", ["Anna"]),
        ("(@anna)", ["Anna"]),
        ("@anna.", ["Anna"]),
        ("@annabel", []),
        ("@anna-lena", []),
        ("@anna.berg", []),
        ("anna@nordhafen.example", []),
        ("@anna@nordhafen.example", ["Anna"]),
        ("@ANNA", ["Anna"]),
        ("@Mia Berg helps", ["Mia Berg"]),
        ("@mia helps", ["Mia"]),
        ("@", []),
        ("@@anna", ["Anna"]),
    ],
)
def test_a_mention_is_an_at_sign_and_a_whole_name(
    office: Office, comments: IdeaComments, text: str, named: list[str]
) -> None:
    people = {office.person("mia").id: "Mia", office.person("mia berg").id: "Mia Berg"}
    people |= {p.id: p.name for p in (office.anna, office.ben)}

    comment = comments.add(office.carl, office.idea(), text)

    with office.database.read() as session:
        mentions = session.get_one(IdeaCommentRow, comment.id).mentions
    assert [people[person] for person in mentions] == named


def test_a_changed_comment_says_so_and_tells_only_new_people(
    office: Office, comments: IdeaComments
) -> None:
    idea = office.idea(office.anna)
    comment = comments.add(office.ben, idea, "@carl look")

    changed = comments.edit(office.ben, comment.id, "@carl and @rob, look")

    assert changed.edited_at is not None
    assert read(comments, office.anna, idea) == ["@carl and @rob, look"]
    assert (office.told(office.carl), office.told(office.rob)) == (["mentioned"], ["mentioned"])
    assert office.told(office.anna) == ["commented"]


def test_only_its_author_changes_a_comment_and_administrators_delete_it_too(
    office: Office, comments: IdeaComments
) -> None:
    idea = office.idea(office.anna)
    comment = comments.add(office.ben, idea, "Some words")

    for user in (office.anna, office.rita, office.ada):
        with pytest.raises(AccessDenied):
            comments.edit(user, comment.id, "Others")
    for user in (office.anna, office.rita):
        with pytest.raises(AccessDenied):
            comments.delete(user, comment.id)
    comments.delete(office.ada, comment.id)

    assert read(comments, office.ben, idea) == []
    with pytest.raises(NotFound):
        comments.edit(office.ben, comment.id, "Back")


def test_a_deleted_comment_leaves_its_place_where_others_reply_and_no_word(
    office: Office, comments: IdeaComments
) -> None:
    idea = office.idea(office.anna)
    comment = comments.add(office.ben, idea, "Wrong words @carl")
    comments.add(office.anna, idea, "What do you mean?", parent_id=comment.id)

    comments.delete(office.ben, comment.id)

    [gone, reply] = comments.list(office.anna, idea)
    assert (gone.is_deleted, gone.text, reply.parent_id) == (True, "", comment.id)
    with office.database.read() as session:
        row = session.exec(select(IdeaCommentRow).where(IdeaCommentRow.id == comment.id)).one()
    assert (row.text, row.mentions) == ("", [])
    with pytest.raises(NotFound):
        comments.add(office.carl, idea, "Late", parent_id=comment.id)


def test_bad_comments_are_refused_with_a_sentence(office: Office, comments: IdeaComments) -> None:
    idea, other = office.idea(), office.idea()
    elsewhere = comments.add(office.ben, other, "Words")

    for text in ("", " \n\u200b", "x" * 5_001):
        with pytest.raises(InvalidFields) as refused:
            comments.add(office.ben, idea, text)
        assert refused.value.problems.keys() == {"text"}
    with pytest.raises(NotFound):
        comments.add(office.ben, idea, "Words", parent_id=elsewhere.id)
    with pytest.raises(AccessDenied):
        comments.add(replace(office.ben, is_active=False), idea, "Words")
    office.move(office.rita, idea, IdeaStatus.DUPLICATE, target_id=other)
    with pytest.raises(Conflict, match="IDEA-0002"):
        comments.add(office.ben, idea, "Words")
    assert read(comments, office.ben, idea) == []
