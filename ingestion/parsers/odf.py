"""OpenDocument texts and presentations: headings, lists, tables, notes, pages and slides."""

import io
import zipfile
from typing import Any

from core.domain.knowledge import HiddenText, ParsedDocument
from ingestion.parsers.building import build
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.hidden import NOT_DISPLAYED, hidden_texts
from ingestion.parsers.odf_body import NAMESPACES, OdfReader
from ingestion.parsers.pictures import left_out, pictures_in
from ingestion.parsers.xml import parsed_xml

DAMAGED = "The document is damaged. Open it in its own program, save it again and upload it."
DRAW_STYLE = f"{{{NAMESPACES['draw']}}}style-name"
MAX_PART = 100 * 2**20


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Pages end at hard page breaks and where the program noted its own; a slide is a page.

    A hidden slide is an empty page; its words are hidden text.
    """
    with damaged_if_it_fails(DAMAGED), zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = parsed_xml(_part(archive, "content.xml"))
        title, pictures = title_of(archive), left_out(pictures_in(archive))
        reader = OdfReader(_breaking_styles(root))
        slides = root.findall(".//office:presentation/draw:page", NAMESPACES)
        hidden: list[HiddenText] = []
        if slides:
            unseen = _hiding_styles(root)
            texts = [(reader.slide(slide), slide.get(DRAW_STYLE) in unseen) for slide in slides]
            pages = [("" if is_hidden else text, "slide") for text, is_hidden in texts]
            for number, (text, is_hidden) in enumerate(texts, start=1):
                hidden += hidden_texts(number, [(NOT_DISPLAYED, text)] if is_hidden else [])
        else:
            body = root.find("office:body/office:text", NAMESPACES)
            pages = [(text, "page") for text in reader.pages(body)]
    return build(pages, file_name, titles=[title], hidden=hidden, left_out=pictures)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MAX_PART)


def title_of(archive: zipfile.ZipFile) -> str | None:
    """The title in the properties of a document, if it has any."""
    if "meta.xml" not in archive.namelist():
        return None
    title: str | None = parsed_xml(_part(archive, "meta.xml")).findtext(
        ".//dc:title", "", NAMESPACES
    )
    return title


def _hiding_styles(root: Any) -> set[str]:  # Any: XML elements
    """The styles of slides that are left out of the show."""
    style = f"{{{NAMESPACES['style']}}}"
    visibility = f"{{{NAMESPACES['presentation']}}}visibility"
    return {
        element.get(f"{style}name") or ""
        for element in root.iter(f"{style}style")
        if any(p.get(visibility) == "hidden" for p in element)
    }


def _breaking_styles(root: Any) -> dict[str, str]:  # Any: XML elements
    """Styles that put a page break before or after their paragraph."""
    found: dict[str, str] = {}
    fo = f"{{{NAMESPACES['fo']}}}"
    style = f"{{{NAMESPACES['style']}}}"
    for element in root.iter(f"{style}style"):
        for properties in element.iter(f"{style}paragraph-properties"):
            for side in ("before", "after"):
                if properties.get(f"{fo}break-{side}") == "page":
                    found[element.get(f"{style}name") or ""] = side
        if element.get(f"{style}master-page-name"):
            found.setdefault(element.get(f"{style}name") or "", "before")
    return found
