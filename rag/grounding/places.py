"""Whether the words that a sentence joins belong together in its source as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.domain.answers import Support
from core.domain.text.sentences import UnitKind
from rag.grounding.contrasts import are_rivals
from rag.grounding.evidence import Evidence
from rag.grounding.statements import Statement
from rag.grounding.verdicts import Verdict

# Two items of one clause that are this many items apart do not belong together; our own choice.
FAR_APART = 5


@dataclass(frozen=True, slots=True)
class _Item:
    """A content word or number with its offset; `clause` is the clause that it stands in.

    `kind` is "name", "number" or "" for another word.
    """

    text: str
    key: str
    kind: str
    start: int
    clause: int


def misjoined(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on a name, number or role beside a word that belongs to another one.

    "Spare parts are supplied by Hydro" where the source says "Spare parts are supplied by Keller,
    repairs are carried out by Hydro".
    """
    if evidence.units[0].kind is UnitKind.TABLE_ROW:
        return None  # cells of a row are separate by nature
    source = _items(evidence.best)
    claimed = _items(claim)
    claimed_keys = {item.key for item in claimed}
    for before, after in pairwise(claimed):
        for item, neighbour in ((after, before), (before, after)):
            rival = _rival(item, neighbour, source, claimed_keys)
            if rival:
                reason = f"the sources say this of “{rival.text}”, not “{item.text}”"
                return Verdict(Support.WEAK, reason)
    return None


def _rival(
    item: _Item, neighbour: _Item, source: Sequence[_Item], claimed_keys: set[str]
) -> _Item | None:
    """Return what stands in the item's place beside the neighbour, if the item stands elsewhere."""
    pairs = _pairs(item, neighbour, source)
    if neighbour.kind or not pairs or any(_are_joined(*pair, source) for pair in pairs):
        return None
    for _, source_neighbour in pairs:
        for other in source:
            is_like = _is_like(item, other) and other.key not in claimed_keys
            if (
                is_like
                and other.clause == source_neighbour.clause
                and _distance(other, source_neighbour, source) <= 2
            ):
                return other
    return None


def _pairs(item: _Item, neighbour: _Item, source: Sequence[_Item]) -> list[tuple[_Item, _Item]]:
    items = [other for other in source if other.key == item.key]
    neighbours = [other for other in source if other.key == neighbour.key]
    return [(first, second) for first in items for second in neighbours]


def _are_joined(item: _Item, other: _Item, source: Sequence[_Item]) -> bool:
    return item.clause == other.clause and _distance(item, other, source) < FAR_APART


def _distance(item: _Item, other: _Item, source: Sequence[_Item]) -> int:
    return abs(source.index(item) - source.index(other))


def _is_like(item: _Item, other: _Item) -> bool:
    """Return whether both are names, both are numbers, or both are roles or the like."""
    if item.key == other.key:
        return False
    if item.kind or other.kind:
        return item.kind == other.kind
    return are_rivals(item.key, other.key)


def _items(statement: Statement) -> list[_Item]:
    words = [
        _Item(w.text, w.stem, "name" if w.is_name else "", w.start, w.clause)
        for w in statement.content
    ]
    figures = [
        _Item(f.text, f.key, "number", f.start, _clause_at(f.start, statement))
        for f in statement.figures.numbers
        if not f.is_loose and f.kind != "rate"
    ]
    return sorted([*words, *figures], key=lambda item: item.start)


def _clause_at(offset: int, statement: Statement) -> int:
    """Return the clause of the first word after the offset, else of the last word before it."""
    behind = [w.clause for w in statement.words if w.start > offset]
    before = [w.clause for w in statement.words if w.start < offset]
    return behind[0] if behind else before[-1] if before else 0
