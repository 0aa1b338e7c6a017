"""The terms of a question, weighted by how rare they are in the searched collections."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain.bm25 import inverse_document_frequency
from core.domain.ports import KeywordIndex
from rag.reading.answer_kind import thing_asked_for
from rag.reading.answer_patterns import CONVERTIBLE, unit_of_measure
from rag.reading.question_words import shaping_words
from rag.vocabulary.expansion import Expansion
from rag.vocabulary.rephrasing import rephrased

# Among few passages, a word that all of them hold would count next to nothing beside one that none
# holds. Terms are weighted as if the passages stood among this many others without the word.
BACKGROUND_PASSAGES = 20
_CAPITALISED = re.compile(r"(?<![\w’'-])[A-ZÀ-Þ][^\W_]*[^\W\d_](?![\w])")
_ORDER = re.compile(
    r"(?<=[.!?])\s*(?:please\s+|and\s+)?"
    r"(?:ignore|disregard|forget|answer|reply|respond|say|write|print|output|translate)\b[^.!?]*[.!]?",
    re.IGNORECASE,
)
_OPENING = ' \t\n"“„(¿¡'
_SENTENCE_END = ".!?:;\n"
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

    `question` is as it was asked, and `rephrased` has their words in place of its own.

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
        question = without_orders(question)
        self.question = question
        self._keywords = keywords
        self._asked = frozenset(keywords.terms(question))
        self._names = frozenset(keywords.terms(" ".join(_names(question))))
        terms = _content_terms(keywords, question)
        self._synonyms = {
            **_synonyms_by_term(keywords, terms, synonyms),
            **_units(keywords, question),
        }
        looked_up = [*terms, *_synonym_terms(self._synonyms)]
        frequencies = [
            keywords.frequencies(collection_id, looked_up) for collection_id in collection_ids
        ]
        count = sum(f.chunk_count for f in frequencies)
        holding = {term: sum(f.frequencies[term] for f in frequencies) for term in looked_up}
        self._held = frozenset(term for term, n in holding.items() if n)
        self._collection_ids = collection_ids
        self._together: dict[frozenset[str], bool] = {}
        self.weights = {
            term: inverse_document_frequency(count + BACKGROUND_PASSAGES, holding[term])
            for term in terms
        }
        self._thing = keywords.terms(thing_asked_for(question))
        self.rephrased = rephrased(question, synonyms, self._is_all_held)

    @property
    def is_thing_unknown(self) -> bool:
        """Whether no document has a word for the very thing that the question asks for."""
        return any(term in self.weights and not self.is_held(term) for term in self._thing)

    @property
    def is_name_unknown(self) -> bool:
        """Whether no document has one of the names in the question."""
        return any(name in self.weights and not self.is_held(name) for name in self._names)

    @property
    def known(self) -> float:
        """The weighted share of terms that occur in any document, in [0, 1]; 1 without terms."""
        total = sum(self.weights.values())
        if not total:
            return 1.0
        return sum(w * self._known_share(term) for term, w in self.weights.items()) / total

    def is_held(self, term: str) -> bool:
        """Return whether any document has the term, or one passage all words of a synonym."""
        return self._known_share(term) > 0

    def _known_share(self, term: str) -> float:
        """Return 1 for a term that a document has, the share of its best synonym there, else 0."""
        if term in self._held:
            return 1.0
        synonyms = self._synonyms.get(term, ())
        return max((s.share for s in synonyms if self._stands_together(s.terms)), default=0.0)

    def _stands_together(self, terms: frozenset[str]) -> bool:
        """Return whether one passage has all terms: "career" here and "break" there are no break.

        Nothing is asked of the index for words that no document has, or for a single word.
        """
        if not terms <= self._held:
            return False
        if len(terms) == 1:
            return True
        if terms not in self._together:
            is_one = self._keywords.hold_together(self._collection_ids, sorted(terms))
            self._together[terms] = is_one
        return self._together[terms]

    def _is_all_held(self, text: str) -> bool:
        """Return whether the documents have all words, perhaps apart: enough to word a question."""
        return self._held.issuperset(self._keywords.terms(text))

    def names(self, text: str) -> bool:
        """Return whether the question itself holds all words of a text, which has any."""
        words = frozenset(self._keywords.terms(text))
        return bool(words) and words <= self._asked and not words.isdisjoint(self.weights)

    def coverage(self, text: str) -> float:
        """Return the weighted share of the question's terms that `text` holds, in [0, 1]."""
        present = frozenset(self._keywords.terms(text))
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


def without_orders(question: str) -> str:
    """Return a question without sentences that say how to answer: they are not what it is about.

    A text that is nothing else stays as it is.
    """
    asked = _ORDER.sub("", question).strip()
    return asked if asked.endswith("?") else question


def _names(question: str) -> Iterator[str]:
    """Yield the words that are names by their capital, which a sentence does not begin with."""
    for match in _CAPITALISED.finditer(question):
        before = question[: match.start()].rstrip(_OPENING)
        if before and before[-1] not in _SENTENCE_END:
            yield match.group()


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


def _units(keywords: KeywordIndex, question: str) -> dict[str, list[_Synonym]]:
    """Return the unit that "how many" asks for, with those in which it may be told as well."""
    units = CONVERTIBLE.get(unit_of_measure(question), ())
    terms = [keywords.terms(f"{unit}s") for unit in units]
    asked = set(keywords.terms(question))
    others = [_Synonym(frozenset(words), 1.0) for words in terms]
    return {term: others for words in terms for term in words if term in asked}


def _synonym_terms(synonyms: dict[str, list[_Synonym]]) -> Iterator[str]:
    for of_term in synonyms.values():
        for synonym in of_term:
            yield from synonym.terms
