"""The units of the cited passages, and those that a sentence rests on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.domain.text.sentences import TextUnit, UnitKind, text_units, without_bullet
from rag.figures.reading import Figure
from rag.figures.sameness import is_same
from rag.grounding.languages import language_of
from rag.grounding.statements import Statement, merged, statement_of
from rag.vocabulary.words import are_related

# Another unit joins the evidence if it holds this many items that the others lack.
LEAST_GAIN = 2
MAX_UNITS = 4


# The line below the header of a Markdown table.
_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*$\n?", re.MULTILINE)

# "- 20 °C" is no list item.
_SPACED_MINUS = re.compile(r"^[-–]\s+(?=\d[\d.,]*\s?°)")
_NOT_QUOTED = (UnitKind.HEADING, UnitKind.ASIDE)


@dataclass(frozen=True, slots=True)
class SourceUnit:
    """A sentence, list item or table row as it is understood where it stands.

    `text` is as written; `statement` also holds the introduction of a list or the names of the
    columns. `before` is the statement of the previous unit. `start` and `end` are offsets in the
    passage.
    """

    text: str
    statement: Statement
    before: Statement | None
    kind: UnitKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sentence rests on: the best units first, and everything that was cited.

    `whole` is all cited passages as one statement, `covered` the share in [0, 1] of the claim's
    words, names and figures that the units hold.
    """

    units: tuple[SourceUnit, ...]
    whole: Statement
    covered: float

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of the units."""
        return tuple(unit.statement for unit in self.units)

    @property
    def languages(self) -> frozenset[str]:
        """The languages of the units, and the language of most units of the passages."""
        return frozenset(s.language for s in self.statements) | {self.whole.language}

    @property
    def best(self) -> Statement:
        """The statement of the best unit; there must be one."""
        return self.units[0].statement

    @property
    def stems(self) -> frozenset[str]:
        """The content stems of all units."""
        return frozenset().union(*(unit.statement.stems for unit in self.units))

    @property
    def numbers(self) -> tuple[Figure, ...]:
        """The numbers of all units."""
        return tuple(f for unit in self.units for f in unit.statement.figures.numbers)


@lru_cache(maxsize=512)
def source_units(passage: str) -> tuple[SourceUnit, ...]:
    """Return the quotable units of a passage with their context."""
    units: list[SourceUnit] = []
    opening, columns, language = "", "", language_of(passage)
    # The rule of a table becomes blank space, so that offsets stay those of the passage.
    for unit in text_units(_RULE.sub(_blank, passage)):
        match unit.kind:
            case UnitKind.HEADING:
                columns, opening = "", ""
                units.append(_unit(unit, unit.text, language, units))
            case UnitKind.TABLE_ROW:
                words = f"{columns}\n{unit.text}" if columns else unit.text
                units.append(_unit(unit, words, language, units))
                columns = columns or unit.text
            case UnitKind.LIST_ITEM:
                words = f"{opening} {without_bullet(unit)}".strip()
                units.append(_unit(unit, words, language, units))
            case UnitKind.SENTENCE:
                columns = ""
                opening = unit.text.rstrip(": ") if unit.text.endswith(":") else ""
                units.append(_unit(unit, _SPACED_MINUS.sub("-", unit.text), language, units))
            case UnitKind.ASIDE:
                columns, opening = "", ""
                units.append(_unit(unit, unit.text, language, units))
    return tuple(units)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def _unit(unit: TextUnit, words: str, language: str, before: Sequence[SourceUnit]) -> SourceUnit:
    previous = before[-1].statement if before else None
    statement = statement_of(" ".join(words.split()), language)
    return SourceUnit(unit.text, statement, previous, unit.kind, unit.start, unit.end)


def gather(claim: Statement, passages: Sequence[str], *, quotable: bool = False) -> Evidence:
    """Return the units that hold most of the claim's words, names and figures.

    `quotable` leaves out headings, greetings and the like unless there is nothing else.
    """
    units = [unit for passage in passages for unit in source_units(passage)]
    if quotable:
        units = [unit for unit in units if unit.kind not in _NOT_QUOTED] or units
    merged_passages = whole_of(tuple(passages))
    items = _items(claim)
    items_of_unit = [(unit, _held(claim, items, unit.statement)) for unit in units]
    chosen: list[SourceUnit] = []
    covered: set[str] = set()
    while items_of_unit and len(chosen) < MAX_UNITS:
        unit, gain = max(items_of_unit, key=lambda pair: _gain(pair[1] - covered, pair[0]))
        new_items = gain - covered
        if chosen and not (
            len(new_items) >= LEAST_GAIN and any(item.startswith("w:") for item in new_items)
        ):
            break
        chosen.append(unit)
        covered |= new_items
    return Evidence(tuple(chosen), merged_passages, len(covered) / len(items) if items else 1.0)


def _gain(new_items: set[str], unit: SourceUnit) -> float:
    """Return the number of new items, slightly more for the shorter of two units."""
    size = len(unit.statement.stems) + len(unit.statement.figures.numbers) + 1
    return len(new_items) + min(0.9, len(new_items) / size)


@lru_cache(maxsize=256)
def whole_of(passages: tuple[str, ...]) -> Statement:
    """Return all units of some passages as one statement."""
    units = [unit for passage in passages for unit in source_units(passage)]
    return merged([unit.statement for unit in units])


def _items(claim: Statement) -> set[str]:
    names = {word.stem for word in claim.content if word.is_name or word.leads_name}
    words = {f"n:{s}" if s in names else f"w:{s}" for s in claim.stems}
    numbers = {f"f:{f.key}" for f in claim.figures.numbers if not f.is_loose}
    return words | numbers | {f"d:{d.text}" for d in claim.figures.dates}


def _held(claim: Statement, items: set[str], unit: Statement) -> set[str]:
    items_held = {item for item in items if item[0] in "wn" and holds(unit, item[2:])}
    for figure in claim.figures.numbers:
        if not figure.is_loose and any(is_same(figure, g) for g in unit.figures.numbers):
            items_held.add(f"f:{figure.key}")
    for date in claim.figures.dates:
        if any(date.month == source.month for source in unit.figures.dates):
            items_held.add(f"d:{date.text}")
    return items_held


def holds(statement: Statement, stem: str) -> bool:
    """Return whether a statement has a word of this stem, or one that clearly belongs to it."""
    stems = statement.stems_by_start.get(stem[:4], ())
    return any(stem == other or are_related(stem, other) for other in stems)
