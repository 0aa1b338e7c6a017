"""Folds look-alike spellings and layouts together, so that a check sees what a person reads."""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

# Letters that are drawn like Latin ones (Unicode confusables, lower case): Cyrillic, Greek,
# Armenian, small capitals, and Latin ones with strokes or without dots.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏкмтвнԛԝοαενιτκρυωηօսհոᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢıɑɡłøđʟ",
    "aeopcyxijsdhlkmtbhqwoaevitkpuwnouhnabcdefghijklmnopqrstuvwyziaglodl",
)
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_INVISIBLE = frozenset({"Cf", "Co", "Cn", "Cs"})

SOFT_BREAK, HARD_BREAK = "\r", "\n"
"""The marks that `flatten` sets for a wrapped line, and for an item, cell, heading or paragraph.

Both are white space; a pattern that stops at line feeds goes on over the first.
"""
# Marks that readers see only as formatting or not at all. Between spaces a star stays a star.
_MARKUP = re.compile(
    r"(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
    r"|(?<!<)</?[A-Za-z][\w:-]{0,30}(?:\s[^<>\n]{0,300})?/?>(?!>)|<!--|-->"
    r"|\\(?=[!-/:-@\[-`{-~\n])"
    r"|!?\[(?=[^\[\]\n]{1,300}\]\()|\]\([^()\s]{0,500}\)"
    r"|\*+(?=\S)|(?<=\S)\*+|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)|`+|~~|==(?=\w)|(?<=\w)=="
)
_BLOCK = re.compile(
    r"(?i)</?(?:address|article|aside|blockquote|br|d[dlt]|div|figcaption|footer|h[1-6r]|header|li"
    r"|main|nav|[ou]l|p|pre|section|table|tbody|t[dhr]|thead)\b"
)
# In folded text: words cut at a line end, letters set apart, and what stands between words.
_PIPE = r"(?<!<)\|(?!>)"
_LINE_MARK = r"(?:#{1,6}|[-*+•▪◦‣·–—o]|\(?(?:\d{1,3}|[a-z])[.)]|\[[ x]\]|[-=_*:+]{2,})(?=[\s|]|\Z)"
_BETWEEN = re.compile(
    r"(?P<hyphen>(?<=[^\W\d_])[-\u2010]\s{1,20}(?:>\s{0,9}){0,4}(?=[^\W\d_]))"
    r"|(?P<apart>(?<=(?<!\w)\w) (?=\w(?!\w)))"
    rf"|(?P<run>(?:\A(?=\s{{0,9}}(?:>|{_LINE_MARK}))|\s*(?:\n|{_PIPE}|(?<=\s)[>•▪◦‣·–—-](?=\s)))"
    rf"(?:\s|>|{_PIPE}|(?:\A|(?<=[\s|>])){_LINE_MARK})*|\s+)"
)


@dataclass(frozen=True, slots=True)
class _Step:
    """One rewriting of a text: where its pieces begin, and the range that each came from.

    A kept piece is its range; each character of a new one stands for the whole range.
    """

    at: Sequence[int]
    ranges: Sequence[tuple[int, int, bool]]

    def origin(self, offset: int) -> tuple[int, int]:
        """Return the range of the previous text that a character comes from."""
        piece = bisect_right(self.at, offset) - 1
        start, end, is_kept = self.ranges[piece]
        original_offset = start + offset - self.at[piece]
        return (original_offset, original_offset + 1) if is_kept else (start, end)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and the steps in which it was made of the original."""

    text: str
    steps: tuple[_Step, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original of a non-empty range of the folded text."""
        for step in reversed(self.steps):
            start, end = step.origin(start)[0], step.origin(end - 1)[1]
        return start, end


def fold(text: str) -> Folded:
    """Fold to NFKC, lower case and Latin look-alikes, without accents or invisible characters."""
    return _folded(Folded(text))


def flatten(text: str) -> Folded:
    """Fold a text and take its layout out: the same words read the same however they are set.

    Markup and entities are resolved, words cut at a line end or set letter by letter are joined,
    and whatever stands between two words is one space, SOFT_BREAK or HARD_BREAK.
    """
    return _rewritten(_folded(_rewritten(Folded(text), _MARKUP, _plain)), _BETWEEN, _gap)


def _folded(text: Folded) -> Folded:
    if not text.text.isascii():
        text = _rewritten(text, _NOT_ASCII, lambda match: _fold_character(match[0]))
    return Folded(text.text.translate(_LOWER), text.steps)


def _plain(mark: re.Match[str]) -> str:
    if mark["entity"]:
        return html.unescape(mark[0])
    return HARD_BREAK if _BLOCK.match(mark[0]) else ""


def _gap(match: re.Match[str]) -> str:
    """Return the sign that replaces the layout between two words."""
    run = match["run"]
    if run is None:
        return ""
    lines = run.count("\n")
    if lines > 1 or not match.start() or run.replace(">", " ").strip():
        return HARD_BREAK
    return SOFT_BREAK if lines else " "


def _rewritten(
    text: Folded, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]
) -> Folded:
    parts: list[str] = []
    at: list[int] = []
    ranges: list[tuple[int, int, bool]] = []
    length = copied_to = 0
    for match in pattern.finditer(text.text):
        start, end = match.span()
        for piece, of in (
            (text.text[copied_to:start], (copied_to, start, True)),
            (replace(match), (start, end, False)),
        ):
            if piece:
                parts.append(piece)
                at.append(length)
                ranges.append(of)
                length += len(piece)
        copied_to = end
    if not copied_to:
        return text
    tail = (copied_to, len(text.text), True)
    step = _Step((*at, length), (*ranges, tail))
    return Folded("".join((*parts, text.text[copied_to:])), (*text.steps, step))


@lru_cache(maxsize=4096)
def _fold_character(char: str) -> str:
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    parts = unicodedata.normalize("NFKD", char).lower()
    plain = re.sub("[\u0300-\u036f]", "", parts)
    return plain.translate(_LOOKALIKES).replace("’", "'").replace("ß", "ss")
