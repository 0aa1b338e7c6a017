"""A person is exported with all they did, and taken out of every table of ideas."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, String, cast, select

import core.storage.tables.ideas as idea_tables
from core.domain.clock import now
from core.domain.ideas.card import DraftFields
from core.domain.ideas.life import DigestChoice
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.domain.knowledge import Upload
from core.errors import AccessDenied
from core.storage.database import Database
from core.storage.tables import (
    CampaignJudgeRow,
    CampaignRow,
    IdeaSettingRow,
    IdeaSignOffRow,
    TeamMemberRow,
    TeamRow,
)
from ideas.life.comments import IdeaComments
from ideas.life.notifications import Notifications
from ideas.life.personal import TABLES, PersonalIdeas
from ideas.life.support import IdeaSupport
from tests.ideas.office import DRAFT, Office
from tests.ideas.test_attachments import Desk


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path / "files")


def busy(desk: Desk, person: User) -> str:
    """Lets this person, a reviewer, do everything that names a person somewhere."""
    idea = desk.idea(desk.anna)
    own = desk.ideas.submit(person, DRAFT, co_submitter_ids=[desk.ben.id])
    joined = desk.ideas.edit(
        desk.ben, own.id, own.draft, version=own.version, co_submitter_ids=[desk.carl.id]
    )
    assert joined.version == 2
    draft = desk.drafts.save(person, DraftFields(title="Half a", co_submitter_ids=(person.id,)))
    desk.attachments.add(person, Upload("draft.txt", b"only in a draft"), draft_id=draft.id)
    desk.drafts.save(desk.carl, DraftFields(co_submitter_ids=(person.id,)))
    support, comments = IdeaSupport(desk.database), IdeaComments(desk.database)
    support.vote(person, idea, is_for=True)
    support.follow(person, idea, follows=True)
    comments.add(person, idea, "My own words")
    comments.add(desk.ben, idea, f"What do you say, @{person.email}?")
    desk.move(person, idea, IdeaStatus.TRIAGE)
    triage = desk.triage(idea)
    desk.move(person, idea, IdeaStatus.EVALUATION)
    desk.review(person, idea)
    desk.give(person, idea)
    desk.change(idea, sponsor_id=person.id)
    desk.attachments.add(person, Upload("note.txt", b"of the idea"), idea_id=idea)
    desk.experiment(idea)
    desk.impact(idea)
    Notifications(desk.database).set_digest(person, DigestChoice.WEEKLY)
    day = now().date()
    with desk.database.begin() as session:
        session.add(IdeaSignOffRow(idea_id=idea, triage_id=triage, by_id=person.id, text="Seen"))
        session.add(IdeaSettingRow(name="weights", changed_by=person.id))
        session.add(
            CampaignRow(
                id="c",
                title="Hackathon",
                opens_on=day,
                closes_on=day,
                judging_until=day + timedelta(days=1),
                created_by=person.id,
            )
        )
        session.flush()
        session.add(CampaignJudgeRow(campaign_id="c", user_id=person.id))
        session.add(TeamRow(id="t", campaign_id="c", name="T", created_by=person.id))
        session.flush()
        session.add(TeamMemberRow(team_id="t", user_id=person.id))
    return idea


def places(office: Office, words: str) -> set[str]:
    """The columns of tables of ideas that hold these words, JSON included."""
    found, metadata = set(), MetaData()
    metadata.reflect(office.database.engine, only=[*TABLES, "idea_tags", "idea_vectors"])
    with office.database.read() as session:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if table.name in TABLES and words in " ".join(
                    map(str, session.execute(select(cast(column, String))).scalars())
                ):
                    found.add(f"{table.name}.{column.name}")
    return found - {"users.id"}


def test_all_that_a_person_wrote_and_did_is_exported(desk: Desk) -> None:
    busy(desk, desk.rita)

    records = list(PersonalIdeas(desk.database, desk.files).export(desk.ada, desk.rita))

    kinds = [record["kind"] for record in records]
    assert set(kinds) == {
        "idea", "draft", "comment", "review", "move", "file", "vote", "follow"
    }  # fmt: skip
    assert kinds.count("idea") == 1
    texts = repr(records)
    assert all(word in texts for word in ("My own words", "Half a", DRAFT.problem, "note.txt"))
    assert "What do you say" not in texts
    edits = list(PersonalIdeas(desk.database, desk.files).export(desk.ada, desk.ben))
    assert "edit" in {record["kind"] for record in edits}


def test_an_erased_person_is_named_nowhere_and_their_words_are_gone(desk: Desk) -> None:
    idea = busy(desk, desk.rita)
    assert len(places(desk, desk.rita.id)) >= 15

    rows = PersonalIdeas(desk.database, desk.files).erase(desk.ada, desk.rita)

    assert rows >= 15
    assert places(desk, desk.rita.id) == set()
    assert places(desk, "My own words") == places(desk, "Half a") == set()
    assert not any(b"only in a draft" in desk.files.get(sha) for sha in desk.files.stored())
    card = desk.ideas.get(desk.anna, idea)
    assert desk.workflow.history(desk.anna, idea)[0].by_name == "Anna"
    assert card.owner_name == ""
    own = desk.ideas.get(desk.anna, "2")
    assert (own.submitter_name, own.draft) == ("a former employee", DRAFT)
    assert IdeaSupport(desk.database).of(desk.anna, idea).votes == 0
    assert desk.ideas.edits(desk.anna, own.id)


def test_every_table_of_ideas_that_names_people_is_covered() -> None:
    from sqlmodel import SQLModel

    assert idea_tables.__doc__
    naming = {
        table.name
        for table in SQLModel.metadata.tables.values()
        if any(key.column.table.name == "users" for key in table.foreign_keys)
    }
    of_ideas = {
        name
        for name in naming
        if name.startswith("idea") or name in {
            "campaigns", "campaign_judges", "teams", "team_members", "notifications",
            "digest_choices",
        }
    }  # fmt: skip

    assert of_ideas == set(TABLES)


def test_only_administrators_export_and_erase(desk: Desk) -> None:
    personal = PersonalIdeas(desk.database, desk.files)

    for attempt in (
        lambda: list(personal.export(desk.rita, desk.anna)),
        lambda: personal.erase(desk.rita, desk.anna),
    ):
        with pytest.raises(AccessDenied):
            attempt()
