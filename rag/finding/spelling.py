"""Corrects slips of the keyboard in a query with the words that the documents use."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from string import ascii_lowercase

from core.domain.ports import KeywordIndex

# One slip in a word of five letters or more; shorter words have too many neighbours.
MIN_LETTERS = 5
_WORD = re.compile(r"\b[A-Za-z]+\b")


def corrected_query(
    query: str,
    keywords: KeywordIndex,
    collection_ids: Sequence[str],
    is_word: Callable[[str], bool],
) -> str:
    """`query` with each misspelt word replaced by the commonest indexed word one slip away.

    A word stays as it is if an index knows it, if `is_word` says it is a word of the language, if
    it is written in capitals inside, or if no indexed word is that near.
    """
    words = {w for w in _WORD.findall(query) if len(w) >= MIN_LETTERS and w[1:].islower()}
    known = _counts(sorted(words), keywords, collection_ids)
    for word in sorted(words):
        if known[word] or is_word(word.lower()):
            continue
        counts = _counts(list(_one_slip_away(word.lower())), keywords, collection_ids)
        found = [candidate for candidate in counts if counts[candidate]]
        if found:
            best = max(found, key=lambda candidate: (counts[candidate], is_word(candidate)))
            query = re.sub(rf"\b{word}\b", best, query)
    return query


def _one_slip_away(word: str) -> Iterator[str]:
    """A letter swapped with the next, left out, put in or mistaken; the first letter is right.

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
    """In how many chunks each word occurs, in any of its forms."""
    terms = {word: "".join(keywords.terms(word)) for word in words}
    found: Counter[str] = Counter()
    for collection_id in collection_ids:
        found.update(keywords.frequencies(collection_id, list(terms.values())).frequencies)
    return {word: found[term] if term else 1 for word, term in terms.items()}
