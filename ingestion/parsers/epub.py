"""EPUB books: one page a chapter, in the order of the spine."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, one_line
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.html import decode_html, html_text
from ingestion.parsers.xml import parsed_xml

DAMAGED = "The book is damaged. Save it again and upload it."
CONTAINER = "META-INF/container.xml"
PROTECTED = "The book is protected against copying, so its text cannot be read."
MAX_PART = 20 * 2**20


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Chapters without text, such as covers, are left out."""
    with damaged_if_it_fails(DAMAGED), zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = _package_path(archive)
        package = parsed_xml(_part(archive, path))
        titles = [e.text for e in package.iter() if _local(e) == "title"]
        names = _contents(archive, package, path)
        texts = [(_chapter(archive, name, names), "section") for name in _spine(package, path)]
        is_protected = "META-INF/encryption.xml" in archive.namelist()
    pages = [page for page in texts if page[0].strip()]
    if not pages and is_protected:
        raise UnreadableDocument(PROTECTED)
    return build(pages, file_name, titles=titles[:1])


def _package_path(archive: zipfile.ZipFile) -> str:
    container = parsed_xml(_part(archive, CONTAINER))
    return next(str(e.get("full-path")) for e in container.iter() if _local(e) == "rootfile")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MAX_PART)


def _spine(package: Any, path: str) -> Iterator[str]:
    """The files of the book in reading order; the table of contents repeats what follows."""
    items = {e.get("id"): e for e in package.iter() if _local(e) == "item"}
    for reference in package.iter():
        item = items.get(reference.get("idref")) if _local(reference) == "itemref" else None
        if item is not None and "nav" not in (item.get("properties") or "").split():
            yield _absolute(path, item.get("href") or "")


def _chapter(archive: zipfile.ZipFile, name: str, names: dict[str, str]) -> str:
    try:
        content = _part(archive, name)
    except KeyError:  # books name parts they lost; the others are read
        return ""
    text = html_text(decode_html(content))
    has_heading = any(line.startswith("#") for line in text[:500].split("\n"))
    title = names.get(name, "")
    return text if has_heading or not title or not text.strip() else f"# {title}\n\n{text}"


def _contents(archive: zipfile.ZipFile, package: Any, path: str) -> dict[str, str]:
    """Chapter titles by file, from the table of contents of EPUB 2."""
    listing = next((e for e in package.iter() if "ncx" in (e.get("media-type") or "")), None)
    if listing is None:
        return {}
    name = _absolute(path, listing.get("href") or "")
    try:
        tree = parsed_xml(_part(archive, name))
    except (KeyError, UnreadableDocument):
        return {}
    found: dict[str, str] = {}
    for point in (e for e in tree.iter() if _local(e) == "navPoint"):
        label = next((e.text for e in point.iter() if _local(e) == "text" and e.text), "")
        target = next((e.get("src") for e in point.iter() if _local(e) == "content"), "")
        found.setdefault(_absolute(name, target or ""), one_line(label))
    return found


def _absolute(base: str, href: str) -> str:
    target = unquote(href.split("#", 1)[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def _local(element: Any) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
