"""After an erasure no file of the data directory holds a word or a vector of the document."""

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, delete, select

from core.domain.answers import Citation, RetrievedChunk
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from core.errors import AccessDenied, NotFound, SandboxError
from core.models.embedders import LoadedEmbedders
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.migrate import migrate
from core.storage.originals import OriginalFiles
from core.storage.tables import (
    AnswerSourceRow,
    AuditEventRow,
    ChunkRow,
    CitationRow,
    CollectionRow,
    ConversationRow,
    EvaluationCaseRow,
    IdeaAttachmentRow,
    IdeaDraftRow,
    IdeaRow,
    MessageRow,
    UserRow,
)
from core.storage.vectors.files import ChromaFiles
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.opening import open_vectors
from ingestion.background.worker import DirectQueue
from ingestion.erasing.erasure import CONTENT_TABLES, Erasure, ErasureReceipt, Files
from ingestion.erasing.redaction import ERASED_ANSWER, ERASED_NAME, ERASED_QUOTE
from ingestion.indexing.indexes import SearchIndexes
from ingestion.pipeline.ingest import IngestPipeline
from ingestion.reading.preparation import PreparationHere
from ingestion.reading.sandboxed import SandboxedParser
from ingestion.service import Documents
from ingestion.values import DocumentStores
from rag.finding.retrieval import HybridRetriever, Indexes
from rag.finding.rewriting import search_query
from tests.ingestion.conftest import ADMIN, READER
from tests.ingestion.fakes import HashingEmbedder, Vectors
from tools.trial import files

WORDS = ("zebrafink", "quokkawind", "lumenharz", "ostwaldig", "brimkante", "falkenrost", "mirabelz")
CANARIES = [f"{word}{n}" for n, word in enumerate(WORDS * 3)][:20]
KEPT = "Lunch in the canteen costs 4.90 EUR."


class WideEmbedder(HashingEmbedder):
    """With enough different numbers that a vector is recognised by its bytes."""

    dimension = 32

    def embed_query(self, text: str) -> Vectors:
        seed = sum(ord(letter) * (place + 1) for place, letter in enumerate(text))
        vector = np.random.default_rng(seed).normal(size=self.dimension).astype(np.float32)
        return vector / np.float32(np.linalg.norm(vector))


class Estate:
    """Everything on disk in one folder, as the app lays it out."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder, self.database, self.embedder = folder, database, WideEmbedder()
        store = open_vectors(folder / "vectors")
        self.vectors = ChromaVectorIndex(store)
        self.keywords = TantivyKeywordIndex(folder / "keywords")
        self.parser = SandboxedParser()
        originals = OriginalFiles(folder / "originals")
        self.attachments = OriginalFiles(folder / "attachments")
        preparation = PreparationHere(self.parser, self.embedder.count_tokens)
        stores = DocumentStores(database, originals, self.vectors, self.keywords)
        pipeline = IngestPipeline(stores, self.embedder, preparation)
        queue = DirectQueue(pipeline.run)
        self.documents = Documents(stores, queue=queue, images=self.parser)
        self.erasure = Erasure(
            database,
            originals,
            SearchIndexes(self.vectors, self.keywords),
            Files(ChromaFiles(store, folder / "vectors"), self.keywords, self.attachments),
        )

        embedders = LoadedEmbedders(self.embedder, lambda _: self.embedder)
        self._retriever = HybridRetriever(
            database, Indexes(self.vectors, self.keywords), embedders, candidates=20
        )

    def search(self, question: str) -> Sequence[RetrievedChunk]:
        return self._retriever.retrieve(SYSTEM, search_query(question, []), 10).chunks

    def upload(self, name: str, content: bytes | str) -> str:
        data = content.encode() if isinstance(content, str) else content
        [receipt] = self.documents.upload(ADMIN, "c1", [Upload(name, data)])
        return receipt.document_id or ""

    def vectors_of(self, document_id: str) -> list[Vectors]:
        with self.database.read() as session:
            of_it = ChunkRow.document_id == document_id
            ids = session.exec(select(ChunkRow.id).where(of_it)).all()
        return list(self.vectors.vectors_of("c1", [i for i in ids if i is not None]).values())

    def traces(self, words: list[str]) -> set[str]:
        """The files that hold a word in one of three encodings, in any case."""
        needles = [w.encode(e) for w in words for e in ("utf-8", "utf-16-le", "utf-16-be")]
        return {
            str(path.relative_to(self.folder))
            for path, content in self._contents()
            if any(needle in content.lower() for needle in needles)
        }

    def vector_traces(self, vectors: list[Vectors]) -> set[str]:
        """The files with a run of floats that is one of these vectors, but for rounding."""
        return {
            str(path.relative_to(self.folder))
            for path, content in self._contents()
            if any(holds(content, vector) for vector in vectors)
        }

    def _contents(self) -> Iterator[tuple[Path, bytes]]:
        for path in self.folder.rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()


def holds(content: bytes, vector: Vectors) -> bool:
    for shift in range(4):
        length = (len(content) - shift) // 4
        floats = np.frombuffer(content, np.float32, length, shift) if length > 0 else vector[:0]
        if len(floats) < len(vector):
            continue
        with np.errstate(all="ignore"):
            starts = np.flatnonzero(np.abs(floats[: -len(vector) + 1] - vector[0]) < 1e-6)
            if any(np.allclose(floats[s : s + len(vector)], vector, atol=1e-5) for s in starts):
                return True
    return False


@pytest.fixture
def estate(sqlite_database: Database, tmp_path: Path) -> Iterator[Estate]:
    yield from opened(sqlite_database, tmp_path)


@pytest.fixture
def both_estates(database: Database, tmp_path: Path) -> Iterator[Estate]:
    """Once with each engine as database."""
    yield from opened(database, tmp_path)


@pytest.fixture
def postgres_estate(postgres_url: str, tmp_path: Path) -> Iterator[Estate]:
    database = Database(postgres_url)
    migrate(database)
    yield from opened(database, tmp_path)
    database.close()


def opened(database: Database, folder: Path) -> Iterator[Estate]:
    with database.begin() as session:
        session.add(UserRow(id="admin", email="admin@example.com", name="Ada", role="admin"))
        session.add(
            CollectionRow(
                id="c1",
                name="Company",
                embedding_model="hashing",
                embedding_dimension=32,
                splitter_version="structure-1",
            )
        )
    estate = Estate(database, folder)
    yield estate
    estate.parser.close()
    estate.vectors.store.close()


def secret_text() -> str:
    return "\n\n".join(f"The word {w} stands in paragraph {n}." for n, w in enumerate(CANARIES))


def test_no_byte_of_a_document_stays_in_any_file(estate: Estate) -> None:
    estate.upload("kept.txt", KEPT)
    other = estate.upload("secret.txt", "An older version with other words.")
    erased = estate.upload("secret.txt", secret_text())
    assert erased == other
    vectors = estate.vectors_of(erased)
    add_answer(estate, erased, f"The word {CANARIES[0]} stands in paragraph 0.")
    assert len(estate.traces(CANARIES)) >= 2  # the original and the database
    assert estate.vector_traces(vectors)

    receipt = estate.erasure.erase(ADMIN, [erased])

    assert estate.traces([*CANARIES, "secret.txt"]) == set()
    assert estate.vector_traces(vectors) == set()
    assert receipt.deletions[0].versions == 2
    assert (receipt.redaction.answers, receipt.files_rebuilt) == (1, True)


def test_an_office_file_leaves_no_original(estate: Estate) -> None:
    erased = estate.upload("leave.docx", files.docx())

    estate.erasure.erase(ADMIN, [erased])

    assert [p for p in (estate.folder / "originals").rglob("*") if p.is_file()] == []


def test_what_stays_is_found_as_before_and_can_be_added_to(estate: Estate) -> None:
    kept = estate.upload("kept.txt", KEPT)
    erased = estate.upload("secret.txt", secret_text())
    [vector] = estate.vectors_of(kept)

    estate.erasure.erase(ADMIN, [erased])
    estate.upload("later.txt", "Written afterwards.")

    [best] = estate.vectors.search("c1", vector, 1)
    assert best.score == pytest.approx(1.0, abs=1e-5)
    assert len(estate.vectors.ids("c1")) == len(estate.keywords.ids("c1")) == 2
    before = estate.vectors.ids("c1")
    estate.vectors.store.reopen()
    assert estate.vectors.ids("c1") == before


def test_what_was_deleted_before_can_be_erased_later(estate: Estate) -> None:
    erased = estate.upload("secret.txt", secret_text())
    estate.upload("kept.txt", KEPT)
    vectors = estate.vectors_of(erased)
    add_answer(estate, erased, f"The word {CANARIES[0]} stands in paragraph 0.")
    estate.documents.delete(ADMIN, erased)
    assert estate.traces(CANARIES)

    receipt = estate.erasure.erase_deleted(ADMIN)

    assert estate.traces(CANARIES) == set()
    assert estate.vector_traces(vectors) == set()
    assert (receipt.deletions, receipt.redaction.answers) == ((), 1)


def test_quotes_in_answers_of_the_passage_engine_are_replaced_one_by_one(estate: Estate) -> None:
    erased, kept = estate.upload("secret.txt", secret_text()), estate.upload("kept.txt", KEPT)
    add_answer(estate, erased, "The word falke stands here.", (kept, KEPT))

    estate.erasure.erase(ADMIN, [erased])

    message, citations = answer_of(estate)
    assert message.text == f"{ERASED_QUOTE} [1] {KEPT} [2]"
    assert [s["text"] for s in message.sentences] == [ERASED_QUOTE, KEPT]
    assert (message.lead, [card["number"] for card in message.cards]) == ("", [2])
    assert [(c.document_title, c.quote) for c in citations] == [
        (ERASED_NAME, ERASED_QUOTE),
        ("Canteen", KEPT),
    ]


def test_the_lead_stays_where_it_is_of_another_document(estate: Estate) -> None:
    erased, kept = estate.upload("secret.txt", secret_text()), estate.upload("kept.txt", KEPT)
    add_answer(estate, kept, KEPT, (erased, "The word falke stands here."))

    estate.erasure.erase(ADMIN, [erased])

    message, _ = answer_of(estate)
    assert (message.lead, [card["number"] for card in message.cards]) == (KEPT, [1])


def test_what_a_model_wrote_from_the_document_is_replaced_as_a_whole(estate: Estate) -> None:
    erased = estate.upload("secret.txt", secret_text())
    add_answer(estate, erased, "In other words, falke.", engine="gpt-x")

    estate.erasure.erase(ADMIN, [erased])

    message, _ = answer_of(estate)
    assert (message.text, message.sentences) == (ERASED_ANSWER, [])
    assert (message.lead, message.cards) == ("", [])


def test_what_a_model_wrote_without_citing_the_document_goes_as_well(estate: Estate) -> None:
    document = estate.upload("secret.txt", secret_text())
    add_answer(estate, document, f"So the {CANARIES[0]} it is.", engine="gpt-x")
    with estate.database.begin() as session:
        session.execute(delete(CitationRow))
        session.add(AnswerSourceRow(message_id="answer", document_id=document, collection_id="c"))
        origin = {
            "message_id": "answer",
            "question": "Which?",
            "answer": f"So the {CANARIES[0]} it is.",
            "engine": "gpt-x",
            "citations": [],
            "sources": [{"document_id": document, "collection_id": "c"}],
        }
        session.add(
            IdeaRow(
                number=1,
                title="Idea",
                problem="",
                proposal="",
                category="better_product",
                status="submitted",
                origin=origin,
            )
        )

    receipt = estate.erasure.erase(ADMIN, [document])

    assert (receipt.redaction.answers, receipt.redaction.ideas) == (1, 1)
    assert estate.traces([CANARIES[0]]) == set()


def test_ideas_and_test_cases_keep_no_words_of_it(estate: Estate) -> None:
    erased = estate.upload("secret.txt", secret_text())
    citation = Citation(1, erased, "v", "secret", "secret.txt", None, 1, CANARIES[0])
    stored = {f: getattr(citation, f) for f in citation.__dataclass_fields__}
    evidence = [{"document": "secret.txt", "page": 1, "quote": CANARIES[1]}]
    add_answer(estate, erased, "The word falke stands here.")
    origin = {"message_id": "m", "question": "?", "answer": CANARIES[2], "engine": "passages"}
    with estate.database.begin() as session:
        session.add(EvaluationCaseRow(kind="fact", question="Which word?", evidence=evidence))
        session.add(
            IdeaRow(
                number=1,
                title="An idea",
                problem="A problem",
                proposal="A proposal",
                category="internal_optimisation",
                status="submitted",
                origin={**origin, "citations": [stored]},
            )
        )

    receipt = estate.erasure.erase(ADMIN, [erased])

    assert (receipt.redaction.ideas, receipt.redaction.cases) == (1, 1)
    assert estate.traces(CANARIES) == set()
    with estate.database.read() as session:
        case = session.exec(select(EvaluationCaseRow)).one()
        idea = session.exec(select(IdeaRow)).one()
    assert (case.evidence, case.retired_at is not None) == ([], True)
    assert idea.origin is not None
    assert idea.origin["answer"] == ERASED_ANSWER


@pytest.mark.parametrize("is_deleted_before", [False, True])
def test_drafts_of_ideas_and_their_files_keep_nothing_of_it(
    both_estates: Estate, is_deleted_before: bool
) -> None:
    estate = both_estates
    first, second = attach(estate, "copy.txt", secret_text()), attach(estate, "kept.txt", KEPT)
    erased = estate.upload("secret.txt", secret_text())
    third = attach(estate, "again.txt", secret_text(), document_id=erased)
    origin = {
        "message_id": "m",
        "question": "?",
        "answer": CANARIES[2],
        "engine": "gpt-x",
        "citations": [],
        "sources": [{"document_id": erased, "collection_id": "c1"}],
    }
    with estate.database.begin() as session:
        session.add(IdeaDraftRow(user_id="admin", fields={"title": "Mine"}, origin=origin))
    if is_deleted_before:
        estate.documents.delete(ADMIN, erased)
        receipt = estate.erasure.erase_deleted(ADMIN)
    else:
        receipt = estate.erasure.erase(ADMIN, [erased])

    assert receipt.redaction.ideas == 1
    assert rows_with(estate.database, [*CANARIES, "copy.txt", "again.txt"]) == set()
    assert estate.traces(CANARIES) == set()
    with estate.database.read() as session:
        left = session.exec(select(IdeaAttachmentRow.id)).all()
    assert left == [second]
    assert {first, third}.isdisjoint(left)


def attach(estate: Estate, name: str, content: str, document_id: str = "") -> str:
    sha256 = estate.attachments.put(content.encode())
    row = IdeaAttachmentRow(
        file_name=name,
        media_type="text/plain",
        sha256=sha256,
        size_bytes=len(content),
        document_id=document_id,
    )
    with estate.database.begin() as session:
        session.add(row)
        return row.id


def test_an_erasure_is_audited_and_only_for_administrators(estate: Estate) -> None:
    erased = estate.upload("secret.txt", secret_text())
    with pytest.raises(AccessDenied):
        estate.erasure.erase(READER, [erased])
    with pytest.raises(NotFound):
        estate.erasure.erase(ADMIN, ["nowhere"])

    receipt: ErasureReceipt = estate.erasure.erase(ADMIN, [erased])

    assert receipt.collections == 1
    with estate.database.read() as session:
        action = AuditEventRow.action == "document.erase"
        [event] = session.exec(select(AuditEventRow).where(action)).all()
    assert event.object_id == erased


def test_nothing_is_left_in_the_tables_of_either_engine(both_estates: Estate) -> None:
    estate = both_estates
    kept, erased = estate.upload("kept.txt", KEPT), estate.upload("secret.txt", secret_text())
    vectors = estate.vectors_of(erased)
    add_answer(estate, erased, f"The word {CANARIES[0]} stands in paragraph 0.")
    assert rows_with(estate.database, CANARIES)

    receipt = estate.erasure.erase(ADMIN, [erased])

    assert rows_with(estate.database, [*CANARIES, "secret.txt"]) == set()
    assert estate.traces([*CANARIES, "secret.txt"]) == set()
    assert estate.vector_traces(vectors) == set()
    assert (receipt.redaction.answers, receipt.files_rebuilt) == (1, True)
    [hit] = estate.search("lunch in the canteen")
    assert hit.chunk.document_id == kept


@pytest.mark.postgres
def test_the_files_of_postgresql_hold_no_word_of_it(postgres_estate: Estate) -> None:
    estate = postgres_estate
    erased = estate.upload("secret.txt", secret_text())
    add_answer(estate, erased, f"The word {CANARIES[0]} stands in paragraph 0.")
    estate.documents.delete(ADMIN, erased)
    assert files_with(estate.database, CANARIES[0]) >= {"chunks", "pages", "citations"}

    estate.erasure.erase_deleted(ADMIN)

    assert [files_with(estate.database, word) for word in (*CANARIES, "secret.txt")] == [
        set() for _ in (*CANARIES, "")
    ]


def test_searches_beside_an_erasure_fail_with_sentences_only(both_estates: Estate) -> None:
    estate = both_estates
    for number in range(12):
        estate.upload(f"kept{number}.txt", f"{KEPT} Rule {number}.")
    erased = [
        estate.upload(f"secret{n}.txt", f"The word {word} stands here.")
        for n, word in enumerate(CANARIES[:4])
    ]
    erased_at = dict.fromkeys(erased, float("inf"))
    with Searching(estate) as searching:
        for document_id in erased:
            estate.erasure.erase(ADMIN, [document_id])
            erased_at[document_id] = time.monotonic()

    assert searching.unexpected == []
    assert searching.done > len(erased)
    late = [d for began, d in searching.seen if d in erased_at and began > erased_at[d]]
    assert late == []
    assert len(estate.search("lunch in the canteen")) == 10


class Searching:
    """Searches in threads until the block ends."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._search, args=(n,)) for n in range(3)]
        self.seen: list[tuple[float, str]] = []
        self.unexpected: list[Exception] = []
        self.done = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(60)

    def _search(self, number: int) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                for hit in self._estate.search(f"which word stands {CANARIES[number]}"):
                    self.seen.append((began, hit.chunk.document_id))
                self.done += 1
            except SandboxError:
                continue
            except Exception as error:  # noqa: BLE001  is looked at in the end
                self.unexpected.append(error)


def rows_with(database: Database, words: list[str]) -> set[str]:
    """The tables with a word in any column, as the database writes it as text."""
    found = set()
    with database.read() as session:
        for table in SQLModel.metadata.sorted_tables:
            rows = session.execute(table.select()).all()
            if any(word in str(row).lower() for row in rows for word in words):
                found.add(table.name)
    return found


def files_with(database: Database, word: str) -> set[str]:
    """The tables of PostgreSQL whose files on disk hold the bytes of a word."""
    held = text(
        "SELECT position(:word IN pg_read_binary_file(pg_relation_filepath(c.oid))) "
        "+ CASE c.reltoastrelid WHEN 0 THEN 0 ELSE "
        "position(:word IN pg_read_binary_file(pg_relation_filepath(c.reltoastrelid))) END "
        "FROM pg_class c WHERE c.oid = CAST(:name AS regclass)"
    )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        return {
            name
            for name in CONTENT_TABLES
            if connection.execute(held, {"word": word.encode(), "name": name}).scalar_one_or_none()
        }


def add_answer(
    estate: Estate,
    document_id: str,
    quote: str,
    other: tuple[str, str] | None = None,
    engine: str = "passages",
) -> str:
    quoted = [(document_id, "secret", quote), *([(other[0], "Canteen", other[1])] if other else [])]
    with estate.database.begin() as session:
        session.add(ConversationRow(id="talk", user_id="admin", title="Words"))
        session.flush()
        session.add(
            MessageRow(
                id="answer",
                conversation_id="talk",
                position=1,
                role="assistant",
                text=" ".join(f"{q} [{n}]" for n, (_, _, q) in enumerate(quoted, start=1)),
                status="complete",
                engine=engine,
                sentences=[
                    {"text": q, "support": "supported", "citations": [n]}
                    for n, (_, _, q) in enumerate(quoted, start=1)
                ],
                lead=quote,
                cards=[card(n, q) for n, (_, _, q) in enumerate(quoted, start=1)],
            )
        )
        session.flush()
        for number, (cited, title, words) in enumerate(quoted, start=1):
            session.add(
                CitationRow(
                    message_id="answer",
                    number=number,
                    document_id=cited,
                    version_id="v",
                    document_title=title,
                    file_name=f"{title}.txt",
                    page=1,
                    quote=words,
                )
            )
    return "answer"


def card(number: int, quote: str) -> dict[str, object]:
    """A passage of which one sentence is quoted and another one is not."""
    text = f"{quote} Beside it stands {CANARIES[5] if number == 1 else 'nothing'}."
    return {
        "number": number,
        "headings": ["Words"],
        "text": text,
        "highlights": [[0, len(quote)]],
        "is_small": number > 1,
    }


def answer_of(estate: Estate) -> tuple[MessageRow, list[CitationRow]]:
    with estate.database.read() as session:
        message = session.exec(select(MessageRow)).one()
        return message, list(session.exec(select(CitationRow).order_by("number")).all())
