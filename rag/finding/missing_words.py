"""Finds the words of a question that no document holds."""

import re
from collections.abc import Iterator, Sequence

from core.domain.ports import KeywordIndex
from rag.reading.question_words import shaping_words

_WORD = re.compile(r"\w{3,}")


def missing_words(
    keywords: KeywordIndex, question: str, collection_ids: Sequence[str]
) -> tuple[str, ...]:
    """Return the words, as typed and in order, that occur in no passage of these collections.

    Words are compared as the keyword index does, so that "days" is found where "day" stands.
    """
    words = {word: keywords.terms(word) for word in _content_words(question)}
    terms = [term for word_terms in words.values() for term in word_terms]
    held = {
        term
        for collection_id in collection_ids
        for term, count in keywords.frequencies(collection_id, terms).frequencies.items()
        if count
    }
    return tuple(
        word for word, word_terms in words.items() if word_terms and held.isdisjoint(word_terms)
    )


def _content_words(question: str) -> Iterator[str]:
    seen = set(shaping_words(question))
    for word in _WORD.findall(question):
        if word.lower() not in seen:
            seen.add(word.lower())
            yield word
