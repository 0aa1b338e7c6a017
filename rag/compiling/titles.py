"""Finds the documents that a person calls by their title, in other words or in part."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePath

from sqlmodel import Session

from core.domain.ports import KeywordIndex
from core.storage.queries.versions import NamedDocument, documents_named
from rag.vocabulary.expansion import Synonyms

MOST_DOCUMENTS = 5_000
"""Titles that are compared; those that share the beginning of a word are looked up first."""
BEGINNING = 4
"""Letters of a word that its other forms begin with, too."""
LEAST_SIMILAR = 0.85
"""The least ratio of a misspelt word and the word meant, from five letters on."""
LEAST_COVERED = 0.75
"""The share of the words asked for that a title has, where these are more than two."""
MUCH_NEARER = 0.2
"""How much nearer than the next title is near enough to be the one that is meant."""

_VERSION = re.compile(r"^(?:the )?(?:version|revision|edition) [\w.]+ of (?:the )?", re.IGNORECASE)
_KINDS = (
    "policy guideline guide handbook manual rule document file regulation directive procedure "
    "paper text report instruction faq overview"
)
"""What a document may be called by whatever its own title says."""
_WORD = re.compile(r"[^\W_]+")
_SMALL_WORDS = frozenset("a an and at by for from in of on or the to with".split())


@dataclass(frozen=True, slots=True)
class Titled:
    """A document with how near its title comes to what was asked for, in [0, 1]."""

    document: NamedDocument
    nearness: float


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The words that tell the document from others, and those for the kind of paper it is."""

    topic: tuple[str, ...]
    kinds: frozenset[str]


class Titles:
    """The titles of documents, compared with what a person calls one."""

    def __init__(self, keywords: KeywordIndex, synonyms: Synonyms | None = None) -> None:
        self._keywords = keywords
        self._synonyms = synonyms
        self._kinds = frozenset(keywords.terms(_KINDS))

    def find(
        self, session: Session, subject: str, collection_ids: Sequence[str]
    ) -> list[NamedDocument]:
        """Return the documents that may be meant: one if it is clear which, none if none is near.

        Several are sorted by how near they come.
        """
        name = _VERSION.sub("", subject.strip())
        wanted = self._wanted(name)
        if not collection_ids or not (wanted.topic or wanted.kinds):
            return []
        found = self._candidates(session, name, wanted, collection_ids)
        if not found:
            return []
        best = found[0].nearness
        near = [titled.document for titled in found if best - titled.nearness < MUCH_NEARER]
        return [found[0].document] if self._is_title(found[0], name) else near

    def _candidates(
        self, session: Session, name: str, wanted: _Wanted, collection_ids: Sequence[str]
    ) -> list[Titled]:
        beginnings = _beginnings(name)
        documents = documents_named(session, collection_ids, beginnings, limit=MOST_DOCUMENTS)
        found = self._near(documents, name, wanted)
        if found:
            return found
        # A short form or a misspelt beginning is in no title.
        documents = documents_named(session, collection_ids, (), limit=MOST_DOCUMENTS)
        return self._near(documents, name, wanted)

    def _near(self, documents: Sequence[NamedDocument], name: str, wanted: _Wanted) -> list[Titled]:
        synonyms = self._synonym_terms(name)
        rated = [Titled(d, self._nearness(d, wanted, synonyms)) for d in documents]
        found = [titled for titled in rated if titled.nearness]
        return sorted(found, key=lambda t: (-t.nearness, t.document.title.lower(), t.document.id))

    def _wanted(self, name: str) -> _Wanted:
        terms = dict.fromkeys(self._keywords.terms(name))
        topic = tuple(term for term in terms if term not in self._kinds)
        return _Wanted(topic, self._kinds.intersection(terms))

    def _synonym_terms(self, name: str) -> dict[str, list[frozenset[str]]]:
        """Return the terms of what may stand in a title instead, by each term that is asked for."""
        instead: dict[str, list[frozenset[str]]] = {}
        for expansion in self._synonyms.expand(name) if self._synonyms else ():
            texts = [frozenset(self._keywords.terms(s.text)) for s in expansion.synonyms]
            for term in self._keywords.terms(expansion.asked):
                instead.setdefault(term, []).extend(filter(None, texts))
        return instead

    def _nearness(
        self,
        document: NamedDocument,
        wanted: _Wanted,
        synonyms: dict[str, list[frozenset[str]]],
    ) -> float:
        """Return 0 for a title that has too few of the words."""
        title = frozenset(self._keywords.terms(_title_words(document)))
        own_topic = frozenset(self._keywords.terms(document.title)) - self._kinds
        if not wanted.topic:  # "the handbook"
            return 0.5 if wanted.kinds & title else 0.0
        short = frozenset(_short_forms(document.title))
        shares = [_share(term, title, short, synonyms.get(term, ())) for term in wanted.topic]
        covered = sum(shares) / len(shares)
        if covered < (LEAST_COVERED if len(shares) > 2 else LEAST_SIMILAR):
            return 0.0
        is_kind = 1.0 if not wanted.kinds or wanted.kinds & title else 0.5
        precision = min(1.0, len(wanted.topic) / max(1, len(own_topic)))
        return 0.5 * covered + 0.2 * is_kind + 0.3 * precision

    def _is_title(self, titled: Titled, name: str) -> bool:
        """Return whether the very title was asked for, whatever else resembles it."""
        return self._keywords.terms(titled.document.title) == self._keywords.terms(name)


def _beginnings(name: str) -> list[str]:
    words = [word for word in _WORD.findall(name) if len(word) >= BEGINNING]
    return list(dict.fromkeys(word[:BEGINNING].lower() for word in words))


def _title_words(document: NamedDocument) -> str:
    file_words = " ".join(_WORD.findall(PurePath(document.file_name).stem))
    return f"{document.title} {file_words}"


def _short_forms(title: str) -> Iterator[str]:
    """Yield the initials of words in a row: "hr" and "hrh" of "Human Resources Handbook"."""
    words = [word.lower() for word in _WORD.findall(title)]
    initials = [word[0] for word in words if word not in _SMALL_WORDS]
    for start in range(len(initials)):
        for end in range(start + 2, len(initials) + 1):
            yield "".join(initials[start:end])


def _share(
    term: str, title: frozenset[str], short: frozenset[str], synonyms: Sequence[frozenset[str]]
) -> float:
    """Return how far a title has a term: 1, less for a synonym or a slip, 0 for none of these."""
    if term in title or term in short:
        return 1.0
    if any(words <= title for words in synonyms):
        return 0.9
    if len(term) <= BEGINNING:
        return 0.0
    alike = [other for other in title if other[0] == term[0] and len(other) > BEGINNING]
    best = max((SequenceMatcher(None, term, other).ratio() for other in alike), default=0.0)
    return best if best >= LEAST_SIMILAR else 0.0
