"""Words that replace others in a sentence that otherwise repeats its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.grounding.contrasts import are_synonyms
from rag.grounding.evidence import Evidence
from rag.grounding.statements import Statement
from rag.vocabulary.words import COMPOUNDING, are_related, share_part

# Share of the sentence that must stand in its source in order. Below it, another word looks like a
# wording of one's own and not like a swap.
REPEATED_SHARE = 0.6
LONGEST_SWAP = 3
# Share of the sentence that, with the swap, must agree with its source word for word.
VERBATIM_SHARE = 0.85


@dataclass(frozen=True, slots=True)
class Swap:
    """What the sentence says, and what its source says in that place.

    `is_name` says that names stand there, which no likeness of meaning excuses.
    """

    claimed: str
    sourced: str
    is_name: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """A content word, date or number with its offset."""

    text: str
    key: str
    start: int
    is_name: bool = False
    is_figure: bool = False


def find_swaps(claim: Statement, evidence: Evidence) -> list[Swap]:
    """Return the places where up to three content words differ while most around them agrees."""
    if not evidence.units:
        return []
    claim_items, source_items = _items(claim), _items(evidence.best)
    blocks = SequenceMatcher(None, _keys(claim_items), _keys(source_items), autojunk=False)
    shared = sum(block.size for block in blocks.get_matching_blocks())
    if shared < max(2, REPEATED_SHARE * len(claim_items)):
        return []
    replaced = (
        (claim_items[a:b], source_items[c:d])
        for tag, a, b, c, d in blocks.get_opcodes()
        if tag == "replace"
    )
    return [
        _swap(claimed, sourced)
        for claimed, sourced in replaced
        if _is_swap(claimed, sourced)
        and shared + len(claimed) >= VERBATIM_SHARE * len(claim_items)
        and not _is_moved(claimed, sourced, evidence.best)
        and not (claim.language in COMPOUNDING and _are_compounds(claimed, sourced))
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


def _is_moved(claimed: Sequence[_Item], source_items: Sequence[_Item], source: Statement) -> bool:
    """Return whether the words stand elsewhere in the same clause of the source."""
    clauses = {w.clause for w in source.content if any(w.start == g.start for g in source_items)}
    return set(_keys(claimed)) <= {w.stem for w in source.content if w.clause in clauses}


def _keys(items: Sequence[_Item]) -> list[str]:
    return [item.key for item in items]


def _swap(claimed: Sequence[_Item], source_items: Sequence[_Item]) -> Swap:
    is_name = any(item.is_name for item in (*claimed, *source_items)) and all(
        item.text[0].isupper() or item.is_figure for item in (claimed[0], source_items[0])
    )
    return Swap(_text(claimed), _text(source_items), is_name)


def _text(items: Sequence[_Item]) -> str:
    return " ".join(item.text for item in items)


def _is_swap(claimed: Sequence[_Item], source_items: Sequence[_Item]) -> bool:
    """Return whether both are short, are words, and are not forms of the same words."""
    is_short = len(claimed) <= LONGEST_SWAP and len(source_items) <= LONGEST_SWAP
    words = [item for item in (*claimed, *source_items) if not item.is_figure]
    are_comparable = bool(words) and (
        len(words) == len(claimed) + len(source_items) or any(item.is_name for item in words)
    )
    return is_short and are_comparable and not _are_forms(_keys(claimed), _keys(source_items))


def _are_forms(claimed: Sequence[str], source_keys: Sequence[str]) -> bool:
    return all(any(_is_form(key, other) for other in source_keys) for key in claimed)


def _are_compounds(claimed: Sequence[_Item], source_items: Sequence[_Item]) -> bool:
    return all(
        any(share_part(key, other) for other in _keys(source_items)) for key in _keys(claimed)
    )


def _is_form(key: str, other: str) -> bool:
    return key == other or are_related(key, other) or are_synonyms(key, other)
