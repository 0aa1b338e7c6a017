"""The words and figures in charts and diagrams of a presentation."""

from collections.abc import Iterator
from typing import Any, cast

from pptx.exc import PythonPptxError
from pptx.oxml import parse_xml

from ingestion.parsers.building import one_line
from ingestion.parsers.damage import DAMAGE
from ingestion.parsers.numbers.formats import shown_number
from ingestion.parsers.tables import Row, table_lines

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
X = f"{C}xVal"
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
    titles = (
        one_line("".join(t.text or "" for t in title.iter(f"{A}t"))) for title in _titles(chart)
    )
    lines = [title for title in titles if title]
    for plot in chart.plots:
        series = list(plot.series)
        names = ["", *(one_line(str(one.name)) for one in series)]
        columns = [_values(one) for one in series]
        categories = [str(category) for category in plot.categories] or _values_of(series[0], X)
        count = min(max(map(len, (categories, *columns))), MAX_ROWS)
        rows = [
            [column[at] if at < len(column) else "" for column in (categories, *columns)]
            for at in range(count)
        ]
        lines += table_lines([Row(tuple(cells)) for cells in (names, *rows)], headers=1)
    return "\n".join(lines)


def _titles(chart: Any) -> Iterator[Any]:
    """The titles of the chart and of its axes."""
    return cast("Iterator[Any]", chart._chartSpace.iter(f"{C}title"))


def _words(title: Any) -> str:
    return one_line("".join(text.text or "" for text in title.iter(f"{A}t")))


def _values(series: Any) -> list[str]:
    return _values_of(series, f"{C}val") or _values_of(series, f"{C}yVal")


def _values_of(series: Any, tag: str) -> list[str]:
    """The values of a series as the chart keeps them, in their number format."""
    found = series._element.find(tag)
    if found is None:
        return []
    number_format = next(found.iter(f"{C}formatCode"), None)
    code = (number_format.text or "General") if number_format is not None else "General"
    values: dict[int, str] = {}
    for point in found.iter(f"{C}pt"):
        at, value = point.get("idx") or "", point.findtext(f"{C}v") or ""
        if at.isdecimal() and len(at) < 6:
            values[int(at)] = _shown(value, code)
    return [values.get(at, "") for at in range(max(values, default=-1) + 1)]


def _shown(value: str, number_format: str) -> str:
    try:
        return shown_number(float(value), number_format)
    except ValueError:
        return one_line(value)


def _diagram(shape: Any, relation: str | None) -> str:
    return diagram_text(shape.part.related_part(relation).blob)


def diagram_text(data: bytes) -> str:
    """The words of a diagram, one shape a line."""
    paragraphs = parse_xml(data).iter(f"{A}p")
    texts = ("".join(t.text or "" for t in paragraph.iter(f"{A}t")) for paragraph in paragraphs)
    return "\n".join(f"- {one_line(text)}" for text in texts if text.strip())
