"""The sections of a page: its blocks, grouped below their path of headings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingestion.parsers.blocks import Block, BlockKind

# Sections below this many tokens are joined with their neighbour: alone they say too little.
SMALL_SECTION = 40

HeadingPath = tuple[tuple[int, str], ...]
"""Headings with their levels, the outermost first."""


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive blocks below the same headings."""

    path: HeadingPath
    blocks: tuple[Block, ...]

    @property
    def has_body(self) -> bool:
        return any(block.kind is not BlockKind.HEADING for block in self.blocks)


def read_sections(blocks: Sequence[Block], path: HeadingPath) -> list[Section]:
    """Return the sections in order; `path` holds the headings still open from the page before."""
    sections: list[tuple[HeadingPath, list[Block]]] = [(path, [])]
    has_body = False
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            before, path = (
                path,
                (*(h for h in path if h[0] < block.level), (block.level, block.words)),
            )
            # A heading right below another one shares its section, the next of two titles does not.
            if has_body or (sections[-1][1] and len(path) <= len(before)):
                sections.append((path, []))
                has_body = False
            sections[-1] = (path, sections[-1][1])
        else:
            has_body = True
        sections[-1][1].append(block)
    return [Section(path, tuple(members)) for path, members in sections if members]


def joined(sections: Sequence[Section], size: Callable[[Section], int], room: int) -> list[Section]:
    """Join small sections with their neighbours, and bare headings with what precedes them."""
    result: list[Section] = []
    sizes: list[int] = []
    for section in sections:
        own = size(section)
        is_small = not section.has_body or (result and min(own, sizes[-1]) < SMALL_SECTION)
        if result and is_small and own + sizes[-1] <= room:
            result[-1] = _together(result[-1], section)
            sizes[-1] += own
        else:
            result.append(section)
            sizes.append(own)
    return result


def _together(first: Section, second: Section) -> Section:
    shared = 0
    for heading, other_heading in zip(first.path, second.path, strict=False):
        if heading != other_heading:
            break
        shared += 1
    return replace(first, path=first.path[:shared], blocks=first.blocks + second.blocks)
