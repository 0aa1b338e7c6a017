"""Corrects typing errors in a query with the words that the documents use."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from string import ascii_lowercase

from core.domain.ports import KeywordIndex
from rag.reading.question_words import QUESTION_WORDS

# Shorter words have too many neighbours that are one slip away. Of these, only letters that were
# swapped ("haed") and slips in a question word ("wich") are corrected.
MIN_LETTERS = 5
MIN_LETTERS_SHORT = 3
_WORD = re.compile(r"\b[A-Za-z]+\b")


def corrected_query(
    query: str,
    keywords: KeywordIndex,
    collection_ids: Sequence[str],
    is_word: Callable[[str], bool],
) -> str:
    """Return `query` with misspelt words replaced by the commonest indexed word one slip away.

    A question word counts as indexed. A word stays as it is if an index knows it, if `is_word` says
    that it is a word of the language, if it has capitals inside, or if no indexed word is near.
    """
    words = {w for w in _WORD.findall(query) if len(w) >= MIN_LETTERS_SHORT and w[1:].islower()}
    word_counts = _counts(sorted(words), keywords, collection_ids)
    for word in sorted(words):
        if word_counts[word] or is_word(word.lower()):
            continue
        counts = _counts(list(_candidates(word.lower())), keywords, collection_ids)
        known = (c for c in counts if counts[c] or c in QUESTION_WORDS)
        candidates = [c for c in known if _is_likely(word, c, is_word)]
        if candidates:
            # "wher" is "where" rather than "were": letters are left out more often than mistaken.
            best = max(candidates, key=lambda c: (is_word(c), _keeps_all(word, c), counts[c]))
            query = re.sub(rf"\b{word}\b", best, query)
    return query


def _candidates(word: str) -> Iterator[str]:
    if len(word) >= MIN_LETTERS:
        yield from _one_slip_away(word)
        return
    yield from (w for w in _one_slip_away(word) if w in QUESTION_WORDS or sorted(w) == sorted(word))


def _keeps_all(word: str, candidate: str) -> bool:
    """Return whether a short word only lacks a letter, or has two swapped."""
    is_short = len(word) < MIN_LETTERS
    return is_short and (len(candidate) > len(word) or sorted(candidate) == sorted(word.lower()))


def _is_likely(word: str, candidate: str, is_word: Callable[[str], bool]) -> bool:
    return len(word) >= MIN_LETTERS or is_word(candidate)


def _one_slip_away(word: str) -> Iterator[str]:
    """Yield words with one letter swapped, left out, added or mistaken; the first one is right.

    Norvig, "How to write a spelling corrector", 2007; first letters are rarely wrong (Yannakoudakis
    and Fawthrop, 1983).
    """
    for i in range(1, len(word) + 1):
        head, tail = word[:i], word[i:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in ascii_lowercase)
        yield from (head + letter + tail for letter in ascii_lowercase)


def _counts(
    words: Sequence[str], keywords: KeywordIndex, collection_ids: Sequence[str]
) -> dict[str, int]:
    """Return in how many chunks each word occurs, in any of its forms."""
    terms = {word: "".join(keywords.terms(word)) for word in words}
    chunk_counts: Counter[str] = Counter()
    for collection_id in collection_ids:
        chunk_counts.update(keywords.frequencies(collection_id, list(terms.values())).frequencies)
    return {word: chunk_counts[term] if term else 1 for word, term in terms.items()}
