"""The parts of an Excel sheet beside its cells: text boxes, charts, files and comments."""

import posixpath
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar
from xml.etree.ElementTree import Element

from core.errors import UnreadableDocument
from ingestion.parsers.building import one_line
from ingestion.parsers.damage import DAMAGE
from ingestion.parsers.inner_files import EMBEDDED, InnerFiles
from ingestion.parsers.office.charts import A, C, chart_text, chart_titles
from ingestion.parsers.office.graphics import diagram_text
from ingestion.parsers.office.spreadsheets.xlsb_looks import records
from ingestion.parsers.web.xml import parsed_xml

MAX_PART = 64 * 2**20
# The record that begins a comment of a binary workbook ([MS-XLSB] 2.4.28).
COMMENT = 635
FILES = ("/package", "/oleObject")
UNREAD: tuple[type[Exception], ...] = (UnreadableDocument, *DAMAGE)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str


class SheetParts:
    """The reader for what stands on the sheets of one workbook; it counts what it cannot read.

    `unseen` names the hidden sheets: only charts show their figures, while the figures of other
    sheets stand in their cells.
    """

    def __init__(
        self, archive: zipfile.ZipFile, files: InnerFiles, unseen: Collection[str] = ()
    ) -> None:
        self._archive = archive
        self._names = frozenset(archive.namelist())
        self._files = files
        self._unseen = unseen

    def words(self, sheet: str, page: int) -> str:
        """Return the words beside the cells of the sheet at this path; `page` is its number."""
        blocks: list[str] = []
        for relation in self._relations(sheet.lstrip("/")):
            if relation.kind.endswith("/drawing"):
                blocks += self._drawing(relation.target)
            elif relation.kind.endswith(FILES):
                content = self._read(relation.target, EMBEDDED, bytes) or b""
                blocks.append(self._files.words(relation.target, content, page=page))
            elif relation.kind.endswith("/comments"):
                count = _binary_comments if relation.target.endswith(".bin") else _comments
                self._files.unread["comments"] += self._read(relation.target, "", count) or 0
        return "\n\n".join(filter(None, blocks))

    def _drawing(self, path: str) -> Iterator[str]:
        yield self._read(path, "drawings", _boxes) or ""
        for relation in self._relations(path):
            if relation.kind.endswith("/chart"):
                yield self._read(relation.target, "charts", self._chart) or ""
            elif relation.kind.endswith("/diagramData"):
                yield self._read(relation.target, "diagrams", diagram_text) or ""
            elif relation.kind.endswith("/chartEx"):
                yield self._read(relation.target, "charts", self._chart) or ""

    def _chart(self, content: bytes) -> str:
        root = parsed_xml(content)
        formulas = (formula.text or "" for formula in root.iter(f"{C}f"))
        if any(self._is_unseen(formula) for formula in formulas):
            return chart_text(content)
        return "\n".join(chart_titles(root))

    def _is_unseen(self, formula: str) -> bool:
        """Tells whether a chart shows figures of another file, or of a hidden sheet."""
        sheet = formula.rpartition("!")[0].strip("'").replace("''", "'")
        return "[" in sheet or sheet in self._unseen

    def _read(self, path: str, kind: str, read: Callable[[bytes], T]) -> T | None:
        try:
            with self._archive.open(path) as part:
                return read(part.read(MAX_PART))
        except UNREAD:
            self._files.unread[kind] += 1 if kind else 0
            return None

    def _relations(self, path: str) -> list[_Relation]:
        folder, name = posixpath.split(path)
        listing = f"{folder}/_rels/{name}.rels"
        if listing not in self._names:
            return []
        relations = self._read(listing, "drawings", parsed_xml)
        return [
            _Relation(
                relation.get("Type") or "",
                posixpath.normpath(
                    posixpath.join("/", folder, relation.get("Target") or "")
                ).lstrip("/"),
            )
            for relation in (() if relations is None else relations)
            if relation.get("TargetMode") != "External"
        ]


def _boxes(content: bytes) -> str:
    """Return the text boxes and shapes of a drawing, one paragraph on a line."""
    return "\n\n".join(filter(None, map(_box, _bodies(parsed_xml(content)))))


def _bodies(drawing: Element) -> Iterator[Element]:
    """Yield the frames with words, without the copies for old programs."""
    stack = [drawing]
    while stack:
        element = stack.pop()
        if _local(element) == "txBody":
            yield element
        elif _local(element) != "Fallback":
            stack.extend(reversed(element))


def _box(body: Element) -> str:
    lines = (one_line("".join(_words(paragraph))) for paragraph in body.iter(f"{A}p"))
    return "\n".join(line for line in lines if line)


def _words(paragraph: Element) -> Iterator[str]:
    """Yield the words of a paragraph except those that are struck out."""
    for run in paragraph:
        properties = run.find(f"{A}rPr")
        if properties is None or properties.get("strike") in (None, "noStrike"):
            yield " " if run.tag == f"{A}br" else run.findtext(f"{A}t") or ""


def _comments(content: bytes) -> int:
    return sum(_local(element) == "comment" for element in parsed_xml(content).iter())


def _binary_comments(content: bytes) -> int:
    return sum(kind == COMMENT for kind, _ in records(content))


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
