"""The words and figures in charts and diagrams of a presentation."""

from typing import Any

from pptx.exc import PythonPptxError
from pptx.oxml import parse_xml

from ingestion.parsers.building import one_line, row
from ingestion.parsers.damage import DAMAGE

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"
MAX_ROWS = 200
UNREADABLE: tuple[type[Exception], ...] = (*DAMAGE, PythonPptxError)


def graphic_text(shape: Any) -> str:  # Any: python-pptx has no types
    """A chart as a table, a diagram as a list; empty for other shapes and damaged ones."""
    try:
        if getattr(shape, "has_chart", False):
            return _chart(shape.chart)
        relation = next(shape._element.iter(DIAGRAM), None)
        return "" if relation is None else _diagram(shape, relation.get(RELATION))
    except UNREADABLE:  # a chart that cannot be read must not cost the slide
        return ""


def _chart(chart: Any) -> str:
    lines = [one_line(chart.chart_title.text_frame.text)] if chart.has_title else []
    for plot in chart.plots:
        series = list(plot.series)
        lines.append(row(["", *(str(one.name) for one in series)]))
        for number, category in enumerate(list(plot.categories)[:MAX_ROWS]):
            values = (one.values[number] if number < len(one.values) else None for one in series)
            lines.append(row([str(category), *("" if v is None else f"{v:g}" for v in values)]))
    return "\n".join(line for line in lines if line)


def _diagram(shape: Any, relation: str | None) -> str:
    part = shape.part.related_part(relation)
    paragraphs = parse_xml(part.blob).iter(f"{A}p")
    texts = ("".join(t.text or "" for t in paragraph.iter(f"{A}t")) for paragraph in paragraphs)
    return "\n".join(f"- {one_line(text)}" for text in texts if text.strip())
