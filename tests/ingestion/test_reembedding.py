"""Another model is built beside the live index, catches up, answers, and can be taken back."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlmodel import col, select

from core.domain.generations import (
    GenerationComparison,
    GenerationState,
    IndexGeneration,
    IndexMeasures,
)
from core.domain.identity import User
from core.domain.knowledge import Collection, DocumentState, Upload
from core.domain.ports import EmbeddedPassages, Spans
from core.errors import (
    AccessDenied,
    ConfigurationError,
    Conflict,
    InvalidInput,
    ModelUnavailable,
    NotFound,
)
from core.models.embedders import LoadedEmbedders
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.originals import OriginalFiles
from core.storage.queries.generations import StoredGenerations
from core.storage.tables import (
    AuditEventRow,
    ChunkRow,
    CollectionRow,
    SentenceVectorsRow,
    UserRow,
)
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.store import ChromaStore, open_chroma
from ingestion.background.worker import DirectQueue
from ingestion.indexing import filling
from ingestion.indexing.reembedding import Reembedding
from ingestion.pipeline.ingest import IngestPipeline
from ingestion.reading.preparation import PreparationHere
from ingestion.reading.sandboxed import SandboxedParser
from ingestion.service import Documents
from ingestion.values import DocumentStores, Receipt
from rag.finding.retrieval import HybridRetriever, Indexes
from rag.finding.rewriting import SearchQuery
from tests.ingestion.conftest import ADMIN, READER
from tests.ingestion.fakes import HashingEmbedder

OPEN = "c1"
MEASURES = IndexMeasures(0.8, 0.9, 0.7, 4.0, 1_000)


class Breaking(HashingEmbedder):
    """Fails after a number of batches, as long as it is set."""

    batches_left = -1

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        if self.batches_left == 0:
            raise ModelUnavailable("The embedding model cannot be reached.")
        self.batches_left -= 1
        return super().embed_with_sentences(texts, spans)


class Library:
    """Documents over SQLite, Chroma and tantivy, with a second model at hand."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.vectors = ChromaVectorIndex(
            ChromaStore(lambda: open_chroma(folder / "vectors")), StoredGenerations(database)
        )
        keywords = TantivyKeywordIndex(folder / "keywords")
        self.parser = SandboxedParser()
        default = HashingEmbedder()
        self.others = {one.name: one for one in (Breaking("wide", 24), Breaking("alike", 16))}
        embedders = LoadedEmbedders(default, self._load)
        originals = OriginalFiles(folder / "originals")
        preparation = PreparationHere(self.parser, default.count_tokens)
        stores = DocumentStores(database, originals, self.vectors, keywords)
        pipeline = IngestPipeline(stores, default, preparation, embedders)
        self.documents = Documents(
            stores,
            queue=DirectQueue(pipeline.run),
            images=self.parser,
        )
        self.retriever = HybridRetriever(
            database, Indexes(self.vectors, keywords), embedders, candidates=20
        )
        self.reembedding = Reembedding(database, self.vectors, embedders, compared)

    def _load(self, name: str) -> HashingEmbedder:
        if name not in self.others:
            raise ConfigurationError("no such model")
        return self.others[name]

    def add(self, name: str, text: str) -> Receipt:
        [receipt] = self.documents.upload(ADMIN, OPEN, [Upload(name, text.encode())])
        [listed] = [d for d in self.documents.list(ADMIN, limit=100) if d.file_name == name]
        assert listed.state is DocumentState.READY, listed.reason
        return receipt

    def build(self, model: str = "wide") -> IndexGeneration:
        generation = self.reembedding.start(ADMIN, OPEN, model)
        for _done in self.reembedding.run(generation.id):
            pass
        return self.one(generation.number)

    def one(self, number: int) -> IndexGeneration:
        found = self.reembedding.generations(ADMIN, OPEN)
        return next(one for one in found if one.number == number)

    def answers(self) -> list[tuple[str, float]]:
        found = self.retriever.retrieve(READER, SearchQuery("who drives the lorry at night"), 5)
        return [(hit.chunk.text, hit.score) for hit in found.chunks]

    def live(self) -> tuple[int, str, int]:
        with self.database.read() as session:
            row = session.exec(select(CollectionRow).where(CollectionRow.id == OPEN)).one()
        return row.generation, row.embedding_model, row.embedding_dimension

    def passages(self) -> set[int]:
        with self.database.read() as session:
            rows = session.exec(select(ChunkRow.id).where(ChunkRow.is_ready)).all()
        return {chunk_id or 0 for chunk_id in rows}

    def sentence_generations(self) -> set[int]:
        with self.database.read() as session:
            return set(session.exec(select(SentenceVectorsRow.generation)).all())


def compared(_user: User, live: Collection, _candidate: IndexGeneration) -> GenerationComparison:
    return GenerationComparison("golden", 3, live.embedding_model, MEASURES, MEASURES, 1, 0)


@pytest.fixture
def library(sqlite_database: Database, tmp_path: Path) -> Iterator[Library]:
    """Five documents of one passage each in an open collection."""
    with sqlite_database.begin() as session:
        session.add(UserRow(id="admin", email="admin@example.com", name="Ada", role="admin"))
        session.add(
            CollectionRow(
                id=OPEN,
                name="Company",
                is_open=True,
                embedding_model="hashing",
                embedding_dimension=16,
                splitter_version="structure-1",
            )
        )
    library = Library(sqlite_database, tmp_path)
    for number, word in enumerate(("lorries", "gates", "coffee", "wages", "leave")):
        library.add(f"{number}.txt", f"All about {word}. Somebody drives the {word} at night.")
    yield library
    library.parser.close()


@pytest.mark.parametrize("model", ["wide", "alike"])
def test_answers_stay_the_same_while_another_index_is_built(library: Library, model: str) -> None:
    """Also where the vectors of the new sentences have the same dimension."""
    before = library.answers()

    generation = library.build(model)

    assert generation.state is GenerationState.BUILT
    assert generation.passages_done == generation.passages_total == len(library.passages())
    assert library.answers() == before
    assert library.live() == (1, "hashing", 16)


def test_an_accepted_index_answers_and_the_old_one_is_kept(library: Library) -> None:
    before = library.answers()
    generation = library.build("wide")

    library.reembedding.accept(ADMIN, generation.id)

    assert library.live() == (2, "wide", 24)
    assert {text for text, _ in library.answers()} == {text for text, _ in before}
    assert library.vectors.ids(OPEN) == library.vectors.ids(OPEN, generation=1)
    assert library.one(1).state is GenerationState.RETIRED


def test_after_a_roll_back_answers_are_what_they_were(library: Library) -> None:
    before = library.answers()
    library.reembedding.accept(ADMIN, library.build("alike").id)
    assert library.answers() != before

    library.reembedding.roll_back(ADMIN, OPEN)

    assert library.answers() == before
    assert library.live() == (1, "hashing", 16)
    assert library.one(2).state is GenerationState.BUILT  # may be accepted again


def test_a_build_that_was_interrupted_goes_on_where_it_was(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "PASSAGES_AT_ONCE", 2)
    generation = library.reembedding.start(ADMIN, OPEN, "wide")
    work = library.reembedding.run(generation.id)
    assert next(work) == 2
    del work  # as a process that ends
    embedded = library.others["wide"].embedded

    assert list(library.reembedding.unfinished()) == [generation.id]
    for _done in library.reembedding.run(generation.id):
        pass

    assert library.one(2).state is GenerationState.BUILT
    assert library.others["wide"].embedded - embedded == len(library.passages()) - 2


def test_a_build_that_failed_says_why_and_can_be_asked_for_again(library: Library) -> None:
    library.others["wide"].batches_left = 0
    with pytest.raises(ModelUnavailable):
        library.build("wide")
    failed = library.one(2)
    assert (failed.state, failed.reason) == (
        GenerationState.FAILED,
        "The embedding model cannot be reached.",
    )

    library.others["wide"].batches_left = -1

    assert library.build("wide").state is GenerationState.BUILT


def test_documents_that_come_and_go_meanwhile_are_caught_up_with(library: Library) -> None:
    receipt = library.add("gone.txt", "The ferry leaves at six.")
    changed = library.add("changed.txt", "The old quay is in the north.")
    generation = library.build("wide")
    library.documents.delete(ADMIN, receipt.document_id or "")
    library.add("changed.txt", "The new quay is in the south.")
    library.add("new.txt", "The crane is serviced in May.")
    assert changed.document_id

    library.reembedding.accept(ADMIN, generation.id)

    assert library.vectors.ids(OPEN) == library.passages()


def test_what_is_deleted_leaves_every_generation_at_once(library: Library) -> None:
    receipt = library.add("gone.txt", "The ferry leaves at six.")
    library.reembedding.accept(ADMIN, library.build("wide").id)

    deletion = library.documents.delete(ADMIN, receipt.document_id or "")

    assert deletion.remaining_chunks == 0
    for generation in (1, 2):
        assert library.vectors.ids(OPEN, generation=generation) == library.passages()


def test_new_documents_are_embedded_with_the_model_that_answers(library: Library) -> None:
    library.reembedding.accept(ADMIN, library.build("wide").id)

    library.add("new.txt", "The crane is serviced in May.")

    assert library.vectors.ids(OPEN) == library.passages()
    library.reembedding.roll_back(ADMIN, OPEN)  # the old index catches up
    assert library.vectors.ids(OPEN) == library.passages()


def test_a_discarded_index_leaves_nothing(library: Library) -> None:
    generation = library.build("wide")
    assert library.sentence_generations() == {1, 2}

    library.reembedding.discard(ADMIN, generation.id)

    assert library.vectors.ids(OPEN, generation=2) == set()
    assert library.sentence_generations() == {1}
    with pytest.raises(NotFound):
        library.reembedding.accept(ADMIN, generation.id)


def test_an_index_that_is_discarded_while_it_is_built_leaves_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "PASSAGES_AT_ONCE", 2)
    generation = library.reembedding.start(ADMIN, OPEN, "wide")
    work = library.reembedding.run(generation.id)
    next(work)

    library.reembedding.discard(ADMIN, generation.id)

    assert list(work) == []
    assert library.vectors.ids(OPEN, generation=2) == set()


def test_the_live_index_cannot_be_discarded(library: Library) -> None:
    generation = library.build("wide")
    library.reembedding.accept(ADMIN, generation.id)

    with pytest.raises(Conflict, match="Answers use this index"):
        library.reembedding.discard(ADMIN, generation.id)


def test_one_index_at_a_time_is_built_with_another_model_that_exists(library: Library) -> None:
    with pytest.raises(InvalidInput, match="already uses"):
        library.reembedding.start(ADMIN, OPEN, "hashing")
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        library.reembedding.start(ADMIN, OPEN, "nowhere")
    library.reembedding.start(ADMIN, OPEN, "wide")

    with pytest.raises(Conflict, match="Accept or discard it first"):
        library.reembedding.start(ADMIN, OPEN, "alike")


def test_a_comparison_is_kept_with_its_index(library: Library) -> None:
    generation = library.build("wide")

    comparison = library.reembedding.compare(ADMIN, generation.id)

    assert library.one(2).comparison == comparison
    assert comparison.live == MEASURES


def test_an_index_that_is_not_built_is_neither_compared_nor_accepted(library: Library) -> None:
    generation = library.reembedding.start(ADMIN, OPEN, "wide")

    for use in (library.reembedding.compare, library.reembedding.accept):
        with pytest.raises(Conflict, match="not built yet"):
            use(ADMIN, generation.id)


def test_without_an_earlier_index_there_is_nothing_to_go_back_to(library: Library) -> None:
    with pytest.raises(NotFound, match="no previous index"):
        library.reembedding.roll_back(ADMIN, OPEN)


def test_only_administrators_touch_indexes(library: Library) -> None:
    generation = library.build("wide")
    for use in (
        lambda: library.reembedding.generations(READER, OPEN),
        lambda: library.reembedding.start(READER, OPEN, "alike"),
        lambda: library.reembedding.compare(READER, generation.id),
        lambda: library.reembedding.accept(READER, generation.id),
        lambda: library.reembedding.roll_back(READER, OPEN),
        lambda: library.reembedding.discard(READER, generation.id),
    ):
        with pytest.raises(AccessDenied):
            use()


def test_everything_that_is_done_to_an_index_is_audited(library: Library) -> None:
    generation = library.build("wide")
    library.reembedding.compare(ADMIN, generation.id)
    library.reembedding.accept(ADMIN, generation.id)
    library.reembedding.roll_back(ADMIN, OPEN)
    library.reembedding.discard(ADMIN, generation.id)

    with library.database.read() as session:
        events = session.exec(select(AuditEventRow).order_by(col(AuditEventRow.id))).all()
    actions = [event.action for event in events if event.action.startswith("index.")]

    assert actions == [f"index.{v}" for v in ("build", "compare", "accept", "roll_back", "discard")]
