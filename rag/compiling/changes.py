"""Compares a document with the version before it, sentence by sentence."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.domain.answers import Card, CardTable
from core.domain.knowledge import Chunk
from core.domain.text.plurals import count
from core.domain.text.sentences import TextUnit, UnitKind
from core.storage.queries.versions import EarlierVersion, NamedDocument
from rag.compiling.compilation import Compilation, Excerpt, Section, words_of
from rag.reading.blocks import Block, blocks_of

MOST_SHOWN = 12
"""Changes of each sort; the number of all of them is told."""
PASSAGES_COMPARED = 400
"""Passages from the beginning of each version: some 200 pages."""
PASSAGES_NEEDED = 2 * PASSAGES_COMPARED
"""Of the other version more are looked at: what is inserted moves the rest further on."""
MOST_COMPARED = 300
"""Sentences of each version that are looked through for what became of them."""
SAME_SHARE = 0.5
"""The share of words in common from which a sentence counts as changed, not as a new one."""
MOST_WORDS = 90

CHANGED, ADDED, REMOVED = "Changed", "Added", "Removed"
SECTIONS = "What the document says about its changes"

_ABOUT_CHANGES = re.compile(
    r"^(?:[\d.]+\s*)?(?:what(?:'|’)?s new|what is new|what (?:has )?changed|changes?|news|new in"
    r"|(?:(?:change|revision|version|document) )?(?:history|log)$|changelog|release notes"
    r"|amendments?|revisions?|änderungen|neuerungen|modifications|cambios)\b",
    re.IGNORECASE,
)

Terms = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, item or row with its place."""

    chunk: Chunk
    block: Block
    piece: TextUnit

    @property
    def key(self) -> str:
        """The words without what makes no difference: case, blank space, signs around them."""
        return " ".join(re.findall(r"\w+(?:[.,:/%-]\w+)*", self.piece.text.casefold()))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A sentence as it was and as it is."""

    before: _Sentence
    now: _Sentence


@dataclass(frozen=True, slots=True)
class _Differences:
    changed: tuple[_Pair, ...]
    added: tuple[_Sentence, ...]
    removed: tuple[_Sentence, ...]

    @property
    def number(self) -> int:
        return len(self.changed) + len(self.added) + len(self.removed)


def changes(
    document: NamedDocument, passages: Sequence[Chunk], before: EarlierVersion | None, terms: Terms
) -> Compilation | None:
    """Return what differs from the version before, and what the document says of it itself.

    None if there is neither a version to compare with nor such a section.
    """
    own = _own_section(passages)
    if before is None:
        return Compilation((own,)) if own else None
    found = _differences(before.passages, passages, terms)
    sections = [
        Section((), document.title, _note(document, before, found)),
        *_sections(found, document, before),
    ]
    return Compilation(tuple([*sections, own] if own else sections))


def _note(document: NamedDocument, before: EarlierVersion, found: _Differences) -> str:
    day = f"{document.uploaded_at.day} {document.uploaded_at:%B %Y}"
    versions = f"Version {document.number} of {day} against version {before.number}"
    if len(before.passages) > PASSAGES_COMPARED:
        versions += f", as far as the first {PASSAGES_COMPARED} passages"
    if not found.number:
        return f"{versions}: no sentence differs."
    told = [
        f"{len(them)} {word.lower()}"
        for word, them in ((CHANGED, found.changed), (ADDED, found.added), (REMOVED, found.removed))
        if them
    ]
    return f"{versions}: {', '.join(told)}."


def _sections(
    found: _Differences, document: NamedDocument, before: EarlierVersion
) -> Iterator[Section]:
    columns = (f"Version {before.number}", f"Version {document.number}")
    changed = [_change(pair, columns) for pair in found.changed[:MOST_SHOWN]]
    added = [_shown(sentence) for sentence in found.added[:MOST_SHOWN]]
    removed = [_shown(sentence) for sentence in found.removed[:MOST_SHOWN]]
    for title, excerpts, number in (
        (CHANGED, changed, len(found.changed)),
        (ADDED, added, len(found.added)),
        (REMOVED, removed, len(found.removed)),
    ):
        if excerpts:
            left = number - len(excerpts)
            note = f"The first {len(excerpts)}, and {count(left, 'more')}." if left else ""
            yield Section(tuple(excerpts), title, note)


def _shown(sentence: _Sentence) -> Excerpt:
    piece = sentence.piece
    return words_of(sentence.chunk, sentence.block.headings, piece.start, piece.end)


def _change(pair: _Pair, columns: tuple[str, str]) -> Excerpt:
    """Return both wordings side by side; the source is opened at the one that holds now."""
    before, now = (" ".join(s.piece.text.split()) for s in (pair.before, pair.now))
    table = CardTable(columns, ((before, now),))
    card = Card(0, pair.now.block.headings, f"{before}\n{now}", table=table)
    return Excerpt(pair.now.chunk, card, pair.now.piece.text)


def _sentences(passages: Sequence[Chunk]) -> list[_Sentence]:
    return [
        _Sentence(chunk, block, piece)
        for chunk in passages
        for block in blocks_of(chunk)
        for piece in block.pieces
        if len(piece.text.split()) <= MOST_WORDS
    ]


def _differences(before: Sequence[Chunk], now: Sequence[Chunk], terms: Terms) -> _Differences:
    """Return what is in one version only, with what became of a sentence beside what it was."""
    removed = _without(_sentences(before[:PASSAGES_COMPARED]), _sentences(now))
    added = _without(_sentences(now[:PASSAGES_COMPARED]), _sentences(before))
    pairs = list(_pairs(removed[:MOST_COMPARED], added[:MOST_COMPARED], terms))
    paired = {id(sentence) for pair in pairs for sentence in (pair.before, pair.now)}
    return _Differences(
        tuple(pairs),
        tuple(sentence for sentence in added if id(sentence) not in paired),
        tuple(sentence for sentence in removed if id(sentence) not in paired),
    )


def _without(sentences: Sequence[_Sentence], others: Sequence[_Sentence]) -> list[_Sentence]:
    """Return the sentences that the other version has not, or not as often."""
    left = Counter(sentence.key for sentence in others)
    alone: list[_Sentence] = []
    for sentence in sentences:
        if left[sentence.key]:
            left[sentence.key] -= 1
        elif sentence.key:
            alone.append(sentence)
    return alone


def _pairs(
    removed: Sequence[_Sentence], added: Sequence[_Sentence], terms: Terms
) -> Iterator[_Pair]:
    """Yield each new sentence with the nearest old one, each of which is taken once."""
    left = [(sentence, _words(sentence, terms)) for sentence in removed]
    for now in added:
        words = _words(now, terms)
        rated = [(_same(words, other), n) for n, (_, other) in enumerate(left)]
        share, number = max(rated, default=(0.0, 0))
        if share >= SAME_SHARE:
            before, _ = left.pop(number)
            yield _Pair(before, now)


def _words(sentence: _Sentence, terms: Terms) -> frozenset[str]:
    return frozenset(terms(sentence.piece.text))


def _same(words: frozenset[str], others: frozenset[str]) -> float:
    both = len(words | others)
    return len(words & others) / both if both else 0.0


def _own_section(passages: Sequence[Chunk]) -> Section | None:
    """Return what stands under a heading that announces changes."""
    excerpts = [
        _whole(chunk, block)
        for chunk in passages
        for block in blocks_of(chunk)
        if any(_ABOUT_CHANGES.match(heading) for heading in block.headings)
    ]
    return Section(tuple(excerpts[:MOST_SHOWN]), SECTIONS) if excerpts else None


def _whole(chunk: Chunk, block: Block) -> Excerpt:
    first, last = block.pieces[0], block.pieces[-1]
    excerpt = words_of(chunk, block.headings, first.start, last.end)
    return excerpt.as_large() if first.kind is not UnitKind.TABLE_ROW else excerpt
