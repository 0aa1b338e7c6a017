"""Reads passages for questions with and without an answer, as the passage engine does."""

import json
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.golden import SAMPLES
from benchmarks.material.place import services_in, settings_in
from bootstrap.embedders import build_embedders, for_bulk
from bootstrap.knowledge import Search, build_search
from bootstrap.search import open_stores
from core.domain.answers import Turn
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Upload
from core.domain.ports import KeywordIndex
from core.settings import Settings
from evaluation.datasets import load_shipped
from evaluation.service import OUTSIDER
from rag.finding.rewriting import search_query
from rag.finding.selection import select
from rag.kinds.recognition import question_kind
from rag.kinds.replies import without_talk
from rag.kinds.splitting import split_questions
from rag.reading.evidence import Evidence, weigh_evidence
from rag.reading.question import QuestionTerms
from rag.writing.passages import PassageEngine

FOUND_PER_PASSAGE_READ = 2
"""As the pipeline of answers finds before it merges copies and neighbours."""
SEED = 7
MOST_DRAWN = 300
"""Of each kind; fewer are the first of these."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be read; `group` names what must not lie on both sides of a fold."""

    text: str
    is_answerable: bool
    group: str
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item or table row that was read, with its heading in `context`."""

    text: str
    context: str
    document: str
    similarity: float
    coverage: float
    strength: float
    is_fitting: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was found."""

    text: str
    document: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with what was read for it, the most promising first.

    `weights` are the weights of its content words by the word as it stands in the question.
    """

    question: str
    is_answerable: bool
    group: str
    evidence: Evidence
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    weights: dict[str, float]


class Reader:
    """Reads passages for a question; the same steps as the pipeline of answers in passage mode."""

    def __init__(self, settings: Settings, user: User) -> None:
        stores, embedders = open_stores(settings), build_embedders(settings)
        self._search: Search = build_search(settings, stores, embedders, for_bulk(embedders, 0))
        self._keywords: KeywordIndex = stores.keywords
        self._engine = PassageEngine(embedders.default)
        self._user = user
        self._top_k = settings.retrieval.top_k

    def read(self, question: Question) -> Reading:
        """Return what is read for a question."""
        retriever = self._search.retriever
        collections = retriever.collections_for(self._user, None)
        query = search_query(question.text, without_talk(question.history))
        found = retriever.retrieve_from(collections, query, self._top_k * FOUND_PER_PASSAGE_READ)
        text = found.query.standalone
        hits = select(list(found.chunks), text, self._top_k)
        ids = [collection.id for collection in collections]
        terms = QuestionTerms(self._keywords, text, ids, found.synonyms)
        units = self._engine.read(text, terms, hits)
        sentences = [
            Sentence(
                unit.unit.text,
                unit.unit.context,
                unit.unit.hit.chunk.document_id,
                unit.similarity,
                unit.coverage,
                unit.strength,
                unit.is_fitting,
            )
            for unit in units
        ]
        return Reading(
            terms.question,
            question.is_answerable,
            question.group,
            weigh_evidence(terms, hits, units),
            tuple(sorted(sentences, key=lambda sentence: -sentence.strength)),
            tuple(Passage(h.chunk.text, h.chunk.document_id, h.similarity or 0.0) for h in hits),
            dict(self._weights(terms)),
        )

    def _weights(self, terms: QuestionTerms) -> Iterator[tuple[str, float]]:
        for word in words_of(terms.question):
            weights = [terms.weights.get(term, 0.0) for term in self._keywords.terms(word)]
            if any(weights):
                yield word, max(weights)


def words_of(text: str) -> list[str]:
    """Return the words of a text without the signs around them."""
    return [word for part in text.split() if (word := part.strip(".,;:!?()\"'“”’"))]


def shipped(names: Sequence[str]) -> dict[str, list[Reading]]:
    """Read the questions of shipped datasets, as an employee in no group asks them."""
    uploads = [Upload(path.name, path.read_bytes()) for path in sorted(SAMPLES.iterdir())]
    questions = {
        name: [
            Question(case.text, case.is_answerable, case.id, case.history)
            for case in load_shipped(name).cases
        ]
        for name in names
    }
    return _read(uploads, questions, OUTSIDER)


def beir(folder: Path, drawn: int) -> dict[str, list[Reading]]:
    """Read `drawn` questions of each kind in each half of a set; whole articles are in one half."""
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    questions = [
        Question(record["text"], record["answerable"], record["paragraph"]) for record in records
    ]
    articles = sorted({_article(question) for question in questions})
    halves = {"a": articles[::2], "b": articles[1::2]}
    chosen = {
        f"{folder.name}_{half}": list(
            _draw([q for q in questions if _article(q) in members], drawn)
        )
        for half, members in halves.items()
    }
    upload = Upload("corpus.jsonl", (folder / "corpus.jsonl").read_bytes())
    return _read([upload], chosen, SYSTEM)


def _article(question: Question) -> str:
    return question.group.split(":")[0]


def _draw(questions: Sequence[Question], drawn: int) -> Iterator[Question]:
    rng = random.Random(SEED)
    for is_answerable in (True, False):
        kind = [question for question in questions if question.is_answerable is is_answerable]
        yield from rng.sample(kind, min(MOST_DRAWN, len(kind)))[:drawn]


def _read(
    uploads: Sequence[Upload], sets: dict[str, list[Question]], user: User
) -> dict[str, list[Reading]]:
    with tempfile.TemporaryDirectory() as folder:
        services = services_in(Path(folder))
        collection = services.collections.add(SYSTEM, "documents", is_open=True)
        services.documents.upload(SYSTEM, collection.id, uploads)
        services.worker.stop()
        reader = Reader(settings_in(Path(folder)), user)
        return {name: list(_readings(reader, questions)) for name, questions in sets.items()}


def _readings(reader: Reader, questions: Iterable[Question]) -> Iterator[Reading]:
    """Yield the readings of single questions; small talk and two in one take other ways."""
    for question in questions:
        if question_kind(question.text) is None and len(split_questions(question.text)) == 1:
            yield reader.read(question)
