"""The passages of a document, cut along its structure, with exact character offsets.

Our own code finds headings, paragraphs, list items and table rows, because every passage must be
`document.text[start:end]` and know its page and headings. Only a paragraph that is too long by
itself goes to LangChain's RecursiveCharacterTextSplitter, which reports offsets too.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from core.domain.knowledge import PAGE_SEPARATOR, Page, ParsedDocument, Passage
from ingestion.parsers.blocks import Block, BlockKind, read_blocks, runs
from ingestion.reading.sections import HeadingPath, Section, joined, read_sections

SPLITTER_VERSION = "structure-4"
# Nearly all that the model reads. Passages of 200 tokens were no better, since sentences are
# compared one by one, and they cut documents of one screen in two (docs/adr/0013).
MAX_TOKENS = 245
# all-MiniLM-L6-v2 reads 256 tokens, two of which are special (its sentence_bert_config.json).
MODEL_LIMIT = 254
# However long title and headings are, a passage keeps room for some sentences.
MIN_ROOM = 64

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece of text that stays whole; rows carry the header of their table and its tokens."""

    start: int
    end: int
    tokens: int
    header: str = ""
    header_tokens: int = 0


def split(
    document: ParsedDocument,
    count_tokens: CountTokens,
    *,
    max_tokens: int = MAX_TOKENS,
    model_limit: int = MODEL_LIMIT,
) -> list[Passage]:
    """Cuts passages of at most about `max_tokens`, without overlap and never across pages.

    They are shorter if title and headings, which are embedded too, leave less of `model_limit`.
    `document.text[p.start : p.end] == p.text` holds for every passage, and every character but
    white space lies in exactly one.
    """
    splitter = _Splitter(document.title, count_tokens, max_tokens, model_limit)
    passages: list[Passage] = []
    start = 0
    for page in document.pages:
        passages.extend(splitter.split_page(page, start))
        start += len(page.text) + len(PAGE_SEPARATOR)
    return passages


class _Splitter:
    """The splitter of one document, which remembers the headings that are still open."""

    def __init__(
        self, title: str, count_tokens: CountTokens, max_tokens: int, model_limit: int
    ) -> None:
        self._title = title
        # Blocks are counted when sections are joined and again when they are packed.
        self._count = cache(count_tokens)
        self._max_tokens = max_tokens
        self._context_limit = model_limit - self._count(title)
        self._path: HeadingPath = ()

    def split_page(self, page: Page, page_start: int) -> Iterator[Passage]:
        """Yield the passages of one page, which begins at `page_start` of the document's text."""
        sections = read_sections(read_blocks(page.text), self._path)
        if sections:
            self._path = sections[-1].path
        for section in joined(sections, lambda s: self._size(page.text, s), self._max_tokens):
            headings = self._headings(section.path)
            room = self._room(headings)
            for group in _packed(self._units(page.text, section, room), room):
                yield _passage(page, page_start, group, headings)

    def _headings(self, path: HeadingPath) -> tuple[str, ...]:
        title = self._title.casefold()
        return tuple(words for _, words in path if words and words.casefold() != title)

    def _room(self, headings: Sequence[str]) -> int:
        context = sum(self._count(heading) for heading in headings)
        return min(self._max_tokens, max(self._context_limit - context, MIN_ROOM))

    def _size(self, text: str, section: Section) -> int:
        return sum(self._count(text[b.start : b.end]) for b in section.blocks)

    def _units(self, text: str, section: Section, room: int) -> list[_Unit]:
        """Return blocks as units; tables and lists stay whole if they fit, headings are joined."""
        units: list[_Unit] = []
        heading: _Unit | None = None
        for run in runs(section.blocks):
            if run[0].kind is BlockKind.HEADING:
                own = self._whole(text, run)
                heading = own if heading is None else _glued(heading, own)
                continue
            taken = heading.tokens if heading else 0
            pieces = self._run_pieces(text, run, max(room - taken, room // 2))
            if heading is not None and pieces:
                pieces[0] = _glued(heading, pieces[0])
                heading = None
            units.extend(pieces)
        return units if heading is None else [*units, heading]

    def _run_pieces(self, text: str, run: Sequence[Block], room: int) -> list[_Unit]:
        """Return a table or list as one unit if it fits, else its rows or items."""
        whole = self._whole(text, run)
        if len(run) > 1 and whole.tokens <= room:
            return [whole]
        return [piece for block in run for piece in self._pieces(text, block, room)]

    def _whole(self, text: str, run: Sequence[Block]) -> _Unit:
        tokens = sum(self._count(text[block.start : block.end]) for block in run)
        return _Unit(run[0].start, run[-1].end, tokens)

    def _pieces(self, text: str, block: Block, room: int) -> list[_Unit]:
        """Return the block as one unit, or in pieces if it is too long."""
        content = text[block.start : block.end]
        tokens = self._count(content)
        header = self._header(text, block, room)
        if tokens <= room:
            return [_Unit(block.start, block.end, tokens, header, self._count(header))]
        # Even pieces: 430 tokens become 3 of about 144, not 200, 200 and 30.
        size = min(room, math.ceil(tokens / math.ceil(tokens / room) * 1.15))
        return [
            _Unit(block.start + at, block.start + at + len(piece), self._count(piece))
            for at, piece in _cut(content, size, self._count)
        ]

    def _header(self, text: str, block: Block, room: int) -> str:
        if block.kind is not BlockKind.ROW or block.start == block.header_start:
            return ""
        header = text[block.header_start : block.header_end].strip()
        return header if self._count(header) <= room // 3 else ""


def _cut(text: str, size: int, count_tokens: CountTokens) -> Iterator[tuple[int, str]]:
    """Yield pieces of `text` with their offsets, cut where it reads best and small enough."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        # Sentences, lines, clauses, words; then runs of 100 characters, and single ones.
        separators=[r"(?<=[.!?])\s+", r"\n", r"[;:,]\s", r"\s+", r"[\s\S]{100}", ""],
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=max(size, 1),
        chunk_overlap=0,
        length_function=count_tokens,
        add_start_index=True,
    )
    for piece in splitter.create_documents([text]):
        yield piece.metadata["start_index"], piece.page_content


def _packed(units: Sequence[_Unit], room: int) -> Iterator[list[_Unit]]:
    """Yield groups of neighbouring units, as even in size as whole units allow."""
    total = sum(unit.tokens for unit in units)
    target = total / max(1, math.ceil(total / room))
    group: list[_Unit] = []
    size = 0
    for unit in units:
        is_full = size + unit.tokens > room or size + unit.tokens / 2 > target
        if group and is_full:
            yield group
            group, size = [], 0
        if not group:
            size = unit.header_tokens
        group.append(unit)
        size += unit.tokens
    if group:
        yield group


def _glued(first: _Unit, second: _Unit) -> _Unit:
    return _Unit(first.start, second.end, first.tokens + second.tokens)


def _passage(
    page: Page, page_start: int, group: Sequence[_Unit], headings: tuple[str, ...]
) -> Passage:
    start, end = group[0].start, group[-1].end
    header = group[0].header
    return Passage(
        text=page.text[start:end],
        start=page_start + start,
        end=page_start + end,
        page_from=page.number,
        page_to=page.number,
        headings=(*headings, header) if header else headings,
    )
