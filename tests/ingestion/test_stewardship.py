"""Documents as a product: who answers for them, how fit they are, what waits for a decision."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.domain.clock import now
from core.domain.conversations import MessageRole
from core.domain.identity import Role, User
from core.domain.knowledge import DocumentState, Sensitivity
from core.errors import AccessDenied, InvalidInput, NotFound
from core.storage.tables import (
    AuditEventRow,
    CitationRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    FeedbackRow,
    MessageRow,
    PageRow,
    ScreeningFindingRow,
    UserRow,
)
from ingestion.library.catalogue import Catalogue, DocumentFilter, Order
from ingestion.library.fitness import Concern, Fitness, Reliability
from ingestion.library.reviews import ReviewState, review_state, today
from ingestion.library.stewardship import Changes, Stewardship
from ingestion.values import Receipt
from tests.ingestion.conftest import ADMIN, COLLECTION, READER, STRANGER, Harness

OWNER = User("olga", "olga@example.com", "Olga")
BROKEN_PDF = b"%PDF-1.7\nthis is not really a PDF"
A_DAY = timedelta(days=1)


@dataclass(slots=True)
class Kept:
    """A harness with its stewardship, and an owner who reads nothing."""

    harness: Harness
    stewardship: Stewardship
    catalogue: Catalogue

    def upload(self, name: str, content: str = "") -> str:
        return self.receipt(name, content).document_id or ""

    def receipt(self, name: str, content: str = "") -> Receipt:
        return self.harness.upload(name, content or f"# {name}\n\nWords about {name}.\n")

    def set(self, document_id: str, **columns: object) -> None:
        with self.harness.database.begin() as session:
            session.get_one(DocumentRow, document_id).sqlmodel_update(columns)

    def fitness(self, document_id: str) -> Fitness:
        return self.stewardship.fitness(ADMIN, [document_id])[document_id]

    def answer(self, document_id: str, rating: int = 0, *, days_ago: int = 1) -> None:
        """An answer that cites the document twice."""
        at = now() - days_ago * A_DAY
        chat = ConversationRow(user_id="olga", title="Q")
        said = MessageRow(
            conversation_id=chat.id,
            position=1,
            role=MessageRole.ASSISTANT,
            text="A",
            status="complete",
            created_at=at,
        )
        rows = [chat, said, *(_citation(said.id, document_id, number) for number in (1, 2))]
        if rating:
            rows.append(FeedbackRow(message_id=said.id, user_id="olga", rating=rating))
        with self.harness.database.begin() as session:
            for row in rows:
                session.add(row)
                session.flush()


def _citation(message_id: str, document_id: str, number: int) -> CitationRow:
    return CitationRow(
        message_id=message_id,
        number=number,
        document_id=document_id,
        version_id="v",
        document_title="T",
        file_name="t.md",
        page=1,
        quote="words",
    )


@pytest.fixture
def kept(harness: Harness) -> Kept:
    with harness.database.begin() as session:
        session.add(UserRow(id="olga", email="olga@example.com", name="Olga", role="employee"))
        session.add(
            UserRow(id="gone", email="gone@example.com", name="G", role="admin", is_active=False)
        )
    return Kept(harness, Stewardship(harness.database), Catalogue(harness.database))


def test_a_new_document_is_as_sensitive_as_its_collection(kept: Kept) -> None:
    with kept.harness.database.begin() as session:
        session.get_one(CollectionRow, COLLECTION).sensitivity = "confidential"

    document = kept.upload("a.md")

    assert kept.stewardship.details(ADMIN, document).classification is Sensitivity.CONFIDENTIAL


def test_many_documents_are_changed_at_once_and_other_fields_stay(kept: Kept) -> None:
    first, second = kept.upload("a.md"), kept.upload("b.md")
    kept.stewardship.update(ADMIN, [first], Changes(source="Intranet", rights="Internal use"))

    changed = kept.stewardship.update(
        ADMIN,
        [first, second, "gone"],
        Changes(owner_id="olga", classification=Sensitivity.RESTRICTED),
    )

    details = kept.stewardship.details(ADMIN, first)
    assert changed == 2
    assert (details.owner_name, details.source) == ("Olga", "Intranet")
    assert (details.classification, details.rights) == (Sensitivity.RESTRICTED, "Internal use")


def test_owner_and_review_date_can_be_taken_away(kept: Kept) -> None:
    document = kept.upload("a.md")
    kept.stewardship.update(ADMIN, [document], Changes(owner_id="olga", review_by=today() + A_DAY))

    kept.stewardship.update(ADMIN, [document], Changes(owner_id="", no_review=True))

    details = kept.stewardship.details(ADMIN, document)
    assert (details.owner_id, details.review_by) == ("", None)


def test_changes_that_make_no_sense_are_refused(kept: Kept) -> None:
    document = kept.upload("a.md")

    for changes in (Changes(), Changes(review_by=date(2020, 1, 1)), Changes(source="x" * 1001)):
        with pytest.raises(InvalidInput):
            kept.stewardship.update(ADMIN, [document], changes)
    for owner_id in ("nobody", "gone"):
        with pytest.raises(NotFound):
            kept.stewardship.update(ADMIN, [document], Changes(owner_id=owner_id))


def test_the_audit_log_names_the_fields_and_not_their_content(kept: Kept) -> None:
    document = kept.upload("a.md")

    kept.stewardship.update(ADMIN, [document], Changes(source="From the merger", rights="Secret"))

    with kept.harness.database.read() as session:
        described = AuditEventRow.action == "document.described"
        events = session.exec(select(AuditEventRow).where(described)).all()
    assert [(e.object_id, e.details) for e in events] == [(document, {"fields": "rights, source"})]


def test_only_administrators_change_documents(kept: Kept) -> None:
    document = kept.upload("a.md")

    for person in (READER, STRANGER, OWNER):
        with pytest.raises(AccessDenied):
            kept.stewardship.update(person, [document], Changes(source="x"))
        with pytest.raises(AccessDenied):
            kept.stewardship.fitness(person, [document])
        with pytest.raises(AccessDenied):
            kept.catalogue.page(person, DocumentFilter())


def test_an_owner_reviews_what_is_theirs(kept: Kept) -> None:
    document = kept.upload("a.md")
    kept.set(document, owner_id="olga", review_by=today() - A_DAY)

    reviewed = kept.stewardship.mark_reviewed(OWNER, document, today() + 90 * A_DAY)

    assert reviewed.review is ReviewState.LATER
    assert reviewed.reviewed_at is not None


def test_nobody_else_sees_or_reviews_it(kept: Kept) -> None:
    document = kept.upload("a.md")
    kept.set(document, owner_id="olga", review_by=today() - A_DAY)

    for person in (READER, STRANGER):
        with pytest.raises(NotFound):
            kept.stewardship.details(person, document)
        with pytest.raises(NotFound):
            kept.stewardship.mark_reviewed(person, document, today() + A_DAY)
        assert kept.stewardship.due_reviews(person) == []


def test_a_document_without_an_owner_is_not_owned_by_a_person_without_an_id(kept: Kept) -> None:
    document = kept.upload("a.md")

    with pytest.raises(NotFound):
        kept.stewardship.details(User("", "x@example.com", "X"), document)


def test_the_next_review_lies_in_the_future(kept: Kept) -> None:
    document = kept.upload("a.md")

    with pytest.raises(InvalidInput):
        kept.stewardship.mark_reviewed(ADMIN, document, today())


def test_due_reviews_are_the_overdue_first_then_those_of_the_next_thirty_days(kept: Kept) -> None:
    soon, late, far = kept.upload("soon.md"), kept.upload("late.md"), kept.upload("far.md")
    kept.set(soon, review_by=today() + 30 * A_DAY, owner_id="olga")
    kept.set(late, review_by=today() - A_DAY)
    kept.set(far, review_by=today() + 31 * A_DAY, owner_id="olga")

    due = kept.stewardship.due_reviews(ADMIN)

    assert [d.document_id for d in due] == [late, soon]
    assert [d.review for d in due] == [ReviewState.OVERDUE, ReviewState.DUE]
    assert [d.document_id for d in kept.stewardship.due_reviews(OWNER)] == [soon]
    assert kept.stewardship.count_due(OWNER) == 1


@given(st.integers(-1000, 1000))
def test_the_review_state_follows_the_distance_in_days(days: int) -> None:
    state = review_state(today() + days * A_DAY)

    if days < 0:
        assert state is ReviewState.OVERDUE
    elif days <= 30:
        assert state is ReviewState.DUE
    else:
        assert state is ReviewState.LATER


def test_the_list_is_filtered_by_the_same_states(kept: Kept) -> None:
    for days in (-1, 0, 30, 31):
        kept.set(kept.upload(f"{days}.md"), review_by=today() + days * A_DAY)
    kept.upload("never.md")

    for state in ReviewState:
        page = kept.catalogue.page(ADMIN, DocumentFilter(review=state))

        assert page.total == (2 if state is ReviewState.DUE else 1)
        assert all(review_state(d.review_by) is state for d in page.documents)


def test_a_clean_recent_document_is_good(kept: Kept) -> None:
    fitness = kept.fitness(kept.upload("a.md"))

    assert (fitness.reliability, fitness.concerns) == (Reliability.GOOD, ())
    assert (fitness.pages, fitness.readable_pages, fitness.age_days) == (1, 1, 0)


def test_a_document_with_most_pages_unreadable_is_poor(kept: Kept) -> None:
    receipt = kept.receipt("a.md")
    with kept.harness.database.begin() as session:
        session.add_all(
            PageRow(version_id=receipt.version_id or "", number=n, start=n, text="", quality=None)
            for n in (2, 3)
        )

    fitness = kept.fitness(receipt.document_id or "")

    assert fitness.reliability is Reliability.POOR
    assert fitness.concerns == (Concern.UNREADABLE_PAGES,)


def test_doubtful_recognition_asks_for_a_look(kept: Kept) -> None:
    receipt = kept.receipt("a.md")
    with kept.harness.database.begin() as session:
        page = session.get_one(PageRow, (receipt.version_id, 1))
        page.quality, page.ocr_confidence = 0.9, 0.6

    fitness = kept.fitness(receipt.document_id or "")

    assert (fitness.reliability, fitness.ocr_pages) == (Reliability.LOOK, 1)
    assert fitness.concerns == (Concern.UNCERTAIN_RECOGNITION,)
    assert fitness.ocr_confidence == pytest.approx(0.6)


def test_answers_count_once_however_often_they_cite_and_old_ones_not_at_all(kept: Kept) -> None:
    document = kept.upload("a.md")
    kept.answer(document)
    kept.answer(document, rating=1)
    kept.answer(document, days_ago=91)

    fitness = kept.fitness(document)

    assert (fitness.times_cited, fitness.thumbs_down, fitness.reliability) == (
        2,
        0,
        Reliability.GOOD,
    )


def test_one_thumb_down_asks_for_a_look_and_three_make_it_poor(kept: Kept) -> None:
    document = kept.upload("a.md")
    kept.answer(document, rating=-1)
    once = kept.fitness(document)
    kept.answer(document, rating=-1)
    kept.answer(document, rating=-1)

    thrice = kept.fitness(document)

    assert (once.reliability, once.concerns) == (Reliability.LOOK, (Concern.RATED_NOT_HELPFUL,))
    assert (thrice.reliability, thrice.thumbs_down) == (Reliability.POOR, 3)


def test_open_findings_ask_for_a_look_and_those_only_noted_do_not(kept: Kept) -> None:
    receipt = kept.receipt("a.md")
    with kept.harness.database.begin() as session:
        session.add_all(
            ScreeningFindingRow(
                version_id=receipt.version_id or "",
                page=1,
                kind="secret",
                rule="password",
                is_blocking=is_blocking,
            )
            for is_blocking in (True, False)
        )

    fitness = kept.fitness(receipt.document_id or "")

    assert (fitness.reliability, fitness.open_findings) == (Reliability.LOOK, 1)


def test_fitness_of_a_document_that_failed_is_poor(kept: Kept) -> None:
    receipt = kept.harness.upload("broken.pdf", BROKEN_PDF)

    assert kept.fitness(receipt.document_id or "").concerns == (Concern.NO_PAGES,)


def test_the_counts_of_the_list_are_those_of_newest_versions(kept: Kept) -> None:
    kept.upload("a.md", "First words.")
    kept.upload("a.md", "Second words.")
    kept.harness.upload("broken.pdf", BROKEN_PDF)

    page = kept.catalogue.page(ADMIN, DocumentFilter(), limit=1)

    assert (page.total, len(page.documents)) == (2, 1)
    assert page.counts == {DocumentState.READY: 1, DocumentState.FAILED: 1}


def test_the_list_is_sorted_and_paged_by_the_database(kept: Kept) -> None:
    for name in ("b.md", "C.md", "a.md"):
        kept.upload(name, f"words of {name}")

    def names(order: Order, offset: int = 0) -> list[str]:
        page = kept.catalogue.page(ADMIN, DocumentFilter(), order=order, offset=offset)
        return [document.file_name for document in page.documents]

    assert names(Order.NEWEST) == ["a.md", "C.md", "b.md"]
    assert names(Order.NAME) == ["a.md", "b.md", "C.md"]
    assert names(Order.NAME, offset=2) == ["C.md"]


def test_the_list_is_filtered_by_owner_class_and_format(kept: Kept) -> None:
    owned, other = kept.upload("a.md"), kept.upload("b.md")
    kept.stewardship.update(
        ADMIN, [owned], Changes(owner_id="olga", classification=Sensitivity.PUBLIC)
    )

    def found(wanted: DocumentFilter) -> list[str]:
        return [document.id for document in kept.catalogue.page(ADMIN, wanted).documents]

    assert found(DocumentFilter(owner_id="olga")) == [owned]
    assert found(DocumentFilter(owner_id="")) == [other]
    assert found(DocumentFilter(classification=Sensitivity.PUBLIC)) == [owned]


def test_decisions_count_what_waits_for_an_administrator(kept: Kept) -> None:
    kept.set(kept.upload("late.md"), review_by=today() - A_DAY)
    kept.harness.upload("broken.pdf", BROKEN_PDF)

    decisions = kept.catalogue.decisions(ADMIN)

    assert (decisions.held, decisions.failed, decisions.overdue, decisions.total) == (0, 1, 1, 2)


def test_no_work_is_in_hand_when_everything_is_finished(kept: Kept) -> None:
    kept.upload("a.md")

    assert kept.catalogue.work(ADMIN) is None


def test_work_in_hand_counts_all_that_was_uploaded_together(kept: Kept) -> None:
    kept.upload("earlier.md")
    first = kept.receipt("a.md")
    with kept.harness.database.begin() as session:
        version = kept.harness.version(first)
        for number, state, progress in ((2, "ready", 1), (3, "failed", 0), (4, "indexing", 0.5)):
            copy = version.model_copy(
                update={"id": f"v{number}", "number": number, "state": state, "progress": progress}
            )
            session.add(type(version).model_validate(copy.model_dump()))

    work = kept.catalogue.work(ADMIN)

    assert work is not None
    assert (work.files, work.finished, work.counts[DocumentState.FAILED]) == (4, 3, 1)
    assert work.progress == pytest.approx(3.5 / 4)
    assert work.is_moving
    assert kept.catalogue.unfinished_ids(ADMIN, DocumentState.INDEXING) == ["v4"]


def test_readers_learn_owner_class_and_age_of_a_source_and_others_nothing(kept: Kept) -> None:
    receipt = kept.receipt("a.md")
    kept.set(receipt.document_id or "", owner_id="olga", review_by=today() - A_DAY)
    version_id = receipt.version_id or ""

    read = kept.harness.documents.provenance(READER, [version_id])[version_id]

    assert (read.owner_name, read.review) == ("Olga", ReviewState.OVERDUE)
    assert read.is_stale
    assert (read.version, read.collection_name, read.page_count) == (1, "Policies", 1)
    for person in (STRANGER, OWNER, User("a2", "a2@example.com", "A", Role.ADMIN)):
        assert kept.harness.documents.provenance(person, [version_id]) == {}


def test_a_source_that_a_newer_version_replaced_is_stale(kept: Kept) -> None:
    old = kept.receipt("a.md", "First words.").version_id or ""
    new = kept.receipt("a.md", "Second words.").version_id or ""

    found = kept.harness.documents.provenance(READER, [old, new])

    assert (found[old].is_stale, found[new].is_stale) == (True, False)


def test_passages_lie_exactly_where_their_offsets_say(kept: Kept) -> None:
    paragraphs = "\n\n".join(f"## Part {n}\n\n" + f"Sentence {n} of many. " * 60 for n in range(4))
    receipt = kept.receipt("long.md", paragraphs)
    version_id = receipt.version_id or ""
    page = kept.harness.documents.page(READER, version_id, 1)

    passages = kept.harness.documents.passages(READER, version_id, 1)

    assert len(passages) > 1
    assert all(page.text[p.start : p.end] == p.text for p in passages)
    assert [p.number for p in passages] == list(range(1, len(passages) + 1))
    assert all(p.is_ready for p in passages)


def test_passages_are_for_readers_only(kept: Kept) -> None:
    receipt = kept.receipt("a.md")

    for person in (STRANGER, OWNER, ADMIN):
        with pytest.raises(NotFound):
            kept.harness.documents.passages(person, receipt.version_id or "", 1)
