"""Renders a sample source as an intranet page with navigation around the content."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from tools.samples import blocks as b

FRAME = Path(__file__).parent / "content" / "intranet-page.html"


def inline(text: str) -> str:
    """Escape text and keep bold parts."""
    pieces = b.spans(text)
    return "".join(
        f"<strong>{escape(part)}</strong>" if bold else escape(part) for part, bold in pieces
    )


def block_html(block: b.Block) -> str:
    """Write any block as HTML."""
    match block:
        case b.Heading(level, text):
            return f"<h{level + 1}>{inline(text)}</h{level + 1}>"
        case b.Text(text):
            return f"<p>{inline(text)}</p>"
        case b.Items(items, numbered):
            tag = "ol" if numbered else "ul"
            entries = "\n".join(f"  <li>{inline(item)}</li>" for item in items)
            return f"<{tag}>\n{entries}\n</{tag}>"
        case b.Grid(rows):
            return table_html(rows)
    return ""


def table_html(rows: tuple[tuple[str, ...], ...]) -> str:
    """Write a table with a header row."""
    lines = []
    for number, row in enumerate(rows):
        tag = "th" if number == 0 else "td"
        cells = "".join(f"<{tag}>{inline(cell)}</{tag}>" for cell in row)
        lines.append(f"  <tr>{cells}</tr>")
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def body_html(source: b.Source) -> str:
    """Write all blocks."""
    return "\n".join(block_html(block) for block in source.blocks)


def render(source: b.Source, target: Path) -> None:
    """Write one HTML page."""
    frame = Template(FRAME.read_text(encoding="utf-8"))
    values = {key: escape(value) for key, value in source.meta.items()}
    page = frame.substitute(values, body=body_html(source))
    target.write_text(page, encoding="utf-8", newline="\n")
