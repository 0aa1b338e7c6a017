"""XML as the text of its elements: records as `name: value`, prose as paragraphs."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.encoding import encoding_of
from ingestion.files.unreadable import TYPE_DEFINITION
from ingestion.parsers.building import bounded, build, one_line

# Longer leaves are prose, which reads better without the name of its element.
MAX_VALUE = 120


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read one page; an XHTML page is read as HTML."""
    root = parsed_xml(content)
    if _name(root) == "html":
        from ingestion.parsers.web import html

        return html.parse(content, file_name)
    title = next((e.text for e in root.iter() if _name(e) == "title" and e.text), None)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(bounded(_lines(root)))).strip("\n")
    return build([(text, "page")], file_name, titles=[title])


def parsed_xml(content: bytes) -> Element:
    """Parse XML and return its root; refuse entities and outside references as unsafe."""
    try:
        return _root(content)
    except DefusedXmlException as error:
        raise UnreadableDocument(TYPE_DEFINITION) from error
    except ParseError as error:
        if not content.startswith(b"<?xml") and encoding_of(content) not in (None, "utf-8"):
            return _from_text(content, error)
        raise UnreadableDocument(_position(error)) from error
    except (ValueError, LookupError) as error:
        raise UnreadableDocument("The file is not valid XML: its encoding is unknown.") from error


def _from_text(content: bytes, error: ParseError) -> Element:
    """Parse XML without a declaration, in the encoding that its bytes suggest."""
    try:
        return _root(content.decode(encoding_of(content) or "utf-8", "replace"))
    except (DefusedXmlException, ParseError, ValueError):
        raise UnreadableDocument(_position(error)) from error


def _root(content: bytes | str) -> Element:
    root: Element = fromstring(content)  # defusedxml does not say what it returns
    return root


def _position(error: ParseError) -> str:
    return f"The file is not valid XML: it is incomplete or invalid at line {error.position[0]}."


def _lines(root: Element) -> Iterator[str]:
    """Yield elements in order; without recursion, since XML nests deep."""
    stack = [root]
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str):
            continue
        if _is_prose(element):
            yield from ("", one_line(" ".join(element.itertext())), "")
        elif len(element):
            yield from ("", *_attributes(element))
            stack.extend(reversed(element))
        else:
            yield from _leaf(element)


def _is_prose(element: Element) -> bool:
    """Tells whether text stands between the element's children, as in a paragraph with emphasis."""
    if not len(element):
        return False
    tails = any((child.tail or "").strip() for child in element)
    return tails or bool((element.text or "").strip())


def _leaf(element: Element) -> Iterator[str]:
    text = " ".join((element.text or "").split())
    if len(text) > MAX_VALUE:
        yield from ("", text, "")
    elif text:
        yield f"{_name(element)}: {text}"
    else:
        yield from _attributes(element)


def _attributes(element: Element) -> Iterator[str]:
    shown = [f"{_name_of(key)}={one_line(value)}" for key, value in element.items() if value]
    if shown:
        yield f"{_name(element)}: {', '.join(shown)}"


def _name(element: Element) -> str:
    return _name_of(element.tag) if isinstance(element.tag, str) else ""


def _name_of(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
