"""Finds the synonyms of the words in a question."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain.ports import WeightedText
from rag.vocabulary.synonyms import EXACT, MAX_PHRASE_WORDS, SynonymSet, Vocabulary
from rag.vocabulary.word_runs import word_runs

MAX_QUESTION_WORDS = 400
MAX_SYNONYMS_OF_PHRASE = 16
MAX_SYNONYMS = 48

_UNSTEMMED = "!"
_Key = tuple[str, ...]
"""A phrase in a form in which its inflections are the same; after "=", as it is written."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """A phrase of a question and what documents may call the same thing.

    `weight` is that of a whole synonym beside the phrase itself. In `synonyms` its words share it,
    so that a long one counts no more than a short one in a search.
    """

    asked: str
    synonyms: tuple[WeightedText, ...]
    weight: float


class Synonyms(Protocol):
    """A vocabulary that a question is looked up in; `weight` is that of a whole synonym."""

    @property
    def weight(self) -> float: ...

    def expand(self, question: str) -> tuple[Expansion, ...]:
        """Return the phrases of a question that have synonyms it lacks, the longest first."""
        ...


@dataclass(frozen=True, slots=True)
class _Match:
    key: _Key
    run: int
    start: int
    length: int
    asked: str

    @property
    def places(self) -> set[tuple[int, int]]:
        return {(self.run, i) for i in range(self.start, self.start + self.length)}


class SynonymExpander:
    """A vocabulary in which phrases are looked up in any of their inflections.

    `terms` stems as the searched index does (`KeywordIndex.terms`); `weight` is that of a synonym
    beside a word of the question, above 0 and below 1, so that exact words win.
    """

    def __init__(
        self, vocabulary: Vocabulary, terms: Callable[[str], Sequence[str]], *, weight: float
    ) -> None:
        if not 0 < weight < 1:
            raise ValueError("a synonym weighs more than 0 and less than 1")
        self.weight = weight
        self._terms = terms
        self._texts: dict[_Key, str] = {}
        self._leads: dict[_Key, list[_Key]] = {}
        for synonyms in vocabulary.sets:
            self._add(synonyms)

    def expand(self, question: str) -> tuple[Expansion, ...]:
        """Return the phrases of a question that have synonyms it lacks, the longest first.

        A word belongs to one phrase only. At most MAX_SYNONYMS synonyms in all.
        """
        matches = sorted(self._matches(question), key=lambda m: (-m.length, m.run, m.start))
        said = {self._plain(match.key) for match in matches}
        taken: set[tuple[int, int]] = set()
        expansions: list[Expansion] = []
        left = MAX_SYNONYMS
        for match in matches:
            if taken.isdisjoint(match.places):
                taken |= match.places
                synonyms = self._synonyms(match.key, said)[:left]
                if synonyms:
                    expansions.append(Expansion(match.asked, synonyms, self.weight))
                    left -= len(synonyms)
        return tuple(expansions)

    def _add(self, synonyms: SynonymSet) -> None:
        phrases = [self._registered(phrase) for phrase in synonyms.phrases]
        targets = [self._registered(phrase) for phrase in synonyms.targets]
        for key in phrases:
            self._leads[key].extend(targets or phrases)

    def _registered(self, phrase: str) -> _Key:
        text = phrase.removeprefix(EXACT)
        words = next(word_runs(text))
        key = _exact(words) if phrase.startswith(EXACT) else self._stemmed(words)
        self._texts.setdefault(key, text)
        self._leads.setdefault(key, [])
        return key

    def _matches(self, question: str) -> Iterator[_Match]:
        left = MAX_QUESTION_WORDS
        for number, run in enumerate(word_runs(question)):
            words = run[:left]
            left -= len(words)
            stems = self._stemmed(words)
            for start in range(len(words)):
                for end in range(start + 1, min(start + MAX_PHRASE_WORDS, len(words)) + 1):
                    for key in (_exact(words[start:end]), stems[start:end]):
                        if key in self._leads:
                            asked = " ".join(words[start:end])
                            yield _Match(key, number, start, end - start, asked)

    def _synonyms(self, key: _Key, said: set[_Key]) -> tuple[WeightedText, ...]:
        """Return the phrases to which `key` leads, near ones first, and mark them as said."""
        synonyms: list[WeightedText] = []
        for found in self._reached(key):
            if self._plain(found) not in said:
                said.add(self._plain(found))
                synonyms.append(self._weighted(self._texts[found]))
        return tuple(synonyms)

    def _reached(self, key: _Key) -> list[_Key]:
        reached = [key]
        for source in reached:
            for target in self._leads[source]:
                if target not in reached:
                    reached.append(target)
                if len(reached) > MAX_SYNONYMS_OF_PHRASE:
                    return reached
        return reached

    def _weighted(self, text: str) -> WeightedText:
        return WeightedText(text, self.weight / max(1, len(self._terms(text))))

    def _plain(self, key: _Key) -> _Key:
        """Return the stemmed form of a key, also of one that is matched as it is written."""
        return self._stemmed(key[1:]) if key[0] == EXACT else key

    def _stemmed(self, words: Sequence[str]) -> _Key:
        return tuple(self._stem(word) for word in words)

    def _stem(self, word: str) -> str:
        """Return the stem, or a word that an index leaves out as it is: "IT" is not "it"."""
        stem = " ".join(self._terms(word))
        if stem:
            return stem
        # The stem of "AED" is "a": the mark keeps the article apart from it.
        return _UNSTEMMED + (word if len(word) > 1 and word.isupper() else word.lower())


def _exact(words: Sequence[str]) -> _Key:
    return (EXACT, *(word.lower() for word in words))
