"""OpenDocument texts and presentations: headings, lists, tables, notes, pages and slides."""

import io
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from core.domain.knowledge import HiddenText, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, without_page_number
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.hidden import NOT_DISPLAYED, hidden_texts
from ingestion.parsers.inner_files import InnerFiles
from ingestion.parsers.office.opendocument.body import OdfReader
from ingestion.parsers.office.opendocument.numbers import OdfNumbering
from ingestion.parsers.office.opendocument.objects import OdfObjects
from ingestion.parsers.office.opendocument.styles import (
    NAMESPACES,
    Look,
    OdfStyles,
    attribute,
    is_painted,
)
from ingestion.parsers.pictures import left_out, pictures_in
from ingestion.parsers.web.xml import parsed_xml

DAMAGED = "The document is damaged. Open it in its own program, save it again and upload it."
MAX_PART = 100 * 2**20
STYLE = f"{{{NAMESPACES['style']}}}"
MARGINS = ("header", "footer")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read pages, which end at hard page breaks and where the program noted its own, or slides.

    A hidden slide is an empty page; its words are hidden text, and so are those that a style or a
    section hides. Headers and footers of a text stand once, on its first page. Comments, deleted
    and struck-out words are left out.
    """
    files = InnerFiles()
    with damaged_if_it_fails(DAMAGED), zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = parsed_xml(_part(archive, "content.xml"))
        common = common_styles(archive)
        title, pictures = title_of(archive), left_out(pictures_in(archive))
        objects = OdfObjects(archive, files)
        reading = _Reading(root, common, objects)
        slides = root.findall(".//office:presentation/draw:page", NAMESPACES)
        if slides:
            pages = [reading.slide(number, slide) for number, slide in enumerate(slides, start=1)]
        else:
            body = root.find("office:body/office:text", NAMESPACES)
            if body is None:
                raise UnreadableDocument(DAMAGED)
            pages = reading.text(body)
    files.unread["comments"] += reading.comments
    return build(
        pages,
        file_name,
        titles=[title],
        hidden=[*reading.hidden, *files.hidden],
        left_out=files.unread.left_out(*pictures),
    )


class _Reading:
    """The reading of one document from its content and its common styles."""

    def __init__(self, root: Element, common: Element, objects: OdfObjects) -> None:
        self._root, self._common, self._objects = root, common, objects
        self._styles = OdfStyles(common, root)
        self._numbering = OdfNumbering(common, root)
        self._unseen = _hiding_styles(root)
        self.hidden: list[HiddenText] = []
        self.comments = 0

    def text(self, body: Element) -> list[tuple[str, str]]:
        """Return the pages of a text."""
        look = Look(has_ground=is_painted(self._root, self._common))
        reader = OdfReader(self._styles, self._numbering, self._objects.words, look)
        pages = reader.pages(body)
        margins = OdfReader(OdfStyles(self._common), self._numbering, self._objects.words, look)
        header, footer = (_margin(self._common, kind, margins) for kind in MARGINS)
        pages[0] = "\n\n".join(text for text in (header, pages[0], footer) if text.strip())
        for source in (reader, margins):
            self._keep(1, source)
        return [(page, "page") for page in pages]

    def slide(self, number: int, slide: Element) -> tuple[str, str]:
        """Read a slide, on which white words may stand on any colour."""
        look = Look(has_ground=True)
        self._objects.page = number
        reader = OdfReader(self._styles, self._numbering, self._objects.words, look)
        text = reader.slide(slide)
        self._keep(number, reader)
        if attribute(slide, "draw:style-name") not in self._unseen:
            return text, "slide"
        self.hidden += hidden_texts(number, [(NOT_DISPLAYED, text)])
        return "", "slide"

    def _keep(self, page: int, reader: OdfReader) -> None:
        self.hidden += hidden_texts(page, reader.hidden)
        self.comments += reader.comments


def _margin(common: Element, kind: str, reader: OdfReader) -> str:
    """Return the words of all headers or footers, each line once."""
    lines: dict[str, None] = {}
    for margin in _margins(common, kind):
        lines.update(dict.fromkeys(map(without_page_number, reader.text(margin).split("\n"))))
    return "\n".join(line for line in lines if line)


def _margins(common: Element, kind: str) -> Iterator[Element]:
    for name in (kind, f"{kind}-left", f"{kind}-first"):
        for margin in common.iter(f"{STYLE}{name}"):
            if attribute(margin, "style:display") != "false":
                yield margin


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MAX_PART)


def common_styles(archive: zipfile.ZipFile) -> Element:
    """Return the root of the styles that all parts share, without children if there are none."""
    if "styles.xml" in archive.namelist():
        return parsed_xml(_part(archive, "styles.xml"))
    return parsed_xml(b"<none/>")


def title_of(archive: zipfile.ZipFile) -> str | None:
    """Return the title in the properties of a document, if it has any."""
    if "meta.xml" not in archive.namelist():
        return None
    return parsed_xml(_part(archive, "meta.xml")).findtext(".//dc:title", "", NAMESPACES)


def _hiding_styles(root: Element) -> set[str]:
    """Return the names of the slide styles that leave a slide out of the show."""
    return {
        attribute(element, "style:name")
        for element in root.iter(f"{STYLE}style")
        if any(attribute(p, "presentation:visibility") == "hidden" for p in element)
    }
