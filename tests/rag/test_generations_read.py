"""An answer keeps which indexes it was read from, also where there are too many to keep."""

import re

from sqlmodel import select

from core.domain.answers import AnswerStatus
from core.storage.tables import GENERATIONS_KEPT, AnswerUsageRow
from rag.answering.recording import Recorder, Surface
from rag.finding.rewriting import SearchQuery
from rag.writing.draft import AnswerDraft
from tests.rag.conftest import Knowledge

QUESTION = "How many days of parental leave do parents get?"


def kept(knowledge: Knowledge) -> str:
    person = knowledge.person("anna")
    knowledge.chat().answer_once(person, QUESTION)
    with knowledge.database.read() as session:
        return session.exec(select(AnswerUsageRow)).one().index_generations


def test_only_collections_with_passages_are_named(knowledge: Knowledge) -> None:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Leave", "Parents get 90 days of parental leave for each child.")
    knowledge.collection("Empty", is_open=True)

    assert kept(knowledge) == f"{handbook}:1"


def test_as_many_as_fit_are_kept_whole(knowledge: Knowledge) -> None:
    ids = [knowledge.collection(f"Site {number}", is_open=True) for number in range(16)]
    for number, id_ in enumerate(ids):
        passage = f"At site {number} parents get {90 + number} days of parental leave for a child."
        knowledge.document(id_, f"Leave at site {number}", passage)

    person, draft = knowledge.person("anna"), AnswerDraft(QUESTION, status=AnswerStatus.COMPLETE)
    retriever = knowledge.retriever()
    draft.collections = tuple(retriever.collections_for(person, None))
    draft.chunks = retriever.retrieve_from(draft.collections, SearchQuery(QUESTION), 16).chunks
    recorder = Recorder(own_price=None, currency="EUR", embedding_model="hashing")
    with knowledge.database.begin() as session:
        recorder.record(session, person, draft, Surface("terminal"))
    with knowledge.database.read() as session:
        names = session.exec(select(AnswerUsageRow)).one().index_generations.split(" ")

    assert len(draft.chunks) > len(names)
    assert len(names) == len(set(names)) == (GENERATIONS_KEPT + 1) // len(f"{ids[0]}:1 ")
    assert all(re.fullmatch(r"[0-9a-f]{32}:1", name) for name in names)
    assert {name.partition(":")[0] for name in names} <= set(ids)


def test_an_answer_that_read_nothing_names_none(knowledge: Knowledge) -> None:
    assert kept(knowledge) == ""
