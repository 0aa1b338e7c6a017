"""Finds in two questions the words by which one of them calls what the other calls otherwise."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from rag.vocabulary.word_runs import word_runs

MAX_DIFFERING = 3
Stem = Callable[[str], str]
"""Returns the form that all inflections of a word share, "" for a word that tells nothing."""


@dataclass(frozen=True, slots=True)
class WordRun:
    """Words that stand side by side, as they are written, with their stems."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    is_first: bool

    def phrase(self, start: int, end: int) -> str:
        """Return words in small letters, acronyms as they are."""
        return " ".join(w if _is_acronym(w) else w.lower() for w in self.words[start:end])

    def has_name(self, start: int, end: int) -> bool:
        """Return whether a word is written with a capital that no sentence begins with."""
        places = range(max(start, 1 if self.is_first else 0), end)
        return any(self.words[i][0].isupper() and not _is_acronym(self.words[i]) for i in places)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as runs of words; `content` are the stems that say what it is about."""

    runs: tuple[WordRun, ...]
    content: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a text, and their stems by which they are found in other texts."""

    text: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What two questions call the same thing, each in its words."""

    asked: Phrase
    said: Phrase


@dataclass(frozen=True, slots=True)
class _Span:
    run: WordRun
    start: int
    end: int

    @property
    def phrase(self) -> Phrase:
        return Phrase(
            self.run.phrase(self.start, self.end), tuple(self.run.stems[self.start : self.end])
        )

    @property
    def has_name(self) -> bool:
        return self.run.has_name(self.start, self.end)

    def around(self, before: int, after: int) -> "_Span":
        return _Span(self.run, self.start - before, self.end + after)

    def stem_at(self, place: int) -> str:
        """Return the stem at a place of the run, "" beyond its ends."""
        return self.run.stems[place] if 0 <= place < len(self.run.stems) else ""


def wording(text: str, stem: Stem, shaping: Collection[str]) -> Wording:
    """Return a text as runs of words; words in `shaping` say nothing of what it is about."""
    runs = tuple(
        WordRun(tuple(words), tuple(map(stem, words)), is_first=number == 0)
        for number, words in enumerate(word_runs(text))
    )
    content = frozenset(
        form
        for run in runs
        for word, form in zip(run.words, run.stems, strict=True)
        if form and (word.lower() not in shaping or _is_acronym(word))
    )
    return Wording(runs, content)


def differing_pair(asked: Wording, said: Wording) -> Pair | None:
    """Return what differs in two questions that are otherwise alike, None if too much does.

    A word that both have beside it belongs to it: "parking fee" and "parking charge".
    """
    shared = asked.content & said.content
    one, other = _differing(asked, shared), _differing(said, shared)
    if not shared or one is None or other is None or one.has_name or other.has_name:
        return None
    for before, after in ((1, 0), (0, 1)):
        stem = one.stem_at(one.start - 1 if before else one.end)
        if stem in shared and stem == other.stem_at(other.start - 1 if before else other.end):
            one, other = one.around(before, after), other.around(before, after)
            break
    return Pair(one.phrase, other.phrase)


def content_phrases(text: Wording, most_words: int = MAX_DIFFERING) -> Iterator[Phrase]:
    """Yield the phrases of words that say what a text is about, without names."""
    for run in text.runs:
        for start in range(len(run.words)):
            for end in range(start + 1, min(start + most_words, len(run.words)) + 1):
                is_content = all(stem in text.content for stem in run.stems[start:end])
                if is_content and not run.has_name(start, end):
                    yield _Span(run, start, end).phrase


def spelled_in(text: str, stems: Sequence[str], stem: Stem) -> str:
    """Return words of a text that have these stems side by side, as it spells them; "" if none."""
    wanted = tuple(stems)
    for words in word_runs(text):
        forms = tuple(map(stem, words))
        for start in range(len(forms) - len(wanted) + 1):
            if wanted and forms[start : start + len(wanted)] == wanted:
                run = WordRun(tuple(words), forms, is_first=False)
                return run.phrase(start, start + len(wanted))
    return ""


def _differing(text: Wording, shared: Collection[str]) -> _Span | None:
    """Return the words that the other text lacks, if they are few and stand side by side."""
    places = [
        (run, i)
        for run in text.runs
        for i, stem in enumerate(run.stems)
        if stem in text.content and stem not in shared
    ]
    if not places or len(places) > MAX_DIFFERING:
        return None
    run, first = places[0]
    last = places[-1][1]
    is_one = all(other is run for other, _ in places) and last - first + 1 == len(places)
    return _Span(run, first, last + 1) if is_one else None


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()
