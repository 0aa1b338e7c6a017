"""A reranker changes the order of the best hits, and nothing else."""

from collections.abc import Sequence

import pytest

from rag.finding.reranking import Reranking
from rag.finding.retrieval import HybridRetriever, Indexes
from rag.finding.rewriting import SearchQuery
from tests.rag.conftest import Knowledge

LEAVE = "Parental leave is ninety days."
QUERY = SearchQuery("parental leave", leans_on="What about twins?")


class Longest:
    """Prefers long texts, and remembers what it was asked."""

    def __init__(self) -> None:
        self.query = ""
        self.texts: list[str] = []

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        self.query, self.texts = query, list(texts)
        return [float(len(text)) for text in texts]


@pytest.fixture
def filled(knowledge: Knowledge) -> Knowledge:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Leave", LEAVE, *(f"{LEAVE} {'More. ' * n}" for n in (1, 5, 9)))
    return knowledge


def retriever(knowledge: Knowledge, model: Longest, depth: int) -> HybridRetriever:
    return HybridRetriever(
        knowledge.database,
        Indexes(knowledge.vectors, knowledge.keywords),
        knowledge.embedders,
        candidates=50,
        reranking=Reranking(model, depth),
    )


def test_the_best_hits_are_sorted_by_the_reranker_and_the_others_stay(filled: Knowledge) -> None:
    anna, model = filled.person("anna"), Longest()
    fused = filled.retriever().retrieve(anna, QUERY, 4).chunks

    sorted_again = retriever(filled, model, 3).retrieve(anna, QUERY, 4).chunks

    longest_first = sorted(fused[:3], key=lambda hit: -len(hit.chunk.text))
    assert list(sorted_again) == [*longest_first, fused[3]]
    assert list(sorted_again) != list(fused)


def test_a_hit_beyond_those_asked_for_can_come_up(filled: Knowledge) -> None:
    found = retriever(filled, Longest(), 20).retrieve(filled.person("anna"), QUERY, 1).chunks

    assert [hit.chunk.text.count("More") for hit in found] == [9]


def test_the_reranker_reads_the_whole_question_and_passages_with_their_place(
    filled: Knowledge,
) -> None:
    model = Longest()

    retriever(filled, model, 2).retrieve(filled.person("anna"), QUERY, 4)

    assert model.query == "What about twins? parental leave"
    assert len(model.texts) == 2
    assert all(text.startswith("Leave\nParental leave") for text in model.texts)


def test_a_search_without_hits_needs_no_reranker(filled: Knowledge) -> None:
    closed = filled.collection("Closed", "hr")

    found = retriever(filled, Longest(), 2).retrieve(
        filled.person("hr", "hr"), QUERY, 4, collection_ids=[closed]
    )

    assert found.chunks == ()
