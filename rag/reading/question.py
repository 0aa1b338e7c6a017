"""The terms of a question, weighted by how rare they are in the searched collections."""

from collections.abc import Sequence

from core.domain.bm25 import inverse_document_frequency
from core.domain.ports import KeywordIndex
from rag.reading.answer_kind import thing_asked_for
from rag.reading.question_words import shaping_words

# Among few passages, a word that all of them hold would count next to nothing beside one that none
# holds. Terms are weighted as if the passages stood among this many others without the word.
BACKGROUND_PASSAGES = 20


class QuestionTerms:
    """What a question is about, as far as the words of the documents can tell."""

    def __init__(
        self, keywords: KeywordIndex, question: str, collection_ids: Sequence[str]
    ) -> None:
        self._keywords = keywords
        terms = _content_terms(keywords, question)
        frequencies = [
            keywords.frequencies(collection_id, terms) for collection_id in collection_ids
        ]
        count = sum(f.chunk_count for f in frequencies)
        self._holding = {term: sum(f.frequencies[term] for f in frequencies) for term in terms}
        self.weights = {
            term: inverse_document_frequency(count + BACKGROUND_PASSAGES, n)
            for term, n in self._holding.items()
        }
        self._thing = keywords.terms(thing_asked_for(question))

    @property
    def is_thing_unknown(self) -> bool:
        """Whether no document has the word for the very thing that the question asks for."""
        return any(self._holding.get(term) == 0 for term in self._thing)

    @property
    def known(self) -> float:
        """The weighted share of terms that occur in any document, in [0, 1]; 1 without terms."""
        total = sum(self.weights.values())
        held = sum(weight for term, weight in self.weights.items() if self._holding[term])
        return held / total if total else 1.0

    def coverage(self, text: str) -> float:
        """Return the weighted share of the question's terms that `text` holds, in [0, 1]."""
        total = sum(self.weights.values())
        if not total:
            return 0.0
        present = set(self._keywords.terms(text))
        return sum(w for term, w in self.weights.items() if term in present) / total


def _content_terms(keywords: KeywordIndex, question: str) -> list[str]:
    shaping = set(keywords.terms(" ".join(sorted(shaping_words(question)))))
    return [term for term in dict.fromkeys(keywords.terms(question)) if term not in shaping]
