"""HTML pages without their boilerplate: headings, paragraphs, lists, tables and code remain."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.domain.knowledge import HiddenText, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.encoding import decode
from ingestion.parsers.building import build, one_line, raised, tidy
from ingestion.parsers.hidden import NOT_DISPLAYED
from ingestion.parsers.web.html_clean import Skipped, boilerplate, hidden_texts
from ingestion.parsers.web.html_styles import OutOfSight, out_of_sight
from ingestion.parsers.web.html_tables import row_text, table_text

CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]+encoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
# Includes control characters, one of which marks lines below.
SPACES = re.compile(r"[\s\x00-\x1f]+")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f]")
AS_IS = "\x04"
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
MAX_DEPTH = 10_000
# Tables within the cells of tables; what is deeper is read as words.
MAX_TABLES = 3
# Elements without an end, and those whose end may be left out (HTML 13.1.2).
SELF_CLOSING = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"),
    *("body", "colgroup", "dd", "dt", "head", "html", "li", "option", "p", "param", "rp", "rt"),
    *("tbody", "td", "tfoot", "th", "thead", "tr", "track"),
}
BULLET = re.compile(r"^([•●▪◦‣■·]|[o§–-]) \| ", re.MULTILINE)
BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"),
    *("dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header"),
    *("hgroup", "hr", "html", "legend", "main", "menu", "nav", "ol", "p", "search", "section"),
    *("summary", "table", "tbody", "tfoot", "thead", "ul"),
}
NO_STYLES = OutOfSight()
HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read the page; hidden parts are hidden text, and its title names the document."""
    tree = parsed_html(decode_html(content))
    title = tree.css_first("title")
    main_heading = tree.css_first("h1")
    titles = [title.text() if title else None, main_heading.text() if main_heading else None]
    page = seen(tree)
    hidden = [HiddenText(1, NOT_DISPLAYED, text) for text in page.hidden]
    return build([(page.text, "page")], file_name, titles=titles, hidden=hidden)


@dataclass(frozen=True, slots=True)
class SeenPage:
    """The words that a browser shows of a page, and those that its styles hide."""

    text: str
    hidden: tuple[str, ...] = ()


def seen(tree: LexborHTMLParser) -> SeenPage:
    """Read what is seen; a page that hides all its words is read whole, as it shows them later."""
    styled = out_of_sight(tree)
    text = readable_text(tree, styled) or readable_text(tree)
    return SeenPage(text, tuple(hidden_texts(tree, styled.unseen)))


def html_text(source: str) -> str:
    """Return the readable text of an HTML page."""
    return readable_text(parsed_html(source))


def parsed_html(source: str) -> LexborHTMLParser:
    """Parse a page; raises UnreadableDocument if it nests deeper than anybody would write."""
    depth = deepest = 0
    for tag in TAG.finditer(source):
        if tag[2].lower() not in SELF_CLOSING:
            depth = max(depth + (-1 if tag[1] else 1), 0)
            deepest = max(deepest, depth)
    # The parser's time grows with the square of the depth.
    if deepest > MAX_DEPTH:
        raise UnreadableDocument(
            f"The page nests {deepest:,} elements deep; at most {MAX_DEPTH:,} are allowed."
        )
    return LexborHTMLParser(source)


def readable_text(tree: LexborHTMLParser, styled: OutOfSight = NO_STYLES) -> str:
    """Return the text: headings start with `#`, list items with `-`, rows are `a | b | c`.

    What its styles hide or strike out is left out.
    """
    body = tree.body
    if body is None:
        return ""
    left_out = (node.mem_id for node in (*styled.unseen, *styled.struck))
    skipped = {**boilerplate(tree), **dict.fromkeys(left_out, "")}
    return _collapse(_marked_text(body, skipped))


def decode_html(content: bytes) -> str:
    """Decode a page as it declares, if that is true, else by its content."""
    head = content[:2_048]
    declared = CHARSET.search(head) or XML_ENCODING.search(head)
    if declared and b"\0" not in head and not content.startswith(b"\xef\xbb\xbf"):
        try:
            return content.decode(_charset(declared.group(1).decode("ascii")))
        except (LookupError, UnicodeDecodeError):
            pass  # The declaration is wrong; the content itself decides.
    return decode(content)


def _charset(declared: str) -> str:
    """Return the encoding; Latin 1 is Windows 1252, as in browsers (WHATWG Encoding, 4.2)."""
    return "cp1252" if declared.lower() in ("iso-8859-1", "latin1", "us-ascii") else declared


def _marked_text(body: LexborNode, skipped: Skipped, depth: int = 0) -> str:
    """Return text with line ends around blocks; code and table lines are marked for _collapse."""
    pieces: list[str] = []
    in_pre = 0
    closed = set(skipped)
    for node, is_start in _walk(body, closed):
        if node.mem_id in skipped:
            pieces.append(skipped[node.mem_id] if is_start else "")
        elif node.tag == "pre":
            in_pre += 1 if is_start else -1
            pieces.append(f"\n\n{_fence(node)}{AS_IS}" if is_start else f"\n{_fence(node)}\n")
        elif node.tag == "-text":
            text = node.text_content or ""
            words = _as_is(text) if in_pre else SPACES.sub(" ", text)
            is_raised = node.parent is not None and node.parent.tag == "sup"
            pieces.append(raised(words, "".join(pieces[-3:])) if is_raised else words)
        elif node.tag in ("table", "tr") and depth < MAX_TABLES and is_start:
            if text := _table(node, skipped, depth + 1):
                closed.add(node.mem_id)
            pieces.append(text or "\n\n")
        elif node.tag in ("td", "th"):
            pieces.append("" if is_start else "\n")
        elif not in_pre or node.tag == "br":
            pieces.append(_boundary(node.tag or "", is_start=is_start))
    return "".join(pieces)


def _walk(root: LexborNode, closed: Container[int] = ()) -> Iterator[tuple[LexborNode, bool]]:
    """Yield every node twice, when it starts (True) and when it ends (False).

    What is inside nodes whose `mem_id` is in `closed` is left out. Hostile pages nest deeper than
    Python's stack, so this does not recurse.
    """
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, is_start = stack.pop()
        yield node, is_start
        if is_start and node.tag != "-text":
            stack.append((node, False))
            if node.mem_id not in closed:
                stack.extend((child, True) for child in reversed(_children(node)))


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))


def _table(part: LexborNode, skipped: Skipped, depth: int) -> str:
    """Return a table, or one row of a table that only lays out the page."""

    def words(cell: LexborNode) -> str:
        return _collapse(_marked_text(cell, skipped, depth))

    read, gap = (table_text, "\n\n") if part.tag == "table" else (row_text, "\n")
    text = read(part, skipped, words)
    return f"{gap}{AS_IS}{_as_is(text)}{gap}" if text else ""


def _fence(pre: LexborNode) -> str:
    """Return a Markdown fence, so that lines of code are not taken for headings."""
    return "```\n" if pre.css_first("code") and "```" not in pre.text() else ""


def _as_is(text: str) -> str:
    clean = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return clean.replace("\n", f"\n{AS_IS}")


def _boundary(tag: str, *, is_start: bool) -> str:
    if tag in HEADINGS:
        return f"\n\n{HEADINGS[tag]} " if is_start else "\n\n"
    if tag == "li":
        return "\n- " if is_start else ""
    if tag == "br":
        return "\n" if is_start else ""
    return "\n\n" if tag in BLOCKS else ""


def _collapse(marked: str) -> str:
    lines = (_line(line) for line in marked.split("\n"))
    # An item or heading whose text stands in a block of its own gets it back on its line.
    text = re.sub(r"^(-|#{1,6})\n+(?=[^\n#-])", r"\1 ", "\n".join(lines), flags=re.MULTILINE)
    text = re.sub(r"^(-|#{1,6})$", "", text, flags=re.MULTILINE)
    return tidy(BULLET.sub(r"- ", text))


def _line(line: str) -> str:
    return line.replace(AS_IS, "") if line.startswith(AS_IS) else one_line(line)
