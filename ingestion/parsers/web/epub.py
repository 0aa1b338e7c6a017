"""EPUB books: a page for each chapter, in the order of the spine."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from core.domain.knowledge import HiddenText, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, one_line
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.hidden import NOT_DISPLAYED
from ingestion.parsers.pictures import left_out, pictures_among
from ingestion.parsers.web.html import SeenPage, decode_html, parsed_html, seen
from ingestion.parsers.web.xml import parsed_xml

DAMAGED = "The book is damaged. Save it again and upload it."
CONTAINER = "META-INF/container.xml"
PROTECTED = "The book is copy-protected, so its text cannot be read."
MAX_PART = 20 * 2**20


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read the chapters except those without text, such as covers; pictures are counted."""
    with damaged_if_it_fails(DAMAGED), zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = _package_path(archive)
        package = parsed_xml(_part(archive, path))
        titles = [e.text for e in package.iter() if _local(e) == "title"]
        names = _contents(archive, package, path)
        read = [_chapter(archive, name, names) for name in _spine(package, path)]
        unread = left_out(pictures_among(archive, set(_pictures(package, path))))
        is_protected = "META-INF/encryption.xml" in archive.namelist()
    chapters = [chapter for chapter in read if chapter.text.strip()]
    if not chapters and is_protected:
        raise UnreadableDocument(PROTECTED)
    hidden = (
        HiddenText(number, NOT_DISPLAYED, words)
        for number, chapter in enumerate(chapters, start=1)
        for words in chapter.hidden
    )
    pages = [(chapter.text, "section") for chapter in chapters]
    return build(pages, file_name, titles=titles[:1], hidden=hidden, left_out=unread)


def _package_path(archive: zipfile.ZipFile) -> str:
    container = parsed_xml(_part(archive, CONTAINER))
    return next(str(e.get("full-path")) for e in container.iter() if _local(e) == "rootfile")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MAX_PART)


def _spine(package: Element, path: str) -> Iterator[str]:
    """Yield the files of the book in reading order, without the table of contents."""
    items = {e.get("id"): e for e in package.iter() if _local(e) == "item"}
    for reference in package.iter():
        item = items.get(reference.get("idref")) if _local(reference) == "itemref" else None
        if item is not None and "nav" not in (item.get("properties") or "").split():
            yield _absolute(path, item.get("href") or "")


def _pictures(package: Element, path: str) -> Iterator[str]:
    """Yield the pictures that the book names, except the cover, which shows the title."""
    covers = {e.get("content") for e in package.iter() if e.get("name") == "cover"}
    for item in package.iter():
        is_picture = (item.get("media-type") or "").startswith("image/")
        is_cover = "cover-image" in (item.get("properties") or "") or item.get("id") in covers
        if _local(item) == "item" and is_picture and not is_cover:
            yield _absolute(path, item.get("href") or "")


def _chapter(archive: zipfile.ZipFile, name: str, names: dict[str, str]) -> SeenPage:
    try:
        content = _part(archive, name)
    except KeyError:  # books name parts they lost; the others are read
        return SeenPage("")
    page = seen(parsed_html(decode_html(content)))
    has_heading = any(line.startswith("#") for line in page.text[:500].split("\n"))
    title = names.get(name, "")
    if has_heading or not title or not page.text.strip():
        return page
    return SeenPage(f"# {title}\n\n{page.text}", page.hidden)


def _contents(archive: zipfile.ZipFile, package: Element, path: str) -> dict[str, str]:
    """Return chapter titles by file, from an EPUB 2 table of contents."""
    listing = next((e for e in package.iter() if "ncx" in (e.get("media-type") or "")), None)
    if listing is None:
        return {}
    name = _absolute(path, listing.get("href") or "")
    try:
        tree = parsed_xml(_part(archive, name))
    except (KeyError, UnreadableDocument):
        return {}
    titles: dict[str, str] = {}
    for point in (e for e in tree.iter() if _local(e) == "navPoint"):
        label = next((e.text for e in point.iter() if _local(e) == "text" and e.text), "")
        target = next((e.get("src") for e in point.iter() if _local(e) == "content"), "")
        titles.setdefault(_absolute(name, target or ""), one_line(label))
    return titles


def _absolute(base: str, href: str) -> str:
    target = unquote(href.split("#", 1)[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def _local(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
