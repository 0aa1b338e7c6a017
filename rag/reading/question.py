"""The terms of a question, weighted by how rare they are in the searched collections."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain.bm25 import inverse_document_frequency
from core.domain.ports import KeywordIndex
from rag.reading.answer_kind import thing_asked_for
from rag.reading.question_words import shaping_words
from rag.vocabulary.expansion import Expansion

# Among few passages, a word that all of them hold would count next to nothing beside one that none
# holds. Terms are weighted as if the passages stood among this many others without the word.
BACKGROUND_PASSAGES = 20
# The share of its weight in the search that a synonym counts with as evidence. At the full weight
# one more of 22 unanswerable development questions and one more of 24 golden ones were answered.
SYNONYM_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class _Synonym:
    """The terms of a synonym, all of which must stand in a text, and the share it counts with."""

    terms: frozenset[str]
    share: float


class QuestionTerms:
    """What a question is about, as far as the words of the documents can tell.

    A term counts in full where it stands itself; where a synonym of its phrase stands instead, it
    counts with SYNONYM_SHARE of the weight that the synonym has in the search.
    """

    def __init__(
        self,
        keywords: KeywordIndex,
        question: str,
        collection_ids: Sequence[str],
        synonyms: Sequence[Expansion] = (),
    ) -> None:
        self._keywords = keywords
        terms = _content_terms(keywords, question)
        self._synonyms = _synonyms_by_term(keywords, terms, synonyms)
        looked_up = [*terms, *_synonym_terms(self._synonyms)]
        frequencies = [
            keywords.frequencies(collection_id, looked_up) for collection_id in collection_ids
        ]
        count = sum(f.chunk_count for f in frequencies)
        holding = {term: sum(f.frequencies[term] for f in frequencies) for term in looked_up}
        self._held = frozenset(term for term, n in holding.items() if n)
        self.weights = {
            term: inverse_document_frequency(count + BACKGROUND_PASSAGES, holding[term])
            for term in terms
        }
        self._thing = keywords.terms(thing_asked_for(question))

    @property
    def is_thing_unknown(self) -> bool:
        """Whether no document has a word for the very thing that the question asks for."""
        return any(term in self.weights and not self.is_held(term) for term in self._thing)

    @property
    def known(self) -> float:
        """The weighted share of terms that occur in any document, in [0, 1]; 1 without terms."""
        return self._covered(self._held) if any(self.weights.values()) else 1.0

    def is_held(self, term: str) -> bool:
        """Return whether any document has the term, or the words of a synonym."""
        return self._share(term, self._held) > 0

    def is_mentioned(self, term: str) -> bool:
        """Return whether any document has the term, or a synonym of one word.

        The words of a longer one may stand far apart, "career" here and "break" there.
        """
        single = (s.terms for s in self._synonyms.get(term, ()) if len(s.terms) == 1)
        return term in self._held or any(terms <= self._held for terms in single)

    def coverage(self, text: str) -> float:
        """Return the weighted share of the question's terms that `text` holds, in [0, 1]."""
        return self._covered(frozenset(self._keywords.terms(text)))

    def _covered(self, present: frozenset[str]) -> float:
        total = sum(self.weights.values())
        if not total:
            return 0.0
        return sum(w * self._share(term, present) for term, w in self.weights.items()) / total

    def _share(self, term: str, present: frozenset[str]) -> float:
        """Return 1 for a term among those present, the share of its best synonym there, else 0."""
        if term in present:
            return 1.0
        synonyms = self._synonyms.get(term, ())
        return max((s.share for s in synonyms if s.terms <= present), default=0.0)


def _content_terms(keywords: KeywordIndex, question: str) -> list[str]:
    shaping = set(keywords.terms(" ".join(sorted(shaping_words(question)))))
    return [term for term in dict.fromkeys(keywords.terms(question)) if term not in shaping]


def _synonyms_by_term(
    keywords: KeywordIndex, terms: Sequence[str], expansions: Sequence[Expansion]
) -> dict[str, list[_Synonym]]:
    synonyms: dict[str, list[_Synonym]] = defaultdict(list)
    for expansion in expansions:
        texts = [frozenset(keywords.terms(synonym.text)) for synonym in expansion.synonyms]
        found = [_Synonym(words, SYNONYM_SHARE * expansion.weight) for words in texts if words]
        for term in set(keywords.terms(expansion.asked)).intersection(terms):
            synonyms[term].extend(found)
    return dict(synonyms)


def _synonym_terms(synonyms: dict[str, list[_Synonym]]) -> Iterator[str]:
    for of_term in synonyms.values():
        for synonym in of_term:
            yield from synonym.terms
