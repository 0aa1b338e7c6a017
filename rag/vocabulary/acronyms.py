"""Acronyms that passages explain, as synonyms of what a question says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from core.domain.ports import WeightedText
from core.domain.text.acronyms import explained_acronyms
from rag.vocabulary.expansion import Expansion
from rag.vocabulary.word_runs import word_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from core.domain.text.acronyms import Acronym

MAX_ACRONYMS_OF_QUESTION = 8
_PLURAL = re.compile(r"(?<=[^sS])s$")


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a question, and the stems of those that stand side by side."""

    words: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, question: str, terms: Callable[[str], Sequence[str]]) -> _Said:
        runs = list(word_runs(question))
        stems = (tuple(terms(" ".join(words))) for words in runs)
        return cls(tuple(chain(*runs)), tuple(stems))

    def stands(self, stems: Sequence[str]) -> bool:
        """Return whether each of some stems stands anywhere."""
        return all(any(stem in run for run in self.stems) for stem in stems)

    def holds(self, phrase: tuple[str, ...]) -> bool:
        """Return whether the stems of a phrase stand side by side; False for an empty one."""
        starts = ((run, start) for run in self.stems for start in range(len(run)))
        return bool(phrase) and any(run[at : at + len(phrase)] == phrase for run, at in starts)


class AcronymExpander:
    """The acronyms of a question, explained by the passages that it leads to.

    `terms` stems as the searched index does. `is_word` says whether letters are a word of the
    language: "CARE" in capitals only is the acronym, "sla" is one in any spelling.
    """

    def __init__(
        self,
        terms: Callable[[str], Sequence[str]],
        is_word: Callable[[str], bool],
        *,
        weight: float,
    ) -> None:
        self._terms = terms
        self._is_word = is_word
        self._weight = weight

    def expand(self, question: str, passages: Iterable[str]) -> tuple[Expansion, ...]:
        """Return the short forms of long ones in the question, and the long forms of short ones.

        A form that the question has already is left out; at most MAX_ACRONYMS_OF_QUESTION.
        """
        said = _Said.of(question, self._terms)
        found: dict[tuple[str, ...], Expansion] = {}

        def is_wanted(short: str, word: str) -> bool:
            """Return whether the question may hold either form."""
            stems = self._terms(word)
            return self._has_short(short, said) or not stems or said.stands(stems)

        acronyms = (explained_acronyms(passage, is_wanted) for passage in passages)
        for acronym in chain.from_iterable(acronyms):
            expansion = self._expansion(acronym, said)
            if expansion is not None:
                found.setdefault((acronym.short, *self._terms(acronym.long)), expansion)
            if len(found) == MAX_ACRONYMS_OF_QUESTION:
                break
        return tuple(found.values())

    def _expansion(self, acronym: Acronym, said: _Said) -> Expansion | None:
        """Return the form that the question lacks, None if it has both or neither."""
        has_short = self._has_short(acronym.short, said)
        has_long = said.holds(tuple(self._terms(acronym.long)))
        if has_short == has_long:
            return None
        asked, synonym = (
            (acronym.short, acronym.long) if has_short else (acronym.long, acronym.short)
        )
        share = self._weight / max(1, len(self._terms(synonym)))
        return Expansion(asked, (WeightedText(synonym, share),), self._weight)

    def _has_short(self, short: str, said: _Said) -> bool:
        return any(self._is_short(short, word) for word in said.words)

    def _is_short(self, short: str, word: str) -> bool:
        """Return whether a word of the question is the short form, perhaps of several."""
        forms = {word, _PLURAL.sub("", word)}
        if short.casefold() not in map(str.casefold, forms):
            return False
        is_as_written = short in forms or any(map(str.isupper, forms))
        return is_as_written or not self._is_word(word.lower())
