"""Sets that knowledge gaps propose: from what evidence, and what nobody may learn from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from admin.audit.log import AuditLog
from admin.audit.values import AuditFilter
from core.domain.clock import now
from core.domain.conversations import MessageRole
from core.domain.gaps import GapStatus
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, NotFound
from core.storage.tables import (
    CitationRow,
    ConversationRow,
    DismissedSynonymsRow,
    KnowledgeGapRow,
    MessageRow,
)
from rag.synonym_proposals import Proposal, SynonymProposals
from rag.synonym_sets import Origin, SynonymSets
from rag.vocabulary.stored import StoredSynonyms
from tests.rag.conftest import HashingEmbedder, Knowledge

if TYPE_CHECKING:
    from core.domain.ports import Vectors

ASKED = "What is the mooring fee?"
SAID = "What is the mooring charge?"
RULES = "The mooring charge is 40 EUR a night."


@dataclass
class Harbour:
    """Questions about a harbour, its documents and its administrator."""

    knowledge: Knowledge
    sets: SynonymSets
    proposals: SynonymProposals
    anna: User
    ben: User
    rules: list[int]

    def ask(
        self,
        question: str,
        *,
        cites: int | None = None,
        asker: User | None = None,
        at: datetime | None = None,
        deleted: bool = False,
    ) -> str:
        """Store a question with its answer, without one if nothing is cited."""
        moment = at or now()
        with self.knowledge.database.begin() as session:
            chat = ConversationRow(
                user_id=(asker or self.ben).id,
                title=question,
                deleted_at=moment if deleted else None,
            )
            session.add(chat)
            session.flush()
            session.add(message(chat, 0, MessageRole.USER, question, moment))
            answer = message(chat, 1, MessageRole.ASSISTANT, "…", moment)
            answer.engine, answer.abstained = "passages", cites is None
            session.add(answer)
            session.flush()
            if cites is not None:
                session.add(citation(answer.id, cites))
            return answer.id

    def gap(self, question: str, *, days_ago: int = 2, **fields: object) -> KnowledgeGapRow:
        """Store a question without an answer that was sent on."""
        at = now() - timedelta(days=days_ago)
        answer_id = self.ask(question, at=at)
        row = KnowledgeGapRow(
            message_id=answer_id,
            asker_id=self.ben.id,
            question=question,
            status=GapStatus.OPEN.value,
            asked_at=at,
        )
        for name, value in fields.items():
            setattr(row, name, value)
        with self.knowledge.database.begin() as session:
            session.add(row)
        return row

    def open_pairs(self, admin: User | None = None) -> list[tuple[str, str]]:
        return [(p.asked, p.said) for p in self.proposals.list_open(admin or self.anna)]

    def only(self) -> Proposal:
        [proposal] = self.proposals.list_open(self.anna)
        return proposal


def message(
    chat: ConversationRow, position: int, role: MessageRole, text: str, at: datetime
) -> MessageRow:
    return MessageRow(
        conversation_id=chat.id,
        position=position,
        role=role.value,
        text=text,
        status="complete",
        created_at=at,
    )


def citation(answer_id: str, chunk_id: int) -> CitationRow:
    return CitationRow(
        message_id=answer_id,
        number=1,
        document_id="d",
        version_id="v",
        document_title="t",
        file_name="f",
        page=1,
        quote="q",
        chunk_id=chunk_id,
    )


@pytest.fixture
def harbour(knowledge: Knowledge) -> Harbour:
    terms = knowledge.keywords.terms
    sets = SynonymSets(
        knowledge.database, terms, StoredSynonyms(knowledge.database, terms, weight=0.4)
    )
    quay = knowledge.collection("Quay", "crew")
    return Harbour(
        knowledge,
        sets,
        SynonymProposals(knowledge.database, terms, sets, knowledge.embedder),
        knowledge.person("anna", "crew", role=Role.ADMIN),
        knowledge.person("ben", "crew"),
        knowledge.document(quay, "Harbour rules", RULES),
    )


# Evidence


def test_a_gap_that_was_answered_later_in_other_words_is_proposed(harbour: Harbour) -> None:
    harbour.gap(ASKED)
    harbour.ask(SAID, cites=harbour.rules[0])

    proposal = harbour.only()

    assert (proposal.asked, proposal.said) == ("mooring fee", "mooring charge")
    assert (proposal.times, proposal.documents) == (1, ("Harbour rules",))


def test_it_counts_how_often_something_was_asked_in_vain(harbour: Harbour) -> None:
    harbour.gap(ASKED)
    harbour.ask("Who collects mooring fees?")
    harbour.ask("mooring fee for guests", deleted=True)
    harbour.ask(SAID, cites=harbour.rules[0], asker=harbour.anna)

    assert harbour.only().times == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (ASKED, "Who repairs the crane?"),
        (ASKED, "What is the mooring speed?"),
        ("What is the crane?", "What is the mooring?"),
    ],
)
def test_other_questions_and_other_words_of_documents_propose_nothing(
    harbour: Harbour, asked: str, said: str
) -> None:
    harbour.gap(asked)
    harbour.ask(said, cites=harbour.rules[0])

    assert harbour.open_pairs() == []


def test_an_answer_before_the_gap_is_no_evidence(harbour: Harbour) -> None:
    harbour.ask(SAID, cites=harbour.rules[0], at=now() - timedelta(days=9))
    harbour.gap(ASKED)

    assert harbour.open_pairs() == []


def test_a_question_that_was_not_sent_on_is_no_evidence(harbour: Harbour) -> None:
    """Its words would be read by somebody to whom nobody sent them."""
    harbour.ask(ASKED, at=now() - timedelta(days=2))
    harbour.ask(SAID, cites=harbour.rules[0])

    assert harbour.open_pairs() == []


def test_a_deleted_conversation_is_no_evidence(harbour: Harbour) -> None:
    harbour.gap(ASKED)
    harbour.ask(SAID, cites=harbour.rules[0], deleted=True)

    assert harbour.open_pairs() == []


def test_a_passage_that_also_has_the_words_of_the_question_is_no_evidence(
    harbour: Harbour,
) -> None:
    quay = harbour.knowledge.collection("Fees", is_open=True)
    [both] = harbour.knowledge.document(quay, "Fees", "The mooring charge is a mooring fee.")
    harbour.gap(ASKED)
    harbour.ask(SAID, cites=both)

    assert harbour.open_pairs() == []


def test_what_the_vocabulary_knows_is_not_proposed(harbour: Harbour) -> None:
    harbour.gap(ASKED)
    harbour.ask(SAID, cites=harbour.rules[0])
    harbour.sets.add(SYSTEM, "mooring fee, mooring charge")

    assert harbour.open_pairs() == []


def settled(harbour: Harbour, question: str, reply_in_days: int = 1) -> None:
    harbour.gap(
        question,
        status=GapStatus.CLOSED.value,
        replied_at=now() + timedelta(days=reply_in_days),
        reply="There is a new document.",
    )


def test_a_gap_closed_with_a_document_is_proposed_by_its_title(harbour: Harbour) -> None:
    quay = harbour.knowledge.collection("Dues", is_open=True)
    harbour.knowledge.document(quay, "Berthage rates", "Paid each night.")
    near(harbour, "berth fee", "berthage rates")
    settled(harbour, "What is the berth fee?")

    assert harbour.open_pairs() == [("berth fee", "berthage rates")]


def test_a_document_that_came_after_the_reply_is_no_evidence(harbour: Harbour) -> None:
    quay = harbour.knowledge.collection("Dues", is_open=True)
    harbour.knowledge.document(quay, "Berthage rates", "Paid each night.")
    near(harbour, "berth fee", "berthage rates")
    settled(harbour, "What is the berth fee?", reply_in_days=-1)

    assert harbour.open_pairs() == []


class NearEmbedder(HashingEmbedder):
    """Finds two phrases alike, which hashed words never are, and all others as ever."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__()
        self._same = {other: one}

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return super().embed_passages([self._same.get(text, text) for text in texts])


def near(harbour: Harbour, one: str, other: str) -> None:
    """Let the proposals find two phrases alike."""
    database, terms = harbour.knowledge.database, harbour.knowledge.keywords.terms
    embedder = NearEmbedder(one, other)
    harbour.proposals = SynonymProposals(database, terms, harbour.sets, embedder)


# Decisions


def test_an_accepted_proposal_is_a_set_and_gone(harbour: Harbour) -> None:
    harbour.gap(ASKED)
    harbour.ask(SAID, cites=harbour.rules[0])

    added = harbour.proposals.accept(harbour.anna, harbour.only().key)

    assert (added.synonyms.line, added.origin) == ("mooring fee, mooring charge", Origin.PROPOSED)
    assert added.added_by == "Anna"
    assert harbour.open_pairs() == []
    [expansion] = harbour.sets.preview(SYSTEM, "mooring fee")
    assert [s.text for s in expansion.synonyms] == ["mooring charge"]


def test_a_dismissed_proposal_is_shown_to_nobody_again_and_leaves_no_words(
    harbour: Harbour,
) -> None:
    bea = harbour.knowledge.person("bea", "crew", role=Role.ADMIN)
    harbour.gap(ASKED)
    harbour.ask(SAID, cites=harbour.rules[0])

    harbour.proposals.dismiss(harbour.anna, harbour.only().key)
    harbour.gap("mooring fees?")

    with harbour.knowledge.database.read() as session:
        [row] = session.exec(select(DismissedSynonymsRow)).all()
    assert (harbour.open_pairs(), harbour.open_pairs(bea)) == ([], [])
    assert len(row.key) == 64
    events = AuditLog(harbour.knowledge.database).list(SYSTEM, AuditFilter(action="synonyms."))
    assert [(e.action, e.details) for e in events] == [("synonyms.dismissed", {"times": 1})]


def test_what_is_not_proposed_is_neither_accepted_nor_dismissed(harbour: Harbour) -> None:
    for decide in (harbour.proposals.accept, harbour.proposals.dismiss):
        with pytest.raises(NotFound, match="no longer open"):
            decide(harbour.anna, "0" * 64)


# Access


def test_documents_that_an_administrator_may_not_read_propose_nothing(harbour: Harbour) -> None:
    """Also not their words: accepting by a known key fails as if there were none."""
    harbour.gap(ASKED)
    harbour.ask(SAID, cites=harbour.rules[0])
    key = harbour.only().key
    outsider = harbour.knowledge.person("otto", role=Role.ADMIN)

    assert harbour.open_pairs(outsider) == []
    for decide in (harbour.proposals.accept, harbour.proposals.dismiss):
        with pytest.raises(NotFound):
            decide(outsider, key)


def test_headings_that_an_administrator_may_not_read_propose_nothing(harbour: Harbour) -> None:
    closed = harbour.knowledge.collection("Dues", "board")
    harbour.knowledge.document(closed, "Berthage rates", "Paid each night.")
    near(harbour, "berth fee", "berthage rates")
    settled(harbour, "What is the berth fee?")

    assert harbour.open_pairs() == []


def test_only_administrators_see_proposals(harbour: Harbour) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: harbour.proposals.list_open(harbour.ben),
        lambda: harbour.proposals.accept(harbour.ben, "0" * 64),
        lambda: harbour.proposals.dismiss(harbour.ben, "0" * 64),
    ]
    for attempt in attempts:
        with pytest.raises(AccessDenied):
            attempt()


@pytest.mark.parametrize(
    "asked",
    [
        "What is the mooring ben@nordhafen.example?",
        "What is the mooring +49 170 1234567?",
        "What is the mooring Kowalski?",
    ],
)
def test_names_and_personal_data_of_a_question_are_not_proposed(
    harbour: Harbour, asked: str
) -> None:
    harbour.gap(asked)
    harbour.ask(SAID, cites=harbour.rules[0])

    assert harbour.open_pairs() == []


def test_without_synonyms_nothing_is_proposed(harbour: Harbour) -> None:
    database, terms = harbour.knowledge.database, harbour.knowledge.keywords.terms
    sets = SynonymSets(database, terms, None)
    proposals = SynonymProposals(database, terms, sets, harbour.knowledge.embedder)
    harbour.gap(ASKED)
    harbour.ask(SAID, cites=harbour.rules[0])

    assert proposals.list_open(harbour.anna) == []
