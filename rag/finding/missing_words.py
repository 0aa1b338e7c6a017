"""Finds the words of a question that no document holds."""

import re
from collections.abc import Iterator, Sequence

from core.domain.ports import KeywordIndex
from rag.reading.question import QuestionTerms
from rag.reading.question_words import shaping_words
from rag.vocabulary.expansion import Expansion

_WORD = re.compile(r"\w{3,}")


def missing_words(
    keywords: KeywordIndex,
    question: str,
    collection_ids: Sequence[str],
    synonyms: Sequence[Expansion] = (),
) -> tuple[str, ...]:
    """Return the words, as typed and in order, that occur in no passage of these collections.

    Words are compared as the keyword index does, so that "days" is found where "day" stands. A word
    of which a passage holds a whole synonym is not missing.
    """
    terms = QuestionTerms(keywords, question, collection_ids, synonyms)
    words = {word: set(keywords.terms(word)) for word in _content_words(question)}
    return tuple(
        word
        for word, own in words.items()
        if (asked := own.intersection(terms.weights)) and not any(map(terms.is_held, asked))
    )


def _content_words(question: str) -> Iterator[str]:
    seen = set(shaping_words(question))
    for word in _WORD.findall(question):
        if word.lower() not in seen:
            seen.add(word.lower())
            yield word
