"""Compares numbers, amounts and dates of a sentence with those of its sources."""

from core.domain.answers import Support
from rag.figures.dates import DateMention
from rag.figures.reading import Figure
from rag.figures.sameness import dates_agree, is_same
from rag.grounding.evidence import Evidence
from rag.grounding.statements import Statement
from rag.grounding.verdicts import Verdict


def wrong_figure(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on the first date or number that the sources lack or use otherwise."""
    for date in claim.figures.dates:
        verdict = _date_verdict(date, evidence)
        if verdict:
            return verdict
    for figure in claim.figures.numbers:
        verdict = _number_verdict(figure, claim, evidence)
        if verdict:
            return verdict
    return None


def _date_verdict(date: DateMention, evidence: Evidence) -> Verdict | None:
    nearby = [d for unit in evidence.units for d in unit.statement.figures.dates]
    if any(dates_agree(date, source) for source in nearby) or _in_parts(date, evidence):
        return None
    if any(dates_agree(date, source) for source in evidence.whole.figures.dates):
        if not nearby:
            return None
        return Verdict(
            Support.WEAK, f"the sources say {_plain(nearby[0])} here, not {_plain(date)}"
        )
    if nearby:
        return Verdict(
            Support.UNSUPPORTED, f"the sources say {_plain(nearby[0])}, not {_plain(date)}"
        )
    return Verdict(Support.UNSUPPORTED, f"{_plain(date)} is in none of the cited passages")


def _plain(date: DateMention) -> str:
    return date.text.rstrip(".,")


def _in_parts(date: DateMention, evidence: Evidence) -> bool:
    """Return whether one unit has all parts of a date, as in "1-5 March" or a table of years."""
    for unit in evidence.units:
        figures = unit.statement.figures
        months = {d.month for d in figures.dates} | {0}
        numbers = {n for d in figures.dates for n in d.numbers} | {
            int(f.value) for f in figures.numbers
        }
        if date.month in months and {date.day, date.year} <= numbers | {0}:
            return True
    return False


def _number_verdict(figure: Figure, claim: Statement, evidence: Evidence) -> Verdict | None:
    nearby = evidence.numbers
    if figure.kind == "rate":
        return _rate_verdict(figure, nearby)
    if any(is_same(figure, source) for source in nearby) or _is_part_of_date(figure, evidence):
        return _other_counted(figure, nearby)
    rival = _rival(figure, claim, evidence)
    if any(is_same(figure, source) for source in evidence.whole.figures.numbers):
        is_counted = rival is not None and rival.counted == figure.counted != ""
        if rival is None or (figure.is_loose and not is_counted):
            return None
        return Verdict(Support.WEAK, _not(rival, figure))
    if figure.is_loose and (rival is None or rival.counted != figure.counted or not figure.counted):
        return (
            Verdict(Support.WEAK, f"“{figure.text}” is in none of the cited passages")
            if _matters(figure)
            else None
        )
    if rival is None:
        return Verdict(Support.UNSUPPORTED, f"“{figure.text}” is in none of the cited passages")
    return Verdict(Support.UNSUPPORTED, _not(rival, figure))


def _rate_verdict(figure: Figure, nearby: tuple[Figure, ...]) -> Verdict | None:
    """Return a verdict on "a month" where the sources say "a week".

    Where the sources have no rate at all, the words are only a turn of speech.
    """
    rates = [source for source in nearby if source.kind == "rate"]
    if not rates or any(is_same(figure, source) for source in nearby):
        return None
    return Verdict(Support.UNSUPPORTED, _not(rates[0], figure))


def _matters(figure: Figure) -> bool:
    """Return whether a figure is more than a turn of speech, unlike "one" and "first"."""
    return figure.value not in {1, 50} and not (figure.kind == "ordinal" and figure.value <= 1)


def _not(rival: Figure, figure: Figure) -> str:
    return f"the sources say {_shown(rival)}, not {_shown(figure)}"


def _shown(figure: Figure) -> str:
    unit = figure.measure.name if figure.measure else ""
    has_unit = any(map(str.isalpha, figure.text)) or any(sign in figure.text for sign in "%€$£¥°")
    return figure.text if not unit or has_unit else f"{figure.text} {unit}"


def _is_part_of_date(figure: Figure, evidence: Evidence) -> bool:
    dates = [d for unit in evidence.units for d in unit.statement.figures.dates] or list(
        evidence.whole.figures.dates
    )
    return figure.measure is None and any(figure.value in d.numbers for d in dates)


def _other_counted(figure: Figure, nearby: tuple[Figure, ...]) -> Verdict | None:
    """Return a verdict where the sources have the number but count something else with it."""
    if figure.is_loose or not figure.counted:
        return None
    same_thing = [g for g in nearby if g.counted == figure.counted]
    if not same_thing or any(is_same(figure, g) for g in same_thing):
        return None
    if any(is_same(figure, g) and not g.counted for g in nearby):
        return None
    return Verdict(Support.WEAK, _not(same_thing[0], figure))


def _rival(figure: Figure, claim: Statement, evidence: Evidence) -> Figure | None:
    """Return what the sources say in the figure's place: of the same thing or in the same unit."""
    free = [
        source
        for source in evidence.numbers
        if not any(is_same(claimed, source) for claimed in claim.figures.numbers)
    ]
    likeness = [(_likeness(figure, source), source) for source in free]
    best = max(likeness, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] > 0 else None


def _likeness(figure: Figure, source: Figure) -> int:
    if figure.kind != source.kind:
        return 0
    same_count = 4 * bool(figure.counted and figure.counted == source.counted)
    same_unit = 2 * bool(
        figure.measure and source.measure and figure.measure.dimension == source.measure.dimension
    )
    same_value = 3 * (figure.value == source.value)
    return 1 + same_count + same_unit + same_value - 2 * source.is_loose
