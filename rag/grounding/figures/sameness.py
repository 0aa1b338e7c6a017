"""Whether two figures or dates say the same."""

from decimal import Decimal

from core.domain.text.numbers import are_compatible
from rag.grounding.figures.dates import DateMention
from rag.grounding.figures.reading import Figure

# A rounded figure may differ from the exact one by this much; our own choice.
ROUNDING = Decimal("0.05")


def is_same(claimed: Figure, given: Figure) -> bool:
    """Whether the source's figure says what the claimed one says."""
    if {claimed.kind, given.kind} == {"clock", ""}:
        clock, plain = (claimed, given) if claimed.kind else (given, claimed)
        return plain.measure is None and plain.value == clock.value // 60 and clock.value % 60 == 0
    if "clock" in {claimed.kind, given.kind}:
        return claimed.kind == given.kind and claimed.value == given.value
    if "rate" in {claimed.kind, given.kind}:
        return claimed.measure == given.measure and claimed.value == given.value
    if not _measures_agree(claimed, given) or not _signs_agree(claimed, given):
        return False
    if claimed.measure and given.measure and _base(claimed) == _base(given):
        return True
    has_open_scale = 1 in {claimed.scale, given.scale}
    return (
        claimed.amount == given.amount
        or (has_open_scale and claimed.value == given.value)
        or (claimed.is_hedged and _is_rounded(claimed.amount, given.amount))
    ) and (
        not (claimed.measure and given.measure) or claimed.measure.factor == given.measure.factor
    )


def _measures_agree(claimed: Figure, given: Figure) -> bool:
    if not (claimed.measure and given.measure):
        return True
    return claimed.measure.dimension == given.measure.dimension


def _signs_agree(claimed: Figure, given: Figure) -> bool:
    return not claimed.value or are_compatible(claimed.sign, given.sign)


def _base(figure: Figure) -> Decimal:
    return figure.amount * (figure.measure.factor if figure.measure else 1)


def _is_rounded(rough: Decimal, exact: Decimal) -> bool:
    """Whether `rough` has fewer digits that count than `exact` and is close to it."""
    digits = [len(n.normalize().as_tuple().digits) for n in (rough, exact)]
    return digits[0] < digits[1] and abs(rough - exact) <= ROUNDING * abs(exact)


def agree(claimed: DateMention, given: DateMention) -> bool:
    """Whether the source's date holds every part of the claimed one."""
    if claimed.is_open or given.is_open:
        same_day = {claimed.month, claimed.day} == {given.month, given.day}
    else:
        same_day = claimed.month in {0, given.month} and claimed.day in {0, given.day}
    return same_day and (not claimed.year or not given.year or claimed.year == given.year)
