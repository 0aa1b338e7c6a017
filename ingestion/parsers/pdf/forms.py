"""The values that people filled in on PDF forms, which are not in the text of the pages."""

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingestion.parsers.building import one_line, storable

MAX_FIELDS = 5_000
MAX_VALUE, MAX_LABEL = 2_000, 200
MAX_CHARACTERS = 500_000
MAX_OPTIONS = 1_000
# Shorter values, such as a figure, may stand on a page by chance.
MIN_KNOWN = 4
UNSEEN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
TEXT_FIELDS = (pdfium_c.FPDF_FORMFIELD_TEXTFIELD,)
CHOICES = (pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX)
BOXES = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
# Names of the state of a ticked box that mean nothing else.
TICKED = frozenset({"", "yes", "on", "true", "x", "checked", "ja"})
# Marks that would turn the line into a heading, an item or code.
MARKS = "#`~|-*+ "
INDEX = re.compile(r"\[\d+\]")
WORDS = re.compile(r"\w+")


@dataclass(slots=True)
class FormPage:
    """Lines `label: value` of the fields on a page, and the values of hidden fields."""

    lines: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def read_forms(content: bytes) -> dict[int, FormPage]:
    """Return the filled-in fields by page, counted from 0; empty if the file has no form.

    The file is opened separately, so that its form does not change how its text is read. Fields
    that were read before a form turned out to be damaged are kept.
    """
    pages: dict[int, FormPage] = {}
    try:
        with closing(pdfium.PdfDocument(content)) as document:
            if document.get_formtype() == pdfium_c.FORMTYPE_NONE:
                return pages
            document.init_forms()
            _read(document, pages)
    except pdfium.PdfiumError:
        pass  # The text of the pages is worth having without the form.
    return pages


def labelled(label: str, value: str) -> str:
    """Return `label: value`, marked neither as a heading nor as an item of a list."""
    shown = label.strip(MARKS).rstrip(": ")
    return f"{shown}: {value}" if shown else value.lstrip(MARKS)


def with_values(text: str, lines: Sequence[str], *, beside: str = "") -> str:
    """Append those lines to the text whose values neither it nor the text `beside` it holds."""
    words = _words(f"{text}\n{beside}")
    new = [line for line in dict.fromkeys(lines) if not _is_known(line, words)]
    return "\n\n".join(part for part in (text, "\n".join(new)) if part)


def _is_known(line: str, words: str) -> bool:
    value = _words(line.partition(": ")[2] or line)
    return len(value.strip()) >= MIN_KNOWN and value in words


def _words(text: str) -> str:
    return f" {' '.join(WORDS.findall(text.casefold()))} "


def _read(document: pdfium.PdfDocument, pages: dict[int, FormPage]) -> None:
    characters = 0
    for number, annotation in islice(_widgets(document), MAX_FIELDS):
        field_ = _Field(document.formenv.raw, annotation)
        value = field_.value()
        characters += len(value)
        if characters > MAX_CHARACTERS:
            return
        if value:
            page = pages.setdefault(number, FormPage())
            if field_.is_seen():
                page.lines.append(field_.line(value))
            else:
                page.hidden.append(value)


def _widgets(document: pdfium.PdfDocument) -> Iterator[tuple[int, pdfium_c.FPDF_ANNOTATION]]:
    """Yield the fields of all pages in file order, each with its page."""
    for number in range(len(document)):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            continue  # One broken page must not cost the values on the others.
        with closing(page):
            for annotation in annotations(page):
                if pdfium_c.FPDFAnnot_GetSubtype(annotation) == pdfium_c.FPDF_ANNOT_WIDGET:
                    yield number, annotation


def annotations(page: pdfium.PdfPage) -> Iterator[pdfium_c.FPDF_ANNOTATION]:
    """Yield the first annotations of a page, each open until the next one is asked for."""
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), MAX_FIELDS)):
        if annotation := pdfium_c.FPDFPage_GetAnnot(page, index):
            try:
                yield annotation
            finally:
                pdfium_c.FPDFPage_CloseAnnot(annotation)


class _Field:
    """One field in its place on a page."""

    def __init__(
        self, form: pdfium_c.FPDF_FORMHANDLE, annotation: pdfium_c.FPDF_ANNOTATION
    ) -> None:
        self._form = form
        self._annotation = annotation

    def value(self) -> str:
        """Return what was filled in, on one line; empty for passwords, buttons and signatures."""
        kind = pdfium_c.FPDFAnnot_GetFormFieldType(self._form, self._annotation)
        if kind in BOXES:
            return self._ticked()
        flags = pdfium_c.FPDFAnnot_GetFormFieldFlags(self._form, self._annotation)
        if kind in TEXT_FIELDS and flags & pdfium_c.FPDF_FORMFLAG_TEXT_PASSWORD:
            return ""
        chosen = self._chosen() if kind in CHOICES else ""
        is_typed = kind in (*TEXT_FIELDS, *CHOICES)
        return chosen or (self._text(pdfium_c.FPDFAnnot_GetFormFieldValue) if is_typed else "")

    def line(self, value: str) -> str:
        """Return `label: value`, with the label a person reads if the form has one."""
        label = self._text(pdfium_c.FPDFAnnot_GetFormFieldAlternateName, MAX_LABEL)
        name = self._text(pdfium_c.FPDFAnnot_GetFormFieldName, MAX_LABEL)
        return labelled(label or INDEX.sub("", name).rpartition(".")[2].replace("_", " "), value)

    def is_seen(self) -> bool:
        """Tells whether the field has an area on its page and is not hidden."""
        rectangle = pdfium_c.FS_RECTF()
        pdfium_c.FPDFAnnot_GetRect(self._annotation, rectangle)
        flags = pdfium_c.FPDFAnnot_GetFlags(self._annotation)
        return (
            rectangle.left != rectangle.right
            and rectangle.top != rectangle.bottom
            and not flags & UNSEEN
        )

    def _ticked(self) -> str:
        if not pdfium_c.FPDFAnnot_IsChecked(self._form, self._annotation):
            return ""
        state = self._text(pdfium_c.FPDFAnnot_GetFormFieldExportValue, MAX_LABEL)
        return "yes" if state.casefold() in TICKED or state.isdigit() else state

    def _chosen(self) -> str:
        count = pdfium_c.FPDFAnnot_GetOptionCount(self._form, self._annotation)
        chosen = [
            self._option(index)
            for index in range(min(count, MAX_OPTIONS))
            if pdfium_c.FPDFAnnot_IsOptionSelected(self._form, self._annotation, index)
        ]
        return ", ".join(option for option in chosen if option)[:MAX_VALUE]

    def _option(self, index: int) -> str:
        def label(
            form: pdfium_c.FPDF_FORMHANDLE,
            annotation: pdfium_c.FPDF_ANNOTATION,
            buffer: ctypes.Array[ctypes.c_ushort] | None,
            size: int,
        ) -> int:
            length: int = pdfium_c.FPDFAnnot_GetOptionLabel(form, annotation, index, buffer, size)
            return length

        return self._text(label, MAX_LABEL)

    def _text(self, read: Callable[..., int], most: int = MAX_VALUE) -> str:
        """Return what PDFium reads of the field, on one line and cut if it is too long."""
        size = read(self._form, self._annotation, None, 0)
        if size <= 2:
            return ""
        # Two bytes a character and a zero; PDFium writes all or nothing.
        buffer = (ctypes.c_ushort * (size // 2 + 1))()
        read(self._form, self._annotation, buffer, size)
        text = bytes(buffer)[: min(size - 2, 4 * most)].decode("utf-16-le", "replace")
        return one_line(storable(text))[:most]
