"""The charts, formulas, sheets and files in frames of an OpenDocument file."""

import io
import zipfile
from xml.etree.ElementTree import Element

from core.errors import UnreadableDocument
from ingestion.parsers.building import one_line
from ingestion.parsers.damage import DAMAGE
from ingestion.parsers.inner_files import EMBEDDED, InnerFiles
from ingestion.parsers.office.opendocument.body import OdfReader
from ingestion.parsers.office.opendocument.numbers import OdfNumbering
from ingestion.parsers.office.opendocument.styles import NAMESPACES, OdfStyles, attribute, name_of
from ingestion.parsers.web.xml import parsed_xml

TITLES = ("chart:title", "chart:subtitle")
MAX_PART = 100 * 2**20
UNREAD: tuple[type[Exception], ...] = (UnreadableDocument, *DAMAGE)


class OdfObjects:
    """The reader for the objects of one document; what cannot be read is counted.

    `keeps_figures` is false if the figures of charts are in the document anyway.
    """

    def __init__(
        self, archive: zipfile.ZipFile, files: InnerFiles, *, keeps_figures: bool = True
    ) -> None:
        self._keeps_figures = keeps_figures
        self._archive = archive
        self._files = files
        self.page = 1
        """The page of the objects that are read next."""

    def words(self, embedded: Element) -> str:
        """Return the words of a `draw:object` or `draw:object-ole`, empty if it is only counted.

        A formula is part of its line; everything else stands below it.
        """
        name = attribute(embedded, "xlink:href").removeprefix("./").rstrip("/")
        try:
            if name_of(embedded) == "draw:object-ole":
                return _below(self._files.words(name, self._part(name), page=self.page))
            return self._object(name)
        except UNREAD:
            self._files.unread[EMBEDDED] += 1
            return ""

    def _object(self, name: str) -> str:
        content = self._part(f"{name}/content.xml")
        root = parsed_xml(content)
        if name_of(root) == "math:math":
            return f" {_formula(root)} "
        inner = root.find("office:body/*", NAMESPACES)
        if inner is None:
            raise UnreadableDocument("The object is empty.")
        if name_of(inner) == "office:chart":
            return _below(_chart(root, inner, keeps_figures=self._keeps_figures))
        if name_of(inner) == "office:spreadsheet":
            return _below(self._files.words(f"{name}.ods", _as_file(content), page=self.page))
        raise UnreadableDocument("The object is of a kind that is not read.")

    def _part(self, name: str) -> bytes:
        with self._archive.open(name) as part:
            return part.read(MAX_PART)


def _below(words: str) -> str:
    return f"\n\n{words}\n" if words else ""


def _formula(root: Element) -> str:
    """Return a formula as its author typed it if that was kept, else its signs in order."""
    typed = root.findtext(".//math:annotation", "", NAMESPACES)
    return one_line(typed or " ".join(root.itertext()))


def _chart(root: Element, chart: Element, *, keeps_figures: bool) -> str:
    """Return the titles of a chart and its axes, then its figures as a table."""
    reader = OdfReader(OdfStyles(root), OdfNumbering(root), lambda _: "")
    titles = (part for part in chart.iter() if name_of(part) in TITLES)
    lines = [one_line(reader.text(title)) for title in titles]
    tables = chart.findall(".//table:table", NAMESPACES) if keeps_figures else ()
    return "\n".join([*filter(None, lines), reader.text(tables)])


def _as_file(content: bytes) -> bytes:
    """Packs a sheet inside a document into a file of its own."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return stored.getvalue()
