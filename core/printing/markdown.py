"""Reads Markdown as blocks to be printed: words without their marks, links as their text."""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from core.printing.blocks import Block, Bullets, Heading, Paragraph, Quotation, Table

_LISTS = ("bullet_list", "ordered_list")
_BREAKS = {"softbreak": " ", "hardbreak": "\n"}
_NESTED = "– "


def markdown_blocks(text: str) -> list[Block]:
    """Return the blocks of a Markdown text; HTML in it is text as any other."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return [
        block for node in SyntaxTreeNode(parser.parse(text)).children for block in _blocks(node)
    ]


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    match node.type:
        case "heading":
            yield Heading(_words(node), is_small=True)
        case "paragraph":
            yield Paragraph(_words(node))
        case "bullet_list":
            yield Bullets([_item(item) for item in node.children])
        case "ordered_list":
            yield Bullets(
                [_item(item) for item in node.children],
                [int(item.info or 0) for item in node.children],
            )
        case "blockquote":
            yield Quotation("\n".join(map(_words, node.children)))
        case "fence" | "code_block":
            yield Quotation(node.content.rstrip("\n"))
        case "table":
            yield _table(node)


def _item(node: SyntaxTreeNode) -> str:
    """Return an item in lines, those of lists in it behind a dash."""
    return "\n".join(line for child in node.children for line in _lines(child))


def _lines(node: SyntaxTreeNode) -> Iterator[str]:
    if node.type not in _LISTS:
        yield _words(node)
        return
    for item in node.children:
        yield f"{_NESTED}{_item(item)}"


def _table(node: SyntaxTreeNode) -> Table:
    header, *rows = [
        [_words(cell) for cell in row.children] for part in node.children for row in part.children
    ]
    return Table(header, rows)


def _words(node: SyntaxTreeNode) -> str:
    """Return the words of a node and all that is in it."""
    if node.type in _BREAKS:
        return _BREAKS[node.type]
    children: Sequence[SyntaxTreeNode] = node.children
    return "".join(map(_words, children)) if children else node.content
