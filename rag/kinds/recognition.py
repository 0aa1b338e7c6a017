"""Recognises kinds of questions by the wordings in kinds.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from rag.kinds.phrases import LONGEST_SUBJECT, phrase_pattern

LONGEST_QUESTION = 300
"""Characters; longer texts do more than greet, or name one thing to summarise."""
MAX_COURTESIES = 3
"""The number of courtesies that may stand before a question, and after it."""

_SMILEY = re.compile(r"(?<!\S)[:;=8xX]['’]?-?[)(DPp/|oO3]+(?!\S)")
# Signs that are part of a word, as in C++, R&D or /help, are no edges.
_EDGES = re.compile(r"^[^\w&/+#§%€$]+|[^\w&/+#§%€$]+$")
# A sentence ends inside of a text; after short words, as in “Mr.” or “St.”, it goes on.
_SENTENCE_END = re.compile(r"[?!;]$|\w{4,}\.$")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&/.-]{1,9}s?")


class Kind(StrEnum):
    """The kinds of questions that need something else than the passages nearest to them."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    IDENTITY = "identity"
    HELP = "help"
    DOCUMENTS = "documents"
    MENTIONS = "mentions"
    SUMMARISE = "summarise"
    CHANGED = "changed"
    LIST = "list"
    COMPARE = "compare"
    DEFINE = "define"


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """The kind of a question, and what it is about as it was typed.

    `other` is the second of two things that are compared. `is_literal` says that words are looked
    for as they are, and not documents about them.
    """

    kind: Kind
    subject: str = ""
    other: str = ""
    is_literal: bool = True

    @property
    def is_compiled(self) -> bool:
        """Whether it is answered from whole documents, tables or lists."""
        return self.kind in _COMPILED


_COMPILED = frozenset({Kind.SUMMARISE, Kind.CHANGED, Kind.LIST, Kind.COMPARE, Kind.DEFINE})


def question_kind(question: str) -> QuestionKind | None:
    """Return the kind of a question, None for one that passages answer."""
    text = question.strip()
    if not text or len(text) > LONGEST_QUESTION or "\n" in text or "\t" in text:
        return None
    wordings = _wordings()
    kinds = map(wordings.kind_of, wordings.without_courtesies(_words(text)))
    return next(filter(None, kinds), None)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it was typed, and in the folded form that it is compared by."""

    typed: str
    folded: str


@dataclass(frozen=True, slots=True)
class _Wording:
    """One phrase of a kind."""

    kind: Kind
    pattern: re.Pattern[str]
    is_literal: bool = True
    needs_capitals: bool = False


class _Wordings:
    """All phrases of kinds.toml, in their order."""

    def __init__(self, content: Mapping[str, Any]) -> None:  # Any: TOML
        named = {name: list(map(_folded, phrases)) for name, phrases in content["wordings"].items()}
        self._all = [wording for entry in content["kind"] for wording in _read(entry, named)]
        self._opening = frozenset(map(_folded, content["opening"]))
        self._pointing = frozenset(map(_folded, content["pointing"]))
        friendly = [
            wording.pattern.pattern
            for wording in self._all
            if wording.kind in (Kind.GREETING, Kind.THANKS)
        ]
        before = [phrase_pattern(_folded(phrase), named) for phrase in content["before"]]
        behind = [phrase_pattern(_folded(phrase), named) for phrase in content["behind"]]
        self._before = re.compile(f"(?:{'|'.join(before + friendly)})(?= )")
        self._behind = re.compile(f"(?:{'|'.join(behind)})$")

    def without_courtesies(self, words: Sequence[_Word]) -> Iterator[Sequence[_Word]]:
        """Yield the question without courtesies, then with more and more of them."""
        starts, ends = list(self._starts(words)), list(self._ends(words))
        for start in reversed(starts):
            for end in reversed(ends):
                if start < end:
                    yield words[start:end]

    def _starts(self, words: Sequence[_Word]) -> Iterator[int]:
        start = 0
        yield start
        for _ in range(MAX_COURTESIES):
            rest = _joined(words[start:])
            match = self._before.match(rest)
            if match is None:
                return
            start += _position(rest, match.end())
            yield start

    def _ends(self, words: Sequence[_Word]) -> Iterator[int]:
        end = len(words)
        yield end
        for _ in range(MAX_COURTESIES):
            rest = _joined(words[:end])
            match = self._behind.search(rest)
            if match is None:
                return
            end = _position(rest, match.start())
            yield end

    def kind_of(self, words: Sequence[_Word]) -> QuestionKind | None:
        """Return the kind of the first phrase that is all of these words."""
        joined = _joined(words)
        for wording in self._all:
            match = wording.pattern.fullmatch(joined)
            if match is None:
                continue
            parts = {
                name: words[slice(*(_position(joined, offset) for offset in match.span(name)))]
                for name in match.re.groupindex
            }
            if all(self._is_subject(part, wording) for part in parts.values()):
                subject, other = parts.get("subject", ()), parts.get("other", ())
                return QuestionKind(
                    wording.kind, _typed(subject), _typed(other), wording.is_literal
                )
        return None

    def _is_subject(self, words: Sequence[_Word], wording: _Wording) -> bool:
        if words[0].folded in self._opening and not _is_acronym(words[0].typed):
            return False
        if " ".join(word.folded for word in words) in self._pointing:
            return False
        if any(_SENTENCE_END.search(word.typed) for word in words[:-1]):
            return False
        return not wording.needs_capitals or _is_acronym(_typed(words))


@cache
def _wordings() -> _Wordings:
    raw = files("rag").joinpath("kinds", "kinds.toml").read_text(encoding="utf-8")
    return _Wordings(tomllib.loads(raw))


def _read(
    entry: Mapping[str, Any],  # Any: TOML
    named: Mapping[str, Sequence[str]],
) -> Iterator[_Wording]:
    longest = entry.get("longest", LONGEST_SUBJECT)
    for phrase in entry["phrases"]:
        yield _Wording(
            Kind(entry["name"]),
            re.compile(phrase_pattern(_folded(phrase), named, longest)),
            is_literal=entry.get("literal", True),
            needs_capitals=entry.get("capitals", False),
        )


def _words(text: str) -> list[_Word]:
    """Split at white space, leaving out what is only punctuation or a smiley."""
    pieces = _SMILEY.sub(" ", text).split()
    words = (_Word(piece, _folded(_EDGES.sub("", piece))) for piece in pieces)
    return [word for word in words if word.folded]


def _folded(text: str) -> str:
    """Return lower case without accents, and apostrophes as they are typed."""
    bare = "".join(unicodedata.normalize("NFD", character)[0] for character in text)
    return bare.lower().replace("’", "'").replace("ʼ", "'")


def _joined(words: Sequence[_Word]) -> str:
    """Write each word with one space in front, as phrases are compared."""
    return "".join(f" {word.folded}" for word in words)


def _position(joined: str, offset: int) -> int:
    """Return the number of words before an offset in joined words."""
    return joined.count(" ", 0, offset)


def _typed(words: Sequence[_Word]) -> str:
    return _EDGES.sub("", " ".join(word.typed for word in words))


def _is_acronym(text: str) -> bool:
    return _ACRONYM.fullmatch(text) is not None
