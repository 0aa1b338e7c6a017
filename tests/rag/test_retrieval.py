"""People find what their groups may read, and nothing else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.answers import Turn
from core.domain.clock import new_id
from core.domain.ports import ScoredId
from core.errors import IndexUnavailable, NotFound
from core.storage.queries.sentences import store_sentences
from core.storage.tables import ChunkRow
from rag.finding.fusion import Meaning, fuse
from rag.finding.rewriting import SearchQuery, search_query
from tests.rag.conftest import HashingEmbedder, Knowledge


@pytest.fixture
def three_secrets(knowledge: Knowledge) -> Knowledge:
    """One collection for each of the groups a, b and c."""
    for name in "abc":
        collection = knowledge.collection(name, name)
        knowledge.document(collection, f"Secret {name}", f"Canary {name} parental leave")
    return knowledge


LEAVE = "Every parent gets 90 working days of parental leave per child."
SALARY = "The salary band of a team lead starts at 64,000 EUR."


def test_the_passage_that_answers_comes_first(knowledge: Knowledge) -> None:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Parental leave", LEAVE, "Forms go to the HR desk.")
    knowledge.document(handbook, "Canteen", "Lunch costs 4.90 EUR.")

    found = knowledge.retriever().retrieve(
        knowledge.person("anna"), SearchQuery("How many days of parental leave?"), 3
    )

    assert found.chunks[0].chunk.text == LEAVE
    assert found.chunks[0].similarity is not None
    assert found.chunks[0].keyword_score is not None


def test_a_collection_of_another_group_is_neither_searched_nor_shown(knowledge: Knowledge) -> None:
    knowledge.document(knowledge.collection("Pay", "hr"), "Salary bands", SALARY)
    employee = knowledge.person("anna", "sales")

    found = knowledge.retriever().retrieve(employee, SearchQuery(SALARY), 5)

    assert found.collections == ()
    assert found.chunks == ()


def test_a_collection_without_groups_is_closed_to_everybody(knowledge: Knowledge) -> None:
    knowledge.document(knowledge.collection("Drafts"), "Draft", SALARY)

    assert (
        knowledge.retriever()
        .retrieve(knowledge.person("anna", "hr"), SearchQuery(SALARY), 5)
        .chunks
        == ()
    )


def test_asking_for_a_foreign_collection_by_id_fails_like_an_unknown_one(
    knowledge: Knowledge,
) -> None:
    foreign = knowledge.collection("Pay", "hr")

    with pytest.raises(NotFound):
        knowledge.retriever().retrieve(
            knowledge.person("anna"), SearchQuery("pay"), 5, collection_ids=[foreign]
        )


def test_a_chunk_that_an_index_still_knows_is_checked_against_the_database(
    knowledge: Knowledge,
) -> None:
    handbook = knowledge.collection("Handbook", is_open=True)
    pay = knowledge.collection("Pay", "hr")
    foreign = knowledge.document(pay, "Salary bands", SALARY)
    knowledge.vectors.add(handbook, foreign, knowledge.embedder.embed_passages([SALARY]))

    assert (
        knowledge.retriever().retrieve(knowledge.person("anna"), SearchQuery(SALARY), 5).chunks
        == ()
    )


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(groups=st.sets(st.sampled_from(["a", "b", "c"])))
def test_whatever_the_groups_every_found_passage_lies_in_a_readable_collection(
    three_secrets: Knowledge, groups: set[str]
) -> None:
    person = three_secrets.person(new_id(), *groups)

    found = three_secrets.retriever().retrieve(person, SearchQuery("canary parental leave"), 10)

    assert {hit.chunk.document_title[-1] for hit in found.chunks} == groups


def test_fusion_prefers_what_both_indexes_found() -> None:
    fused = fuse(
        [Meaning([ScoredId(1, 0.9), ScoredId(2, 0.8), ScoredId(3, 0.1)], members={2, 4})],
        [ScoredId(2, 12.0), ScoredId(4, 3.0)],
    )

    assert fused[0].chunk_id == 2
    assert {hit.chunk_id for hit in fused} == {1, 2, 3, 4}


def test_fusion_of_nothing_is_nothing() -> None:
    assert fuse([], []) == []


def test_the_best_sentence_decides_between_passages_that_are_equally_near() -> None:
    fused = fuse([Meaning([ScoredId(1, 0.5), ScoredId(2, 0.5)], {1: 0.4, 2: 0.8})], [])

    assert [hit.chunk_id for hit in fused] == [2, 1]
    assert fused[0].sentence_similarity == 0.8


def test_what_was_spoken_of_decides_between_passages_that_are_equally_near(
    knowledge: Knowledge,
) -> None:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Canteen", "Fridays are different in the canteen.")
    knowledge.document(handbook, "Workshop", "Fridays are different in the workshop.")
    anna = knowledge.person("anna")
    history = [Turn("user", "Which tools does the workshop lend?")]

    found = knowledge.retriever().retrieve(anna, search_query("And on Fridays?", history), 2)

    assert found.chunks[0].chunk.document_title == "Workshop"


def test_the_passage_with_the_sentence_that_answers_comes_before_one_about_the_matter(
    knowledge: Knowledge,
) -> None:
    handbook = knowledge.collection("Handbook", is_open=True)
    matter = "Leave, leave and leave. Parental matters of parents in general."
    hidden = f"Lorries start at six. {LEAVE} Gates close at ten. Coffee costs nothing here."
    knowledge.document(handbook, "Matter", matter)
    knowledge.document(handbook, "Hidden", hidden)
    anna = knowledge.person("anna")

    found = knowledge.retriever().retrieve(
        anna, SearchQuery("How many working days of parental leave per child?"), 2
    )

    assert found.chunks[0].chunk.text == hidden
    assert found.chunks[0].sentence_similarity is not None


def test_two_collections_of_two_models_are_searched_each_with_its_own(
    knowledge: Knowledge,
) -> None:
    other = knowledge.others["other"] = HashingEmbedder("other", 64)
    handbook = knowledge.collection("Handbook", is_open=True)
    wages = knowledge.collection("Wages", is_open=True, model=other)
    knowledge.document(handbook, "Parental leave", LEAVE, "Forms go to the HR desk.")
    knowledge.document(wages, "Salary bands", SALARY, "Payday is the 25th.", model=other)
    anna = knowledge.person("anna")

    def first(question: str) -> str:
        found = knowledge.retriever().retrieve(anna, SearchQuery(question), 4)
        assert {hit.chunk.collection_id for hit in found.chunks} == {handbook, wages}
        assert found.chunks[0].sentence_similarity is not None
        return found.chunks[0].chunk.text

    assert first("How many working days of parental leave per child?") == LEAVE
    assert first("Where does the salary band of a team lead start?") == SALARY


def test_a_collection_whose_model_is_gone_says_so(knowledge: Knowledge) -> None:
    lost = HashingEmbedder("lost")
    knowledge.collection("Wages", is_open=True, model=lost)

    with pytest.raises(IndexUnavailable, match=r"“Wages” cannot be searched.*“lost”"):
        knowledge.retriever().retrieve(knowledge.person("anna"), SearchQuery("pay"), 4)


def test_sentences_of_another_generation_are_never_compared(knowledge: Knowledge) -> None:
    """They have the same dimension and would pass for an answer."""
    handbook = knowledge.collection("Handbook", is_open=True)
    [chunk_id] = knowledge.document(handbook, "Canteen", "Lunch costs 4.90 EUR.")
    anna = knowledge.person("anna")
    query = SearchQuery("Where do the lorries wait?")
    before = knowledge.retriever().retrieve(anna, query, 1).chunks[0].sentence_similarity

    with knowledge.database.begin() as session:
        vector = knowledge.embedder.embed_query(query.text)
        store_sentences(session, [chunk_id], [vector[None, :]], generation=2)

    after = knowledge.retriever().retrieve(anna, query, 1).chunks[0].sentence_similarity
    assert after == before


def test_fusion_compares_the_hits_of_a_model_with_one_another_only() -> None:
    """The second model gives everything a high similarity; its best is worth as much."""
    low = Meaning([ScoredId(1, 0.6), ScoredId(2, 0.2), ScoredId(3, 0.1)])
    high = Meaning([ScoredId(4, 0.96), ScoredId(5, 0.92), ScoredId(6, 0.91)])

    fused = fuse([low, high], [])

    assert {hit.chunk_id for hit in fused[:2]} == {1, 4}
    assert fused[0].score == pytest.approx(fused[1].score)


@pytest.mark.parametrize(("page", "text"), [(1, "It opened. It goes on."), (2, "It goes on.")])
def test_a_passage_is_read_with_the_one_before_on_its_page(
    knowledge: Knowledge, page: int, text: str
) -> None:
    handbook = knowledge.collection("Handbook", is_open=True)
    _, second = knowledge.document(handbook, "Exchange", "It opened.", "It goes on.")
    with knowledge.database.begin() as session:
        row = session.get_one(ChunkRow, second)
        row.page_from = row.page_to = page
        row.start, row.end = 11, 22
    retriever = knowledge.retriever()
    found = retriever.retrieve(knowledge.person("anna"), search_query("goes on", []), 5).chunks
    [hit] = [hit for hit in found if hit.chunk.id == second]

    assert retriever.with_passage_before(hit).chunk.text == text
