"""Reads the words and signs beside a number, in English, German, French and Spanish."""

import re
from collections.abc import Iterator, Sequence

from core.guardrails.numbers.places import Span, among

NEAR = 60
"""How many characters before and after a number are examined."""

# One character each, so that offsets stay valid: blanks and hyphens of other widths, wide signs.
_EVEN = {
    **dict.fromkeys((0xA0, 0x2007, 0x2009, 0x202F, 0x3000), " "),
    **dict.fromkeys((*range(0x2010, 0x2014), 0x2212, 0xFE63), "-"),
    **{
        code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0) not in "<>"
    },
    # Arabic digits, and those of five mathematical alphabets.
    **{
        first + digit: str(digit)
        for first in (0x660, 0x6F0, *range(0x1D7CE, 0x1D800, 10))
        for digit in range(10)
    },
}
_UNEVEN = frozenset(map(chr, _EVEN))
_NUMBER_WORD = r"(?:n(?:umm|umb)er|n[úu]mero|num[ée]ro|nr|no|n[°º]|nº|code|id|#)"
# Things that have numbers; the word stands right before, with or without "number".
_GOODS = (
    r"art(?:ikel|icles?|[ií]culo)?|items?|(?:spare[ ])?parts?|(?:ersatz)?teile?|material|sach"
    r"|model[loe]*|modèle|typ[e]?|los|lots?|lote|charge|batch|catalog(?:ue)?|katalog|zeichnungs?"
    r"|drawing|r[ée]f(?:[ée]rence|erencia|erenz)?|sku|ean(?:-1?[38])?|gtin|upc|isbn(?:-1[03])?|issn"
    r"|p/n|s/n|pn|hs|container|lieferschein|delivery note|seri(?:al|en|es?)|s[ée]rie|zähler|meter"
    r"|rechnungs?|invoice|fact(?:ure|ura)|tickets?|vorgangs?|sendungs?|tracking"
    r"|inventar|inventory|asset|imei|iccid|purchase order|produkt|product|producto|produit|matnr"
)
# The same, but the number of somebody to call may follow as well: only with "number" between.
_DEALS = (
    r"bestell(?:ung|ungs)?|orders?|auftrags?|pedido|commande"
    r"|kunden|kd|job|customer|client(?:e)?|cases?|vertrags?|contrat"
    r"|contract|contrato|zoll(?:tarif)?|devis|angebots?|quote|projekt|project|policen?|policy"
    r"|mitglieds?|albar[áa]n|fall|schaden(?:s)?|claim|buchungs?|booking|transaction"
)
_SURE = (
    r"(?:aktenzeichen|az|artikelnr|bestellnr|rechnungsnr)"
    rf"|(?:{_GOODS})(?:\.?[ ]?-?[ ]?{_NUMBER_WORD})?"
    rf"|(?:{_DEALS})\.?[ ]?-?[ ]?{_NUMBER_WORD}"
    r"|n(?:[°ºo]|um[ée]ro|úmero)\.?[ ](?:de[ ]|du[ ]|d')"
    r"(?:s[ée]rie|commande|facture|contrat|pedido|factura|contrato|article|art[íi]culo|lot|client)"
)
_LABELLED = re.compile(rf"(?i)(?<![\w])(?:{_SURE})\.?[ \t]?[:=#]?[\"'*]{{0,2}}[ \t]{{0,3}}\Z")
# The same words anywhere before the number on its line, to avoid false alarms in reports.
_ABOUT_GOODS = re.compile(
    rf"(?i)(?<![^\W_])(?:{_GOODS}|{_DEALS}|aktenzeichen|standards?|din|iso|version|firmware)"
    rf"(?:-?{_NUMBER_WORD})?(?![^\W_])"
)
_UNIT = re.compile(
    r"[ ]{0,2}(?:(?:mm|cm|dm|km|m[²³23]|kg|mg|ml|cl|hl|kW|MW|GW|kWh|MWh|kVA|Hz|kHz|MHz|GHz|lx|lm"
    r"|bar|mbar|hPa|Pa|kPa|MPa|Nm|kN|rpm|ppm|dB|EUR|USD|GBP|CHF|Euros?|euros?|Dollars?|dollars?|pesos"
    r"|francs|Mio|Mrd|million(?:s|en)?|St(?:ü|ue)ck|Stk|pcs|pieces|pièces|piezas|units?|users?"
    r"|Nutzer|Seiten|pages?|Uhr|Std|Stunden|hours|minutes|Minuten|Tonnen|tonnes?|tons?|TEU|Liter"
    r"|litres?|people|Personen|personnes|personas|employees|Mitarbeiter|customers|Kunden|rows|bytes"
    r"|KB|MB|GB|phones|chairs|mobile phones|office chairs|(?:home|office|mobile|phone) [a-z]{3,})\b"
    r"|[mgtlhV](?![\w.:])|°|%|‰|€|\$|£|µ|Ω)"
)
_CURRENCY = re.compile(r"(?:\b(?:EUR|USD|GBP|CHF|Euro)|[€$£])[ ]?[+-]?\Z")


def even(text: str) -> str:
    """Return the text with plain blanks, hyphens, digits and signs, character for character."""
    if text.isascii():
        return text
    for char in _UNEVEN.intersection(text):
        text = text.replace(char, _EVEN[ord(char)])
    return text


def before(text: str, start: int, near: int = NEAR) -> str:
    """Return the text before an offset on its line, at most `near` characters."""
    return text[max(0, start - near) : start].rsplit("\n", 1)[-1]


def after(text: str, end: int, near: int = NEAR) -> str:
    """Return the text after an offset on its line, at most `near` characters."""
    return text[end : end + near].split("\n", 1)[0]


def announced(
    text: str, rows: Sequence[Span], numbers: re.Pattern[str], lead: re.Pattern[str]
) -> Iterator[Span]:
    r"""Find numbers in these rows right after a match of `lead`, whose pattern ends with `\Z`."""
    for match in among(numbers, text, rows):
        if is_announced(text, match.start(), lead):
            yield match.span()


def is_announced(text: str, start: int, lead: re.Pattern[str]) -> bool:
    """Return whether `lead` ends at this place; it may stand on the line before."""
    return lead.search(text, max(0, start - NEAR), start) is not None


def is_labelled_otherwise(text: str, start: int) -> bool:
    """Return whether the words right before a number mark it as one of goods, orders or papers."""
    return _LABELLED.search(before(text, start)) is not None


def is_about_goods(text: str, start: int) -> bool:
    """Return whether words for goods or orders stand anywhere before a number on its line."""
    return _ABOUT_GOODS.search(before(text, start)) is not None


def is_amount(text: str, start: int, end: int) -> bool:
    """Return whether a unit or currency makes a number a measure, a count or a sum."""
    return (
        _UNIT.match(text, end) is not None or _CURRENCY.search(before(text, start, 8)) is not None
    )
