"""The words and figures in charts and diagrams of a presentation."""

from pptx.exc import PythonPptxError
from pptx.oxml import parse_xml
from pptx.shapes.base import BaseShape

from ingestion.parsers.building import one_line
from ingestion.parsers.damage import DAMAGE
from ingestion.parsers.office.charts import CX, A, C, chart_text

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
RELATION = f"{R}dm"
CHARTS = (f"{C}chart", f"{CX}chart")
UNREADABLE: tuple[type[Exception], ...] = (*DAMAGE, PythonPptxError)


def graphic_text(shape: BaseShape) -> str:
    """Return a chart as a table, a diagram as a list; empty for other shapes.

    Raises one of UNREADABLE if it is damaged.
    """
    element = shape._element
    chart = next(element.iter(*CHARTS), None)
    if chart is not None:
        return chart_text(shape.part.related_part(chart.get(f"{R}id")).blob)
    diagram = next(element.iter(DIAGRAM), None)
    if diagram is not None:
        return diagram_text(shape.part.related_part(diagram.get(RELATION)).blob)
    return ""


def diagram_text(data: bytes) -> str:
    """Return the words of a diagram, one shape on a line."""
    paragraphs = parse_xml(data).iter(f"{A}p")
    texts = ("".join(t.text or "" for t in paragraph.iter(f"{A}t")) for paragraph in paragraphs)
    return "\n".join(f"- {one_line(text)}" for text in texts if text.strip())
