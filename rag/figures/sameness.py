"""Whether two figures or dates say the same."""

from decimal import Decimal

from core.domain.text.numbers import are_compatible
from rag.figures.dates import DateMention
from rag.figures.reading import Figure

# Share by which a rounded figure may differ from the exact one; our own choice.
ROUNDING = Decimal("0.05")


def is_same(claimed: Figure, source: Figure) -> bool:
    """Return whether the source's figure says what the claimed one says."""
    if {claimed.kind, source.kind} == {"clock", ""}:
        clock, plain = (claimed, source) if claimed.kind else (source, claimed)
        return plain.measure is None and plain.value == clock.value // 60 and clock.value % 60 == 0
    if "clock" in {claimed.kind, source.kind}:
        return claimed.kind == source.kind and claimed.value == source.value
    if "rate" in {claimed.kind, source.kind}:
        return claimed.measure == source.measure and claimed.value == source.value
    if not _measures_agree(claimed, source) or not _signs_agree(claimed, source):
        return False
    if claimed.measure and source.measure and _base(claimed) == _base(source):
        return True
    has_open_scale = 1 in {claimed.scale, source.scale}
    return (
        claimed.amount == source.amount
        or (has_open_scale and claimed.value == source.value)
        or (claimed.is_hedged and _is_rounded(claimed.amount, source.amount))
    ) and (
        not (claimed.measure and source.measure) or claimed.measure.factor == source.measure.factor
    )


def _measures_agree(claimed: Figure, source: Figure) -> bool:
    if not (claimed.measure and source.measure):
        return True
    return claimed.measure.dimension == source.measure.dimension


def _signs_agree(claimed: Figure, source: Figure) -> bool:
    return not claimed.value or are_compatible(claimed.sign, source.sign)


def _base(figure: Figure) -> Decimal:
    return figure.amount * (figure.measure.factor if figure.measure else 1)


def _is_rounded(rough: Decimal, exact: Decimal) -> bool:
    """Return whether `rough` has fewer significant digits than `exact` and is close to it."""
    digits = [len(n.normalize().as_tuple().digits) for n in (rough, exact)]
    return digits[0] < digits[1] and abs(rough - exact) <= ROUNDING * abs(exact)


def dates_agree(claimed: DateMention, source: DateMention) -> bool:
    """Return whether the source's date holds every part of the claimed one."""
    if claimed.is_open or source.is_open:
        same_day = {claimed.month, claimed.day} == {source.month, source.day}
    else:
        same_day = claimed.month in {0, source.month} and claimed.day in {0, source.day}
    return same_day and (not claimed.year or not source.year or claimed.year == source.year)
