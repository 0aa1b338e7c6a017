"""The search indexes hold ids only, find what was added and forget what was removed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.domain.ports import KeywordEntry, KeywordIndex, WeightedText
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.keyword_postings import BLOCK
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.store import ChromaStore, open_chroma

UNIT = np.eye(4, dtype=np.float32)


def opened(folder: Path) -> ChromaVectorIndex:
    return ChromaVectorIndex(ChromaStore(lambda: open_chroma(folder)))


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[ChromaVectorIndex]:
    store = ChromaStore(lambda: open_chroma(tmp_path / "chroma"))
    yield ChromaVectorIndex(store)
    store.close()


@pytest.fixture(
    params=["tantivy_index", pytest.param("postgres_index", marks=pytest.mark.postgres)]
)
def keywords(request: pytest.FixtureRequest) -> KeywordIndex:
    """Each of the two keyword indexes: they keep the same promises."""
    index: KeywordIndex = request.getfixturevalue(request.param)
    return index


def found(keywords: KeywordIndex, query: str, *collection_ids: str) -> list[int]:
    hits = keywords.search(collection_ids or ["a"], [WeightedText(query)], 5)
    return [hit.chunk_id for hit in hits]


def entry(chunk_id: int, text: str, title: str = "", headings: str = "") -> KeywordEntry:
    return KeywordEntry(chunk_id, title, headings, text)


def test_the_nearest_vector_comes_first_with_its_cosine(vectors: ChromaVectorIndex) -> None:
    vectors.add("a", [1, 2], UNIT[:2])

    hits = vectors.search("a", UNIT[1], 2)

    assert [hit.chunk_id for hit in hits] == [2, 1]
    assert hits[0].score == pytest.approx(1.0)
    assert hits[1].score == pytest.approx(0.0, abs=1e-6)


def test_collections_do_not_see_each_other(
    vectors: ChromaVectorIndex, keywords: KeywordIndex
) -> None:
    vectors.add("a", [1], UNIT[:1])
    keywords.add("a", [entry(1, "parental leave")])

    assert vectors.search("b", UNIT[0], 5) == []
    assert keywords.search(["b"], [WeightedText("parental leave")], 5) == []


def test_removed_chunks_are_not_found_again(
    vectors: ChromaVectorIndex, keywords: KeywordIndex
) -> None:
    vectors.add("a", [1, 2], UNIT[:2])
    keywords.add("a", [entry(1, "parental leave"), entry(2, "leave request")])

    vectors.remove("a", [1])
    keywords.remove("a", [1])

    assert vectors.ids("a") == {2}
    assert keywords.ids("a") == {2}
    assert [
        hit.chunk_id for hit in keywords.search(["a"], [WeightedText("parental leave")], 5)
    ] == [2]


def test_vectors_survive_a_restart(tmp_path: Path) -> None:
    opened(tmp_path).add("a", [7], UNIT[:1])

    assert opened(tmp_path).ids("a") == {7}


class TwoGenerations:
    """The second one answers."""

    def live(self, _collection_id: str) -> int:
        return 2

    def all(self, _collection_id: str) -> tuple[int, ...]:
        return (1, 2)


OTHER_PROCESS = """
import sys
from pathlib import Path

import numpy as np

from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.store import ChromaStore, open_chroma

vectors = np.load(sys.argv[2])
ids = list(range(1500, 3000))
store = ChromaStore(lambda: open_chroma(Path(sys.argv[1])))
ChromaVectorIndex(store).add("a", ids, vectors[1500:3000])
"""


def test_what_another_process_added_survives_the_next_writes_of_this_one(tmp_path: Path) -> None:
    """From a thousand vectors on, Chroma keeps a graph in memory and writes it as a whole."""
    vectors = np.random.default_rng(0).normal(size=(4200, 16)).astype(np.float32)
    np.save(tmp_path / "vectors.npy", vectors)
    folder = tmp_path / "chroma"
    index = opened(folder)
    index.add("a", list(range(1500)), vectors[:1500])
    arguments = [str(folder), str(tmp_path / "vectors.npy")]
    subprocess.run([sys.executable, "-c", OTHER_PROCESS, *arguments], check=True)

    index.store.reopen()
    index.add("a", list(range(3000, 4200)), vectors[3000:])

    asked = range(0, 4200, 150)
    assert [index.search("a", vectors[i], 1)[0].chunk_id for i in asked] == list(asked)


def test_generations_of_an_index_lie_side_by_side(tmp_path: Path) -> None:
    store = ChromaStore(lambda: open_chroma(tmp_path))
    vectors = ChromaVectorIndex(store, TwoGenerations())
    vectors.add("a", [1, 2, 3], UNIT[:3], generation=1)
    vectors.add("a", [1, 2], np.eye(8, dtype=np.float32)[:2])

    vectors.remove("a", [2])

    assert (vectors.ids("a"), vectors.ids("a", generation=1)) == ({1}, {1, 3})
    assert [hit.chunk_id for hit in vectors.search("a", UNIT[2], 1, generation=1)] == [3]
    assert ChromaVectorIndex(store).ids("a") == {1, 3}  # as it was named before


def test_one_generation_is_dropped_without_the_others(tmp_path: Path) -> None:
    store = ChromaStore(lambda: open_chroma(tmp_path))
    vectors = ChromaVectorIndex(store, TwoGenerations())
    for generation in (1, 2):
        vectors.add("a", [1], UNIT[:1], generation=generation)

    vectors.drop("a", generation=1)

    assert (vectors.ids("a"), vectors.ids("a", generation=1)) == ({1}, set())


def test_keywords_match_other_forms_of_a_word(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "Employees request vacations early"), entry(2, "Customs codes")])

    assert [
        hit.chunk_id for hit in keywords.search(["a"], [WeightedText("requesting a vacation")], 5)
    ] == [1]


def test_an_identifier_ranks_its_own_passage_first(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "Form EUR.1 for exports"), entry(2, "The EUR 1 coin costs EUR 1")])

    assert keywords.search(["a"], [WeightedText("EUR.1")], 5)[0].chunk_id == 1


def test_a_query_of_stop_words_finds_nothing(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "the and of")])

    assert keywords.search(["a"], [WeightedText("the of")], 5) == []


def test_adding_a_chunk_again_replaces_it(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "old words")])

    keywords.add("a", [entry(1, "fresh sentence")])

    assert keywords.search(["a"], [WeightedText("old words")], 5) == []
    assert keywords.ids("a") == {1}


def test_dropping_a_collection_empties_both_indexes(
    vectors: ChromaVectorIndex, keywords: KeywordIndex
) -> None:
    vectors.add("a", [1], UNIT[:1])
    keywords.add("a", [entry(1, "parental leave")])

    vectors.drop("a")
    keywords.drop("a")

    assert vectors.ids("a") == set()
    assert keywords.ids("a") == set()


def test_no_text_reaches_the_disk_of_either_index(
    tmp_path: Path, vectors: ChromaVectorIndex, tantivy_index: TantivyKeywordIndex
) -> None:
    sentence = b"Confidential Zanzibar merger"
    vectors.add("a", [1], UNIT[:1])
    tantivy_index.add("a", [entry(1, sentence.decode())])

    stored = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())

    assert sentence not in stored


def test_frequencies_count_the_passages_that_hold_a_term(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "leave, leave and leave"), entry(2, "leave early")])

    found = keywords.frequencies("a", keywords.terms("leaves early unknown"))

    assert found.chunk_count == 2
    assert found.frequencies == {"leav": 2, "earli": 1, "unknown": 0}


def test_terms_are_held_together_where_one_passage_has_all_of_them(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "career of a sailor"), entry(2, "breaks at noon")])
    keywords.add("b", [entry(3, "a career break, and a second break")])
    terms = keywords.terms("career breaks")

    assert not keywords.hold_together(["a"], terms)
    assert keywords.hold_together(["a", "b"], terms)
    assert keywords.hold_together(["a"], terms[:1])
    assert not keywords.hold_together(["a", "b"], [*terms, "unknown"])
    assert not keywords.hold_together(["a", "b"], [])
    assert not keywords.hold_together([], terms)


def test_a_removed_passage_holds_nothing_together(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "career break"), entry(2, "career of a sailor")])

    keywords.remove("a", [1])

    assert not keywords.hold_together(["a"], keywords.terms("career breaks"))


def test_scores_of_collections_are_those_of_one_index_of_all_passages(
    keywords: KeywordIndex,
) -> None:
    texts = ["leave of parents", "leave the harbour", "customs form", "leave at sea", "tax form"]
    entries = [entry(number, text) for number, text in enumerate(texts, start=1)]
    keywords.add("all", entries)
    keywords.add("a", entries[:2])
    keywords.add("b", entries[2:])
    query = [WeightedText("leave form")]

    together = keywords.search(["all"], query, 5)
    apart = keywords.search(["a", "b"], query, 5)

    assert [hit.chunk_id for hit in apart] == [hit.chunk_id for hit in together]
    assert [hit.score for hit in apart] == pytest.approx([h.score for h in together], rel=0.05)


def test_a_word_of_little_weight_counts_less_than_one_of_full_weight(
    keywords: KeywordIndex,
) -> None:
    keywords.add("a", [entry(1, "forklift"), entry(2, "harbour")])

    hits = keywords.search(["a"], [WeightedText("forklift", 0.3), WeightedText("harbour")], 5)

    assert [hit.chunk_id for hit in hits] == [2, 1]
    assert hits[1].score == pytest.approx(0.3 * hits[0].score)


def test_an_identifier_of_any_length_can_be_indexed(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "key " + "4-x" * 2000)])

    assert found(keywords, "key") == [1]


def test_a_chunk_of_another_block_is_found_with_the_others(keywords: KeywordIndex) -> None:
    keywords.add("a", [entry(1, "forklift rules"), entry(BLOCK + 1, "forklift")])
    keywords.add("a", [entry(2, "the forklift and its many rules")])

    assert found(keywords, "forklift") == [BLOCK + 1, 1, 2]


def test_both_indexes_tell_which_of_some_passages_they_know(
    vectors: ChromaVectorIndex, keywords: KeywordIndex
) -> None:
    chosen = np.eye(3, 8, dtype=np.float32)
    vectors.add("c", [1, 2, 3], chosen)
    keywords.add("c", [KeywordEntry(i, "", "", f"word {i}") for i in (1, 2, 3)])

    assert vectors.known("c", [2, 3, 99]) == keywords.known("c", [2, 3, 99]) == {2, 3}
    assert vectors.known("c", []) == keywords.known("c", []) == set()
    found = vectors.vectors_of("c", [3, 99, 1])
    assert found.keys() == {1, 3}
    np.testing.assert_allclose(found[3], chosen[2])
