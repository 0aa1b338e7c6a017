"""Reads the marks inside a line of Markdown, such as `code` and **emphasis**, by their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Styles = tuple[str, ...]

# Longer runs are rather signs than marks; the bound keeps hostile lines cheap.
_INSIDE = r"(?:(?!\n[ \t]*\n).){1,400}?"
# Between letters and digits, `*` and `_` are signs of the text: 2*3*4, file_name_v2.
_MARK = re.compile(
    # Of several backslashes in a row, none is a mark: \\\\server\\share is a path.
    rf"(?<!\\)\\(?P<escape>[]!\"#$%&'()*+,./:;<=>?@\[^_`{{|}}~-])"
    rf"|(?P<fence>(?<!`)`{{1,3}}(?!`))(?P<code>{_INSIDE})(?<!`)(?P=fence)(?!`)"
    r"|!?\[(?P<label>[^\[\]\n]{1,400})\]\((?:[^()\s]|\([^()\s]{0,400}\)){0,400}"
    r"(?:[ \t]+\"[^\"\n]{0,400}\")?\)"
    r"|<(?P<address>(?:https?://|mailto:)[^<>\s]{1,400})>"
    rf"|(?<![\w*_])(?P<strong_sign>\*\*|__)(?=[^\s*_])(?P<strong>{_INSIDE})(?<=\S)(?P=strong_sign)"
    r"(?![\w*_])"
    rf"|(?<![\w*_])(?P<em_sign>[*_])(?=[^\s*_])(?P<em>{_INSIDE})(?<=[^\s*_])(?P=em_sign)(?![\w*_])",
    re.DOTALL,
)
_STYLES = {
    "escape": (),
    "code": ("code",),
    "label": (),
    "address": (),
    "strong": ("strong",),
    "em": ("em",),
}
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a text that is shown, by its place, in these styles from the outside in."""

    start: int
    end: int
    styles: Styles = ()


def shown_parts(text: str, start: int, end: int) -> Iterator[Shown]:
    """Yield the parts of text[start:end] that are words, not marks, in their order."""
    yield from _parts(text, start, end, (), _DEPTH)


def without_marks(text: str) -> str:
    """Return a line of Markdown as it reads without its marks."""
    return "".join(text[part.start : part.end] for part in shown_parts(text, 0, len(text)))


def _parts(text: str, start: int, end: int, styles: Styles, depth: int) -> Iterator[Shown]:
    position = start
    for mark in _MARK.finditer(text, start, end) if depth else ():
        if position < mark.start():
            yield Shown(position, mark.start(), styles)
        position = mark.end()
        inner = next(name for name in _STYLES if mark[name] is not None)
        left, right = mark.span(inner)
        is_code = inner == "code"
        yield from _parts(
            text, left, right, (*styles, *_STYLES[inner]), 0 if is_code else depth - 1
        )
    if position < end:
        yield Shown(position, end, styles)
