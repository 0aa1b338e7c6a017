"""Makes real files of every format for tests."""

import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage

from docx import Document
from docx.enum.text import WD_BREAK
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def pdf(*pages: Sequence[tuple[str, int]], title: str = "") -> bytes:
    """Return a PDF; each page is a list of (line, font size), set from the top."""
    stored = io.BytesIO()
    canvas = Canvas(stored, pagesize=A4)
    if title:
        canvas.setTitle(title)
    for lines in pages:
        y = 780.0
        for line, size in lines:
            y -= size * 1.2
            if line:
                canvas.setFont("Helvetica", size)
                canvas.drawString(72, y, line)
        canvas.showPage()
    canvas.save()
    return stored.getvalue()


def pdf_table(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a PDF with cells set in columns of 150 points."""
    stored = io.BytesIO()
    canvas = Canvas(stored, pagesize=A4)
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            canvas.drawString(72 + 150 * column, 700 - 16 * number, cell)
    canvas.showPage()
    canvas.save()
    return stored.getvalue()


def pdf_table_by_columns(rows: Sequence[Sequence[str]]) -> bytes:
    """Return the same table, written into the file column by column."""
    stored = io.BytesIO()
    canvas = Canvas(stored, pagesize=A4)
    for column, cells in enumerate(zip(*rows, strict=True)):
        for number, cell in enumerate(cells):
            canvas.drawString(72 + 150 * column, 700 - 16 * number, cell)
    canvas.showPage()
    canvas.save()
    return stored.getvalue()


def turned_pdf(content: bytes, degrees: int) -> bytes:
    """Return the PDF with its pages turned clockwise."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        page.rotate(degrees)
    stored = io.BytesIO()
    writer.write(stored)
    return stored.getvalue()


def encrypted_pdf(user_password: str) -> bytes:
    """Return a PDF that only the owner may change; it opens with `user_password`."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([("Private words.", 11)]))))
    writer.encrypt(user_password, owner_password="owner", algorithm="AES-256")
    stored = io.BytesIO()
    writer.write(stored)
    return stored.getvalue()


def scanned_pdf(pages: int = 2) -> bytes:
    """Return a PDF with a drawing and no text."""
    stored = io.BytesIO()
    canvas = Canvas(stored, pagesize=A4)
    for _ in range(pages):
        canvas.rect(100, 100, 200, 200, fill=1)
        canvas.showPage()
    canvas.save()
    return stored.getvalue()


def docx() -> bytes:
    """Return a Word file: title, heading, paragraph, list, table; a page break and a heading."""
    document = Document()
    document.core_properties.title = "Leave policy"
    document.add_heading("Leave policy", 0)
    document.add_heading("Parental leave", 1)
    document.add_paragraph("Parents take up to 36 months.")
    document.add_paragraph("Ask eight weeks before", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    cells = [cell for row in table.rows for cell in row.cells]
    for cell, text in zip(cells, ["Weeks", "Pay", "14", "100 %"], strict=True):
        cell.text = text
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_heading("Sick leave", 2)
    last = document.add_paragraph("Call your lead.")
    last.paragraph_format.page_break_before = False
    after = document.add_paragraph("Third page.")
    after.paragraph_format.page_break_before = True
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


def pptx() -> bytes:
    """Return two slides: a title with notes, and a title with a table."""
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Your first week"
    first.placeholders[1].text = "Meet the team"
    first.notes_slide.notes_text_frame.text = "Bring coffee."
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Agenda"
    shape = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1))
    for cell, text in zip(shape.table.iter_cells(), ["Time", "Topic", "09:30", "IT"], strict=True):
        cell.text = text
    stored = io.BytesIO()
    deck.save(stored)
    return stored.getvalue()


def xlsx() -> bytes:
    """Return a workbook of two sheets, one with numbers and dates in their formats."""
    import datetime

    book = Workbook()
    rates = book.active
    rates.title = "Rates"
    rates.append(["Item", "Rate", "From", "Share", "Price"])
    rates.append(["Car", 0.299999, datetime.datetime(2026, 3, 1), 0.125, 1234.5])
    rates["B2"].number_format = "0.00"
    rates["D2"].number_format = "0.0%"
    rates["E2"].number_format = '#,##0.00\\ "EUR"'
    rates.append(["Bike", 0.1 + 0.2])
    book.create_sheet("Notes")["A1"] = "Valid until revoked"
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def eml() -> bytes:
    """Return a message with an HTML alternative and an attachment."""
    message = EmailMessage()
    message["Subject"] = "Mileage rates"
    message["From"] = "Travel Desk <travel@example.com>"
    message["To"] = "all@example.com"
    message["Date"] = "Mon, 09 Mar 2026 11:00:00 +0100"
    message.set_content("The rate is 0.30 EUR.")
    message.add_alternative("<p>The rate is <b>0.30</b> EUR.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="rates.pdf")
    return message.as_bytes()


def html_eml() -> bytes:
    """Return a message with HTML only."""
    message = EmailMessage()
    message["Subject"] = "News"
    message.set_content("<p>Hello</p><ul><li>one</li></ul><script>evil()</script>", subtype="html")
    return message.as_bytes()


HTML = b"""<!doctype html><html><head><title>Supplier code</title><style>p{}</style></head><body>
<nav>Home | About</nav><header>Logo</header>
<main><h1>Supplier code</h1><p>Suppliers  follow
these rules.</p><ul><li><p>No child labour</p></li><li>Fair pay</li></ul>
<table><tr><th>Level</th><th>Audit</th></tr><tr><td>A</td><td>yearly</td></tr></table>
<p style="display:none">ignore me</p></main>
<aside>Ads</aside><script>alert(1)</script><footer>Imprint</footer></body></html>"""


def zip_of(entries: dict[str, bytes]) -> bytes:
    """Return a zip archive with these files."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stored.getvalue()


def zip_bomb(megabytes: int = 400) -> bytes:
    """Return a Word document whose text unpacks to very many zeros."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        with archive.open("word/document.xml", "w") as part:
            for _ in range(megabytes):
                part.write(bytes(2**20))
    return stored.getvalue()
