"""How source numbers look in an answer.

[1], [1, 2], [1-3], 【1】, 【1†source】, [Source 1], [Source 1, page 3], (source 1), [^1], [¹], ¹.
"""

import re
from collections.abc import Iterator

# A longer range is no list of sources.
LONGEST_RANGE = 20

_NAME = (
    r"(?:(?:sources?|src|refs?|passages?|doc(?:ument)?s?|quellen?|fuentes?|bron(?:nen)?)"
    r"[\s:.#]{0,3})"
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_DIGITS = str.maketrans(_SUPERSCRIPTS, "0123456789")
_NUMBER = rf"(?:\d{{1,4}}|[{_SUPERSCRIPTS}]{{1,3}})"
# A place in the source, which a citation finds by itself: ", page 3", " p. 3-5", ", § 2".
_PLACE = (
    r"(?:\s?[,;:]?\s?(?<![^\W\d])(?:pages?|pp?|pg|seiten?|s|página|pagina|slides?|folie|sheets?|sections?|sec"
    r"|abschnitt|lines?|chunks?|§)\.?\s?\d{1,4}(?:\s?[-–—]\s?\d{1,4})?)"
)
_ITEM = (
    rf"{_NAME}?\^?{_NUMBER}(?:\s?[-–—]\s?{_NAME}?\d{{1,4}})?"
    rf"(?:(?::\d{{1,4}})?†[\w\s:.–-]{{0,40}})?{_PLACE}?"
)
_ITEMS = rf"\s{{0,2}}{_ITEM}(?:\s?(?:[,;&/]|\band\b|\s)\s?{_ITEM})*\s{{0,2}}"
# No marker is longer than this, so a stream never holds back more.
_LONGEST = 120
MARKER = re.compile(
    rf"\s*(?:[\[【［](?=[^\]】］]{{1,{_LONGEST}}}[\]】］]){_ITEMS}[\]】］]"
    rf"|\((?=(?:sources?|quellen?)\b[^)]{{1,{_LONGEST}}}\)){_ITEMS}\)"
    rf"|(?<=[\s.!?,;:\"”’])[{_SUPERSCRIPTS}]{{1,3}}(?!\w))",
    re.IGNORECASE,
)
"""A parenthesis counts only with the word "source": (1) is a step or a footnote. A superscript
after a word is a power (m²), after a full stop or a space it is a source."""

# Code is shown as it is: `items[0]` cites nothing.
_INLINE_CODE = re.compile(r"(?<!`)`[^`\n]{1,200}`(?!`)")
FENCE = "```"
_HELD_CODE = re.compile(r"(?<!`)`[^`\n]{0,200}$")
_HELD_MARKER = re.compile(
    rf"\s*(?:[\[【［][\w\s,;:.&/#^†§–—-]{{0,{_LONGEST}}}"
    r"|\((?:s?o?u?r?c?e?s?|q?u?e?l?l?e?n?)"
    rf"|\((?:sources?|quellen?)\b[\w\s,;:.&/#^†§–—-]{{0,{_LONGEST}}})?$"
    rf"|[.!?,;:\"”’\s]+[{_SUPERSCRIPTS}]{{0,3}}$",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    r"(\d{1,4})(?:\s?[-–—]\s?[^\d\s†]{0,10}\s?(\d{1,4}))?(?:(?::\d+)?†[^,;\]】］]*)?"
)
_PLACES = re.compile(_PLACE, re.IGNORECASE)


def unfinished_from(text: str) -> int:
    """Return the offset from which text may still become a marker or code.

    It is the length of `text` if there is none.
    """
    closed = text.rstrip("`")
    code = _HELD_CODE.search(_without_code(closed))
    marker = _HELD_MARKER.search(text)
    places = [match.start() for match in (code, marker) if match]
    return min((*places, len(closed)))


def find_markers(text: str) -> Iterator[re.Match[str]]:
    """Yield the markers outside of code."""
    code = [match.span() for match in _INLINE_CODE.finditer(text)]
    for marker in MARKER.finditer(text):
        if not any(start < marker.end() and marker.start() < end for start, end in code):
            yield marker


def numbers_of(marker: str) -> list[int]:
    """Return the numbers in one marker in order, with ranges written out."""
    numbers: list[int] = []
    without_places = _PLACES.sub("", marker).translate(_DIGITS)
    for match in _NUMBERS.finditer(without_places):
        first, last = int(match[1]), int(match[2] or match[1])
        is_range = first <= last <= first + LONGEST_RANGE
        numbers.extend(range(first, last + 1) if is_range else (first, last))
    return numbers


def marker_numbers(text: str) -> tuple[int, ...]:
    """Return the citation numbers that stand in `text`, each once, in order."""
    numbers = (n for marker in find_markers(text) for n in numbers_of(marker.group()))
    return tuple(dict.fromkeys(numbers))


def strip_markers(text: str) -> str:
    """Return `text` without its markers."""
    parts: list[str] = []
    position = 0
    for marker in find_markers(text):
        parts.append(text[position : marker.start()])
        position = marker.end()
    return "".join((*parts, text[position:]))


def _without_code(text: str) -> str:
    """Blank complete code spans at the same length, so that only an open one is found."""
    return _INLINE_CODE.sub(lambda match: " " * len(match.group()), text)
