"""Drafts save themselves, start from answers, and become ideas once."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.domain.ideas.card import (
    BenefitType,
    Confidence,
    DataNeeds,
    DraftFields,
    Estimate,
    IdeaCategory,
    PersonalData,
)
from core.domain.knowledge import Sensitivity
from core.errors import AccessDenied, Conflict, InvalidFields, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.originals import OriginalFiles
from ideas.cards.drafting import TemplateDrafter
from ideas.cards.drafts import DRAFTS_MAX, IdeaDrafts
from tests.ideas.chats import ANSWER, add_answer
from tests.ideas.office import DRAFT, Office

TYPED = DraftFields(
    title="Answer trav",
    category=IdeaCategory.BETTER_PRODUCT,
    tags=("Travel", "travel ", "HR"),
    estimate=Estimate(12.5, Decimal("1234.56"), BenefitType.QUALITY, Confidence.MEDIUM, 300, 0.5),
    data=DataNeeds("Timesheets", Sensitivity.CONFIDENTIAL, PersonalData.EMPLOYEE, False),
)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def drafts(office: Office, tmp_path: Path) -> IdeaDrafts:
    return IdeaDrafts(office.database, TemplateDrafter(), OriginalFiles(tmp_path / "files"))


def test_what_was_typed_is_found_again_letter_for_letter(
    database: Database, tmp_path: Path
) -> None:
    office = Office(database)
    drafts = IdeaDrafts(database, TemplateDrafter(), OriginalFiles(tmp_path / "files"))
    fields = replace(TYPED, co_submitter_ids=(office.ben.id,), problem="  half a sen")

    saved = drafts.save(office.anna, fields)

    [found] = IdeaDrafts(database, TemplateDrafter(), OriginalFiles(tmp_path)).list(office.anna)
    assert found == saved
    assert found.fields == fields
    assert drafts.list(office.ben) == []


def test_saving_again_replaces_what_was_saved(office: Office, drafts: IdeaDrafts) -> None:
    first = drafts.save(office.anna, TYPED)

    second = drafts.save(
        office.anna, replace(TYPED, title=""), draft_id=first.id, version=first.version
    )

    assert [d.fields.title for d in drafts.list(office.anna)] == [""]
    assert second.saved_at >= first.saved_at


def test_two_windows_do_not_overwrite_each_other(office: Office, drafts: IdeaDrafts) -> None:
    saved = drafts.save(office.anna, TYPED)
    newer = replace(TYPED, title="From the other window")
    drafts.save(office.anna, newer, draft_id=saved.id, version=saved.version)

    with pytest.raises(Conflict, match="another window"):
        drafts.save(office.anna, TYPED, draft_id=saved.id, version=saved.version)

    assert drafts.get(office.anna, saved.id).fields == newer


def test_a_draft_is_its_authors_alone(office: Office, drafts: IdeaDrafts) -> None:
    saved = drafts.save(office.anna, TYPED)

    for attempt in (
        lambda: drafts.get(office.ben, saved.id),
        lambda: drafts.save(office.ben, TYPED, draft_id=saved.id),
        lambda: drafts.detach(office.ada, saved.id),
        lambda: office.ideas.submit(office.ben, DRAFT, draft_id=saved.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    drafts.discard(office.ben, saved.id)
    with pytest.raises(AccessDenied):
        drafts.list(replace(office.anna, is_active=False))

    assert len(drafts.list(office.anna)) == 1


def test_drafts_have_bounds(office: Office, drafts: IdeaDrafts) -> None:
    with pytest.raises(InvalidInput, match="below 40,000"):
        drafts.save(office.anna, replace(TYPED, problem="x" * 40_001))
    for _ in range(DRAFTS_MAX):
        drafts.save(office.anna, TYPED)

    with pytest.raises(InvalidInput, match="Submit or discard"):
        drafts.save(office.anna, TYPED)


def test_a_draft_from_an_answer_names_the_question_and_never_the_answer(
    office: Office, drafts: IdeaDrafts
) -> None:
    message = add_answer(office.database, office.anna, "Hello", "Which class may I book?")

    draft = drafts.from_answer(office.anna, message)

    assert draft.fields.title == "Help with: Which class may I book?"
    assert "“Which class may I book?”" in draft.fields.problem
    assert "documents say something" in draft.fields.problem
    assert draft.drafted_fields == ("title", "problem", "proposal")
    assert draft.origin is not None
    assert draft.origin.question == "Which class may I book?"
    assert (draft.origin.cost_micros, draft.origin.currency) == (1_250, "USD")
    assert "64,000" not in repr(draft.fields)


def test_a_gap_is_named_where_no_document_answers(office: Office, drafts: IdeaDrafts) -> None:
    message = add_answer(office.database, office.anna, "Who owns the crane?", abstained=True)

    draft = drafts.from_answer(office.anna, message)

    assert "documents do not answer this" in draft.fields.problem
    assert "Collect what is missing" in draft.fields.proposal


@pytest.mark.parametrize("question", ["?", "word " * 400, "Ä" * 3000, "\u200b\n"])
def test_the_template_can_be_submitted_as_it_is_whatever_was_asked(
    office: Office, drafts: IdeaDrafts, question: str
) -> None:
    message = add_answer(office.database, office.anna, question)
    draft = drafts.from_answer(office.anna, message)
    complete = replace(draft.fields, category=IdeaCategory.BETTER_PRODUCT).complete()
    assert complete is not None

    card = office.ideas.submit(office.anna, complete, draft_id=draft.id)

    assert card.drafted_fields == ("title", "problem", "proposal")


def test_the_same_answer_leads_to_the_same_draft(office: Office, drafts: IdeaDrafts) -> None:
    message = add_answer(office.database, office.anna)
    first = drafts.from_answer(office.anna, message)
    drafts.save(office.anna, replace(first.fields, title="My own title"), draft_id=first.id)

    again = drafts.from_answer(office.anna, message)

    assert (again.id, again.fields.title) == (first.id, "My own title")
    assert again.drafted_fields == ("problem", "proposal")
    assert len(drafts.list(office.anna)) == 1


def test_a_draft_starts_from_an_own_answer_only(office: Office, drafts: IdeaDrafts) -> None:
    message = add_answer(office.database, office.anna)

    with pytest.raises(NotFound):
        drafts.from_answer(office.ben, message)
    assert drafts.list(office.ben) == []


def test_a_draft_withholds_the_answer_once_its_author_may_not_read_it(
    office: Office, drafts: IdeaDrafts
) -> None:
    message = add_answer(office.database, office.anna, is_open=False)

    draft = drafts.from_answer(office.anna, message)

    assert draft.origin is not None
    assert ANSWER not in repr(drafts.list(office.anna))


def test_a_submitted_draft_is_an_idea_and_no_draft(office: Office, drafts: IdeaDrafts) -> None:
    message = add_answer(office.database, office.anna)
    draft = drafts.from_answer(office.anna, message)

    card = office.ideas.submit(office.anna, DRAFT, draft_id=draft.id)

    assert card.origin is not None
    assert card.origin.message_id == message
    assert card.origin.cost_micros == 1_250
    assert card.drafted_fields == ()
    assert drafts.list(office.anna) == []
    with pytest.raises(NotFound, match="submitted or discarded"):
        office.ideas.submit(office.anna, replace(DRAFT, title="Once again"), draft_id=draft.id)


def test_a_refused_submission_keeps_the_draft(office: Office, drafts: IdeaDrafts) -> None:
    draft = drafts.save(office.anna, TYPED)

    with pytest.raises(InvalidFields) as refused:
        office.ideas.submit(office.anna, replace(DRAFT, problem="short"), draft_id=draft.id)

    assert refused.value.problems.keys() == {"problem"}
    assert drafts.list(office.anna) == [draft]


def test_a_draft_goes_on_without_its_conversation(office: Office, drafts: IdeaDrafts) -> None:
    draft = drafts.from_answer(office.anna, add_answer(office.database, office.anna))

    detached = drafts.detach(office.anna, draft.id)

    assert detached.origin is None
    assert detached.fields == draft.fields
    assert office.ideas.submit(office.anna, DRAFT, draft_id=draft.id).origin is None


def test_a_discarded_draft_is_gone(office: Office, drafts: IdeaDrafts) -> None:
    draft = drafts.save(office.anna, TYPED)

    drafts.discard(office.anna, draft.id)
    drafts.discard(office.anna, draft.id)

    assert drafts.list(office.anna) == []
