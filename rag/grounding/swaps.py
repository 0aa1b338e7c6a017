"""A word that takes the place of another one in an otherwise repeated sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.grounding.contrasts import are_synonyms
from rag.grounding.evidence import Evidence
from rag.grounding.statements import Statement
from rag.grounding.words import COMPOUNDING, are_related, share_part

# The sentence repeats its source if this much of it stands there in order; only then does a
# single other word look like a swap and not like somebody's own wording.
REPEATED_SHARE = 0.6
LONGEST_SWAP = 3
# Apart from the swap, so much of the sentence stands in its source word for word.
VERBATIM_SHARE = 0.85


@dataclass(frozen=True, slots=True)
class Swap:
    """What the sentence says, and what its source says in that place.

    `is_name` says that names stand there, which no likeness of meaning excuses.
    """

    said: str
    given: str
    is_name: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """A content word, date or number in its place."""

    text: str
    key: str
    start: int
    is_name: bool = False
    is_figure: bool = False


def find_swaps(claim: Statement, evidence: Evidence) -> list[Swap]:
    """Places where one or two content words differ while most around them agrees."""
    if not evidence.units:
        return []
    mine, theirs = _items(claim), _items(evidence.best)
    blocks = SequenceMatcher(None, _keys(mine), _keys(theirs), autojunk=False)
    shared = sum(block.size for block in blocks.get_matching_blocks())
    if shared < max(2, REPEATED_SHARE * len(mine)):
        return []
    replaced = (
        (mine[a:b], theirs[c:d]) for tag, a, b, c, d in blocks.get_opcodes() if tag == "replace"
    )
    return [
        _swap(said, given)
        for said, given in replaced
        if _is_swap(said, given)
        and shared + len(said) >= VERBATIM_SHARE * len(mine)
        and not _is_moved(said, given, evidence.best)
        and not (claim.language in COMPOUNDING and _are_compounds(said, given))
    ]


def _items(statement: Statement) -> list[_Item]:
    words = [_Item(w.text, w.stem, w.start, w.is_name or w.leads_name) for w in statement.content]
    numbers = [
        _Item(f.text, f.key, f.start, is_figure=True)
        for f in statement.figures.numbers
        if not f.is_loose
    ]
    dates = [
        _Item(d.text, f"{d.month}/{d.day}", d.start, is_figure=True)
        for d in statement.figures.dates
    ]
    return sorted([*words, *numbers, *dates], key=lambda item: item.start)


def _is_moved(said: Sequence[_Item], given: Sequence[_Item], source: Statement) -> bool:
    """Whether the words stand elsewhere in the same clause of the source."""
    clauses = {w.clause for w in source.content if any(w.start == g.start for g in given)}
    return set(_keys(said)) <= {w.stem for w in source.content if w.clause in clauses}


def _keys(items: Sequence[_Item]) -> list[str]:
    return [item.key for item in items]


def _swap(said: Sequence[_Item], given: Sequence[_Item]) -> Swap:
    is_name = any(item.is_name for item in (*said, *given)) and all(
        item.text[0].isupper() or item.is_figure for item in (said[0], given[0])
    )
    return Swap(_text(said), _text(given), is_name)


def _text(items: Sequence[_Item]) -> str:
    return " ".join(item.text for item in items)


def _is_swap(said: Sequence[_Item], given: Sequence[_Item]) -> bool:
    """Whether both are short, are words, and are not forms of the same words."""
    is_short = len(said) <= LONGEST_SWAP and len(given) <= LONGEST_SWAP
    words = [item for item in (*said, *given) if not item.is_figure]
    are_comparable = bool(words) and (
        len(words) == len(said) + len(given) or any(item.is_name for item in words)
    )
    return is_short and are_comparable and not _are_forms(_keys(said), _keys(given))


def _are_forms(said: Sequence[str], given: Sequence[str]) -> bool:
    return all(any(_is_form(one, other) for other in given) for one in said)


def _are_compounds(said: Sequence[_Item], given: Sequence[_Item]) -> bool:
    return all(any(share_part(one, other) for other in _keys(given)) for one in _keys(said))


def _is_form(one: str, other: str) -> bool:
    return one == other or are_related(one, other) or are_synonyms(one, other)
