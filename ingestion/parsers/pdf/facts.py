"""The facts of a PDF beside its pages: what is forbidden, and what else is in it."""

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from core.domain.knowledge import LeftOut, Restriction
from ingestion.parsers.pdf.forms import annotations
from ingestion.parsers.unread import FILES

# Bits of /P in ISO 32000-2, table 22.
NEEDED = {Restriction.COPYING: 1 << 4, Restriction.PRINTING: 1 << 2}
FORMS = "forms in XFA"
XFA = (pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND)


def restrictions(document: pdfium.PdfDocument) -> tuple[Restriction, ...]:
    """Return what a person who opens the file without a password may not do with it."""
    allowed = pdfium_c.FPDF_GetDocUserPermissions(document)
    return tuple(kind for kind, bit in NEEDED.items() if not allowed & bit)


def enclosed(document: pdfium.PdfDocument, on_pages: int = 0) -> tuple[LeftOut, ...]:
    """Return what else is in the file, with the files attached to places on its pages."""
    files = max(pdfium_c.FPDFDoc_GetAttachmentCount(document), 0) + on_pages
    counts = {FILES: files, FORMS: int(pdfium_c.FPDF_GetFormType(document) in XFA)}
    return tuple(LeftOut(kind, count) for kind, count in counts.items() if count)


def files_on(page: pdfium.PdfPage) -> int:
    """Count the files that are attached to places on a page."""
    wanted = pdfium_c.FPDF_ANNOT_FILEATTACHMENT
    return sum(
        pdfium_c.FPDFAnnot_GetSubtype(annotation) == wanted for annotation in annotations(page)
    )
