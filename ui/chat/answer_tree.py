"""Turns an answer into an allow-listed tree that the browser builds elements from.

Nothing of an answer ever becomes HTML: the tree holds plain strings, which the component writes as
text. What a model wrote is read as Markdown; links and images appear as their text. What the
passage engine quotes are words of documents, which appear letter for letter, as do titles in what
the sandbox answers by itself.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from core.domain.answers import PASSAGES, SANDBOX, AnswerSentence, Support
from core.domain.text.sentences import text_units
from ui import words

Node: TypeAlias = dict[str, object]  # JSON for the browser

# No answer has a million sources; Python refuses to read numbers of thousands of digits.
_MARKER = re.compile(r"\s*\[(\d{1,6})\]")
_SPACE = re.compile(r"\W+")
_LISTS = {"bullet_list_open": "ul", "ordered_list_open": "ol"}
# As the passage engine writes: a quote, the number of its citation, the end of the paragraph.
_QUOTE = re.compile(r"^> (.+?) \[(\d{1,6})\]$(?=\n\n|\s*\Z)", re.DOTALL | re.MULTILINE)
# Letters; shorter parts of a sentence stand in others as well.
LEAST_PART = 12
_WORST_FIRST = (Support.UNSUPPORTED, Support.WEAK, Support.NOT_CHECKED, Support.SUPPORTED)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style."""

    text: str
    style: str = ""


def answer_tree(
    text: str, sentences: Sequence[AnswerSentence], cited: set[int], engine: str = ""
) -> list[Node]:
    """Return the blocks of an answer; markers whose number is not in `cited` stay plain text."""
    if engine == PASSAGES:
        return list(_quoted(text, cited))
    if engine == SANDBOX:
        return list(plain_tree(text))
    tokens = _markdown().parse(text)
    return list(_Blocks(iter(tokens), sentences, cited).until(None))


def _quoted(text: str, cited: set[int]) -> Iterator[Node]:
    """Build an answer of the passage engine: quotes, and the text between them as it is."""
    position = 0
    for quote in _QUOTE.finditer(text):
        yield from _paragraphs(text[position : quote.start()])
        number = int(quote.group(2))
        is_known = number in cited
        shown = quote.group(1) if is_known else f"{quote.group(1)} [{number}]"
        yield {"type": "quote", "blocks": [_literal(shown, [number] if is_known else [])]}
        position = quote.end()
    yield from _paragraphs(text[position:])


def plain_tree(text: str) -> Iterator[Node]:
    """Build a text of the sandbox itself: paragraphs and lists, their words as they are."""
    for block in text.split("\n\n"):
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            items = [{"type": "li", "blocks": [_literal(line[2:], [])]} for line in lines]
            yield {"type": "ul", "items": items}
        else:
            yield from _paragraphs(block)


def _paragraphs(text: str) -> Iterator[Node]:
    return (_literal(part, []) for part in text.split("\n\n") if part.strip())


def _literal(text: str, cites: list[int]) -> Node:
    runs = [{"text": text.strip("\n"), "style": ""}]
    return {"type": "p", "parts": [{"runs": runs, "support": "", "doubt": "", "cites": cites}]}


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.inline.ruler.before("escape", "backslashes", _backslashes)
    return parser


def _backslashes(state: StateInline, is_silent: bool) -> bool:
    """Keep several backslashes in a row: `\\\\server\\share` is a path, not an escape."""
    run = re.match(r"\\{2,}", state.src[state.pos :])
    if run is None:
        return False
    if not is_silent:
        state.pending += run.group()
    state.pos += run.end()
    return True


class _Blocks:
    """A walk through the token stream, once, from block to block."""

    def __init__(
        self, tokens: Iterator[Token], sentences: Sequence[AnswerSentence], cited: set[int]
    ) -> None:
        self._tokens = tokens
        self._sentences = [(_key(s.text), s) for s in sentences]
        self._cited = cited
        self._is_table = False

    def until(self, closing: str | None) -> Iterator[Node]:
        """Return the blocks up to the closing token of their parent."""
        for token in self._tokens:
            if token.type == closing:
                return
            node = self._block(token)
            if node is not None:
                yield node

    def _block(self, token: Token) -> Node | None:
        if token.type == "inline":
            return {"type": "p", "parts": self._parts(token)}
        if token.type in _LISTS:
            closing = token.type.replace("_open", "_close")
            return {"type": _LISTS[token.type], "items": list(self.until(closing))}
        if token.type == "list_item_open":
            # The number as it was written: a list may begin with 3, and "31. December" is a date.
            blocks = list(self.until("list_item_close"))
            return {"type": "li", "blocks": blocks, "number": int(token.info or 0)}
        if token.type == "blockquote_open":
            return {"type": "quote", "blocks": list(self.until("blockquote_close"))}
        if token.type in ("fence", "code_block"):
            return {"type": "code", "text": token.content}
        if token.type == "table_open":
            return {"type": "table", "rows": self._rows()}
        if token.type == "tr_open":
            return {"type": "tr", "cells": list(self.until("tr_close"))}
        if token.type == "heading_open":
            return {"type": "heading", "blocks": list(self.until("heading_close"))}
        return None

    def _rows(self) -> list[Node]:
        """Build the rows of a table: its header claims nothing, any other is judged as a whole."""
        self._is_table = True
        header, *rows = self.until("table_close")
        self._is_table = False
        return [
            {**header, "isHeader": True, **_marked(None)},
            *({**row, **_marked(self._judged(_words_of(row)))} for row in rows),
        ]

    def _parts(self, token: Token) -> list[Node]:
        """Build the parts of a paragraph; the last part of a sentence tells its support."""
        parts = [
            part
            for runs, numbers in _segments(list(_runs(token.children or [])), self._cited)
            for part in self._segment(runs, numbers)
        ]
        marked: list[Node] = []
        after: AnswerSentence | None = None
        for node, sentence in reversed(parts):
            marked.append({**node, **_marked(None if sentence is after else sentence)})
            after = sentence or after
        return marked[::-1]

    def _segment(
        self, runs: list[Run], numbers: list[int]
    ) -> Iterator[tuple[Node, AnswerSentence | None]]:
        text = "".join(run.text for run in runs)
        units = text_units(text)
        # The full stop behind a marker belongs to no sentence.
        starts = [*sorted({0, *(unit.start for unit in units)}), len(text)]
        for start, end in pairwise(starts):
            node: Node = {
                "runs": [{"text": r.text, "style": r.style} for r in _cut(runs, start, end)],
                "cites": numbers if end == len(text) else [],
            }
            yield node, None if self._is_table else self._judged(text[start:end])

    def _judged(self, text: str) -> AnswerSentence | None:
        """Return the sentence that `text` is, or is part of; the worst if it is part of several."""
        key = _key(text)
        same = [sentence for known, sentence in self._sentences if key and known == key]
        if not same and len(key) >= LEAST_PART:
            same = [sentence for known, sentence in self._sentences if key in known]
        return min(same, key=lambda sentence: _WORST_FIRST.index(sentence.support), default=None)


def _marked(sentence: AnswerSentence | None) -> Node:
    """Return what is told about the support of a sentence, empty where nothing is to be told."""
    return {
        "support": sentence.support.value if sentence else "",
        "doubt": words.doubt(sentence) if sentence else "",
    }


def _words_of(row: Node) -> str:
    """Return the words of a row of a table, without its citations."""
    cells: Any = row["cells"]  # Any: JSON
    runs = (run for cell in cells for part in cell["parts"] for run in part["runs"])
    return " ".join(run["text"] for run in runs)


def _runs(children: Iterable[Token]) -> Iterator[Run]:
    styles: list[str] = []
    for child in children:
        if child.type in ("strong_open", "em_open"):
            styles.append(child.tag)
        elif child.type in ("strong_close", "em_close"):
            styles.pop()
        elif child.type == "code_inline":
            yield Run(child.content, "code")
        elif child.type in ("softbreak", "hardbreak"):
            yield Run("\n" if child.type == "hardbreak" else " ")
        elif child.content:
            yield Run(child.content, styles[-1] if styles else "")


def _segments(runs: Sequence[Run], cited: set[int]) -> Iterator[tuple[list[Run], list[int]]]:
    """Split text into pieces, each with the citation numbers that follow it."""
    pending: list[Run] = []
    numbers: list[int] = []
    for piece in _pieces(runs, cited):
        if isinstance(piece, int):
            numbers.append(piece)
            continue
        if numbers:
            yield pending, numbers
            pending, numbers = [], []
        pending.append(piece)
    if pending or numbers:
        yield pending, numbers


def _pieces(runs: Sequence[Run], cited: set[int]) -> Iterator[Run | int]:
    for run in runs:
        position = 0
        for marker in _MARKER.finditer(run.text) if run.style != "code" else ():
            if int(marker.group(1)) not in cited:
                continue
            if marker.start() > position:
                yield Run(run.text[position : marker.start()], run.style)
            yield int(marker.group(1))
            position = marker.end()
        if position < len(run.text):
            yield Run(run.text[position:], run.style)


def _cut(runs: Sequence[Run], start: int, end: int) -> Iterator[Run]:
    offset = 0
    for run in runs:
        piece = run.text[max(start - offset, 0) : max(end - offset, 0)]
        offset += len(run.text)
        if piece:
            yield Run(piece, run.style)


def _key(text: str) -> str:
    return _SPACE.sub("", text).lower()
