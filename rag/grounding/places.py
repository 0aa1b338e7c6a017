"""Whether what a sentence joins stands together in its source, and not each with something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.domain.answers import Support
from core.domain.text.sentences import UnitKind
from rag.grounding.contrasts import are_rivals
from rag.grounding.evidence import Evidence
from rag.grounding.statements import Statement
from rag.grounding.verdicts import Verdict

# Items apart from which two count as not belonging together within one clause; our own choice.
FAR = 5


@dataclass(frozen=True, slots=True)
class _Item:
    """A content word or number; `clause` is that of the words around it."""

    text: str
    key: str
    kind: str
    start: int
    clause: int


def misjoined(claim: Statement, evidence: Evidence) -> Verdict | None:
    """A name, number or role beside a word that the source has beside another one.

    "Spare parts are supplied by Hydro" where the source says "Spare parts are supplied by Keller,
    repairs are carried out by Hydro".
    """
    if evidence.units[0].kind is UnitKind.TABLE_ROW:
        return None  # cells stand apart from each other by nature
    source = _items(evidence.best)
    mine = _items(claim)
    said = {item.key for item in mine}
    for before, after in pairwise(mine):
        for item, neighbour in ((after, before), (before, after)):
            rival = _rival(item, neighbour, source, said)
            if rival:
                reason = f"the sources say this of “{rival.text}”, not “{item.text}”"
                return Verdict(Support.WEAK, reason)
    return None


def _rival(item: _Item, neighbour: _Item, source: Sequence[_Item], said: set[str]) -> _Item | None:
    """What stands in the item's place beside the neighbour, while the item stands elsewhere."""
    places = _pairs(item, neighbour, source)
    if neighbour.kind or not places or any(_are_joined(*pair, source) for pair in places):
        return None
    for _, there in places:
        for other in source:
            is_like = _is_like(item, other) and other.key not in said
            if is_like and other.clause == there.clause and _distance(other, there, source) <= 2:
                return other
    return None


def _pairs(item: _Item, neighbour: _Item, source: Sequence[_Item]) -> list[tuple[_Item, _Item]]:
    here = [other for other in source if other.key == item.key]
    there = [other for other in source if other.key == neighbour.key]
    return [(one, other) for one in here for other in there]


def _are_joined(one: _Item, other: _Item, source: Sequence[_Item]) -> bool:
    return one.clause == other.clause and _distance(one, other, source) < FAR


def _distance(one: _Item, other: _Item, source: Sequence[_Item]) -> int:
    return abs(source.index(one) - source.index(other))


def _is_like(item: _Item, other: _Item) -> bool:
    """Whether both are names, both are numbers, or both are roles or the like."""
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


def _clause_at(place: int, statement: Statement) -> int:
    """The clause of the first word behind the place, else that of the last word before it."""
    behind = [w.clause for w in statement.words if w.start > place]
    before = [w.clause for w in statement.words if w.start < place]
    return behind[0] if behind else before[-1] if before else 0
