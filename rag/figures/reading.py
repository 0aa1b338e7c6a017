"""Finds numbers, amounts, times and ordinals of a text, whatever their spelling."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from core.domain.text.numbers import CURRENCY, DIGITS, Sign, plain_number, sign_at
from rag.figures.dates import DateMention, find_dates
from rag.figures.measures import Measure, measure_of
from rag.figures.numerals import NUMERAL, ORDINALS, SCALES, numeral_value
from rag.vocabulary.words import STOP_WORDS, stem

_CLOCK = re.compile(
    r"(?<![\d.,])(?P<h>[01]?\d|2[0-4])(?:[:.](?P<m>[0-5]\d))?\s*"
    r"(?P<half>[ap]\.?m\b\.?|o['’]clock|uhr\b|hrs?\b(?=\s*(?:on|$)))"
    r"|(?<![\d.,:])(?P<h3>[01]?\d|2[0-4])\s?h\s?(?P<m3>[0-5]\d)\b"
    r"|(?<![\d.,:])(?P<h2>[01]?\d|2[0-4]):(?P<m2>[0-5]\d)(?![\d:])|\b(?P<noon>noon|midday|midnight)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?P<currency>(?:{CURRENCY})\s*(?:[-−+](?=\d)|\((?=[\d.,' ]+\)))?)?"
    rf"(?<![\w.])(?P<digits>{DIGITS})"
    r"(?P<ordinal>(?:st|nd|rd|th)\b)?(?:\s*(?P<scale>(?:hundred|thousand|million|billion|trillion|mn|bn)\b"
    r"|[kKmM](?=\b)(?<=\d[kKmM])))?",
)
_ORDINAL = re.compile(
    rf"\b(?P<word>{'|'.join(ORDINALS)})\b(?:\s+quarter\b)?|\bQ(?P<quarter>[1-4])\b", re.IGNORECASE
)
_EACH = re.compile(
    r"\b(?:a|an|per|each|every)\s+(?P<unit>[A-Za-z]{3,})\b|/\s?(?P<slash>[A-Za-z]+)\b"
    r"|\b(?P<adverb>hourly|daily|weekly|monthly|quarterly|yearly|annually|annual)\b",
    re.IGNORECASE,
)
_ADVERBS = {"daily": "day", "annually": "year", "annual": "year"}
_HALF = re.compile(r"\bhalf\b(?!\s+(?:a|an)\s+(?:hundred|thousand|million|billion|dozen))", re.I)
_MORE_SCALES = {"mn": 10**6, "bn": 10**9, "k": 1000, "m": 10**6}
_AFTER = re.compile(
    r"[\s\u00a0-]*(?:\(\w+\)\s*)?(?P<word>(?:per|pour)\s+cent|por\s+ciento|[^\W\d_][^\W\d_'’]*|[%€$£¥₹]|°[CF])"
)
_RANGE = re.compile(r"\s*(?:-|–|—|to|and|or|until|till)\s*$", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|over|more than|some|circa"
    r"|just under|just over|less than|under)\s+(?:US)?[$€£¥]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text with its offsets.

    `value` is its magnitude, `sign` its sign, and `scale` what "million" or "k" multiplies it by.
    `kind` is "clock" (in minutes), "ordinal", "rate" or "" for any other number. `counted` is the
    stem of the first content word after it, "" if none. `is_loose` marks words that need not be a
    number: "two" in "the two sides", "first". `is_hedged` says that it is approximate.
    """

    text: str
    start: int
    end: int
    value: Decimal
    scale: Decimal = Decimal(1)
    measure: Measure | None = None
    kind: str = ""
    counted: str = ""
    is_loose: bool = False
    is_hedged: bool = False
    sign: Sign = Sign.PLAIN

    @property
    def amount(self) -> Decimal:
        """The value with its scale."""
        return self.value * self.scale

    @property
    def key(self) -> str:
        """One spelling for figures that are the same."""
        minus = "-" if self.sign is Sign.MINUS else ""
        return f"{minus}{self.amount.normalize():f}"


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a text."""

    numbers: tuple[Figure, ...] = ()
    dates: tuple[DateMention, ...] = ()

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The offsets of all dates and numbers, as pairs of start and end."""
        dates = [(date.start, date.end) for date in self.dates]
        return dates + [(number.start, number.end) for number in self.numbers]


def find_figures(text: str) -> Figures:
    """Find dates first, then times, then numbers; each part of a text is read only once."""
    dates = tuple(find_dates(text))
    rest = _blanked(text, [(d.start, d.end) for d in dates])
    figures: list[Figure] = []
    for finder in _FINDERS:
        new = list(finder(rest))
        rest = _blanked(rest, [(f.start, f.end) for f in new])
        figures.extend(new)
    return Figures(tuple(_with_ranges(text, sorted(figures, key=lambda f: f.start))), dates)


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with spans replaced by a sign that no pattern matches."""
    for start, end in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text


def _clocks(text: str) -> Iterator[Figure]:
    for match in _CLOCK.finditer(text):
        if match["noon"]:
            minutes = 0 if match["noon"].lower() == "midnight" else 720
        else:
            hours = int(match["h"] or match["h2"] or match["h3"])
            half = (match["half"] or "").lower()
            hours = hours % 12 + 12 * half.startswith("p") if half[:1] in {"a", "p"} else hours
            minutes = hours * 60 + int(match["m"] or match["m2"] or match["m3"] or 0)
        yield Figure(match.group().strip(), *match.span(), Decimal(minutes), kind="clock")


def _numbers(text: str) -> Iterator[Figure]:
    for match in _NUMBER.finditer(text):
        digits = match["digits"]
        if digits.count(".") > 1 and not re.fullmatch(r"\d{1,3}(?:\.\d{3})+", digits):
            continue  # a version number such as 1.2.3
        if re.match(r"[A-Za-z]", text[match.end() : match.end() + 1]) and not _glued(text, match):
            continue  # 4G, 18F, 2x
        figure = Figure(
            match.group().strip(),
            *match.span(),
            Decimal(plain_number(digits)),
            _scale(match["scale"]),
        )
        if match["ordinal"]:
            yield replace(figure, kind="ordinal")
        else:
            measured = _measured(text, figure, match["currency"] or "")
            yield _signed(text, measured, *match.span("digits"))


def _glued(text: str, match: re.Match[str]) -> bool:
    word = re.match(r"[A-Za-z]+", text[match.end() :])
    return bool(word and measure_of(word.group()))


def _scale(word: str | None) -> Decimal:
    return Decimal({**SCALES, **_MORE_SCALES}.get((word or "").lower(), 1))


def _numerals(text: str) -> Iterator[Figure]:
    for match in NUMERAL.finditer(text):
        value = numeral_value(match.group())
        figure = _measured(text, Figure(match.group(), *match.span(), value), "")
        figure = _signed(text, figure, *match.span())
        if value == 1 and figure.measure is None:
            if figure.counted:
                yield replace(figure, is_loose=True)
            continue
        yield replace(figure, is_loose=value <= 12 and figure.measure is None)


def _ordinals(text: str) -> Iterator[Figure]:
    for match in _ORDINAL.finditer(text):
        value = int(match["quarter"] or ORDINALS.get((match["word"] or "").lower(), 0))
        yield Figure(
            match.group(), *match.span(), Decimal(value), kind="ordinal", is_loose=value <= 2
        )


def _halves(text: str) -> Iterator[Figure]:
    for match in _HALF.finditer(text):
        yield Figure(
            match.group(), *match.span(), Decimal(50), measure=measure_of("%"), is_loose=True
        )


def _rates(text: str) -> Iterator[Figure]:
    """Yield "a week", "per month" and "daily" as one of the unit."""
    for match in _EACH.finditer(text):
        adverb = (match["adverb"] or "").lower()
        unit = match["unit"] or match["slash"] or _ADVERBS.get(adverb, adverb.removesuffix("ly"))
        measure = measure_of(unit)
        if measure and measure.dimension in {"time", "month"}:
            yield Figure(match.group(), *match.span(), Decimal(1), measure=measure, kind="rate")


_FINDERS: tuple[Callable[[str], Iterator[Figure]], ...] = (
    _clocks,
    _numbers,
    _numerals,
    _ordinals,
    _halves,
    _rates,
)


def _signed(text: str, figure: Figure, start: int, end: int) -> Figure:
    """Return the figure with the sign of its digits, which becomes a part of its text."""
    mention = sign_at(text, start, end)
    begin, until = min(figure.start, mention.start), max(figure.end, mention.end)
    written = text[begin:until].strip()
    return replace(figure, text=written, start=begin, end=until, sign=mention.sign)


def _measured(text: str, figure: Figure, currency: str) -> Figure:
    """Return the figure with its unit, from the currency before it or the words after it."""
    measure = measure_of(currency.strip(" -−+(")) if currency else None
    counted, position = "", figure.end
    for _ in range(3):
        match = _AFTER.match(text, position)
        if not match or re.search(r"[.,;:|]", text[position : match.start("word")]):
            break
        word = re.sub(r"\s+", "-", match["word"])
        unit = (
            measure_of(word)
            if len(word) > 1 or word in "%€$£¥₹h" or position == figure.end
            else None
        )
        if unit and measure is None:
            if position == figure.end:  # the unit is a part of the figure, not a word beside it
                figure = replace(figure, text=text[figure.start : match.end()], end=match.end())
            measure = unit
            break
        if word.lower() in STOP_WORDS and word.lower() not in {"or", "and", "to"}:
            break
        counted = counted or (stem(word) if word.lower() not in STOP_WORDS else "")
        position = match.end()
    is_hedged = bool(_HEDGE.search(text[: figure.start]))
    return replace(figure, measure=measure, counted=counted, is_hedged=is_hedged)


def _with_ranges(text: str, figures: list[Figure]) -> Iterator[Figure]:
    """Share units in a range: in "5 to 10 days" the five are days, in "$5-10" the ten dollars."""
    for number, figure in enumerate(figures):
        if figure.measure or figure.kind:
            yield figure
            continue
        after = figures[number + 1] if number + 1 < len(figures) else None
        before = figures[number - 1] if number else None
        if after and after.measure and _RANGE.fullmatch(text[figure.end : after.start]):
            yield replace(figure, measure=after.measure, is_loose=False)
        elif before and before.measure and _RANGE.fullmatch(text[before.end : figure.start]):
            yield replace(figure, measure=before.measure)
        else:
            yield figure
