"""HTML pages without their boilerplate: headings, paragraphs, lists and tables remain."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.domain.knowledge import ParsedDocument
from ingestion.encoding import decode
from ingestion.parsers.building import build, one_line, row, tidy
from ingestion.parsers.html_walk import walk

BOILERPLATE = (
    "script, style, noscript, template, svg, iframe, object, select, button, nav, aside, "
    '[hidden], [style*="display:none"], [style*="display: none"]'
)
CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
# Control characters too: three of them mark rows below.
SPACES = re.compile(r"[\s\x00-\x1f]+")
ROW_OPENS, ROW_ENDS, CELL = "\x01", "\x02", "\x03"
BLOCKS = {
    *("address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "main"),
    *("ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "ul"),
}
HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """One page."""
    tree = LexborHTMLParser(_decode(content))
    title = tree.css_first("title")
    main_heading = tree.css_first("h1")
    titles = [title.text() if title else None, main_heading.text() if main_heading else None]
    return build([(readable_text(tree), "page")], file_name, titles=titles)


def readable_text(tree: LexborHTMLParser) -> str:
    """The text of the page; headings start with `#`, list items with `-`, rows are `a | b | c`."""
    tree.strip_tags(["head"])
    for node in tree.css(BOILERPLATE):
        node.decompose()
    for node in tree.css("header, footer"):
        if not _belongs_to_article(node):
            node.decompose()
    body = tree.body
    return "" if body is None else _collapse(_marked_text(body))


def _decode(content: bytes) -> str:
    declared = CHARSET.search(content[:2_048])
    if declared and b"\0" not in content[:2_048]:
        try:
            return content.decode(declared.group(1).decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass  # The declaration is wrong; the content itself decides.
    return decode(content)


def _belongs_to_article(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in ("article", "main"):
            return True
        parent = parent.parent
    return False


def _marked_text(body: LexborNode) -> str:
    """Text with line ends around blocks; rows of data tables are marked for _collapse."""
    pieces: list[str] = []
    for node, is_start in walk(body):
        if node.tag == "-text":
            pieces.append(SPACES.sub(" ", node.text_content or ""))
        elif node.tag == "tr" and not node.css_first("table"):
            pieces.append(f"\n{ROW_OPENS}" if is_start else ROW_ENDS)
        elif node.tag in ("td", "th"):
            pieces.append("" if is_start else CELL)
        else:
            pieces.append(_boundary(node.tag or "", is_start=is_start))
    return "".join(pieces)


def _boundary(tag: str, *, is_start: bool) -> str:
    if tag in HEADINGS:
        return f"\n\n{HEADINGS[tag]} " if is_start else "\n\n"
    if tag == "li":
        return "\n- " if is_start else ""
    if tag == "br":
        return "\n" if is_start else ""
    return "\n\n" if tag in BLOCKS else ""


def _collapse(marked: str) -> str:
    rows_shown = re.sub(
        f"{ROW_OPENS}(.*?){ROW_ENDS}",
        lambda m: row(cell for cell in m.group(1).split(CELL) if cell.strip()),
        marked,
        flags=re.DOTALL,
    )
    lines = (one_line(line) for line in rows_shown.replace(CELL, " ").split("\n"))
    # An item or heading whose text stands in a block of its own gets it back on its line.
    text = re.sub(r"^(-|#{1,6})\n+(?=[^\n#-])", r"\1 ", "\n".join(lines), flags=re.MULTILINE)
    return tidy(re.sub(r"^(-|#{1,6})$", "", text, flags=re.MULTILINE))
