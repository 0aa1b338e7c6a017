"""Numbers as texts write them: one spelling for their digits, and the sign they stand under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

DIGITS = r"\d{1,3}(?:[,'’\u202f\u00a0]\d{3})+(?:\.\d+)?|\d{1,3}(?:\s000)+|\d+(?:[.,]\d+)*|\.\d+"
CURRENCY = r"US\$|[$€£¥₹]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|DKK|NOK|PLN|INR|CNY|AUD|CAD)\b"


class Sign(StrEnum):
    """The sign that a text gives a number.

    FALL is an amount without a sign beside a word such as "loss" or "fell". OPEN may be read either
    way: "± 2", a dash that may be a bullet, parentheses that may be an aside.
    """

    PLAIN = "plain"
    PLUS = "plus"
    MINUS = "minus"
    FALL = "fall"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class SignMention:
    """A sign and the piece of text that it takes, the number included."""

    sign: Sign
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number in digits: its magnitude in one spelling, and its sign."""

    digits: str
    sign: Sign

    def agrees_with(self, other: "NumberMention") -> bool:
        """Return whether both may say the same number."""
        return self.digits == other.digits and are_compatible(self.sign, other.sign)


_CLASHES = (
    {Sign.MINUS, Sign.PLAIN},
    {Sign.MINUS, Sign.PLUS},
    {Sign.FALL, Sign.PLUS},
)

_MONEY = rf"(?:(?:{CURRENCY})\s?)"
_MINUS = "-−‐‑﹣－"  # hyphen-minus, minus, hyphens, small and full-width
_PLUS_MINUS = re.compile(rf"(?:±|\+\s?/?\s?[{_MINUS}])\s?{_MONEY}?$")
_PLUS = re.compile(rf"(?:^|[\s(\[|:=/])\+\s?{_MONEY}?$")
_WORD = re.compile(rf"\b(?:minus|negative|moins|menos|meno)\s+{_MONEY}?$", re.IGNORECASE)
_DASH = re.compile(rf"(?P<lead>.?)(?P<dash>[{_MINUS}–])(?P<gap>\s?){_MONEY}?$", re.DOTALL)
# The characters allowed right before a minus; after a letter or a digit a dash joins.
_OPENS = re.compile(r"[\s(\[{|:;=<>≤≥~/\"'“„«*_,$€£¥₹\-–—]?")
_CODE = re.compile(rf"(?:{CURRENCY})$")
_SETS_APART = ":=|([<>≤≥"
_BELOW_ZERO = re.compile(
    r"\s?(?:°\s?[CF]?\b|(?:degrees?|grad[io]?|grados|graden|degrés?)\b)?\s?(?:celsius|fahrenheit|[CF]\b)?"
    r"\s*(?:below\s+(?:zero|freezing|0)|unter\s+(?:null|0|dem\s+gefrierpunkt)|onder\s+(?:nul|0)"
    r"|(?:au-dessous\s+de|sous|en\s+dessous\s+de)\s+zéro|bajo\s+cero|sotto\s+(?:lo\s+)?zero)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(rf"[-−](?P<next>\s*(?:\||$|\n|%|{CURRENCY}))")
_OPENING = re.compile(rf"(?P<outside>(?:{CURRENCY})\s?)?\(\s?{_MONEY}?$")
_CLOSING = re.compile(rf"\s?(?:%|{CURRENCY})?\s?\)(?P<outside>\s?(?:%|{CURRENCY}))?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FALLS = re.compile(
    r"\b(?:loss(?:es)?|lost|deficits?|shortfall|decreas\w*|declin\w*|fell|fall(?:s|ing|en)?"
    r"|drop\w*|reduc\w*|lowered|cut|shrank|shrunk|less|fewer|verlust\w*|rückgang\w*|gesunken"
    r"|sank\w*|fiel\w*|gefallen|weniger|gekürzt|verringer\w*|perte\w*|baiss\w*|diminu\w*"
    r"|recul\w*|pérdidas?|baj[oóa]\w*|descen\w*|reducción|perdit[ae]|calo|calat[oi]|scese?"
    r"|verlies\w*|gedaald|daald?e\w*|daling)\b",
    re.IGNORECASE,
)
# "Fell to 21", "less than 21" and temperatures state a level, not a decrease.
_LEVEL = re.compile(
    r"\b(?:to|than|at|below|under|auf|als|unter|à|que|di|tot|naar|dan)\s*$", re.IGNORECASE
)
_DEGREES = re.compile(r"\s?(?:°|degrees?\b|grad)", re.IGNORECASE)
_SENTENCE_BREAK = re.compile(r"[.;!?|\n](?=\s|$)|[|\n]")
# The number of characters around a number within which a word of decrease applies to it.
_NEAR = 50


def are_compatible(first: Sign, second: Sign) -> bool:
    """Return whether numbers of the same magnitude under these signs may be the same."""
    return Sign.OPEN in {first, second} or {first, second} not in _CLASHES


def sign_at(text: str, start: int, end: int) -> SignMention:
    """Return the sign of the number whose digits (or words) are `text[start:end]`."""
    before, after = text[max(0, start - 80) : start], text[end : end + 80]
    below = _BELOW_ZERO.match(after)
    if below:
        return SignMention(Sign.MINUS, start, end + below.end())
    for pattern, sign in ((_PLUS_MINUS, Sign.OPEN), (_WORD, Sign.MINUS), (_PLUS, Sign.PLUS)):
        match = pattern.search(before)
        if match:
            lead = len(match.group()) - len(match.group().lstrip(" \n\t([|:=/"))
            return SignMention(sign, start - len(match.group()) + lead, end)
    dash = _DASH.search(before)
    if dash:
        return _dashed(before, dash, SignMention(Sign.PLAIN, start, end))
    sign = _bracketed(text, start, end) or _trailed(text, start, end) or _fallen(before, after)
    return SignMention(sign, start, end)


def numbers_in(text: str) -> Iterator[NumberMention]:
    """Return all numbers in digits, in reading order."""
    for match in _NUMBER.finditer(text):
        sign = sign_at(text, *match.span()).sign
        yield NumberMention(canonical(match.group()), sign)


def plain_number(figure: str) -> str:
    """Write 1,200.50, 1.200,50 and 1200.50 in one spelling that Decimal reads."""
    figure = re.sub(r"['’\s\u202f\u00a0]", "", figure)
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", figure):
        figure = figure.replace(",", "")
    elif re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", figure):
        figure = figure.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d+", figure):
        figure = figure.replace(",", ".")
    return re.sub(r"[^\d.]", "", figure)


_NUMBER = re.compile(r"\d+(?:[.,:'’\u202f\u00a0]\d+)*")


def canonical(figure: str) -> str:
    """Write a number, time or version number in one spelling, without final zeros of decimals."""
    if ":" in figure or re.search(r"[.,]\d+[.,]\d+$", plain_number(figure)):
        return figure
    plain = plain_number(figure)
    return plain.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", plain) else plain


def _dashed(before: str, dash: re.Match[str], plain: SignMention) -> SignMention:
    """Tell a minus from a dash that joins, sets apart or begins a list item."""
    sign = _dash_sign(before[: dash.start("dash")], dash)
    if sign is Sign.PLAIN:
        return plain
    return SignMention(sign, plain.start - len(before) + dash.start("dash"), plain.end)


def _dash_sign(head: str, dash: re.Match[str]) -> Sign:
    is_joined = not _OPENS.fullmatch(dash["lead"]) and not _CODE.search(head)
    last = head.rstrip(" \t")[-1:]
    if is_joined:
        return Sign.PLAIN
    if not dash["gap"]:
        is_after_number = dash["lead"].isspace() and last.isdigit() and not head.endswith("\t")
        return Sign.OPEN if is_after_number and not head.endswith("   ") else Sign.MINUS
    if last in ("", "\n"):
        return Sign.OPEN
    if last in _SETS_APART or (dash["dash"] == "−" and not last.isdigit()):
        return Sign.MINUS
    return Sign.OPEN if dash["dash"] == "-" and last.isalpha() else Sign.PLAIN


def _bracketed(text: str, start: int, end: int) -> Sign | None:
    """Read parentheses as a minus around a whole cell or beside a currency, else as OPEN."""
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    opening, closing = _OPENING.search(before), _CLOSING.match(after)
    if not (opening and closing):
        return None
    if _YEAR.fullmatch(text[start:end]):
        return Sign.OPEN
    if opening["outside"] or closing["outside"]:
        return Sign.MINUS
    left, right = before[: opening.start()].rstrip(" "), after[closing.end() :].lstrip(" ")
    is_cell = left[-1:] in ("", "|", "\n", "\t") and right[:1] in ("", "|", "\n", "\t")
    is_row = left[-1:] == "|" or right[:1] == "|"
    return Sign.MINUS if is_cell and is_row and end - start > 2 else Sign.OPEN


def _trailed(text: str, start: int, end: int) -> Sign | None:
    """Return MINUS for a minus behind the number, as ledgers print it: "350.00-"."""
    match = _TRAILING.match(text, end)
    if not match:
        return None
    is_amount = bool(re.search(r"[.,]\d\d$", text[start:end])) or match["next"].strip() not in ("",)
    return Sign.MINUS if is_amount else None


def _fallen(before: str, after: str) -> Sign:
    if _LEVEL.search(before) or _DEGREES.match(after):
        return Sign.PLAIN
    near = _SENTENCE_BREAK.split(before[-_NEAR:])[-1] + " " + _SENTENCE_BREAK.split(after[:30])[0]
    return Sign.FALL if _FALLS.search(near) else Sign.PLAIN
