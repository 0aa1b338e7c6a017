"""Files and charts that other documents hold, made in the test."""

import io

from docx import Document

from tests.ingestion.workbook_files import book_of, stored

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
EXTENDED = "http://schemas.microsoft.com/office/drawing/2014/chartex"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def fees() -> bytes:
    """A workbook of a sheet with fees and a hidden one."""
    book = book_of([["Yard", "Fee"], ["Split", 4]], [["Old", 9]])
    book["Sheet 2"].sheet_state = "hidden"
    return stored(book)


def word(*paragraphs: str) -> bytes:
    """A Word document."""
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def chart_part(
    kind: str = "pie3DChart",
    title: str = "Parcels",
    labels: str = "",
    formula: str = "Sheet1!$B$2:$B$3",
) -> str:
    """A chart of two points, in per cent; `labels` are the XML of its labels."""
    named = labels or f"<c:strRef><c:strCache>{points('North', 'South')}</c:strCache></c:strRef>"
    values = f"<c:formatCode>0.0%</c:formatCode>{points('0.4', '0.6')}"
    return (
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}"><c:chart><c:title><c:tx><c:rich>'
        f"<a:p><a:r><a:t>{title}</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:{kind}>"
        f"<c:ser><c:tx><c:strRef><c:strCache>{points('Share')}</c:strCache></c:strRef></c:tx>"
        f"<c:cat>{named}</c:cat><c:val><c:numRef><c:f>{formula}</c:f>"
        f"<c:numCache>{values}</c:numCache></c:numRef></c:val></c:ser></c:{kind}></c:plotArea>"
        "</c:chart></c:chartSpace>"
    )


def points(*values: str) -> str:
    """The kept values of a chart."""
    return "".join(f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values))
